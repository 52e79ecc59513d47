"""Life tables by day: percentiles with bounds that hold though the lengths of a day have much in common; the log-rank.

The estimate of survival is that of Kaplan and Meier over all days. Its variance is taken over days: what the estimate
would change by, were a day's lengths a little heavier (Ying and Wei 1994, "The Kaplan-Meier estimate for dependent
failure time observations", Journal of Multivariate Analysis 50). Were every length a day of its own, it would be
Greenwood's. Bounds of a percentile are where the log-log bounds of survival cross it (Brookmeyer and Crowley 1982).

Within a bin the curves are taken to fall evenly over the logarithm of length: whole bins are ten percent apart, which
is too coarse for a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, log, sqrt
from typing import NamedTuple

from processors import lifetable
from processors.lifetable import PER_DECADE, LifeTable
from processors.periods.days import Spread, spread
from processors.periods.intervals import NOTHING, Estimate
from processors.periods.quantiles import two_sided

_SLACK = 1e-12

Days = Sequence[LifeTable]
"""The lengths that began on each day."""


def total(days: Days) -> LifeTable:
    """All days in one."""
    table = lifetable.empty()
    for day in days:
        table.add(day)
    return table


def completed(days: Days) -> list[LifeTable]:
    """Only what came to its end."""
    return [LifeTable(day.ends, lifetable.empty().censored) for day in days]


class Step(NamedTuple):
    """A bin with ends. at_risk, ends: by day. n, d: their sums."""

    bin: int
    at_risk: list[int]
    ends: list[int]
    n: int
    d: int


def steps(days: Days) -> Iterator[Step]:
    """By bin, the shortest first."""
    table = total(days)
    left = [sum(day.ends.values()) + sum(day.censored.values()) for day in days]
    for one in sorted({one for part in table for one, n in part.items() if n}):
        ends = [day.ends.get(one, 0) for day in days]
        if table.ends[one]:
            yield Step(one, left, ends, sum(left), sum(ends))
        left = [n - gone - day.censored.get(one, 0) for n, gone, day in zip(left, ends, days, strict=True)]


class _Curve(NamedTuple):
    """Survival after a bin and its bounds; None: nothing is said of chance."""

    bin: int
    survival: float
    low: float | None
    high: float | None


def _curves(days: Days) -> Iterator[_Curve]:
    survival, moves = 1.0, [0.0] * len(days)
    ended = [sum(day.ends.values()) for day in days]
    for one in steps(days):
        n, hazard = one.n, one.d / one.n
        survival *= 1 - hazard
        if hazard < 1:
            each = ((d - y * hazard) / (n * (1 - hazard)) for d, y in zip(one.ends, one.at_risk, strict=True))
            moves = [move + more for move, more in zip(moves, each, strict=True)]
        yield _Curve(one.bin, survival, *_bounds(survival, spread(moves, ended)))


def _bounds(survival: float, by_day: Spread | None) -> tuple[float | None, float | None]:
    """Of survival, on the log-log scale."""
    if by_day is None:
        return None, None
    if not 0 < survival < 1:
        return survival, survival
    reach = by_day.t * sqrt(by_day.variance) / log(survival)
    return survival ** exp(-reach), survival ** exp(reach)


def percentiles(days: Days, shares: Sequence[float]) -> list[Estimate]:
    """In seconds; no value where survival does not come down to 1 - share."""
    curves = list(_curves(days))
    found = []
    for share in shares:
        values = [_crossing(curves, of, 1 - share + _SLACK) for of in ("survival", "low", "high")]
        found.append(Estimate(*values) if values[0] is not None else NOTHING)
    return found


def _crossing(curves: Sequence[_Curve], of: str, level: float) -> float | None:
    before = 1.0
    for curve in curves:
        after = getattr(curve, of)
        if after is None:
            return None
        if after <= level:
            if curve.bin == 0:
                return 0.0
            within = (before - level) / (before - after) if before > after else 1.0
            return float(10 ** ((curve.bin - 1 + min(1.0, max(0.0, within))) / PER_DECADE))
        before = after
    return None


class LogRank(NamedTuple):
    """Two-sided probabilities that two groups which last alike differ as much: taking all lengths as independent of
    each other (Mantel 1966), and taking only days so. None: there is nothing to tell by, or too few days.
    """

    each: float | None
    by_day: float | None


def logrank(before: Days, after: Days) -> LogRank:
    """Whether what began after lasts as long as what began before.

    By day, the score of a length is its part in the statistic (Lin and Wei 1989, "The robust inference for the Cox
    proportional hazards model", Journal of the American Statistical Association 84).
    """
    first = len(before)
    statistic = variance = 0.0
    scores = [0.0] * (first + len(after))
    for one in steps([*before, *after]):
        n, d = one.n, one.d
        expected = sum(one.at_risk[first:]) / n  # the share of `after` among those at risk
        statistic += sum(one.ends[first:]) - d * expected
        if n > 1:
            variance += d * expected * (1 - expected) * (n - d) / (n - 1)
        for day, (ends, at_risk) in enumerate(zip(one.ends, one.at_risk, strict=True)):
            scores[day] += ((day >= first) - expected) * (ends - at_risk * d / n)
    each = two_sided(statistic / sqrt(variance)) if variance > 0 else None
    ended = [sum(day.ends.values()) for day in (*before, *after)]
    parts = spread(scores[:first], ended[:first]), spread(scores[first:], ended[first:])
    by_day = None
    if each is not None and parts[0] is not None and parts[1] is not None:
        robust = parts[0].variance + parts[1].variance
        degrees = min(parts[0].degrees, parts[1].degrees)
        by_day = two_sided(statistic / sqrt(robust), degrees) if robust > 0 else None
    return LogRank(each, by_day)
