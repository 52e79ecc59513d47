"""Percentiles, their bounds and the log-rank against lifelines; days that count as one each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from numpy.random import Generator, default_rng

from processors.lifetable import LifeTable, bin_of, empty, middle_s
from processors.periods.intervals import NOTHING
from processors.periods.quantiles import Z95, t95
from processors.periods.survival import completed, logrank, percentiles, steps, total

Observed = tuple[list[int], list[bool]]


def observe(random: Generator, n: int, scale_s: float) -> Observed:
    lasted, followed = random.exponential(scale_s, n), random.uniform(0, 3 * scale_s, n)
    return [bin_of(int(1000 * min(pair))) for pair in zip(lasted, followed, strict=True)], (lasted <= followed).tolist()


def by_day(observed: Observed, days: int) -> list[LifeTable]:
    tables = [empty() for _ in range(days)]
    for i, (length, has_ended) in enumerate(zip(*observed, strict=True)):
        (tables[i % days].ends if has_ended else tables[i % days].censored)[length] += 1
    return tables


def fitted(observed: Observed) -> KaplanMeierFitter:
    """By bins: an end and a censoring of one bin are at one time, and lifelines takes ends first, too."""
    return KaplanMeierFitter().fit(*observed)


@pytest.mark.parametrize("seed", range(5))
def test_percentile_lies_in_the_bin_in_which_lifelines_has_it(seed: int) -> None:
    observed = observe(default_rng(seed), 400, 5_000)
    tables = by_day(observed, 28)
    (p50, p90) = percentiles(tables, (0.5, 0.9))
    for found, share in ((p50, 0.5), (p90, 0.1)):
        assert found.value is not None
        theirs = int(fitted(observed).percentile(share))
        assert bin_of(round(1000 * found.value)) == theirs
        assert found.value == pytest.approx(middle_s(theirs), rel=0.0493)


@pytest.mark.parametrize("seed", range(5))
def test_bounds_with_a_length_a_day_are_those_of_greenwood(seed: int) -> None:
    """With one length a day the days' variance is Greenwood's, but for the degrees of freedom (and 1 / (n - 1))."""
    n = 800
    observed = observe(default_rng(seed), n, 5_000)
    (p50,) = percentiles(by_day(observed, n), (0.5,))
    kmf = KaplanMeierFitter().fit(*observed)
    curve = kmf.confidence_interval_survival_function_
    low, high = ((curve.iloc[:, i] <= 0.5).idxmax() for i in (0, 1))
    assert t95(n - 7) == pytest.approx(Z95, rel=2e-3)
    assert p50.low is not None
    assert p50.high is not None
    assert abs(bin_of(round(1000 * p50.low)) - low) <= 1
    assert abs(bin_of(round(1000 * p50.high)) - high) <= 1
    assert p50.low <= p50.value <= p50.high  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("scale", [5_000.0, 3_500.0])
def test_logrank_is_that_of_lifelines(seed: int, scale: float) -> None:
    random = default_rng(seed)
    before, after = observe(random, 150, 5_000), observe(random, 200, scale)
    found = logrank(by_day(before, 28), by_day(after, 28))
    theirs = logrank_test(before[0], after[0], before[1], after[1])
    assert found.each == pytest.approx(theirs.p_value, rel=1e-6, abs=1e-12)


def test_tables_that_are_the_same_do_not_differ() -> None:
    tables = by_day(observe(default_rng(1), 300, 5_000), 28)
    found = logrank(tables, tables)
    assert found.each == pytest.approx(1.0)
    assert found.by_day == pytest.approx(1.0)


def test_every_length_twice_on_its_day_is_no_surer() -> None:
    """Lengths that come in pairs are worth as much as one each: bounds by day do not move, Greenwood's would."""
    once = by_day(observe(default_rng(2), 280, 5_000), 28)
    twice = [
        LifeTable(Counter({b: 2 * n for b, n in t.ends.items()}), Counter({b: 2 * n for b, n in t.censored.items()}))
        for t in once
    ]
    for one, two in zip(percentiles(once, (0.5, 0.9)), percentiles(twice, (0.5, 0.9)), strict=True):
        assert one == pytest.approx(two)


def test_what_is_not_reached_is_none_and_what_takes_no_second_is_nothing() -> None:
    (p50,) = percentiles([LifeTable(Counter({60: 1}), Counter({70: 3}))] * 28, (0.5,))
    assert p50 == NOTHING
    (p50,) = percentiles([LifeTable(Counter({0: 3}), Counter({70: 1}))] * 28, (0.5,))
    assert p50.value == 0.0
    assert percentiles([empty()] * 28, (0.5,)) == [NOTHING]
    assert logrank([empty()] * 28, [empty()] * 28) == (None, None)


def test_of_too_few_days_with_ends_no_bounds_are_given() -> None:
    tables = by_day(observe(default_rng(3), 60, 5_000), 6) + [empty()] * 22
    (p50,) = percentiles(tables, (0.5,))
    assert p50.value is not None
    assert (p50.low, p50.high) == (None, None)
    assert logrank(tables, tables).by_day is None


def test_completed_leaves_out_who_waits() -> None:
    tables = [LifeTable(Counter({60: 1, 80: 1}), Counter({100: 8}))] * 28
    (with_waiting,), (without,) = percentiles(tables, (0.5,)), percentiles(completed(tables), (0.5,))
    assert with_waiting == NOTHING
    assert without.value == pytest.approx(10 ** (60 / 24), rel=1e-6)
    assert total(completed(tables)).censored == Counter()


def test_steps_count_down_who_is_at_risk_each_day() -> None:
    days = [LifeTable(Counter({5: 1, 9: 1}), Counter({7: 1})), LifeTable(Counter({9: 2}), Counter({5: 1}))]
    assert [(one.bin, one.at_risk, one.ends) for one in steps(days)] == [(5, [3, 3], [1, 0]), (9, [1, 2], [1, 2])]


def test_change_smaller_than_a_bin_is_seen() -> None:
    """Bins are ten percent apart; a median that falls by three percent falls by about that."""
    random = default_rng(4)
    lengths = random.lognormal(10, 1, 100_000)
    medians = []
    for scale in (1.0, 0.97):
        tables = [empty() for _ in range(28)]
        for i, x in enumerate(scale * lengths):
            tables[i % 28].ends[bin_of(int(1000 * x))] += 1
        medians.append(percentiles(tables, (0.5,))[0].value)
        assert medians[-1] == pytest.approx(np.median(scale * lengths), rel=5e-3)
    assert medians[1] / medians[0] == pytest.approx(0.97, abs=5e-3)  # type: ignore[operator]
