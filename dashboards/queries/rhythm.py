"""Rhythm and decisions: who keeps it, and how long a decision takes to have an effect."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import (
    CHOSEN_UNITS,
    WINDOW,
    complete,
    measure,
    named,
    of_view,
    or_not_yet,
    over_workers,
    whole,
)
from dashboards.rules.rhythm import ELIGIBLE, KEPT

_CELL = ("unit", "level")
_TOO_NEW, _NOTHING = "no clock started so long ago", "nothing was decided"
RHYTHMS = ("daily", "weekly", "monthly")


def kept(rhythm: str, clock: str) -> Query:
    """Share of clocks that stopped within the rhythm, over the units chosen: each counts by how many it had."""
    return Query(complete(_kept(rhythm, clock)), legend=rhythm, quiet=_TOO_NEW)


def _kept(rhythm: str, clock: str) -> str:
    ratio, eligible = (
        of_view(name, ("unit",), CHOSEN_UNITS, f'rhythm="{rhythm}"', f'clock="{clock}"')
        for name in ("rytmi_rhythm_ratio", "rytmi_rhythm_eligible")
    )
    return f"sum({ratio}\n* on (unit) {eligible})\n/ (sum({eligible}) > 0)"


def kept_lines(rhythm: str, clock: str) -> Query:
    """The same as it has been, from what is recorded for it."""
    kept_, had = (f'sum({name}{{{CHOSEN_UNITS},rhythm="{rhythm}",clock="{clock}"}})' for name in (KEPT, ELIGIBLE))
    expr = f"{kept_}\n/ ({had} > 0)\nand on () (rytmi:owned:bool == 1)"
    return Query(expr, legend=rhythm, quiet=_TOO_NEW)


def by_unit(what: str, rhythm: str, clock: str) -> Query:
    """The share that keeps the rhythm (`ratio`), or of how many clocks it is (`eligible`), by unit."""
    return measure(f"rytmi_rhythm_{what}", ("unit",), f'rhythm="{rhythm}"', f'clock="{clock}"', quiet=_TOO_NEW)


def kept_before(rhythm: str, clock: str, before: str) -> Query:
    """By how much the share has changed since so long ago."""
    now = _kept(rhythm, clock)
    then = now.replace("}", f"}} offset {before}")
    return Query(complete(f"{now}\n- {then}"), legend=rhythm, quiet=f"there is no history of {before}")


def _effect(by: tuple[str, ...], quantile: str) -> str:
    """From made to effective, those that have no effect yet counted with their age, s."""
    return of_view("rytmi_decision_effect_seconds", by, CHOSEN_UNITS, WINDOW, f'quantile="{quantile}"')


def _stage(stage: str, *matchers: str) -> str:
    """Decisions of a stage in the window, or cases of theirs, by unit and level."""
    return of_view("rytmi_decisions", _CELL, *matchers, WINDOW, f'stage="{stage}"')


IMPACT = named(complete(_effect(_CELL, "0.5")), *_CELL, quiet="fewer than that share have had their effect")
"""The median by unit and level."""


def impact_or_not_yet(quantile: str) -> Query:
    """A percentile for a figure, which must not be blank where too many are without effect: then NOT_YET."""
    reached = or_not_yet(_effect(_CELL, quantile), _CELL, _stage("made", CHOSEN_UNITS))
    return named(complete(reached), *_CELL, quiet=_NOTHING)


SLOWEST_IMPACT = named(
    complete(_effect(("level",), "0.5")),
    "level",
    quiet="fewer than half have had their effect",
    about="From made to effective: the median of the slowest unit, as medians of units cannot be added.",
)


def decisions(stage: str) -> Query:
    """Decisions of a stage in the window, or cases of theirs, by unit and level."""
    return named(complete(_stage(stage, CHOSEN_UNITS)), *_CELL, quiet=_NOTHING)


REOPENED_SHARE = Query(
    complete(f"sum({_stage('reopened')}) / (sum({_stage('cases')}) > 0)"),
    quiet="no decision named a case",
    about="Of the cases that decisions answered, the share reopened after the effect. Quick and wrong is seen here.",
)
IN_FLIGHT = named(
    f"sort_desc({whole(over_workers('rytmi_decisions_in_flight', _CELL, CHOSEN_UNITS) + ' > 0')})",
    *_CELL,
    quiet="none is",
    about="Decisions that are made and have no effect yet.",
)
