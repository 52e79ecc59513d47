"""The 95 % intervals cover the truth in 92 to 98 of a hundred made worlds, days having much in common and weekdays not.

Every world is two periods of four weeks from one known change. Worlds are seeded; what is counted is how often the
interval of the change holds the change that made it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from processors.lifetable import LifeTable, bin_of
from processors.measures.friction import RAISED, REMOVED, STANDS
from processors.measures.terms import Cell, Fact, cell
from processors.panes import DAY_MS
from processors.periods import friction
from processors.periods.changes import compare
from processors.periods.figures import Figure, Key, averaged, counted, shared
from processors.periods.intervals import Estimate
from processors.periods.period import both
from processors.periods.survival import logrank, percentiles

WORLDS = 400
DAYS = 28
WEEKDAYS = np.tile([1.0, 1.1, 0.9, 1.0, 1.3, 0.5, 0.4], 4)  # how busy; the weekend is slow in everything

Interval = Estimate
World = Callable[[Generator], Sequence[tuple[float, Interval]]]


def covered(world: World, seed: int) -> list[float]:
    """The share of worlds whose interval holds the truth, by interval. An open bound holds it."""
    random, hits = default_rng(seed), Counter[int]()
    for _ in range(WORLDS):
        for place, (truth, (_, low, high)) in enumerate(world(random)):
            hits[place] += (low is None or low <= truth) and (high is None or truth <= high)
    return [n / WORLDS for _, n in sorted(hits.items())]


def hold(world: World, seed: int) -> bool:
    """Whether all intervals of a world are as wide as they should be."""
    return all(0.92 <= share <= 0.98 for share in covered(world, seed))


def change(key: Key, before: Figure, after: Figure) -> tuple[Interval, Interval]:
    (found,) = compare({key: before}, {key: after}, (DAYS, DAYS))
    return found.ratio, found.difference


def lengths(random: Generator, scale: float, day_effect: float, a_day: float) -> list[LifeTable]:
    """Lengths by day in seconds: lognormal, those of a day alike, weekends longer, cut off when the period ends."""
    tables = []
    for day in range(DAYS):
        n = random.poisson(a_day * WEEKDAYS[day])
        shift = random.normal(0, day_effect) - np.log(WEEKDAYS[day])
        lasted = scale * 40_000 * np.exp(random.normal(0, 1, n) + shift)
        followed = (DAYS - day - random.uniform(0, 1, n)) * 86_400
        ended = lasted <= followed
        ends = Counter(bin_of(int(1000 * x)) for x in lasted[ended])
        tables.append(LifeTable(ends, Counter(bin_of(int(1000 * x)) for x in followed[~ended])))
    return tables


@pytest.mark.parametrize(("day_effect", "a_day"), [(0.0, 20), (0.5, 20), (0.3, 4)])
def test_of_percentiles(day_effect: float, a_day: float) -> None:
    key = Key("clock", (("clock", "decide"),), "p50_s")

    def world(random: Generator) -> Sequence[tuple[float, Interval]]:
        sides = [percentiles(lengths(random, scale, day_effect, a_day), [0.5, 0.9]) for scale in (1.0, 0.7)]
        p50, p90 = (change(key, Figure(before, 1), Figure(after, 1))[0] for before, after in zip(*sides, strict=True))
        return (0.7, p50), (0.7, p90)

    assert hold(world, 1)


@pytest.mark.parametrize("rho", [0.0, 0.1])
@pytest.mark.parametrize(("before", "after", "a_day"), [(0.8, 0.85, 20), (0.1, 0.05, 8), (0.5, 0.5, 2)])
def test_of_shares(rho: float, before: float, after: float, a_day: float) -> None:
    key = Key("clock", (("clock", "decide"),), "met_share")

    def side(random: Generator, p: float) -> Figure:
        wholes = random.poisson(a_day * WEEKDAYS)
        by_day = random.beta(p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho, DAYS) if rho else np.full(DAYS, p)
        return shared(random.binomial(wholes, by_day).tolist(), wholes.tolist())

    def world(random: Generator) -> Sequence[tuple[float, Interval]]:
        ratio, points = change(key, side(random, before), side(random, after))
        return (after / before, ratio), (after - before, points)

    assert hold(world, 2)


@pytest.mark.parametrize(("before", "after"), [(20.0, 24.0), (2.0, 1.0), (0.3, 0.4)])
@pytest.mark.parametrize("is_bursty", [False, True])
def test_of_rates(before: float, after: float, is_bursty: bool) -> None:
    key = Key("feedback", (("touchpoint", "*"), ("kind", "complaint")), "count_per_day")

    def side(random: Generator, rate: float) -> Figure:
        means = rate * WEEKDAYS / WEEKDAYS.mean()
        if is_bursty:  # outages: a day may bring twice as much, or half
            means = means * random.gamma(4, 1 / 4, DAYS)
        return counted(random.poisson(means).tolist(), DAYS)

    def world(random: Generator) -> Sequence[tuple[float, Interval]]:
        return [(after / before, change(key, side(random, before), side(random, after))[0])]

    assert hold(world, 4)


@pytest.mark.parametrize(("day_effect", "a_day"), [(0.0, 30), (0.3, 30), (0.3, 3)])
def test_of_means(day_effect: float, a_day: float) -> None:
    key = Key("emotion", (("touchpoint", "*"),), "mean")

    def side(random: Generator, mean: float) -> Figure:
        counts = random.poisson(a_day * WEEKDAYS)
        shifts = random.normal(0, day_effect, DAYS)
        sums = [float(random.normal(mean + more, 0.5, n).sum()) for n, more in zip(counts, shifts, strict=True)]
        return averaged(sums, counts.tolist())

    def world(random: Generator) -> Sequence[tuple[float, Interval]]:
        return [(0.15, change(key, side(random, -0.2), side(random, -0.05))[1])]

    assert hold(world, 5)


@pytest.mark.parametrize("lasting_days", [0.5, 5.0])
@pytest.mark.parametrize("are_clustered", [False, True])
def test_of_what_stands(lasting_days: float, are_clustered: bool) -> None:
    """Obstacles that stand for days make days so alike that a variance over days would be far too small."""
    key = Key("friction", (("touchpoint", "*"), ("cause", "*")), "standing_mean")
    long_ago = 12  # weeks before the first period, so that it finds obstacles standing
    begin, middle, end = (int(weeks * 7 * DAY_MS) for weeks in (long_ago, long_ago + 4, long_ago + 8))
    periods = both((begin, middle), (middle, end), end, end)

    def world(random: Generator) -> Sequence[tuple[float, Interval]]:
        # Three a day are raised after instead of two. Each period has a world of its own, or one would start the other.
        sides = []
        for period, rate in zip(periods, (2.0, 3.0), strict=True):
            cells: dict[Cell, list[tuple[Fact, int]]] = {}
            for day in range(period.end // DAY_MS):
                n = random.poisson(rate * (random.gamma(2, 1 / 2) if are_clustered else 1))
                for at in day * DAY_MS + random.uniform(0, DAY_MS, n):
                    raised, removed = int(at), int(at + random.exponential(lasting_days) * DAY_MS)
                    stands = removed >= period.known_at
                    where, pane = cell("friction", "web", "release", raised)
                    length = STANDS if stands else bin_of(removed - raised)
                    cells.setdefault(where, []).append(((pane, RAISED, raised, 1, length), 1))
                    if not stands:
                        where, pane = cell("friction", "web", "release", removed)
                        cells.setdefault(where, []).append(((pane, REMOVED, removed, 1), 1))
            sides.append(friction.figures(cells, period)[key])
        return [(1.5, change(key, *sides)[0])]

    assert hold(world, 6)


def test_of_the_logrank_when_nothing_changed() -> None:
    """By day it finds a change in one of twenty worlds without any; taking lengths as independent, in far more."""
    random = default_rng(7)
    each = by_day = 0
    for _ in range(WORLDS):
        found = logrank(*(lengths(random, 1.0, 0.5, 20) for _ in range(2)))
        assert found.each is not None
        assert found.by_day is not None
        each += found.each < 0.05
        by_day += found.by_day < 0.05
    assert each / WORLDS > 0.2
    assert 0.02 <= by_day / WORLDS <= 0.08
