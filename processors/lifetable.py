"""Life tables: how long things last, those counted in that have not ended yet.

Lengths fall into bins: [0, 1 s), then 24 to the decade. Within a bin ends come before censorings, and all that reach
the bin are at risk. Survival after a bin is the product of (1 - ends / at risk) up to it (Kaplan and Meier 1958). The
table is a pair of counts by bin, so tables of parts add up to that of the whole, whatever the parts.

A bin's length is reported as its geometric middle: within 4.92 % of every length in it (10^(1/48) - 1).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from math import exp, log, sqrt
from typing import NamedTuple

PER_DECADE = 24
_EDGES_MS = [1000.0 * 10 ** (k / PER_DECADE) for k in range(10 * PER_DECADE + 1)]  # to 317 years, far beyond any
_MIDDLES_S = [0.0] + [10 ** ((k + 0.5) / PER_DECADE) for k in range(len(_EDGES_MS))]
_SLACK = 1e-12  # survival is a product of fractions; what should be one half may come out a little above
_Z95 = 1.959963984540054


def bin_of(length_ms: int) -> int:
    """The bin of a length."""
    return bisect_right(_EDGES_MS, length_ms)


def middle_s(of_bin: int) -> float:
    """What a length in the bin is reported as, seconds."""
    return _MIDDLES_S[of_bin]


class Percentile(NamedTuple):
    """A percentile: the bin's middle in seconds, and how many were at risk there."""

    seconds: float
    at_risk: int


class LifeTable(NamedTuple):
    """Counts by bin: of lengths that came to their end, and of those that were still going on, or were cut off."""

    ends: Counter[int]
    censored: Counter[int]

    def add(self, other: LifeTable) -> None:
        """Take another table into this one."""
        for mine, theirs in zip(self, other, strict=True):
            for one, n in theirs.items():
                mine[one] = mine.get(one, 0) + n  # a third of the time of +=, and there are very many

    def percentiles(self, shares: tuple[float, ...]) -> list[Percentile | None]:
        """As those of its survival."""
        return self.survival().percentiles(shares)

    def bounds(self, share: float) -> tuple[float | None, float | None]:
        """As those of its survival."""
        return self.survival().bounds(share)

    def survival(self) -> Survival:
        """What is left after each bin in which something ends."""
        ends, censored = self
        at_risk = sum(ends.values()) + sum(censored.values())
        left, variance = 1.0, 0.0
        steps: list[Step] = []
        for one in sorted({*ends, *censored}):
            ended = ends.get(one, 0)
            if ended:
                left *= 1 - ended / at_risk
                if at_risk > ended:
                    variance += ended / (at_risk * (at_risk - ended))
                steps.append((one, at_risk, left, variance))
            at_risk -= ended + censored.get(one, 0)
        return Survival(steps)


Step = tuple[int, int, float, float]
"""A bin with ends, how many are at risk in it, survival after it, the sum of d / (n (n - d)) up to it."""


class Survival(NamedTuple):
    """Survival by bin."""

    steps: list[Step]

    def percentiles(self, shares: tuple[float, ...]) -> list[Percentile | None]:
        """The first bins with survival <= 1 - q, for shares q that rise; None where that is not reached."""
        found: list[Percentile | None] = []
        for one, at_risk, left, _ in self.steps:
            while left <= 1 - shares[len(found)] + _SLACK:
                found.append(Percentile(_MIDDLES_S[one], at_risk))
                if len(found) == len(shares):
                    return found
        return found + [None] * (len(shares) - len(found))

    def bounds(self, share: float) -> tuple[float | None, float | None]:
        """The 95 % bounds of a percentile, seconds: where the bounds of survival come to 1 - share (Brookmeyer and
        Crowley 1982), these by Greenwood's variance on the log-log scale. None: not reached.
        """
        low = high = None
        for one, _, left, variance in self.steps:
            lower, upper = _loglog(left, variance)
            if low is None and lower <= 1 - share + _SLACK:
                low = _MIDDLES_S[one]
            if upper <= 1 - share + _SLACK:
                high = _MIDDLES_S[one]
                break
        return low, high


def _loglog(survival: float, variance: float) -> tuple[float, float]:
    """95 % bounds of survival: S^exp(-+ z sqrt(variance) / log S)."""
    if not 0 < survival < 1:
        return survival, survival
    reach = _Z95 * sqrt(variance) / log(survival)
    return survival ** exp(-reach), survival ** exp(reach)


def empty() -> LifeTable:
    """A table of nothing."""
    return LifeTable(Counter(), Counter())


def median_of_completed(ends: Mapping[int, int]) -> float | None:
    """The middle of the bin in which half of those that ended have ended, seconds. It leaves out who still waits."""
    total, seen = sum(ends.values()), 0
    for one in sorted(ends):
        seen += ends[one]
        if total and 2 * seen >= total:
            return _MIDDLES_S[one]
    return None
