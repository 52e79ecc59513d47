"""What several screens have: the strip of freshness at the top, variables, marks of decisions, scopes in titles."""

from __future__ import annotations

from functools import partial
from typing import Any

from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.models import dashboard as models

from dashboards.colours import MEANINGS, WATCH
from dashboards.model import Row
from dashboards.panels import SOURCE, bad_from, figure, sentence
from dashboards.queries import sight, terms

DAY = 86_400
OLDEST = "Oldest waiting · all cases"
WINDOWS = ("15m", "1h", "1d", "7d", "28d")
MARKS = ("rytmi", "strategic")
"""Tags of the annotations that `rytmi dashboards publish` makes of strategic decisions."""

NOT_YET = {str(terms.NOT_YET): ("not yet", WATCH)}
"""So few have ended that the percentile lies in the future."""


def freshness() -> Row:
    """In which state things are, in a sentence, and how old what follows is."""
    said = [(MEANINGS[meaning], query) for meaning, _, query in sight.sentences()]
    about = "One sentence, the most urgent that is true. While it says that something is not known, figures are blank."
    age = partial(figure, width=4, unit="s", decimals=0, steps=bad_from(120, watch=30))
    missing = "Partitions without owner"
    tiles = (
        sentence("state", "State · all touchpoints · now", about, said, 12),
        age("known-until", "Age of what is known", sight.KNOWN_UNTIL),
        age("measures-age", "Age of the measures", sight.MEASURES_AGE),
        figure("partitions-missing", missing, sight.PARTITIONS_MISSING, width=4, steps=bad_from(1)),
    )
    return Row(4, tiles)


def window_variable() -> Any:
    """Over which window measures are."""
    return (
        boards.CustomVariable("window")
        .label("Window")
        .values(",".join(WINDOWS))
        .current(models.VariableOption(selected=True, text="1d", value="1d"))
        .options([models.VariableOption(selected=one == "1d", text=one, value=one) for one in WINDOWS])
    )


def label_variable(name: str, label: str, metric: str) -> Any:
    """One or several values of a label of a metric; all at first."""
    return (
        boards.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(f"label_values({metric}, {name})")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def touchpoint_variable() -> Any:
    """Which touchpoints."""
    return label_variable("touchpoint", "Touchpoint", "rytmi_touchpoint_place")


def unit_variable() -> Any:
    """Which units."""
    return label_variable("unit", "Unit", "rytmi_touchpoint_place")


def decision_marks() -> Any:
    """Strategic decisions as marks on every line."""
    return (
        boards.AnnotationQuery()
        .name("Strategic decisions")
        .datasource(models.DataSourceRef(type_val="grafana", uid="-- Grafana --"))
        .enable(True)
        .icon_color(WATCH)
        .target(boards.AnnotationTarget().limit(100).match_any(False).tags(list(MARKS)).type("tags"))
    )
