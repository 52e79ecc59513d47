"""How long things take, with those that wait counted: medians and tails by life table, beside the completed alone."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import measured

_CHOSEN = 'touchpoint=~"$touchpoint"'


def _matchers(clock: str, window: str, quantile: str, severity: str) -> tuple[str, ...]:
    return f'clock="{clock}"', f'window="{window}"', f'quantile="{quantile}"', f'severity="{severity}"'


def length(clock: str, quantile: str, window: str = "$window", severity: str = "all") -> Query:
    """A percentile over all touchpoints, s. Not reached: nothing."""
    matchers = _matchers(clock, window, quantile, severity)
    expr = measured("rytmi_clock_seconds", (), 'touchpoint="all"', *matchers)
    return Query(expr, quiet="fewer than that share have ended")


def completed(clock: str, window: str = "$window", severity: str = "all") -> Query:
    """The median of those alone that have stopped, s: it looks better the longer the queue."""
    matchers = _matchers(clock, window, "0.5", severity)
    expr = measured("rytmi_clock_completed_seconds", (), 'touchpoint="all"', *matchers)
    return Query(expr, quiet="none has stopped")


def length_by_touchpoint(clock: str, quantile: str, window: str = "$window") -> Query:
    """A percentile by touchpoint, s."""
    chosen = 'touchpoint!="all"', *_matchers(clock, window, quantile, "all")
    expr = measured("rytmi_clock_seconds", ("touchpoint",), *chosen)
    return Query(expr, ("touchpoint",), "{{touchpoint}}", quiet="fewer than that share have ended")


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
    counts = [
        f"sum by (touchpoint) (\n{measured('rytmi_clock_outcomes', _CELL, *_outcome(clock, which))}\n)"
        for which in ("missed", "met|missed")
    ]
    return Query(f"{counts[0]}\n/ ({counts[1]} > 0)", ("touchpoint",), "{{touchpoint}}", quiet="none is judged")


def missed_share_of_all(clock: str) -> Query:
    """The same over all touchpoints."""
    counts = [
        f"sum(\n{measured('rytmi_clock_outcomes', _CELL, *_outcome(clock, which))}\n)"
        for which in ("missed", "met|missed")
    ]
    return Query(f"{counts[0]}\n/ ({counts[1]} > 0)", quiet="none is judged")


_CELL = ("touchpoint", "severity", "outcome")


def _outcome(clock: str, which: str) -> tuple[str, ...]:
    return f'clock="{clock}"', 'window="$window"', f'outcome=~"{which}"'


def outcomes() -> Query:
    """Clocks that started in the window at the touchpoints chosen, by how they came out."""
    every = measured(
        "rytmi_clock_outcomes", ("touchpoint", "severity", "clock", "outcome"), _CHOSEN, 'window="$window"'
    )
    return Query(f"sum by (clock, outcome) (\n{every}\n)", ("clock", "outcome"), "{{clock}} {{outcome}}")
