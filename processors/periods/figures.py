"""Figures of a period: what a measure comes to in it, its kind, and what is needed to compare it with another period's.

Names, kinds and which way is the better one stand in one table, `VALUES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from processors.periods import intervals, survival
from processors.periods.days import dispersion, spread
from processors.periods.intervals import NOTHING, Estimate, Rate

RATE, SHARE, LENGTH, SCORE, LEVEL = "rate", "share", "length", "score", "level"
"""Kinds: what happens per day; a part of a whole; seconds; a mean above 0; a value that may be 0 or below."""

BETTER_UP, BETTER_DOWN, NEITHER = 1, -1, 0


class Value(NamedTuple):
    """What a value of a measure is."""

    kind: str
    better: int = NEITHER


VALUES: Mapping[tuple[str, str], Value] = {
    ("clock", "received_per_day"): Value(RATE),
    ("clock", "p50_s"): Value(LENGTH, BETTER_DOWN),
    ("clock", "p90_s"): Value(LENGTH, BETTER_DOWN),
    ("clock", "completed_p50_s"): Value(LENGTH, BETTER_DOWN),
    ("clock", "met_share"): Value(SHARE, BETTER_UP),
    ("clock", "missed_share"): Value(SHARE, BETTER_DOWN),
    ("clock", "within_1d_share"): Value(SHARE, BETTER_UP),
    ("clock", "within_7d_share"): Value(SHARE, BETTER_UP),
    ("friction", "standing_mean"): Value(RATE, BETTER_DOWN),
    ("friction", "raised_per_day"): Value(RATE, BETTER_DOWN),
    ("friction", "removal_p50_s"): Value(LENGTH, BETTER_DOWN),
    ("friction", "blocked_case_s_per_day"): Value(RATE, BETTER_DOWN),
    ("decision", "made_per_day"): Value(RATE),
    ("decision", "p50_s"): Value(LENGTH, BETTER_DOWN),
    ("decision", "reopened_share"): Value(SHARE, BETTER_DOWN),
    ("feedback", "count_per_day"): Value(RATE),
    ("emotion", "mean"): Value(LEVEL, BETTER_UP),
    ("emotion", "negative_share"): Value(SHARE, BETTER_DOWN),
    ("score", "mean"): Value(SCORE, BETTER_UP),
    ("score", "nps"): Value(LEVEL, BETTER_UP),
    ("alignment", "customer"): Value(SCORE, BETTER_UP),
    ("alignment", "employee"): Value(SCORE, BETTER_UP),
    ("alignment", "alignment"): Value(LEVEL, BETTER_UP),
    ("alignment", "level"): Value(LEVEL, BETTER_UP),
}


def better(measure: str, value: str, labels: Mapping[str, str]) -> int:
    """Which way is the better one. Fewer complaints are; less feedback of other kinds is neither."""
    if measure == "feedback" and labels.get("kind") == "complaint":
        return BETTER_DOWN
    return VALUES[measure, value].better


class Figure(NamedTuple):
    """A value with its bounds. rate: of a RATE. days: the lengths by day behind a median that a log-rank goes with.

    n: how many observations it comes of.
    """

    estimate: Estimate
    n: int = 0
    rate: Rate | None = None
    days: survival.Days | None = None


class Key(NamedTuple):
    """What a figure is of."""

    measure: str
    labels: tuple[tuple[str, str], ...]
    value: str


Figures = dict[Key, Figure]


def counted(counts: Sequence[int], days: float) -> Figure:
    """Of what happens: its number a day. counts: by day. days: the length of the period."""
    total, over = sum(counts), dispersion(counts)
    return rated(total, total, days, None if over is None else total / over)


def rated(n: int, amount: float, days: float, worth: float | None) -> Figure:
    """Of n things that amount to something, and are worth so many independent ones."""
    rate = Rate(amount, days, worth)
    return Figure(rate.a_day(), n, rate)


def shared(parts: Sequence[int], wholes: Sequence[int]) -> Figure:
    """The share of a part in the whole. Both by day."""
    part, whole = sum(parts), sum(wholes)
    if not whole or part > whole:
        return Figure(NOTHING, whole)
    p = part / whole
    by_day = spread([x - p * n for x, n in zip(parts, wholes, strict=True)], wholes)
    return Figure(intervals.share(part, whole, by_day), whole)


def averaged(sums: Sequence[float], counts: Sequence[int], times: float = 1.0) -> Figure:
    """A mean, `times` as much. Sums and counts by day."""
    total, n = sum(sums), sum(counts)
    if not n:
        return Figure(NOTHING)
    by_day = spread([x - total / n * k for x, k in zip(sums, counts, strict=True)], counts)
    found = intervals.mean(total, n, by_day)
    return Figure(Estimate(*(None if x is None else times * x for x in found)), n)
