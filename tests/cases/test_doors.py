"""Small exports of other systems: what a mapping makes of each, as `id at [field]`. What is marked as failing is a door
that is still to open: its input is taken today, and means something else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from processors.canonical import rfc3339
from streams import UserError
from streams.mapping import parse_mapping
from streams.mapping.replay import Rejects, mapped_events


class Export(NamedTuple):
    """rows: of a CSV file. says: id and instant of each event, in order; or what the error names."""

    rows: str
    mapping: str
    says: list[str] | str


WRONG = (AssertionError, UserError, pytest.fail.Exception)  # another event, one refused, or nothing refused


def coming(reason: str, export: Export) -> Any:
    """An export that is not read as it should be yet."""
    return pytest.param(export, marks=pytest.mark.xfail(strict=True, raises=WRONG, reason=reason))


FEEDBACK = 'event: feedback, id: "{id}-f", fields: {case: "{id}", touchpoint: other, severity: normal}'
PLAIN = f"""
case: id
at: "{{at}}"
events: [{{{FEEDBACK}}}]
"""
ZONED = PLAIN + "time: {zone: Europe/Helsinki}\n"

TABLE = {
    "a_column_that_is_not_there_is_named": Export(
        "id;at\nk7;2026-05-04T08:00:00Z", PLAIN, "no column 'id'.*it has id;at"
    ),
    "a_time_with_its_offset_needs_no_zone": Export(
        "id,at\nk7,2026-05-04T08:00:00+03:00", ZONED, ["k7-f 2026-05-04T05:00:00.000Z"]
    ),
    "a_column_named_row_is_that_column": coming(
        "the number of the row hides a column of that name",
        Export(
            "row,at\nk7,2026-05-04T08:00:00Z",
            PLAIN.replace("case: id", "case: row").replace("{id}", "{row}"),
            ["k7-f 2026-05-04T08:00:00.000Z"],
        ),
    ),
    "a_header_that_names_a_column_twice_is_an_error": coming(
        "the first of two columns of a name is taken, and nothing said",
        Export("id,at,mark,mark\nk7,2026-05-04T08:00:00Z,2,5", PLAIN, "mark"),
    ),
    "a_column_with_a_colon_can_be_named": coming(
        "a colon in the name of a column is taken for the beginning of a format",
        Export(
            "case:id,at\nk7,2026-05-04T08:00:00Z",
            PLAIN.replace("case: id", 'case: "case:id"')
            .replace('case: "{id}"', 'case: {column: "case:id"}')
            .replace("{id}", "{case_row}"),
            ["1-f 2026-05-04T08:00:00.000Z"],
        ),
    ),
    "blanks_around_a_value_are_no_part_of_it": coming(
        "the blank after a comma is kept",
        Export("at,id\n2026-05-04T08:00:00Z, k7", PLAIN, ["k7-f 2026-05-04T08:00:00.000Z"]),
    ),
    "a_time_without_offset_is_read_in_the_zone_that_is_set": coming(
        "RFC 3339 without an offset is refused though a zone is set",
        Export("id,at\nk7,2026-05-04T08:00:00", ZONED, ["k7-f 2026-05-04T05:00:00.000Z"]),
    ),
    "events_of_wide_rows_come_in_the_order_of_their_time": coming(
        "events come row by row",
        Export(
            "id,at,done\nk7,2026-05-04T08:00:00Z,2026-05-04T12:00:00Z\nk8,2026-05-04T09:00:00Z,",
            f"""
case: id
order_by: at
at: "{{at}}"
events:
  - {{{FEEDBACK}}}
  - {{event: action, when: {{present: done}}, at: "{{done}}", id: "{{id}}-c", fields: {{case: "{{id}}", kind: closed}}}}
""",
            ["k7-f 2026-05-04T08:00:00.000Z", "k8-f 2026-05-04T09:00:00.000Z", "k7-c 2026-05-04T12:00:00.000Z"],
        ),
    ),
}


@pytest.mark.parametrize("export", TABLE.values(), ids=TABLE)
def test_export(export: Export, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(export.rows + "\n", encoding="utf-8")
    mapping = parse_mapping(yaml.safe_load(export.mapping) | {"source": "/desk"}, "map.yaml")
    if isinstance(export.says, str):
        with pytest.raises(UserError, match=export.says):
            list(mapped_events(mapping, [str(file)], Rejects(), lambda _: None))
        return
    found = mapped_events(mapping, [str(file)], Rejects(), lambda _: None)
    assert [f"{event.id} {rfc3339(event.at)}" for event in found] == export.says
