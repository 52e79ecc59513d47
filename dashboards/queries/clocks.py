"""How long things take, with those that wait counted: medians and tails by life table, beside the completed alone."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import complete, measured, of_view, or_not_yet

_CHOSEN = 'touchpoint=~"$touchpoint"'


def _matchers(clock: str, window: str, quantile: str, severity: str) -> tuple[str, ...]:
    return f'clock="{clock}"', f'window="{window}"', f'quantile="{quantile}"', f'severity="{severity}"'


def length(clock: str, quantile: str, window: str = "$window", severity: str = "all") -> Query:
    """A percentile over all touchpoints, s. Not reached: nothing."""
    matchers = _matchers(clock, window, quantile, severity)
    expr = measured("rytmi_clock_seconds", (), 'touchpoint="all"', *matchers)
    return Query(expr, quiet="fewer than that share have ended")


def length_or_not_yet(clock: str, quantile: str, window: str = "$window") -> Query:
    """The same for a figure, which must not be blank where too many wait: then NOT_YET."""
    reached = of_view("rytmi_clock_seconds", (), 'touchpoint="all"', *_matchers(clock, window, quantile, "all"))
    return Query(complete(or_not_yet(reached, (), f"sum ({_started(clock, window)})")), quiet="no clock has started")


def _started(clock: str, window: str) -> str:
    """How many clocks have started, by touchpoint, severity and outcome."""
    return of_view(
        "rytmi_clock_outcomes", ("touchpoint", "severity", "outcome"), f'clock="{clock}"', f'window="{window}"'
    )


def completed(clock: str, window: str = "$window", severity: str = "all") -> Query:
    """The median of those alone that have stopped, s: it looks better the longer the queue."""
    matchers = _matchers(clock, window, "0.5", severity)
    expr = measured("rytmi_clock_completed_seconds", (), 'touchpoint="all"', *matchers)
    return Query(expr, quiet="none has stopped")


def length_by_touchpoint(clock: str, quantile: str, window: str = "$window") -> Query:
    """A percentile by touchpoint, s."""
    return Query(
        complete(_by_touchpoint(clock, quantile, window)),
        ("touchpoint",),
        "{{touchpoint}}",
        quiet="fewer than that share have ended",
    )


def length_by_touchpoint_or_not_yet(clock: str, quantile: str, window: str = "$window") -> Query:
    """The same for a figure, which must not be blank where too many wait: then NOT_YET."""
    reached, started = _by_touchpoint(clock, quantile, window), f"sum by (touchpoint) ({_started(clock, window)})"
    expr = complete(or_not_yet(reached, ("touchpoint",), started))
    return Query(expr, ("touchpoint",), "{{touchpoint}}", quiet="no clock has started")


def _by_touchpoint(clock: str, quantile: str, window: str) -> str:
    chosen = 'touchpoint!="all"', *_matchers(clock, window, quantile, "all")
    return of_view("rytmi_clock_seconds", ("touchpoint",), *chosen)


def completed_by_touchpoint(clock: str, window: str = "$window") -> Query:
    """The completed-only median by touchpoint, s."""
    chosen = 'touchpoint!="all"', *_matchers(clock, window, "0.5", "all")
    expr = measured("rytmi_clock_completed_seconds", ("touchpoint",), *chosen)
    return Query(expr, ("touchpoint",), "{{touchpoint}}", quiet="none has stopped")


def length_by_clock(quantile: str) -> Query:
    """A percentile at the touchpoints chosen, by touchpoint and clock, s."""
    chosen = _CHOSEN, 'touchpoint!="all"', 'window="$window"', f'quantile="{quantile}"', 'severity="all"'
    by = "touchpoint", "clock"
    return Query(measured("rytmi_clock_seconds", by, *chosen), by, "{{touchpoint}} {{clock}}", "none has ended")


def missed_share(clock: str) -> Query:
    """Share of judged clocks that missed their target, by touchpoint."""
    missed, judged = (f"sum by (touchpoint) ({_came_out(clock, which)})" for which in ("missed", "met|missed"))
    return Query(complete(f"{missed} / ({judged} > 0)"), ("touchpoint",), "{{touchpoint}}", quiet="none is judged")


def missed_share_of_all(clock: str) -> Query:
    """The same over all touchpoints."""
    missed, judged = (f"sum({_came_out(clock, which)})" for which in ("missed", "met|missed"))
    return Query(complete(f"{missed} / ({judged} > 0)"), quiet="none is judged")


def _came_out(clock: str, which: str) -> str:
    matchers = f'clock="{clock}"', 'window="$window"', f'outcome=~"{which}"'
    return of_view("rytmi_clock_outcomes", ("touchpoint", "severity", "outcome"), *matchers)


def outcomes() -> Query:
    """Clocks that started in the window at the touchpoints chosen, by how they came out."""
    cells = "touchpoint", "severity", "clock", "outcome"
    every = of_view("rytmi_clock_outcomes", cells, _CHOSEN, 'window="$window"')
    by = "clock", "outcome"
    return Query(complete(f"sum by (clock, outcome) ({every})"), by, "{{clock}} {{outcome}}")
