"""How figures are shown: one function a kind of panel. Taste lives here; what is asked lives in `queries`.

Whatever the kind: a unit; *no data* where there is none, in the colour of what nobody can know; figures as of now.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, statetimeline, timeseries
from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.models import common as shown
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as asked

from dashboards.colours import BAD, GOOD, MEANT, PLAIN, UNKNOWN, WATCH
from dashboards.model import Query, Target, Tile

SOURCE = models.DataSourceRef(type_val="prometheus", uid="rytmi-prometheus")
NO_DATA = "no data"
_LOWEST = -1e12  # below it only what is not there
_LINE_POINTS = 400
"""Of a line: what is asked costs by the point."""

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


def thresholds(steps: Steps) -> boards.ThresholdsConfig:
    """As the builders have them."""
    return (
        boards.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value, colour) for value, colour in marks_of(steps)])
    )


def mapped(words: Words) -> models.ValueMap:
    """What is said instead of values."""
    return models.ValueMap(
        options={
            value: models.ValueMappingResult(text=text, color=colour, index=i)
            for i, (value, (text, colour)) in enumerate(words.items())
        }
    )


def marks_of(steps: Steps) -> list[tuple[float | None, str]]:
    """From which value on which colour; the first, from nothing on, is that of no data."""
    lowest, further = steps
    return [(None, UNKNOWN), (_LOWEST, lowest), *further]


def _asked(ref: str, target: Target, as_table: bool = False) -> prometheus.Dataquery:
    query = prometheus.Dataquery().ref_id(ref).expr(target.query.expr).datasource(SOURCE)
    query = query.range() if target.over_time else query.instant()
    if as_table and not target.over_time:
        query = query.format(asked.PromQueryFormat.TABLE)
    return query.legend_format(target.query.legend or "__auto")


def framed(
    key: str,
    title: str,
    about: str,
    panel: Any,
    targets: Sequence[Target],
    width: int,
    beside: tuple[str, ...] = (),
    as_table: bool = False,
) -> Tile:
    """A panel with what every one has: its title, what it is about, its queries. about: empty for its first query's."""
    panel = panel.title(title).description(about or targets[0].query.about).datasource(SOURCE).no_value(NO_DATA)
    for ref, target in zip(refs(len(targets)), targets, strict=True):
        panel = panel.with_target(_asked(ref, target, as_table))
    return Tile(key, title, panel, tuple(targets), width, beside)


def coloured(name: str) -> models.DynamicConfigValue:
    """One colour, for some of a panel's figures alone."""
    return overridden("color", {"mode": "fixed", "fixedColor": name})


def overridden(name: str, value: object) -> models.DynamicConfigValue:
    """A property of some of a panel's figures alone."""
    return models.DynamicConfigValue(id_val=name, value=value)


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["last"]).values(False)


def _stat(steps: Steps) -> stat.Panel:
    return stat.Panel().thresholds(thresholds(steps)).graph_mode(shown.BigValueGraphMode.NONE).reduce_options(_latest())


def figure(
    key: str,
    title: str,
    *queries: Query,
    width: int,
    unit: str = "none",
    steps: Steps = AS_IT_IS,
    decimals: int | None = None,
    beside: tuple[str, ...] = (),
    words: Words | None = None,
    about: str = "",
) -> Tile:
    """One large figure, or a few with their names. width: columns."""
    named = len(queries) > 1 or any(query.labels for query in queries)
    panel = (
        _stat(steps)
        .unit(unit)
        .color_scheme(boards.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
        .color_mode(shown.BigValueColorMode.VALUE)
        .text_mode(shown.BigValueTextMode.VALUE_AND_NAME if named else shown.BigValueTextMode.VALUE)
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if words:
        panel = panel.mappings([mapped(words)])
    return framed(key, title, about, panel, [Target(query) for query in queries], width, beside)


def sentence(key: str, title: str, about: str, said: Sequence[tuple[str, Query]], width: int) -> Tile:
    """Words instead of a figure: those of the queries that have a result, in their colours."""
    panel = _stat(AS_IT_IS).color_mode(shown.BigValueColorMode.BACKGROUND_SOLID).text_mode(shown.BigValueTextMode.NAME)
    for ref, (colour, _) in zip(refs(len(said)), said, strict=True):
        panel = panel.override_by_query(ref, [coloured(colour)])
    return framed(key, title, about, panel, [Target(query) for _, query in said], width)


def lines(
    key: str,
    title: str,
    *queries: Query,
    width: int,
    unit: str = "none",
    beside: tuple[str, ...] = (),
    about: str = "",
) -> Tile:
    """How it has been, broken where nothing was known. Several queries have dashes of their own as well as colours."""
    panel = (
        timeseries.Panel()
        .max_data_points(_LINE_POINTS)
        .unit(unit)
        .min(0)
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
    if len(queries) > 1:
        for ref, (colour, dash) in zip(refs(len(queries)), _STROKES, strict=False):
            style = {"fill": "dash", "dash": dash} if dash else {"fill": "solid"}
            panel = panel.override_by_query(ref, [coloured(colour), overridden("custom.lineStyle", style)])
    return framed(key, title, about, panel, [Target(query, over_time=True) for query in queries], width, beside)


def bars(
    key: str,
    title: str,
    query: Query,
    width: int,
    unit: str = "none",
    steps: Steps = AS_IT_IS,
    beside: tuple[str, ...] = (),
    about: str = "",
) -> Tile:
    """Figures with names, side by side, the length of a bar as well as a number."""
    # Grafana leaves the name out where there is one bar alone, unless it is written like this.
    name = re.sub(r"{{(\w+)}}", r"${__field.labels.\1}", query.legend)
    panel = (
        bargauge.Panel()
        .unit(unit)
        .min(0)
        .display_name(name)
        .thresholds(thresholds(steps))
        .orientation(shown.VizOrientation.HORIZONTAL)
        .display_mode(shown.BarGaugeDisplayMode.BASIC)
        .value_mode(shown.BarGaugeValueMode.TEXT)
        .reduce_options(_latest())
    )
    return framed(key, title, about, panel, [Target(query)], width, beside)


def states(key: str, title: str, query: Query, words: Words, width: int) -> Tile:
    """What was so when."""
    panel = (
        statetimeline.Panel()
        .max_data_points(_LINE_POINTS)
        .mappings([mapped(words)])
        .thresholds(thresholds(AS_IT_IS))
        .show_value(shown.VisibilityMode.AUTO)
        .line_width(0)
        .fill_opacity(70)
    )
    return framed(key, title, "", panel, [Target(query, over_time=True)], width)
