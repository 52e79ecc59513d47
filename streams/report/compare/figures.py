"""How figures of periods are written in a terminal: lengths, shares, rates, changes."""

from __future__ import annotations

from processors.periods.changes import Change
from processors.periods.figures import LENGTH, RATE, SHARE
from processors.periods.intervals import Estimate
from streams.language.lengths import SECONDS, fitting

NONE = "-"
TIMES = frozenset(("blocked_case_s_per_day",))
"""Rates that are lengths of time a day."""

NAMES = {
    "received_per_day": "received a day",
    "p50_s": "p50",
    "p90_s": "p90",
    "completed_p50_s": "p50 of completed alone",
    "met_share": "met",
    "missed_share": "missed",
    "within_1d_share": "within 24 h",
    "within_7d_share": "within 7 d",
    "standing_mean": "standing at once",
    "raised_per_day": "raised a day",
    "removal_p50_s": "removal p50",
    "blocked_case_s_per_day": "blocked case time a day",
    "made_per_day": "made a day",
    "reopened_share": "cases reopened",
    "count_per_day": "a day",
    "mean": "mean",
    "negative_share": "negative",
    "nps": "NPS",
    "customer": "customers",
    "employee": "employees",
    "alignment": "alignment",
    "level": "level",
}
"""What a value is called."""


def values(change: Change) -> tuple[str, str]:
    """Before and after, in the same unit."""
    both = [figure.estimate.value for figure in (change.before, change.after)]
    unit = fitting(max(x or 0.0 for x in both))
    before, after = (NONE if x is None else _value(change, x, unit) for x in both)
    return before, after


def _value(change: Change, x: float, unit: str) -> str:
    kind = change.kind
    if kind == LENGTH or change.key.value in TIMES:
        return _length(x, unit)
    if kind == SHARE:
        return f"{100 * x:.1f} %"
    if kind == RATE:
        return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}"
    return f"{x:.1f}" if change.key.value == "nps" else f"{x:.2f}"


def _length(seconds: float, unit: str) -> str:
    found = seconds / SECONDS[unit]
    return f"{found:,.0f} {unit}" if found >= 100 else f"{found:.1f} {unit}"


def has_percent(change: Change) -> bool:
    """Whether a change is told in percent; else as a difference."""
    return change.ratio.value is not None


def percent(change: Change) -> Estimate:
    """A change in percent, and its bounds."""
    return Estimate(*(None if x is None else 100 * (x - 1) for x in change.ratio))


def changed(change: Change) -> tuple[str, str]:
    """The change and its interval: `-38 %` and `-45 .. -30`. A bound that is not reached is a question mark."""
    if has_percent(change):
        found = percent(change)
        return _signed(found.value) + " %", _interval(found)
    digits = 1 if change.key.value == "nps" else 2
    if change.difference.value is None or change.kind in (LENGTH, RATE, SHARE):
        return NONE, ""
    return _signed(change.difference.value, digits), _interval(change.difference, digits)


def _interval(found: Estimate, digits: int | None = None) -> str:
    if found.low is None and found.high is None:
        return ""
    return f"{_signed(found.low, digits)} .. {_signed(found.high, digits)}"


def _signed(x: float | None, digits: int | None = None) -> str:
    if x is None:
        return "?"
    shown = f"{x:+,.{int(abs(x) < 9.95) if digits is None else digits}f}"
    return shown if shown.strip("+-0.,") else shown[1:]


def verdict(change: Change) -> str:
    """Better, worse, more or less, where it is no chance; else nothing."""
    direction = change.direction
    if not direction:
        return ""
    if not change.better:
        return "more" if direction > 0 else "less"
    return "better" if direction == change.better else "worse"


def probability(p: float | None) -> str:
    return NONE if p is None else "< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"
