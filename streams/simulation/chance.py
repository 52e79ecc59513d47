"""Seeded chance. Each touchpoint draws from a stream of its own, so that one hardly depends on what the others do."""

from __future__ import annotations

from math import log
from random import Random

from processors.calendar import Calendar
from streams.simulation.behaviour import Delay, Weights


class Chance:
    """Draws from one seeded stream of numbers."""

    def __init__(self, *seed: object) -> None:
        self._random = Random("/".join(map(str, seed)))  # noqa: S311 - to be foreseen is what it is for

    def happens(self, probability: float) -> bool:
        """True as often as `probability` says."""
        return self._random.random() < probability

    def one_of(self, weights: Weights) -> str:
        """A value, as often as its weight says."""
        values, sizes = zip(*weights, strict=True)
        chosen: str = self._random.choices(values, sizes)[0]
        return chosen

    def any(self, values: tuple[str, ...]) -> str:
        """One of the values, each as often."""
        return self._random.choice(values)

    def some(self, values: list[str], most: int) -> tuple[str, ...]:
        """Up to `most` of the values, in their order of old."""
        count = min(len(values), self._random.randint(0, most))
        return tuple(sorted(self._random.sample(values, count)))

    def number(self, below: int) -> int:
        """0 .. below - 1."""
        return self._random.randrange(below)

    def around(self, mean: float, spread: float, low: float, high: float) -> float:
        """Normal, held within the bounds."""
        return min(max(self._random.gauss(mean, spread), low), high)

    def until_next_ms(self, a_ms: float) -> int:
        """The time to the next of events that come at random, `a_ms` of them in a millisecond."""
        return max(1, round(self._random.expovariate(a_ms)))

    def length_ms(self, delay: Delay) -> int:
        """A length of that kind, at least a second."""
        return max(1000, round(self._random.lognormvariate(log(delay.median_ms), delay.spread)))

    def worked_until(self, calendar: Calendar, at_ms: int, delay: Delay, factor: float = 1.0) -> int:
        """The instant by which somebody who works in those hours has worked a length of that kind."""
        length = round(self.length_ms(delay) * factor)
        after = calendar.after(at_ms, length)
        return at_ms + length if after is None else after
