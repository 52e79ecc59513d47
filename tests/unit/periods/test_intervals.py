"""Intervals: against published figures, scipy, and numpy by another way."""

from __future__ import annotations

from math import exp, inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from processors.periods.days import Spread, dispersion, spread
from processors.periods.intervals import (
    NOTHING,
    Estimate,
    Rate,
    closeness,
    difference,
    lower,
    mean,
    poisson,
    rate_ratio,
    ratio,
    share,
    wilson,
)
from processors.periods.quantiles import Z95, t95, two_sided

CERTAIN = Spread(0.0, 10**9)  # varies no more than chance alone


def near(found: Estimate, low: float, high: float, within: float = 5e-4) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low == pytest.approx(low, abs=within) and found.high == pytest.approx(high, abs=within)


@pytest.mark.parametrize("degrees", [4, 6, 12, 21, 27, 200])
def test_t_is_scipys(degrees: int) -> None:
    assert t95(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=5e-3)
    for t in (0.3, 1.0, 2.5, 4.0):
        assert two_sided(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), rel=0.05, abs=5e-4)


def test_normal_probability_is_scipys() -> None:
    assert two_sided(Z95) == pytest.approx(0.05)
    assert two_sided(-3.1) == pytest.approx(2 * stats.norm.sf(3.1))


@pytest.mark.parametrize(("part", "whole"), [(0, 20), (1, 29), (15, 148), (81, 263), (20, 20)])
def test_wilsons_interval_is_scipys(part: int, whole: int) -> None:
    found = stats.binomtest(part, whole).proportion_ci(method="wilson")
    assert wilson(part / whole, whole) == pytest.approx((found.low, found.high))


def test_share_whose_days_are_alike_is_wilsons() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, "Two-sided confidence intervals for the single proportion")."""
    assert near(share(81, 263, CERTAIN), 0.2553, 0.3662)


def test_share_whose_days_differ_is_as_of_fewer() -> None:
    alone = 0.5 * 0.5 * 100
    assert near(share(50, 100, Spread(4 * alone, 10**9)), *wilson(0.5, 25))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_difference_of_shares_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(share(*other, CERTAIN), share(*one, CERTAIN))
    assert near(found, low, high)


@given(st.floats(0.5, 50), st.floats(0.5, 50), st.floats(0.01, 0.4), st.floats(0.01, 0.4))
def test_ratio_of_evenly_uncertain_logarithms_is_the_delta_method(a: float, b: float, s: float, t: float) -> None:
    before, after = Estimate(a, a * exp(-s), a * exp(s)), Estimate(b, b * exp(-t), b * exp(t))
    reach = sqrt(s * s + t * t)
    found = ratio(before, after)
    assert found.value == pytest.approx(b / a)
    assert (found.low, found.high) == pytest.approx((b / a * exp(-reach), b / a * exp(reach)))


def test_bound_that_is_not_reached_leaves_the_change_open_on_its_side() -> None:
    before = Estimate(10.0, 8.0, 12.0)
    assert ratio(before, Estimate(20.0, 15.0, None)).high is None
    assert ratio(before, Estimate(20.0, 15.0, None)).low is not None
    assert ratio(Estimate(20.0, 15.0, None), before).low is None
    assert difference(Estimate(20.0, None, None), before) == Estimate(-10.0)
    assert ratio(before, NOTHING) == ratio(NOTHING, before) == difference(NOTHING, before) == NOTHING


def test_nothing_can_be_told_as_a_part_of_nothing_and_what_went_away_is_down_to_nothing() -> None:
    assert ratio(share(0, 50, CERTAIN), share(5, 50, CERTAIN)) == NOTHING
    gone = ratio(share(20, 100, CERTAIN), share(0, 100, CERTAIN))
    assert gone.value == gone.low == 0.0
    assert gone.high is not None
    assert 0.1 < gone.high < 0.3  # 3 of 100 could still be, of 20
    assert rate_ratio(Rate(0, 28, 0), Rate(5, 28, 5)) == NOTHING


@pytest.mark.parametrize("n", [0, 1, 3, 10, 100])
def test_bounds_of_a_count_are_near_the_mid_p_bounds(n: int) -> None:
    def at(mean: float) -> float:
        return float(stats.poisson.cdf(n, mean) - 0.5 * stats.poisson.pmf(n, mean))

    low, high = poisson(n)
    assert at(high) == pytest.approx(0.025, abs=0.025)
    assert 1 - at(low) == pytest.approx(0.025, abs=0.025) if low else n == 0


def test_rates_are_compared_by_the_share_of_the_later_one() -> None:
    before, after = 40, 60
    shared = stats.binomtest(after, before + after).proportion_ci(method="wilson")
    found = rate_ratio(Rate(before, 28, before), Rate(after, 14, after))
    assert found.value == pytest.approx(3.0)
    assert near(found, 2 * shared.low / (1 - shared.low), 2 * shared.high / (1 - shared.high), 1e-9)


def test_rate_that_is_worth_less_is_less_sure_but_the_same() -> None:
    sure = rate_ratio(Rate(400, 28, 400), Rate(600, 28, 600))
    unsure = rate_ratio(Rate(400, 28, 40), Rate(600, 28, 60))
    assert sure.value == pytest.approx(unsure.value)
    assert unsure.low < sure.low < 1.5 < sure.high < unsure.high  # type: ignore[operator]


def test_mean_over_days_is_that_of_a_bootstrap_over_days() -> None:
    random = np.random.default_rng(3)
    counts = random.poisson(30, 200)
    sums = np.array(
        [random.normal(0.3 + shift, 1, n).sum() for n, shift in zip(counts, random.normal(0, 0.3, 200), strict=True)]
    )
    value = sums.sum() / counts.sum()
    found = mean(sums.sum(), int(counts.sum()), spread((sums - value * counts).tolist(), counts.tolist()))
    drawn = random.integers(0, 200, (4000, 200))
    again = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(again, [2.5, 97.5])
    assert near(found, low, high, within=0.1 * (high - low))


def test_weekdays_that_differ_are_no_chance() -> None:
    weeks = [10.0, 10.0, 10.0, 10.0, 10.0, 1.0, 1.0] * 4
    alike = spread(weeks, [1] * 28)
    assert alike == Spread(0.0, 21)
    assert dispersion([10, 10, 10, 10, 10, 1, 1] * 4) == 1.0
    one_week = spread(weeks[:7], [1] * 7)
    assert one_week is not None
    assert one_week.degrees == 6
    assert one_week.variance == pytest.approx(7 * np.var(weeks[:7], ddof=1))


def test_of_too_few_days_nothing_is_said() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1] * 6) is None
    assert spread([1.0] * 28, [1] * 6 + [0] * 22) is None
    assert dispersion([3] * 6) is None
    assert Rate(5, 6, None).a_day() == Estimate(5 / 6)
    assert rate_ratio(Rate(5, 6, None), Rate(5, 6, 5)) == Estimate(1.0)


def test_days_that_vary_as_poisson_are_not_dispersed_and_bursts_are() -> None:
    random = np.random.default_rng(4)
    calm = np.mean([dispersion(random.poisson(20, 28).tolist()) or inf for _ in range(200)])
    bursts = np.mean([dispersion(random.poisson(20 * random.gamma(4, 0.25, 28)).tolist()) or inf for _ in range(200)])
    assert calm < 1.25
    assert bursts == pytest.approx(1 + 20 / 4, rel=0.15)  # variance = mean + mean^2 / shape


def test_alignment_takes_the_least_and_the_most_that_the_difference_allows() -> None:
    customer, employee = Estimate(0.4, 0.35, 0.45), Estimate(0.7, 0.65, 0.75)
    apart = sqrt(0.05**2 + 0.05**2)
    close = closeness(customer, employee)
    assert close.value == pytest.approx(0.7)
    assert near(close, 0.7 - apart, 0.7 + apart, 1e-9)
    assert lower(customer, employee) == customer
    same = closeness(customer, customer)
    assert same.value == same.high == 1.0
    assert closeness(customer, NOTHING) == lower(NOTHING, customer) == NOTHING


def test_logarithm_of_a_bound_of_nothing_is_no_error() -> None:
    assert ratio(Estimate(1.0, 0.0, 2.0), Estimate(1.0, 0.0, 2.0)) == Estimate(1.0, 0.0, None)
