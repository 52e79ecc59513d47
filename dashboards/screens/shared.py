"""What several screens have: the strip of freshness at the top, variables, marks of decisions, scopes in titles."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.models import dashboard as models

from dashboards import panels
from dashboards.colours import BAD, GOOD, UNKNOWN, WATCH
from dashboards.model import Tile
from dashboards.panels import SOURCE
from dashboards.queries import sight, terms

EVERYWHERE = "all touchpoints"
WINDOWS = ("15m", "1h", "1d", "7d", "28d")
MARKS = ("rytmi", "strategic")
"""Tags of the annotations that `rytmi dashboards publish` makes of strategic decisions."""

NOT_YET = {str(terms.NOT_YET): ("not yet", WATCH)}
"""So few have ended that the percentile lies in the future."""

_COLOURS = {"good": GOOD, "watch": WATCH, "bad": BAD, "unknown": UNKNOWN}


def freshness(height: int = 4) -> tuple[Tile, ...]:
    """In which state things are, in a sentence, and how old what follows is."""
    said = [(_COLOURS[meaning], query) for meaning, _, query in sight.sentences()]
    return (
        panels.sentence(
            "state",
            "State · all touchpoints · now",
            "One sentence, the most urgent that is true. While it says that something is not known, figures are blank.",
            said,
            (12, height),
        ),
        panels.figure(
            "known-until",
            "Age of what is known",
            "Until when everything is read that could prove a claim about silence wrong. Old: overdue is not known.",
            sight.known_until(),
            unit="s",
            decimals=0,
            size=(4, height),
            steps=panels.bad_from(120, watch=30),
        ),
        panels.figure(
            "measures-age",
            "Age of the measures",
            "How old the measures are: times, friction, rhythm, emotion. They stand still while the workers are blind.",
            sight.measures_age(),
            unit="s",
            decimals=0,
            size=(4, height),
            steps=panels.bad_from(120, watch=30),
        ),
        panels.figure(
            "partitions-missing",
            "Partitions without owner",
            "0: sums over workers are whole. Else all figures are blank, as they would be too low.",
            sight.partitions_missing(),
            unit="none",
            size=(4, height),
            steps=panels.bad_from(1),
        ),
    )


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
