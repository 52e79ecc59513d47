"""How figures are shown: one function a kind of panel. Taste lives here; what is asked lives in `queries`.

Whatever the kind: a unit; *no data* where there is none, in the colour of what nobody can know; figures as of now.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.models import common as shown
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as asked

from dashboards.colours import BAD, GOOD, MEANT, PLAIN, UNKNOWN, WATCH
from dashboards.model import Query, Target, Tile

SOURCE = models.DataSourceRef(type_val="prometheus", uid="rytmi-prometheus")
NO_DATA = "no data"
_LOWEST = -1e12  # below it only what is not there
_LINE_POINTS, _CELL_POINTS = 400, 100
"""Of a line in a panel and in a cell of a table: what is asked costs by the point."""

_STROKES: tuple[tuple[str, list[int]], ...] = ((PLAIN, []), (MEANT, [10, 6]), (PLAIN, [2, 6]), (MEANT, [10, 4, 2, 4]))
"""Of the lines of several queries in one panel: colour, and lengths of dash and gap. Legends show the colour alone."""

Words = Mapping[str, tuple[str, str]]
"""By value: what is said instead of it, in which colour."""

Steps = tuple[str, tuple[tuple[float, str], ...]]
"""The colour from the lowest value on, and from which value on which other."""

AS_IT_IS: Steps = (PLAIN, ())
"""Neither good nor bad."""


def bad_from(bad: float, watch: float | None = None) -> Steps:
    """The more, the worse."""
    return GOOD, (*(() if watch is None else ((watch, WATCH),)), (bad, BAD))


def watch_from(watch: float) -> Steps:
    """Look at it from then on; never bad by itself."""
    return GOOD, ((watch, WATCH),)


def good_from(good: float, watch: float) -> Steps:
    """The less, the worse."""
    return BAD, ((watch, WATCH), (good, GOOD))


def refs(count: int) -> list[str]:
    """Names of the queries of a panel: A to Z."""
    return list(string.ascii_uppercase[:count])


def _thresholds(steps: Steps) -> boards.ThresholdsConfig:
    return (
        boards.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value, colour) for value, colour in _marks(steps)])
    )


def _mapped(words: Words) -> models.ValueMap:
    return models.ValueMap(
        options={
            value: models.ValueMappingResult(text=text, color=colour, index=i)
            for i, (value, (text, colour)) in enumerate(words.items())
        }
    )


def _marks(steps: Steps) -> list[tuple[float | None, str]]:
    lowest, further = steps
    return [(None, UNKNOWN), (_LOWEST, lowest), *further]


def _asked(ref: str, target: Target, as_table: bool = False) -> prometheus.Dataquery:
    query = prometheus.Dataquery().ref_id(ref).expr(target.query.expr).datasource(SOURCE)
    query = query.range() if target.over_time else query.instant()
    if as_table and not target.over_time:
        query = query.format(asked.PromQueryFormat.TABLE)
    return query.legend_format(target.query.legend or "__auto")


def _common(panel: Any, title: str, about: str, targets: Sequence[Target], as_table: bool = False) -> Any:
    panel = panel.title(title).description(about).datasource(SOURCE).no_value(NO_DATA)
    for ref, target in zip(refs(len(targets)), targets, strict=True):
        panel = panel.with_target(_asked(ref, target, as_table))
    return panel


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["last"]).values(False)


def figure(
    key: str,
    title: str,
    about: str,
    *queries: Query,
    unit: str,
    size: tuple[int, int],
    steps: Steps = AS_IT_IS,
    decimals: int | None = None,
    beside: tuple[str, ...] = (),
    words: Words | None = None,
) -> Tile:
    """One large figure, or a few with their names. size: columns and rows."""
    targets = tuple(Target(query) for query in queries)
    named = len(queries) > 1 or any(query.labels for query in queries)
    panel = (
        _common(stat.Panel(), title, about, targets)
        .unit(unit)
        .thresholds(_thresholds(steps))
        .color_scheme(boards.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
        .color_mode(shown.BigValueColorMode.VALUE)
        .graph_mode(shown.BigValueGraphMode.NONE)
        .text_mode(shown.BigValueTextMode.VALUE_AND_NAME if named else shown.BigValueTextMode.VALUE)
        .reduce_options(_latest())
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if words:
        panel = panel.mappings([_mapped(words)])
    return Tile(key, title, panel, targets, *size, beside)


def sentence(key: str, title: str, about: str, said: Sequence[tuple[str, Query]], size: tuple[int, int]) -> Tile:
    """Words instead of a figure: those of the queries that have a result, in their colours."""
    targets = tuple(Target(query) for _, query in said)
    panel = (
        _common(stat.Panel(), title, about, targets)
        .color_mode(shown.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(shown.BigValueGraphMode.NONE)
        .text_mode(shown.BigValueTextMode.NAME)
        .thresholds(_thresholds(AS_IT_IS))
        .reduce_options(_latest())
    )
    for ref, (colour, _) in zip(refs(len(said)), said, strict=True):
        panel = panel.override_by_query(ref, [_property("color", {"mode": "fixed", "fixedColor": colour})])
    return Tile(key, title, panel, targets, *size)


def lines(
    key: str,
    title: str,
    about: str,
    *queries: Query,
    unit: str,
    size: tuple[int, int],
    beside: tuple[str, ...] = (),
    zero: bool = True,
) -> Tile:
    """How it has been, broken where nothing was known. Several queries have dashes of their own as well as colours."""
    targets = tuple(Target(query, over_time=True) for query in queries)
    panel = (
        _common(timeseries.Panel(), title, about, targets)
        .max_data_points(_LINE_POINTS)
        .unit(unit)
        .line_width(2)
        .fill_opacity(0)
        .show_points(shown.VisibilityMode.NEVER)
        .color_scheme(boards.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(
            common.VizLegendOptions()
            .display_mode(shown.LegendDisplayMode.LIST)
            .placement(shown.LegendPlacement.BOTTOM)
            .show_legend(len(queries) > 1 or bool(queries[0].labels))
        )
        .tooltip(common.VizTooltipOptions().mode(shown.TooltipDisplayMode.MULTI).sort(shown.SortOrder.DESCENDING))
    )
    if zero:
        panel = panel.min(0)
    if len(queries) > 1:
        for ref, (colour, dash) in zip(refs(len(queries)), _STROKES, strict=False):
            style = {"fill": "dash", "dash": dash} if dash else {"fill": "solid"}
            fixed = _property("color", {"mode": "fixed", "fixedColor": colour})
            panel = panel.override_by_query(ref, [fixed, _property("custom.lineStyle", style)])
    return Tile(key, title, panel, targets, *size, beside)


def bars(
    key: str,
    title: str,
    about: str,
    query: Query,
    *,
    unit: str,
    size: tuple[int, int],
    steps: Steps = AS_IT_IS,
    beside: tuple[str, ...] = (),
) -> Tile:
    """Figures with names, side by side, the length of a bar as well as a number."""
    target = Target(query)
    # Grafana leaves the name out where there is one bar alone, unless it is written like this.
    name = re.sub(r"{{(\w+)}}", r"${__field.labels.\1}", query.legend)
    panel = (
        _common(bargauge.Panel(), title, about, [target])
        .unit(unit)
        .min(0)
        .display_name(name)
        .thresholds(_thresholds(steps))
        .orientation(shown.VizOrientation.HORIZONTAL)
        .display_mode(shown.BarGaugeDisplayMode.BASIC)
        .value_mode(shown.BarGaugeValueMode.TEXT)
        .reduce_options(_latest())
    )
    return Tile(key, title, panel, (target,), *size, beside)


def states(key: str, title: str, about: str, query: Query, words: Words, size: tuple[int, int]) -> Tile:
    """What was so when."""
    target = Target(query, over_time=True)
    panel = (
        _common(statetimeline.Panel(), title, about, [target])
        .max_data_points(_LINE_POINTS)
        .mappings([_mapped(words)])
        .thresholds(_thresholds(AS_IT_IS))
        .show_value(shown.VisibilityMode.AUTO)
        .line_width(0)
        .fill_opacity(70)
    )
    return Tile(key, title, panel, (target,), *size)


class Column(NamedTuple):
    """A column of a table. over_time: a small line instead of a figure."""

    name: str
    query: Query
    unit: str = "none"
    steps: Steps | None = None
    over_time: bool = False
    decimals: int | None = None
    width: int | None = None
    words: Words | None = None


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
    names = refs(len(columns))
    fields = {ref: f"{'Trend' if c.over_time else 'Value'} #{ref}" for ref, c in zip(names, columns, strict=True)}
    renamed = labels | {fields[ref]: column.name for ref, column in zip(names, columns, strict=True)}
    order = [name for name in renamed if renamed[name] == sort_by] if sort_by == "#" else []
    order += [name for name in renamed if name not in order]
    panel = _common(table.Panel(), title, about, targets, as_table=True)
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
        .thresholds(_thresholds(AS_IT_IS))
        .align(shown.FieldTextAlignment.AUTO)
    )
    for column in columns:
        panel = panel.override_by_name(column.name, list(_of(column)))
    if link is not None:
        panel = panel.override_by_name(link[0], [_property("links", [{"title": "look closer", "url": link[1]}])])
    return Tile(key, title, panel, targets, *size, beside)


def _of(column: Column) -> list[models.DynamicConfigValue]:
    if column.over_time:
        line = shown.TableSparklineCellOptions(line_width=2, fill_opacity=0, hide_value=True)
        return [
            _property("custom.cellOptions", line.to_json()),
            _property("color", {"mode": "fixed", "fixedColor": MEANT}),
            _property("custom.width", column.width or 110),
        ]
    found = [_property("unit", column.unit)]
    if column.steps is not None:
        marks = [{"value": value, "color": colour} for value, colour in _marks(column.steps)]
        found += [
            _property("custom.cellOptions", {"type": "color-text"}),
            _property("color", {"mode": "thresholds"}),
            _property("thresholds", {"mode": "absolute", "steps": marks}),
        ]
    if column.words:
        found.append(_property("mappings", [_mapped(column.words)]))
    if column.decimals is not None:
        found.append(_property("decimals", column.decimals))
    if column.width is not None:
        found.append(_property("custom.width", column.width))
    return found


def _transformation(name: str, options: object) -> models.DataTransformerConfig:
    return models.DataTransformerConfig(id_val=name, options=options)


def _property(name: str, value: object) -> models.DynamicConfigValue:
    return models.DynamicConfigValue(id_val=name, value=value)
