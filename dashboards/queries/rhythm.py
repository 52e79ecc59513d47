"""Rhythm and decisions: who keeps it, and how long a decision takes to have an effect."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import complete, measured, of_view, or_not_yet, over_workers, whole
from dashboards.rules.rhythm import ELIGIBLE, KEPT

_UNIT = 'unit=~"$unit"'
_CELL = ("unit", "rhythm")
RHYTHMS = ("daily", "weekly", "monthly")


def kept(rhythm: str, clock: str) -> Query:
    """Share of clocks that stopped within the rhythm, over the units chosen: each counts by how many it had."""
    return Query(complete(_kept(rhythm, clock)), legend=rhythm, quiet="no clock started so long ago")


def _kept(rhythm: str, clock: str) -> str:
    ratio, eligible = (
        of_view(name, ("unit",), _UNIT, f'rhythm="{rhythm}"', f'clock="{clock}"')
        for name in ("rytmi_rhythm_ratio", "rytmi_rhythm_eligible")
    )
    return f"sum({ratio}\n* on (unit) {eligible})\n/ (sum({eligible}) > 0)"


def kept_lines(rhythm: str, clock: str) -> Query:
    """The same as it has been, from what is recorded for it."""
    kept_, had = (f'sum({name}{{{_UNIT},rhythm="{rhythm}",clock="{clock}"}})' for name in (KEPT, ELIGIBLE))
    expr = f"{kept_}\n/ ({had} > 0)\nand on () (rytmi:owned:bool == 1)"
    return Query(expr, legend=rhythm, quiet="no clock started so long ago")


def kept_by_unit(rhythm: str, clock: str) -> Query:
    """The same by unit."""
    expr = measured("rytmi_rhythm_ratio", ("unit",), f'rhythm="{rhythm}"', f'clock="{clock}"')
    return Query(expr, ("unit",), "{{unit}}", quiet="no clock started so long ago")


def eligible(rhythm: str, clock: str) -> Query:
    """Of how many clocks that share is, by unit."""
    expr = measured("rytmi_rhythm_eligible", ("unit",), f'rhythm="{rhythm}"', f'clock="{clock}"')
    return Query(expr, ("unit",), "{{unit}}", quiet="no clock started so long ago")


def kept_before(rhythm: str, clock: str, before: str) -> Query:
    """By how much the share has changed since so long ago."""
    now = _kept(rhythm, clock)
    then = now.replace("}", f"}} offset {before}")
    return Query(complete(f"{now}\n- {then}"), legend=rhythm, quiet=f"there is no history of {before}")


def impact(quantile: str) -> Query:
    """From made to effective, those that have no effect yet counted with their age, by unit and level, s."""
    by = ("unit", "level")
    expr = measured("rytmi_decision_effect_seconds", by, _UNIT, 'window="$window"', f'quantile="{quantile}"')
    return Query(expr, by, "{{unit}} {{level}}", quiet="fewer than that share have had their effect")


def impact_or_not_yet(quantile: str) -> Query:
    """The same for a figure, which must not be blank where too many are without effect: then NOT_YET."""
    by = ("unit", "level")
    reached, made = (
        of_view(name, by, _UNIT, 'window="$window"', of)
        for name, of in (
            ("rytmi_decision_effect_seconds", f'quantile="{quantile}"'),
            ("rytmi_decisions", 'stage="made"'),
        )
    )
    return Query(complete(or_not_yet(reached, by, made)), by, "{{unit}} {{level}}", quiet="nothing was decided")


def slowest_impact() -> Query:
    """The median of the slowest unit, by level, s: medians of units cannot be added."""
    expr = of_view("rytmi_decision_effect_seconds", ("level",), _UNIT, 'window="$window"', 'quantile="0.5"')
    return Query(complete(expr), ("level",), "{{level}}", "fewer than half have had their effect")


def decisions(stage: str) -> Query:
    """Decisions of a stage in the window, or cases of theirs, by unit and level."""
    by = ("unit", "level")
    expr = measured("rytmi_decisions", by, _UNIT, 'window="$window"', f'stage="{stage}"')
    return Query(expr, by, "{{unit}} {{level}}", quiet="nothing was decided")


def reopened_share() -> Query:
    """Of the cases that decisions answered in the window, those reopened after the effect."""
    reopened, cases = (
        of_view("rytmi_decisions", ("unit", "level"), 'window="$window"', f'stage="{stage}"')
        for stage in ("reopened", "cases")
    )
    return Query(complete(f"sum({reopened}) / (sum({cases}) > 0)"), quiet="no decision named a case")


def in_flight() -> Query:
    """Decisions that are made and have no effect yet, by unit and level."""
    by = ("unit", "level")
    expr = over_workers("rytmi_decisions_in_flight", by, _UNIT)
    return Query(f"sort_desc({whole(f'{expr} > 0')})", by, "{{unit}} {{level}}", "none is")
