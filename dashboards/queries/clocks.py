"""How long things take, with those that wait counted: medians and tails by life table, beside the completed alone."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN, WINDOW, complete, measure, named, of_view, or_not_yet

_ONE = ("touchpoint",)
_ALL, _EACH = 'touchpoint="all"', 'touchpoint!="all"'
_TOO_FEW = "fewer than that share have ended"


def _matchers(clock: str, window: str, quantile: str) -> tuple[str, ...]:
    return f'clock="{clock}"', f'window="{window}"', f'quantile="{quantile}"', 'severity="all"'


def length(clock: str, quantile: str, window: str = "$window") -> Query:
    """A percentile over all touchpoints, s. Not reached: nothing."""
    return measure("rytmi_clock_seconds", (), _ALL, *_matchers(clock, window, quantile), quiet=_TOO_FEW)


def length_or_not_yet(clock: str, quantile: str, window: str = "$window") -> Query:
    """The same for a figure, which must not be blank where too many wait: then NOT_YET."""
    reached = of_view("rytmi_clock_seconds", (), _ALL, *_matchers(clock, window, quantile))
    started = _outcomes(f'clock="{clock}"', f'window="{window}"')
    return Query(complete(or_not_yet(reached, (), f"sum ({started})")), quiet="no clock has started")


def _outcomes(*matchers: str) -> str:
    """How many clocks have started, by touchpoint, severity and outcome."""
    return of_view("rytmi_clock_outcomes", ("touchpoint", "severity", "outcome"), *matchers)


def completed(clock: str, window: str = "$window") -> Query:
    """The median of those alone that have stopped, s: it looks better the longer the queue."""
    return measure(
        "rytmi_clock_completed_seconds", (), _ALL, *_matchers(clock, window, "0.5"), quiet="none has stopped"
    )


def length_by_touchpoint(clock: str, quantile: str) -> Query:
    """A percentile by touchpoint, s."""
    return measure("rytmi_clock_seconds", _ONE, _EACH, *_matchers(clock, "$window", quantile), quiet=_TOO_FEW)


def length_by_touchpoint_or_not_yet(clock: str, quantile: str) -> Query:
    """The same for a figure, which must not be blank where too many wait: then NOT_YET."""
    reached = of_view("rytmi_clock_seconds", _ONE, _EACH, *_matchers(clock, "$window", quantile))
    started = _outcomes(f'clock="{clock}"', WINDOW)
    expr = complete(or_not_yet(reached, _ONE, f"sum by (touchpoint) ({started})"))
    return named(expr, *_ONE, quiet="no clock has started")


def completed_by_touchpoint(clock: str) -> Query:
    """The completed-only median by touchpoint, s."""
    matchers = _matchers(clock, "$window", "0.5")
    return measure("rytmi_clock_completed_seconds", _ONE, _EACH, *matchers, quiet="none has stopped")


def length_by_clock(quantile: str) -> Query:
    """A percentile at the touchpoints chosen, by touchpoint and clock, s."""
    chosen = CHOSEN, _EACH, WINDOW, f'quantile="{quantile}"', 'severity="all"'
    return measure("rytmi_clock_seconds", ("touchpoint", "clock"), *chosen, quiet="none has ended")


def missed_share(clock: str, *by: str) -> Query:
    """Share of judged clocks that missed their target, by touchpoint or over all."""
    grouping = f"sum by ({', '.join(by)}) " if by else "sum"
    missed, judged = (_outcomes(f'clock="{clock}"', WINDOW, f'outcome=~"{one}"') for one in ("missed", "met|missed"))
    expr = complete(f"{grouping}({missed}) / ({grouping}({judged}) > 0)")
    return named(expr, *by, quiet="none is judged")


OUTCOMES = named(
    complete(
        "sum by (clock, outcome) "
        f"({of_view('rytmi_clock_outcomes', ('touchpoint', 'severity', 'clock', 'outcome'), CHOSEN, WINDOW)})"
    ),
    "clock",
    "outcome",
    about="Clocks that started in the window: met, missed, running, none (no target, or cancelled).",
)
