"""The oracle's life tables against lifelines, and examples worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from . import lifetable
from .lifetable import Ended, Lengths, life_table, median_bounds_s, percentile_s

SAMPLES = 120


def sample(seed: int) -> tuple[Lengths, Ended]:
    """Lognormal lengths in milliseconds; some samples are small, some hardly censored, some nearly wholly."""
    chance = np.random.default_rng(seed)
    size = int(chance.integers(1, [4, 30, 300][seed % 3]))
    lengths = np.floor(np.exp(chance.normal(15, chance.uniform(0.1, 3), size)))
    lengths = chance.choice(lengths, size) if seed % 2 else lengths  # with repeats
    return lengths, chance.random(size) < chance.choice([0.05, 0.5, 0.9, 1])


@pytest.mark.parametrize(
    ("length_ms", "expected"),
    [(0, 0), (999, 0), (1_000, 1), (1_100, 1), (1_101, 2), (9_999, 24), (10_000, 25), (10**6, 73), (10**9 - 1, 144)],
)
def test_bins_begin_at_their_first_whole_millisecond(length_ms: int, expected: int) -> None:
    # 10^(1/24) s is 1,100.69 ms; the bin of 10^(k/24) s is k + 1.
    assert lifetable.bins(np.array([float(length_ms)]))[0] == expected


def test_every_length_is_within_the_bin_error_of_its_middle() -> None:
    lengths = np.unique(np.round(np.geomspace(1_000, 1e12, 100_000)))
    middles = lifetable.MIDDLES_S[lifetable.bins(lengths)]
    assert (np.abs(middles - lengths / 1000) / (lengths / 1000)).max() <= lifetable.BIN_ERROR


def test_percentiles_and_bounds_are_those_of_lifelines() -> None:
    for seed in range(SAMPLES):
        lengths, ended = sample(seed)
        table = life_table(lengths, ended)
        low, high = median_bounds_s(table)
        ours = {f"p{round(q * 100)}_s": percentile_s(table, q) for q in (0.5, 0.9, 0.95)}
        assert {**ours, "p50_low_s": low, "p50_high_s": high} == lifetable.by_lifelines(lengths, ended), seed


def test_percentile_of_the_lengths_as_they_are_lies_between_the_bins_that_it_must() -> None:
    within = compared = 0
    for seed in range(SAMPLES):
        lengths, ended = sample(seed)
        for q in (0.5, 0.9):
            exact, binned = lifetable.exact_percentile_s(lengths, ended, q), percentile_s(life_table(lengths, ended), q)
            assert lies_between(exact, lifetable.brackets_s(lengths, ended, q)), seed
            if exact is not None and binned is not None:
                compared += 1
                close = abs(binned - exact) <= lifetable.BIN_ERROR * max(exact, 1)
                within += close
                assert close or lifetable.mixed(lengths, ended), seed
    print(f"{within:,} of {compared:,} binned percentiles are within {lifetable.BIN_ERROR:.2%} of the exact ones")
    assert within > 0.9 * compared


def lies_between(exact: float | None, brackets: tuple[float | None, float | None]) -> bool:
    earliest, latest = brackets
    if exact is None:
        return latest is None
    return earliest is not None and earliest <= exact and (latest is None or exact < latest)


def test_survival_by_hand() -> None:
    # 1 s: 4 at risk, one ends. 2 s: one is censored. 4 s: one of two ends. 8 s: the last is censored.
    table = life_table(np.array([1_000.0, 2_000, 4_000, 8_000]), np.array([True, False, True, False]))
    assert percentile_s(table, 0.25) == 10 ** (0.5 / 24)
    assert percentile_s(table, 0.5) == 10 ** (14.5 / 24)  # 3/4 x 1/2; 24 log10(4) is 14.4
    assert percentile_s(table, 0.9) is None
    assert lifetable.at_risk(table, 0.5) == 2
    assert lifetable.completed_median_s(table) == 10 ** (0.5 / 24)


def test_nothing_says_nothing() -> None:
    table = life_table(np.array([]), np.array([], dtype=bool))
    assert percentile_s(table, 0.5) is None
    assert lifetable.at_risk(table, 0.5) is None
    assert median_bounds_s(table) == (None, None)
    assert lifetable.completed_median_s(table) is None
