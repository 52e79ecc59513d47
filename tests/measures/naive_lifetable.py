"""Life tables the slow way: from the lengths themselves, in whole numbers and fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import exp, log, sqrt

Length = tuple[int, bool]
"""Milliseconds, and whether it came to its end."""


@cache
def bin_of(length_ms: int) -> int:
    """0 below a second; else one more than the largest k with 10^(k/24) s <= the length: 10^k <= (length / 1 s)^24."""
    if length_ms < 1000:
        return 0
    k = 0
    while 10 ** (k + 1) * 1000**24 <= length_ms**24:
        k += 1
    return k + 1


def middle_s(one: int) -> float:
    return 0.0 if one == 0 else 10 ** ((one - 1 + 0.5) / 24)


def at_risk(lengths: Sequence[Length], one: int) -> int:
    """All that reach the bin."""
    return sum(bin_of(length) >= one for length, _ in lengths)


def ends(lengths: Sequence[Length], one: int) -> int:
    return sum(ended and bin_of(length) == one for length, ended in lengths)


def bins(lengths: Sequence[Length]) -> list[int]:
    """Those in which something ends."""
    return sorted({bin_of(length) for length, ended in lengths if ended})


def survival(lengths: Sequence[Length], one: int) -> Fraction:
    """After a bin."""
    left = Fraction(1)
    for earlier in bins(lengths):
        if earlier <= one:
            left *= 1 - Fraction(ends(lengths, earlier), at_risk(lengths, earlier))
    return left


def percentile(lengths: Sequence[Length], share: Fraction) -> tuple[float, int] | None:
    """(seconds, at risk) of the first bin after which no more than 1 - share survive."""
    for one in bins(lengths):
        if survival(lengths, one) <= 1 - share:
            return middle_s(one), at_risk(lengths, one)
    return None


def bounds_of_survival(lengths: Sequence[Length], one: int) -> tuple[float, float]:
    """95 % bounds after a bin, by Greenwood's variance of log(-log S) (Kalbfleisch and Prentice 1980)."""
    left = survival(lengths, one)
    if left in (0, 1):
        return float(left), float(left)
    summed = Fraction(0)
    for earlier in bins(lengths):
        if earlier <= one:
            d, n = ends(lengths, earlier), at_risk(lengths, earlier)
            summed += Fraction(d, n * (n - d))
    middle, error = log(-log(left)), sqrt(summed) / abs(log(left))
    return exp(-exp(middle + 1.959963984540054 * error)), exp(-exp(middle - 1.959963984540054 * error))
