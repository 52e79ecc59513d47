"""How much a sum over the days of a period varies by chance.

Feedback of one day has much in common: one outage, one decision on many cases, one person away. So days are what
varies, not feedback. Weekdays differ, which is no chance; from two weeks on, days are compared with those of their own
weekday (clusters in strata: Cochran 1977, "Sampling Techniques", sections 5 and 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from processors.periods.quantiles import t95

FEWEST = 7
"""With fewer days, or fewer days that have anything to tell, nothing is said of chance."""
_WEEK = 7


class Spread(NamedTuple):
    """The variance of a sum over days, and its degrees of freedom."""

    variance: float
    degrees: int

    @property
    def t(self) -> float:
        """The 95 % point that goes with it."""
        return t95(self.degrees)


def by_weekday(values: Sequence[float]) -> list[Sequence[float]]:
    """The days in the groups that are compared: the weekdays, or all in one where there are not two of each."""
    strata = _WEEK if len(values) >= 2 * _WEEK else 1
    return [values[first::strata] for first in range(strata)]


def spread(values: Sequence[float], counts: Sequence[int]) -> Spread | None:
    """Of the sum of one value a day; None: too few days. counts: of how many each day's value comes."""
    if sum(map(bool, counts)) < FEWEST:
        return None
    variance, degrees = 0.0, 0
    for group in by_weekday(values):
        n, mean = len(group), sum(group) / len(group)
        variance += n / (n - 1) * sum((value - mean) ** 2 for value in group)
        degrees += n - 1
    return Spread(variance, degrees)


def dispersion(counts: Sequence[int]) -> float | None:
    """How much more the daily counts vary than those of a Poisson process, at least 1; None: too few days.

    Pearson's chi-square by its degrees of freedom (McCullagh and Nelder 1989, section 6.2), means by weekday.
    """
    if len(counts) < FEWEST:
        return None
    chi_square, degrees = 0.0, 0
    for group in by_weekday(counts):
        mean = sum(group) / len(group)
        if mean:
            chi_square += sum((count - mean) ** 2 for count in group) / mean
            degrees += len(group) - 1
    return max(1.0, chi_square / degrees) if degrees else 1.0
