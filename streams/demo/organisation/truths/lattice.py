"""Integration over the laws: a lattice, whose points are spread evenly along every axis, and the hours of the week.

On an axis with the multiplier a and the shift b, point i has the coordinate (i x a + b) / n, less its whole part. As n
is prime, every stratum of every axis holds exactly one point (a lattice of rank 1: Sloan and Joe, 1994). Of a sum of
what the axes contribute, nearly all error of independent draws falls away. Multipliers and shifts are seeded, so a
truth is a number; it shares nothing with the events of any organisation.

What repeats weekly is kept by the hours of the week in the organisation's zone, Monday 0:00 first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from math import exp, log
from random import Random
from statistics import NormalDist
from zoneinfo import ZoneInfo

from streams.demo.organisation.behaviour import HOUR_MS, Delay
from streams.demo.organisation.chance import Draws

HOURS = 168
_AXES = 48  # what a point needs beyond them is drawn independently
_normal = NormalDist().inv_cdf


class Draw(Draws):
    """One point: its coordinates, one after the other, as draws from the laws."""

    def length_ms(self, delay: Delay) -> float:
        """A lognormal length, at least a second."""
        return max(1000.0, delay.median_ms * exp(delay.spread * _normal(self.share())))

    def wait(self, a_ms: float) -> float:
        """Until the next of events that come at random, so many in a millisecond."""
        return -log(1 - self.share()) / a_ms

    def count(self, mean: float) -> int:
        """A Poisson number."""
        left, number, term = self.share(), 0, exp(-mean)
        while left >= term and number < 100:
            left -= term
            number += 1
            term *= mean / number
        return number


def points(count: int, *seed: object) -> Iterator[Draw]:
    """So many points, a prime number of them."""
    random = Random("/".join(map(str, seed)))  # noqa: S311 - to be the same each time is what it is for
    axes = [(random.randrange(1, count), random.randrange(count)) for _ in range(_AXES)]
    for point in range(count):
        yield Draw(_coordinates(point, axes, count, random).__next__)


def _coordinates(point: int, axes: list[tuple[int, int]], count: int, random: Random) -> Iterator[float]:
    for multiplier, shift in axes:
        yield ((point * multiplier + shift) % count + 0.5) / count
    while True:
        yield random.random()


def poisson(mean: float, most: int) -> Iterator[float]:
    """How likely 0, 1, ... are where there are `mean` on average; all from `most` on together."""
    term, left = exp(-mean), 1.0
    for number in range(most):
        yield term
        left -= term
        term *= mean / (number + 1)
    yield max(0.0, left)


class Hours:
    """All hours between two instants, in milliseconds since the epoch."""

    def __init__(self, timezone: str, from_ms: int, until_ms: int) -> None:
        zone = ZoneInfo(timezone)
        self.starts = list(range(from_ms, until_ms, HOUR_MS))
        local = [datetime.fromtimestamp(at / 1000, zone) for at in self.starts]
        self.of_week = [at.weekday() * 24 + at.hour for at in local]
        self._until = until_ms

    def at(self, at_ms: float) -> int:
        """The hour of the week of an instant (of the last hour, where it lies beyond)."""
        return self.of_week[min(max(0, int((at_ms - self.starts[0]) // HOUR_MS)), len(self.starts) - 1)]

    def averaged(self, since: int, overlaps: Sequence[float]) -> list[float]:
        """By hour of the week, of what is given for every hour, the mean over the hours from `since` on."""
        sums, counts = [0.0] * HOURS, [0] * HOURS
        for start, hour, value in zip(self.starts, self.of_week, overlaps, strict=True):
            if start >= since:
                sums[hour] += value
                counts[hour] += 1
        whole = sum(sums) / max(1, sum(counts))
        return [total / count if count else whole for total, count in zip(sums, counts, strict=True)]

    def rush(self, rates: Sequence[float]) -> Rush:
        """When something comes whose rate follows the hour of the week."""
        return Rush(self.starts, [rates[hour] for hour in self.of_week])


class Rush:
    """Instants of a process with a rate by the hour, a millisecond."""

    def __init__(self, starts: list[int], rates: list[float]) -> None:
        self._starts = starts
        self._sums = [0.0, *accumulate(rate * HOUR_MS for rate in rates)]

    @property
    def expected(self) -> float:
        """How many come in all."""
        return self._sums[-1]

    def instant(self, share: float) -> float:
        """The instant by which that share of them has come."""
        goal = share * self._sums[-1]
        hour = min(bisect_right(self._sums, goal), len(self._starts)) - 1
        width = self._sums[hour + 1] - self._sums[hour]
        return self._starts[hour] + HOUR_MS * ((goal - self._sums[hour]) / width if width else 0.0)
