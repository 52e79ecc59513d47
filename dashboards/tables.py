"""Tables: a row for each label set, figures on colours and small lines."""

from __future__ import annotations

from collections.abc import Sequence
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
    labels: dict[str, str],
    columns: Sequence[Column],
    size: tuple[int, int],
    *,
    sort_by: str,
    descending: bool = False,
    link: tuple[str, str] | None = None,
    beside: tuple[str, ...] = (),
) -> Tile:
    """A row for each label set: figures on colours, and small lines.

    labels: which are columns, and what they are called; the first are those that every query has. link: a label's
    column name, and where its cells lead.
    """
    targets = tuple(Target(column.query, column.over_time) for column in columns)
    names = panels.refs(len(columns))
    fields = {ref: f"{'Trend' if c.over_time else 'Value'} #{ref}" for ref, c in zip(names, columns, strict=True)}
    renamed = labels | {fields[ref]: column.name for ref, column in zip(names, columns, strict=True)}
    order = [name for name in renamed if renamed[name] == sort_by] if sort_by == "#" else []
    order += [name for name in renamed if name not in order]
    panel = panels.framed(table.Panel(), title, about, targets, as_table=True)
    if any(column.over_time for column in columns):
        panel = panel.max_data_points(_CELL_POINTS).with_transformation(_transformation("timeSeriesTable", {}))
    panel = (
        panel.with_transformation(
            _transformation("filterFieldsByName", {"include": {"pattern": f"^({'|'.join(renamed)})$"}})
        )
        .with_transformation(_transformation("merge", {}))
        .with_transformation(
            _transformation(
                "organize",
                {
                    "renameByName": renamed,
                    "indexByName": {name: place for place, name in enumerate(order)},
                    "excludeByName": {},
                },
            )
        )
        .sort_by([common.TableSortByFieldState().display_name(sort_by).desc(descending)])
        .cell_height(shown.TableCellHeight.MD)
        .thresholds(panels.thresholds(panels.AS_IT_IS))
        .align(shown.FieldTextAlignment.AUTO)
    )
    for column in columns:
        panel = panel.override_by_name(column.name, list(_of(column)))
    if link is not None:
        panel = panel.override_by_name(
            link[0], [panels.overridden("links", [{"title": "look closer", "url": link[1]}])]
        )
    return Tile(key, title, panel, targets, *size, beside)


def _of(column: Column) -> list[models.DynamicConfigValue]:
    if column.over_time:
        line = shown.TableSparklineCellOptions(line_width=2, fill_opacity=0, hide_value=True)
        return [
            panels.overridden("custom.cellOptions", line.to_json()),
            panels.overridden("color", {"mode": "fixed", "fixedColor": MEANT}),
            panels.overridden("custom.width", column.width or 110),
        ]
    found = [panels.overridden("unit", column.unit)]
    if column.steps is not None:
        marks = [{"value": value, "color": colour} for value, colour in panels.marks_of(column.steps)]
        found += [
            panels.overridden("custom.cellOptions", {"type": "color-text"}),
            panels.overridden("color", {"mode": "thresholds"}),
            panels.overridden("thresholds", {"mode": "absolute", "steps": marks}),
        ]
    if column.words:
        found.append(panels.overridden("mappings", [panels.mapped(column.words)]))
    if column.decimals is not None:
        found.append(panels.overridden("decimals", column.decimals))
    if column.width is not None:
        found.append(panels.overridden("custom.width", column.width))
    return found


def _transformation(name: str, options: object) -> models.DataTransformerConfig:
    return models.DataTransformerConfig(id_val=name, options=options)
