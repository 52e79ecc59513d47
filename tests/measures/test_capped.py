"""Which names have series of their own: the most frequent, and not others from one look to the next."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from streams.metrics.capped import MOST_NAMES, Capped

NAMES = "abcdefgh"
MOST = 3
_COUNTS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 1000))
_NOISE = st.lists(st.lists(st.floats(0.95, 1.05), min_size=len(NAMES), max_size=len(NAMES)), max_size=20)


@given(_COUNTS)
def test_at_first_the_most_frequent_are_in(counts: Mapping[str, int]) -> None:
    chosen = Capped(MOST).choose(counts)
    assert len(chosen) == min(MOST, len(counts))
    assert all(counts[one] >= counts[other] for one in chosen for other in counts.keys() - chosen)


@given(st.lists(_COUNTS, max_size=10))
def test_there_are_never_too_many_nor_any_that_is_gone(looks: list[Mapping[str, int]]) -> None:
    capped = Capped(MOST)
    for counts in looks:
        chosen = capped.choose(counts)
        assert chosen <= counts.keys()
        assert len(chosen) == min(MOST, len(counts))


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(100, 1000)), _NOISE)
def test_a_name_that_went_out_does_not_come_back_by_noise(base: Mapping[str, int], noise: list[list[float]]) -> None:
    capped = Capped(MOST)
    before, gone = capped.choose(base), set[str]()
    for factors in noise:
        counts = {name: round(count * factors[NAMES.index(name)]) for name, count in base.items()}
        now = set(capped.choose(counts))
        gone |= before - now
        assert not now & gone, "it went out and came back"
        before = now


@given(_COUNTS, _COUNTS)
def test_who_is_much_more_frequent_comes_in_at_once(earlier: Mapping[str, int], now: Mapping[str, int]) -> None:
    capped = Capped(MOST)
    capped.choose(earlier)
    chosen = capped.choose(now)
    assert not [(a, b) for a in chosen for b in now.keys() - chosen if now[a] < 0.8 * now[b]]


def test_two_that_are_about_as_frequent_do_not_change_places() -> None:
    capped = Capped(1)
    looks = [{"a": 100, "b": 99}, {"a": 99, "b": 100}, {"a": 80, "b": 100}, {"a": 79, "b": 100}, {"a": 100, "b": 81}]
    assert [capped.choose(counts) for counts in looks] == [{"a"}, {"a"}, {"a"}, {"b"}, {"b"}]


def test_fifty_names_are_kept() -> None:
    assert len(Capped().choose({str(n): n for n in range(200)})) == MOST_NAMES == 50
