"""Seeded chance. Each touchpoint draws from a stream of its own, so that one hardly depends on what the others do."""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum
from functools import lru_cache
from itertools import accumulate, islice
from math import exp, log
from random import Random
from typing import TYPE_CHECKING

from processors.events import SEVERITIES
from streams.demo.organisation.behaviour import LATE_FACTOR, NEVER, Delay, Odds, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from processors.calendar import Calendar


class Draws:
    """Draws from numbers that are uniform on 0..1; `share` is the next of them."""

    def __init__(self, share: Callable[[], float]) -> None:
        self.share = share

    def happens(self, probability: float) -> bool:
        """True as often as `probability` says."""
        return self.share() < probability

    def one_of(self, weights: Weights) -> str:
        """A value, as often as its weight says."""
        values, limits = _spread(weights)
        return values[bisect_right(limits, self.share())]

    def restated(self, severity: str) -> str:
        """The severity to which a case of this one is corrected: a step up or down, as far as there is one."""
        step = 1 if self.happens(Odds.MORE_SEVERE) else -1
        return SEVERITIES[min(max(SEVERITIES.index(severity) + step, 0), len(SEVERITIES) - 1)]

    def fate(self, level: str) -> Fate:
        """What becomes of a decision of that level."""
        draw = self.share()
        if draw < Odds.REVOKED:
            return Fate.REVOKED
        if draw < Odds.REVOKED + NEVER[level]:
            return Fate.WITHOUT_EFFECT
        return Fate.LATE if self.happens(Odds.LATE) else Fate.IN_TIME


class Chance(Draws):
    """Draws from one seeded stream of numbers."""

    def __init__(self, *seed: object) -> None:
        self._random = Random("/".join(map(str, seed)))  # noqa: S311 - to be foreseen is what it is for
        super().__init__(self._random.random)

    def any(self, values: tuple[str, ...]) -> str:
        """One of the values, each as often."""
        return self._random.choice(values)

    def some(self, values: Collection[str], most: int) -> tuple[str, ...]:
        """Up to `most` of the values, in order."""
        count = min(len(values), self._random.randint(0, most))
        return tuple(sorted(self._random.sample(tuple(values), count))) if count else ()

    def each(self, values: Collection[str], probability: float, most: int) -> tuple[str, ...]:
        """Every value as often as `probability` says, but at most so many of them, in their order."""
        found = tuple(self._leaping(values, probability))
        return found if len(found) <= most else tuple(sorted(self._random.sample(found, most)))

    def _leaping(self, values: Collection[str], probability: float) -> Iterator[str]:
        """From one that is taken to the next: the leaps are geometrically distributed."""
        rest = iter(values)
        while True:
            leap = int(self._random.expovariate(-log(1 - probability)))
            taken = next(islice(rest, leap, None), None)
            if taken is None:
                return
            yield taken

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
        return max(1000, round(delay.median_ms * exp(self._random.gauss(0.0, delay.spread))))

    def worked_until(self, calendar: Calendar, at_ms: int, delay: Delay, factor: float = 1.0) -> int:
        """The instant by which somebody who works in those hours has worked a length of that kind."""
        length = round(self.length_ms(delay) * factor)
        after = calendar.after(at_ms, length)
        return at_ms + length if after is None else after


class Fate(Enum):
    """What becomes of a decision."""

    IN_TIME = "in time"
    LATE = "late"
    WITHOUT_EFFECT = "without effect"
    REVOKED = "revoked"

    @property
    def factor(self) -> float:
        """On the time until it takes effect."""
        return LATE_FACTOR if self is Fate.LATE else 1.0


@lru_cache(maxsize=256)
def _spread(weights: Weights) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The values, and up to where on 0..1 each but the last reaches."""
    whole = sum(weight for _, weight in weights)
    return tuple(value for value, _ in weights), tuple(x / whole for x in accumulate(w for _, w in weights))[:-1]
