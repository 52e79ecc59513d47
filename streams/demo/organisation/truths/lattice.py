"""Integration over the laws: a lattice, whose points are spread evenly along every axis.

On an axis with the multiplier a and the shift b, point i has the coordinate (i x a + b) / n, less its whole part. As n
is prime, every stratum of every axis holds exactly one point (a lattice of rank 1: Sloan and Joe, 1994). Of a sum of
what the axes contribute, nearly all error of independent draws falls away. Multipliers and shifts are seeded, so a
truth is a number; it shares nothing with the events of any organisation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from math import exp, log
from random import Random
from statistics import NormalDist

from streams.demo.organisation.behaviour import NEVER, Delay, Odds, Weights
from streams.demo.organisation.chance import Fate, spread

_AXES = 48  # what a point needs beyond them is drawn independently
_normal = NormalDist().inv_cdf


class Draw:
    """One point: its coordinates, one after the other, as draws from the laws."""

    def __init__(self, coordinates: Iterator[float]) -> None:
        self._next = coordinates.__next__

    def share(self) -> float:
        """Uniform on 0..1."""
        return self._next()

    def happens(self, probability: float) -> bool:
        """True as often as that."""
        return self._next() < probability

    def one_of(self, weights: Weights) -> str:
        """A value, as often as its weight says."""
        values, limits = spread(weights)
        return values[bisect_right(limits, self._next())]

    def length_ms(self, delay: Delay) -> float:
        """A lognormal length, at least a second."""
        return max(1000.0, delay.median_ms * exp(delay.spread * _normal(self._next())))

    def wait(self, a_ms: float) -> float:
        """Until the next of events that come at random, so many in a millisecond."""
        return -log(1 - self._next()) / a_ms

    def count(self, mean: float) -> int:
        """A Poisson number."""
        left, number, term = self._next(), 0, exp(-mean)
        while left >= term and number < 100:
            left -= term
            number += 1
            term *= mean / number
        return number

    def fate(self, level: str) -> Fate:
        """What becomes of a decision."""
        draw = self._next()
        if draw < Odds.REVOKED:
            return Fate.REVOKED
        if draw < Odds.REVOKED + NEVER[level]:
            return Fate.WITHOUT_EFFECT
        return Fate.LATE if self._next() < Odds.LATE else Fate.IN_TIME


def points(count: int, *seed: object) -> Iterator[Draw]:
    """So many points, a prime number of them."""
    random = Random("/".join(map(str, seed)))  # noqa: S311 - to be the same each time is what it is for
    axes = [(random.randrange(1, count), random.randrange(count)) for _ in range(_AXES)]
    for point in range(count):
        yield Draw(_coordinates(point, axes, count, random))


def _coordinates(point: int, axes: list[tuple[int, int]], count: int, random: Random) -> Iterator[float]:
    for multiplier, shift in axes:
        yield ((point * multiplier + shift) % count + 0.5) / count
    while True:
        yield random.random()
