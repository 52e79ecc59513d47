"""Tables: a row for each label set, figures on colours and small lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import common as shown
from grafana_foundation_sdk.models import dashboard as models

from dashboards import panels
from dashboards.colours import MEANT
from dashboards.model import Query, Target, Tile

_CELL_POINTS = 100
"""Of a line in a cell: what is asked costs by the point."""


class Column(NamedTuple):
    """A column of a table. over_time: a small line instead of a figure."""

    name: str
    query: Query
    unit: str = "none"
    steps: panels.Steps | None = None
    over_time: bool = False
    decimals: int | None = None
    width: int | None = None
    words: panels.Words | None = None


def heat_table(
    key: str,
    title: str,
    about: str,
    labels: Sequence[str],
    columns: Sequence[Column],
    width: int,
    *,
    sort_by: str,
    descending: bool = False,
    link: str | None = None,
    beside: tuple[str, ...] = (),
) -> Tile:
    """A row for each label set: figures on colours, and small lines.

    labels: which are columns; the first are those that every query has. link: where the cells of the first one lead.
    """
    targets = [Target(column.query, column.over_time) for column in columns]
    called = {label: label.capitalize() for label in labels}
    fields = (
        f"{'Trend' if column.over_time else 'Value'} #{ref}"
        for ref, column in zip(panels.refs(len(columns)), columns, strict=True)
    )
    renamed = called | {field: column.name for field, column in zip(fields, columns, strict=True)}
    order = sorted(renamed, key=lambda name: sort_by != "#" or renamed[name] != "#")
    panel = table.Panel()
    if any(column.over_time for column in columns):
        panel = panel.max_data_points(_CELL_POINTS).with_transformation(_transformation("timeSeriesTable", {}))
    shape = {
        "renameByName": renamed,
        "indexByName": {name: place for place, name in enumerate(order)},
        "excludeByName": {},
    }
    panel = (
        panel.with_transformation(
            _transformation("filterFieldsByName", {"include": {"pattern": f"^({'|'.join(renamed)})$"}})
        )
        .with_transformation(_transformation("merge", {}))
        .with_transformation(_transformation("organize", shape))
        .sort_by([common.TableSortByFieldState().display_name(sort_by).desc(descending)])
        .cell_height(shown.TableCellHeight.MD)
        .thresholds(panels.thresholds(panels.AS_IT_IS))
        .align(shown.FieldTextAlignment.AUTO)
    )
    for column in columns:
        panel = panel.override_by_name(column.name, list(_of(column)))
    if link is not None:
        panel = panel.override_by_name(
            called[labels[0]], [panels.overridden("links", [{"title": "look closer", "url": link}])]
        )
    return panels.framed(key, title, about, panel, targets, width, beside, as_table=True)


def _of(column: Column) -> Iterator[models.DynamicConfigValue]:
    if column.over_time:
        line = shown.TableSparklineCellOptions(line_width=2, fill_opacity=0, hide_value=True)
        yield panels.overridden("custom.cellOptions", line.to_json())
        yield panels.coloured(MEANT)
        yield panels.overridden("custom.width", column.width or 110)
        return
    yield panels.overridden("unit", column.unit)
    if column.steps is not None:
        marks = [{"value": value, "color": colour} for value, colour in panels.marks_of(column.steps)]
        yield panels.overridden("custom.cellOptions", {"type": "color-text"})
        yield panels.overridden("color", {"mode": "thresholds"})
        yield panels.overridden("thresholds", {"mode": "absolute", "steps": marks})
    if column.words:
        yield panels.overridden("mappings", [panels.mapped(column.words)])
    if column.decimals is not None:
        yield panels.overridden("decimals", column.decimals)
    if column.width is not None:
        yield panels.overridden("custom.width", column.width)


def _transformation(name: str, options: object) -> models.DataTransformerConfig:
    return models.DataTransformerConfig(id_val=name, options=options)
