"""What a mapping makes of rows: values, conditions on a case's earlier rows, spans, order, and what it refuses."""

import gzip
import io
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from processors.canonical import render, rfc3339
from processors.events import Action, Event, Feedback
from streams.mapping import MappingError, TableMapping, parse_mapping
from streams.mapping.replay import Rejects, ReplayError, canonical_events, mapped_events
from streams.mapping.rows import InputError

HEAD = "case,at,state,who,rank"
MAPPING = """
case: case
at: "{at}"
events:
  - event: action
    id: "{case}-{case_row}"
    fields: {case: "{case}", kind: acknowledged}
"""


def mapping(text: str = MAPPING, **changed: Any) -> TableMapping:
    return parse_mapping(yaml.safe_load(textwrap.dedent(text)) | changed, "map.yaml")


def acting(kind: str = "acknowledged", **rule: Any) -> dict[str, Any]:
    fields = {"case": "{case}", "kind": kind, **rule.pop("fields", {})}
    return {"event": "action", "id": f"{{case}}-{kind}-{{row}}", "fields": fields, **rule}


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(*lines: str, name: str = "log.csv", head: str = HEAD) -> str:
        path = tmp_path / name
        path.write_text("\n".join([head, *lines] if head else lines) + "\n", "utf-8")
        return str(path)

    return write


def events(declared: TableMapping, *files: str, rejects: Rejects | None = None) -> list[Any]:
    warned: list[str] = []
    found = list(mapped_events(declared, files, rejects or Rejects(), warned.append))
    assert not warned
    return found


def row(minute: int, state: str = "", who: str = "", rank: str = "", case: str = "A") -> str:
    return f"{case},2026-03-02T09:{minute:02}:00Z,{state},{who},{rank}"


def rows_of(found: list[Event]) -> list[int]:
    """The numbers of the rows that gave the events, as `acting` puts them into ids."""
    return [int(event.id.rpartition("-")[2]) for event in found]


def test_text_is_a_template_and_without_braces_a_constant(file: Callable[..., str]) -> None:
    (event,) = events(mapping(), file(row(15)))
    assert event == Action(id="A-1", at=1_772_442_900_000, case="A", kind="acknowledged")


def test_format_pads_row_numbers_and_cells(file: Callable[..., str]) -> None:
    declared = mapping(events=[acting(id="{case:0>3}-{row:04}-{case_row:02}-{state:x<3}")])
    assert [e.id for e in events(declared, file(row(1, "7"), row(2, "8", case="B")))] == [
        "00A-0001-01-7xx",
        "00B-0002-01-8xx",
    ]


def test_missing_cell_leaves_an_optional_field_out(file: Callable[..., str]) -> None:
    declared = mapping(input={"missing": ["?"]}, events=[acting(fields={"owner": "{who}", "actor": "by {who}"})])
    found = events(declared, file(row(1, who="?"), row(2), row(3, who="Aino")))
    assert [(e.owner, e.actor) for e in found] == [(None, None), (None, None), ("Aino", "by Aino")]


def test_value_map_slug_default_and_split(file: Callable[..., str]) -> None:
    declared = mapping(
        values={"ranks": {1: "critical", 2: "high"}},
        events=[
            {
                "event": "obstacle",
                "id": "{row}",
                "fields": {
                    "obstacle": "{case}",
                    "stage": "raised",
                    "touchpoint": {"column": "state", "slug": True, "default": "other"},
                    "cause": {"column": "rank", "map": "ranks", "default": "normal"},
                    "cases": {"column": "who", "split": ";"},
                },
            }
        ],
    )
    found = events(declared, file(row(1, "Self  Service (web)", "X; Y", "1"), row(2, "", "Z", "9")))
    assert [(e.touchpoint, e.cause, e.cases) for e in found] == [
        ("self-service-web", "critical", ("X", "Y")),
        ("other", "normal", ("Z",)),
    ]


def test_numbers_truths_and_promises_get_their_types(file: Callable[..., str]) -> None:
    fields = {
        "case": "{case}",
        "touchpoint": "web",
        "severity": "low",
        "score": "{rank}",
        "scale": "nps",
        "due_at": "{who}",
    }
    feedback = {"event": "feedback", "id": "f", "fields": fields}
    declared = mapping(events=[feedback, acting(fields={"taken": "{state}"})])
    found = events(declared, file(row(1, "True", "2026-03-03T00:00:00+02:00", "8.5")))
    assert found[0] == Feedback("f", found[0].at, "A", "web", "low", score=8.5, scale="nps", due_at=1_772_488_800_000)
    assert found[1].taken is True


@pytest.mark.parametrize(
    ("formats", "zone", "text", "expected"),
    [
        (["%d/%m/%Y %H:%M"], "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00.000Z"),
        (["%d.%m.%Y", "%Y-%m-%d %H:%M"], "Europe/Helsinki", "2026-07-01 12:00", "2026-07-01T09:00:00.000Z"),
        (["%Y-%m-%dT%H:%M%z"], "Europe/Helsinki", "2026-07-01T12:00+0000", "2026-07-01T12:00:00.000Z"),
        (["epoch_s"], "UTC", "1772442900.5", "2026-03-02T09:15:00.500Z"),
        (["epoch_ms"], "UTC", "1772442900500", "2026-03-02T09:15:00.500Z"),
        (["rfc3339"], "Europe/Helsinki", "2026-03-02T11:15:00+02:00", "2026-03-02T09:15:00.000Z"),
        # repeated: its first occurrence; skipped: as much after the change as it says
        (["%Y-%m-%d %H:%M"], "Europe/Helsinki", "2026-10-25 03:30", "2026-10-25T00:30:00.000Z"),
        (["%Y-%m-%d %H:%M"], "Europe/Helsinki", "2026-03-29 03:30", "2026-03-29T01:30:00.000Z"),
    ],
)
def test_time_formats_and_zones(
    file: Callable[..., str], formats: list[str], zone: str, text: str, expected: str
) -> None:
    (event,) = events(mapping(time={"formats": formats, "zone": zone}), file(f"A,{text},,,"))
    assert rfc3339(event.at) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"first_row": True}, [1]),
        ({"first_row": False}, [2, 3, 4, 5]),
        ({"equals": {"state": "open"}}, [2, 4]),
        ({"in": {"state": ["new", "shut"]}}, [1, 5]),
        ({"not": {"equals": {"state": "new"}}}, [2, 3, 4, 5]),
        ({"present": "who"}, [2, 3, 5]),
        ({"changed": "state"}, [2, 3, 4, 5]),
        ({"changed": ["who"]}, [2, 4, 5]),
        ({"new": "who"}, [2, 5]),
        ({"rises": "rank"}, [3, 5]),
        ({"equals": {"state": "open"}, "present": "who"}, [2]),
        ({"any": [{"first_row": True}, {"equals": {"state": "shut"}}]}, [1, 5]),
    ],
)
def test_conditions(file: Callable[..., str], when: dict[str, Any], expected: list[int]) -> None:
    log = file(
        row(1, "new", "", "9"),
        row(2, "open", "Aino", "2"),
        row(3, "wait", "Aino", "10"),
        row(4, "open", "", "10"),
        row(5, "shut", "Aino", "11"),
    )
    assert rows_of(events(mapping(events=[acting(when=when)]), log)) == expected


def test_new_counts_on_the_first_row_and_changed_does_not(file: Callable[..., str]) -> None:
    log = file(row(1, who="Aino"))
    assert rows_of(events(mapping(events=[acting(when={"new": "who"})]), log)) == [1]
    assert rows_of(events(mapping(events=[acting(when={"changed": "who"})]), log)) == []


def test_once_is_the_first_row_of_the_case_for_which_the_condition_holds(file: Callable[..., str]) -> None:
    declared = mapping(events=[acting(when={"equals": {"state": "x"}}, once=True)])
    log = file(row(1, "a"), row(2, "x"), row(3, "x"), row(4, "x", case="B"), row(5, "x"))
    assert rows_of(events(declared, log)) == [2, 4]


def test_once_by_columns_is_the_first_for_each_of_their_values(file: Callable[..., str]) -> None:
    declared = mapping(events=[acting(once=["rank"])])
    assert rows_of(events(declared, file(*(row(i, rank=r) for i, r in enumerate("0010212"))))) == [1, 3, 5]


SPANS = [
    {
        "while": {"in": {"state": ["vendor", "user"]}},
        "split_by": "state",
        "begin": [acting("paused", id="{case}-{began.row}-on", fields={"cause": "{state}"})],
        "end": [acting("resumed", id="{case}-{began.row}-off", fields={"cause": "{began.state}"})],
    }
]


def test_span_begins_at_its_first_row_and_ends_at_the_first_after_it(file: Callable[..., str]) -> None:
    log = file(*(row(i, state) for i, state in enumerate(["open", "user", "user", "open", "user", "shut"])))
    found = events(mapping(events=[], spans=SPANS), log)
    assert [(e.id, e.kind) for e in found] == [
        ("A-2-on", "paused"),
        ("A-2-off", "resumed"),
        ("A-5-on", "paused"),
        ("A-5-off", "resumed"),
    ]


def test_switch_ends_one_span_and_begins_the_other_at_the_same_row(file: Callable[..., str]) -> None:
    found = events(mapping(events=[], spans=SPANS), file(row(1, "user"), row(2, "vendor"), row(3, "shut")))
    assert [(e.id, e.kind, e.cause) for e in found] == [
        ("A-1-on", "paused", "user"),
        ("A-1-off", "resumed", "user"),
        ("A-2-on", "paused", "vendor"),
        ("A-2-off", "resumed", "vendor"),
    ]
    assert found[1].at == found[2].at


def test_span_without_split_stays_over_a_switch(file: Callable[..., str]) -> None:
    whole = [{key: value for key, value in SPANS[0].items() if key != "split_by"}]
    found = events(mapping(events=[], spans=whole), file(row(1, "user"), row(2, "vendor"), row(3, "shut")))
    assert [e.id for e in found] == ["A-1-on", "A-1-off"]


def test_cases_do_not_see_each_other(file: Callable[..., str]) -> None:
    log = file(row(1, "user"), row(2, "shut", case="B"), row(3, "user"), row(4, "user", case="B"))
    assert [e.id for e in events(mapping(events=[], spans=SPANS), log)] == ["A-1-on", "B-4-on"]


def test_order_by_is_stable_and_conditions_look_back_in_that_order(file: Callable[..., str]) -> None:
    declared = mapping(order_by="at", events=[acting(when={"changed": "state"})])
    log = file(row(5, "c"), row(1, "a"), row(3, "b"), row(3, "c"))
    assert rows_of(events(declared, log)) == [3, 4]
    declared = mapping(order_by={"column": "rank", "as": "number"}, events=[acting()])
    assert rows_of(events(declared, file(row(1, rank="10"), row(2, rank="9"), row(3, rank="-1.5")))) == [3, 2, 1]


def test_rows_of_several_files_are_counted_through(file: Callable[..., str]) -> None:
    declared = mapping(events=[acting(when={"changed": "state"})])
    found = events(declared, file(row(1, "a"), name="1.csv"), file(row(2, "b"), row(3, "b"), name="2.csv"))
    assert rows_of(found) == [2]


def test_gzip_is_told_by_content_and_quoted_cells_may_hold_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(f'{HEAD}\n"A",2026-03-02T09:15:00Z,"new\nand, odd",,\n'.encode("utf-8-sig")))
    (event,) = events(mapping(events=[acting(fields={"cause": "{state}"})]), str(path))
    assert event.cause == "new\nand, odd"


def test_standard_input_and_json_lines_with_nested_and_typed_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"case": 17, "at": "2026-03-02T09:15:00Z", "who": {"name": "Aino"}, "state": True},
        {"case": 17, "at": "2026-03-02T09:16:00Z", "who": {"name": None}, "state": False},
    ]
    raw = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(raw)))  # type: ignore[arg-type]
    declared = mapping(events=[acting(fields={"owner": "{who.name}", "taken": "{state}"})])
    assert [(e.case, e.owner, e.taken) for e in events(declared, "-")] == [("17", "Aino", True), ("17", None, False)]


def test_column_that_no_json_row_has_is_told(file: Callable[..., str]) -> None:
    log = file(json.dumps({"case": "A", "at": "2026-03-02T09:15:00Z"}), head="")
    told: list[str] = []
    list(mapped_events(mapping(events=[acting(fields={"owner": "{hwo}"})]), [log], Rejects(), told.append))
    assert told == ["no row has 'hwo', which events[0].fields.owner in the mapping names: is it spelled so?"]


@pytest.mark.parametrize(
    ("line", "rule", "complaint"),
    [
        (
            row(1, rank="5"),
            acting(fields={"severity": {"column": "rank", "map": {1: "low"}}}),
            "{rank}: '5' is not in the map at",
        ),
        (
            "A,yesterday,,,",
            acting(),
            "at: 'yesterday' is not a time of the form rfc3339; add its form to `time.formats`",
        ),
        (
            row(1, "x"),
            acting(fields={"severity": "{state}"}),
            "severity: 'x' is not one of low, normal, high, critical",
        ),
        (row(1), acting(fields={"kind": "{state}"}), "kind: its cell is empty; give it a `default`"),
        (row(1, "perhaps"), acting(fields={"taken": "{state}"}), "taken: 'perhaps' is not true or false"),
        (row(1, case=""), acting(), "{case}: missing, so the row belongs to no case"),
        ("A,2026-03-02T09:15:00Z,x", acting(), "3 cells, but the header names 5"),
        ('A,"2026', acting(), "not CSV"),
    ],
)
def test_row_that_cannot_be_used_stops_the_replay_at_its_place(
    file: Callable[..., str], line: str, rule: dict[str, Any], complaint: str
) -> None:
    log = file(line)
    with pytest.raises(ReplayError) as stopped:
        events(mapping(events=[rule]), log)
    assert str(stopped.value).startswith(f"{log}:2: {complaint}")


def test_row_set_aside_is_counted_and_leaves_no_trace_in_its_case(file: Callable[..., str]) -> None:
    rule = acting(when={"changed": "state"}, fields={"severity": {"column": "rank", "map": {1: "low"}}})
    log = file(row(1, "a", rank="1"), row(2, "b", rank="5"), row(3, "a", rank="1"), row(4, "b", rank="1"))
    aside = io.StringIO()
    rejects = Rejects(aside)
    found = events(
        mapping(events=[acting("told", once=True, when={"equals": {"state": "b"}}), rule]), log, rejects=rejects
    )
    assert [(e.kind, e.id) for e in found] == [("told", "A-told-4"), ("acknowledged", "A-acknowledged-4")]
    assert rejects.count == 1
    told = json.loads(aside.getvalue())
    assert (told["line"], told["row"]["rank"]) == (3, "5")


def test_unknown_column_names_the_place_in_the_mapping_and_what_is_near(file: Callable[..., str]) -> None:
    log = file(row(1))
    with pytest.raises(
        InputError,
        match=r"log.csv:1: no column 'stat' \(events\[0\]\.fields\.owner in the mapping\); did you mean 'state'",
    ):
        events(mapping(events=[acting(fields={"owner": "{stat}"})]), log)


def test_damaged_gzip_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress("\n".join([HEAD, *[row(1)] * 1000]).encode())[:-20])
    with pytest.raises(InputError, match=r"log\.gz: damaged"):
        events(mapping(), str(path))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"evnets": []}, "map.yaml: evnets: no such key here"),
        ({"events": [{"event": "feedbak", "id": "x"}]}, "events[0].event: no such event; one of feedback, action"),
        ({"events": [acting(fields={"ownr": "x"})]}, "events[0]: action has no field 'ownr'"),
        (
            {"events": [{"event": "action", "id": "x", "fields": {"case": "A"}}]},
            "events[0]: action needs the field 'kind'",
        ),
        ({"events": [acting(when={"equal": {}})]}, "events[0].when.equal: no such key here"),
        ({"events": [acting(when={})]}, "events[0].when: an empty condition"),
        ({"events": [acting(fields={"owner": {"column": "a", "map": "m"}})]}, "events[0].fields.owner: no map 'm'"),
        ({"events": [acting(fields={"owner": {"map": {"a": "b"}}})]}, "events[0].fields.owner: give one of column"),
        ({"events": [acting(fields={"owner": {"column": "a", "map": {True: "b"}}})]}, "put such a value in quotes"),
        ({"events": [acting(when={"first_row": True})], "case": None}, "name the column that tells cases apart"),
        ({"events": [], "spans": []}, "nothing would be emitted"),
        ({"at": None}, "events[0] has no `at`"),
        ({"time": {"zone": "Mars/Base"}}, "time.zone: no such time zone 'Mars/Base'"),
        ({"input": {"encoding": "utf-9"}}, "input.encoding: no such encoding"),
    ],
)
def test_mapping_that_makes_no_sense_is_refused_with_the_path_in_it(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(MappingError) as refused:
        mapping(**changed)
    assert complaint in str(refused.value)


def test_canonical_lines_are_taken_as_they_are_and_others_refused_with_their_place(file: Callable[..., str]) -> None:
    event = Action("a", 1_772_442_900_000, "A", "told")
    good, bad = json.dumps(render(event)), json.dumps(render(event) | {"kind": "shouted"})
    log = file(good, "", bad, '["no object"]', "{", json.dumps(render(event) | {"owner": "\ud800"}), head="")
    aside = io.StringIO()
    assert list(canonical_events([log], Rejects(aside))) == [event]
    told = [json.loads(line) for line in aside.getvalue().splitlines()]
    assert [fault["line"] for fault in told] == [3, 4, 5, 6]
    assert told[0]["message"].startswith("kind: 'shouted' is not one of")
