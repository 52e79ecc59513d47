"""95 % intervals: of one figure, and of the change between two.

Each figure has an interval of its own, by the method that suits its kind. Two of them are put together by the method of
variance estimates recovery (MOVER), which keeps each interval's lopsidedness: Newcombe (1998), "Interval estimation for
the difference between independent proportions", Statistics in Medicine 17, method 10, which Zou and Donner (2008),
"Construction of confidence limits about effect measures", Statistics in Medicine 27, extend to all differences, and by
logarithms to ratios. Rates are compared by the share of the later one in both together, which a Poisson process makes
binomial (Przyborowski and Wilenski 1940), with Wilson's interval.
"""

from __future__ import annotations

from math import exp, inf, log, sqrt
from typing import NamedTuple

from processors.periods.days import Spread
from processors.periods.quantiles import Z95


class Estimate(NamedTuple):
    """A value and its 95 % bounds. None: does not exist, is not known, or (a bound) is not reached."""

    value: float | None
    low: float | None = None
    high: float | None = None


NOTHING = Estimate(None)


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The bounds of a share of n: Wilson (1927), Journal of the American Statistical Association 22."""
    middle, reach = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


def poisson(n: float) -> tuple[float, float]:
    """The bounds of a mean of which n were counted: mid-P by Byar (Rothman 2002, "Epidemiology", chapter 7)."""
    m = n + 0.5
    inner, reach = 1 - 1 / (9 * m), Z95 / (3 * sqrt(m))
    return m * max(0.0, inner - reach) ** 3, m * (inner + reach) ** 3


def share(part: int, whole: int, by_day: Spread | None) -> Estimate:
    """A share, as of so many as its variance over days says that it is of: Rao and Scott (1992), "A simple method for
    the analysis of clustered binary data", Biometrics 48. by_day: of part - share x whole.
    """
    p = part / whole
    if by_day is None:
        return Estimate(p)
    alone = p * (1 - p) * whole
    effect = max(1.0, by_day.variance / alone) if alone else 1.0
    return Estimate(p, *wilson(p, whole / effect, by_day.t))


def mean(total: float, n: int, by_day: Spread | None) -> Estimate:
    """A mean as a ratio of two sums over days (Cochran 1977, section 6.3). by_day: of the day's sum - mean x number."""
    value = total / n
    if by_day is None:
        return Estimate(value)
    reach = by_day.t * sqrt(by_day.variance) / n
    return Estimate(value, value - reach, value + reach)


def difference(before: Estimate, after: Estimate) -> Estimate:
    """After less before."""
    if before.value is None or after.value is None:
        return NOTHING
    value = after.value - before.value
    low = high = None
    if after.low is not None and before.high is not None:
        low = value - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    if after.high is not None and before.low is not None:
        high = value + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return Estimate(value, low, high)


def ratio(before: Estimate, after: Estimate) -> Estimate:
    """After / before, of what cannot be below 0; nothing is known of it where it was 0 before."""
    if not before.value or after.value is None:
        return NOTHING
    if not after.value:
        return Estimate(0.0, 0.0, _from_zero(before, after))
    found = difference(_logarithm(before), _logarithm(after))
    return Estimate(after.value / before.value, _power(found.low), _power(found.high))


def _from_zero(before: Estimate, after: Estimate) -> float | None:
    """The upper bound of a ratio that is 0: what MOVER for ratios comes to (Donner and Zou 2012)."""
    if after.high is None or not before.low:
        return None
    assert before.value is not None
    return after.high / sqrt(before.low * (2 * before.value - before.low))


def closeness(one: Estimate, other: Estimate) -> Estimate:
    """1 - |difference|; its bounds are the least and the most that those of the difference allow."""
    apart = difference(other, one)
    if apart.value is None:
        return NOTHING
    value = 1 - abs(apart.value)
    if apart.low is None or apart.high is None:
        return Estimate(value)
    nearest = 0.0 if apart.low <= 0 <= apart.high else min(abs(apart.low), abs(apart.high))
    return Estimate(value, 1 - max(abs(apart.low), abs(apart.high)), 1 - nearest)


def lower(one: Estimate, other: Estimate) -> Estimate:
    """The lower of the two; its bounds are the lower ones of theirs."""
    pairs = zip(one, other, strict=True)
    found = [None if a is None or b is None else min(a, b) for a, b in pairs]
    return Estimate(*found) if found[0] is not None else NOTHING


def _logarithm(one: Estimate) -> Estimate:
    return Estimate(*(None if x is None else log(x) if x > 0 else -inf for x in one))


def _power(x: float | None) -> float | None:
    return None if x is None or x == inf else exp(x)


class Rate(NamedTuple):
    """What happened in a length of time. worth: how many independent occurrences it amounts to; None: not known.

    Where each counts alike and they come one by one, it is worth their number.
    """

    total: float
    days: float
    worth: float | None

    def a_day(self) -> Estimate:
        """Per day, with its bounds."""
        value = self.total / self.days
        if self.worth is None or not self.worth:
            return Estimate(value)
        low, high = poisson(self.worth)
        return Estimate(value, value * low / self.worth, value * high / self.worth)


def rate_ratio(before: Rate, after: Rate) -> Estimate:
    """The rate after / the rate before."""
    if not before.total:
        return NOTHING
    value = (after.total / after.days) / (before.total / before.days)
    if before.worth is None or after.worth is None:
        return Estimate(value)
    if not after.worth:
        # Nothing afterwards: as if each occurrence counted as much as it did before.
        _, high = wilson(0.0, before.worth)
        return Estimate(0.0, 0.0, high / (1 - high) * before.days / after.days)
    both = before.worth + after.worth
    low, high = (p / (1 - p) * before.worth / after.worth for p in wilson(after.worth / both, both))
    return Estimate(value, value * low, value * high)
