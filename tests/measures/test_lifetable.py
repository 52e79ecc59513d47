"""Life tables against lengths counted one by one, in fractions; the edges of bins; parts that add up."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from processors.lifetable import LifeTable, bin_of, empty, median_of_completed, middle_s
from processors.validity import MAX_AT_MS, MIN_AT_MS
from tests.measures import naive_lifetable as naive
from tests.measures.naive_lifetable import Length

LONGEST_MS = MAX_AT_MS - MIN_AT_MS
SHARES = (Fraction(1, 2), Fraction(9, 10), Fraction(19, 20))
_AROUND_EDGES = st.builds(
    lambda k, beside: max(0, int(1000 * 10 ** (k / 24)) + beside), st.integers(0, 227), st.integers(-2, 2)
)
_LENGTHS = st.sampled_from([0, 1, 999, 1000, 1001, 2000, 60_000]) | _AROUND_EDGES | st.integers(0, LONGEST_MS)
_LIVES: st.SearchStrategy[list[Length]] = st.lists(st.tuples(_LENGTHS, st.booleans()), max_size=30)


patient = settings(deadline=None)


def table(lengths: list[Length]) -> LifeTable:
    ended = Counter(bin_of(length) for length, ended in lengths if ended)
    return LifeTable(ended, Counter(bin_of(length) for length, ended in lengths if not ended))


@pytest.mark.parametrize(
    ("length_ms", "expected"),
    [
        (0, 0),
        (999, 0),
        (1000, 1),
        (1100, 1),
        (1101, 2),  # 10^(1/24) s = 1.1007 s
        (9_999, 24),
        (10_000, 25),
        (10_001, 25),
        (99_999, 48),
        (100_000, 49),
    ],
)
def test_bins_begin_at_their_edge(length_ms: int, expected: int) -> None:
    assert bin_of(length_ms) == expected == naive.bin_of(length_ms)


@pytest.mark.parametrize("k", range(228))
def test_a_millisecond_decides_at_every_edge(k: int) -> None:
    edge = next(ms for ms in range(int(1000 * 10 ** (k / 24)) - 2, 1 << 62) if 10**k * 1000**24 <= ms**24)
    assert [bin_of(ms) for ms in (edge - 1, edge, edge + 1)] == [k, k + 1, k + 1]


@patient
@given(_LENGTHS)
def test_bins_are_those_of_whole_numbers(length_ms: int) -> None:
    assert bin_of(length_ms) == naive.bin_of(length_ms)


@patient
@given(st.integers(1000, LONGEST_MS) | _AROUND_EDGES)
def test_what_is_reported_is_within_a_48th_of_a_decade(length_ms: int) -> None:
    if length_ms < 1000:
        assert middle_s(bin_of(length_ms)) == 0
        return
    said, true = middle_s(bin_of(length_ms)), length_ms / 1000
    assert max(said / true, true / said) - 1 <= 10 ** (1 / 48) - 1 + 1e-9


@patient
@given(_LIVES)
def test_percentiles_are_those_of_lengths_counted_one_by_one(lengths: list[Length]) -> None:
    found = table(lengths).percentiles(tuple(map(float, SHARES)))
    assert [None if p is None else tuple(p) for p in found] == [naive.percentile(lengths, q) for q in SHARES]


@patient
@given(_LIVES)
def test_bounds_of_the_median_are_where_bounds_of_survival_come_to_one_half(lengths: list[Length]) -> None:
    by_bin = {one: naive.bounds_of_survival(lengths, one) for one in naive.bins(lengths)}
    assume(all(abs(bound - 0.5) > 1e-9 for pair in by_bin.values() for bound in pair if bound != 0.5))
    low = next((naive.middle_s(one) for one, (lower, _) in by_bin.items() if lower <= 0.5), None)
    high = next((naive.middle_s(one) for one, (_, upper) in by_bin.items() if upper <= 0.5), None)
    assert table(lengths).bounds(0.5) == (low, high)
    median = naive.percentile(lengths, SHARES[0])
    if median is not None:
        assert low is not None
        assert low <= median[0] <= (high if high is not None else median[0])


@patient
@given(st.lists(_LIVES, max_size=5))
def test_tables_of_any_parts_add_up_to_that_of_the_whole(parts: list[list[Length]]) -> None:
    whole, total = table([length for part in parts for length in part]), empty()
    for part in parts:
        total.add(table(part))
    assert total == whole
    assert total.percentiles((0.5, 0.9, 0.95)) == whole.percentiles((0.5, 0.9, 0.95))
    assert total.bounds(0.5) == whole.bounds(0.5)


@patient
@given(_LIVES, _LIVES)
def test_a_table_from_which_a_part_was_taken_again_is_that_of_the_rest(kept: list[Length], gone: list[Length]) -> None:
    total, rest = table(kept + gone), table(kept)
    for counts, taken in zip(total, table(gone), strict=True):
        counts.subtract(taken)  # zeros stay behind, and must not matter
    assert total.percentiles((0.5, 0.9, 0.95)) == rest.percentiles((0.5, 0.9, 0.95))
    assert total.bounds(0.5) == rest.bounds(0.5)


@patient
@given(st.lists(_LENGTHS, max_size=30))
def test_median_of_the_completed_is_the_bin_of_the_middle_one(lengths: list[int]) -> None:
    middle = sorted(lengths)[(len(lengths) - 1) // 2] if lengths else None
    expected = None if middle is None else naive.middle_s(naive.bin_of(middle))
    assert median_of_completed(table([(length, True) for length in lengths]).ends) == expected


def test_nobody_who_ended_has_no_median() -> None:
    waiting = table([(5_000, False), (7_000, False)])
    assert (waiting.percentiles((0.5,)), waiting.bounds(0.5)) == ([None], (None, None))
