"""Cells: whatever entities change, in whatever order, what is left is the sum of what they contribute now."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.measures.cells import Cells, unpacked
from processors.measures.terms import Cell, Contribution, Fact, Share
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack

Contents = dict[Cell, dict[Fact, int]]

_PLACES = st.builds(
    Cell, st.just("clock"), st.sampled_from(["web", "desk"]), st.sampled_from(["low", "high"]), st.just(7)
)
_VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, -1.25, 1e300, "met", ""])
_FACTS = st.builds(lambda pane, rest: (pane, *rest), st.integers(0, 2), st.lists(_VALUES, max_size=2))
_AMOUNTS = st.sampled_from([1, 2, 3, -2, 10**12])
_SHARES = st.builds(Share, _PLACES, _FACTS, _AMOUNTS)
_CONTRIBUTIONS: st.SearchStrategy[Contribution] = st.lists(_SHARES, max_size=3).map(tuple)
_CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.none() | _CONTRIBUTIONS, st.booleans()), max_size=25)
"""Who changes, to what (None: it is forgotten), and whether the cells are taken after that."""


def summed(contributions: dict[str, Contribution]) -> Contents:
    """From nothing, all of them one after the other."""
    found: dict[Cell, Counter[Fact]] = {}
    for contribution in contributions.values():
        for where, fact, amount in contribution:
            found.setdefault(where, Counter())[fact] += amount
    kept = {where: {fact: n for fact, n in facts.items() if n} for where, facts in found.items()}
    return {where: facts for where, facts in kept.items() if facts}


@settings(deadline=None, max_examples=300)
@given(_CHANGES)
def test_what_is_left_is_the_sum_of_what_is_there(changes: list[tuple[str, Contribution | None, bool]]) -> None:
    cells, present, told = Cells(pack, unpack), dict[str, Contribution](), dict[Cell, dict[Fact, int]]()
    for entity, new, taken in [*changes, ("a", None, True)]:
        if new is None:
            cells.forget(entity)
            present.pop(entity, None)
        else:
            cells.replace(entity, new)
            present[entity] = new
        assert (entity in cells) == (new is not None)
        if taken:
            before, expected = dict(told), summed(present)
            changed = cells.take()
            for where, packed in changed.items():
                if packed is None:
                    del told[where]
                else:
                    told[where] = dict(unpacked(packed, unpack))
            assert told == expected, "who follows what is taken has what there is"
            assert changed.keys() == {w for w in before | told if before.get(w) != told.get(w)}, "and just that is told"
            assert {where: dict(cells.facts(where)) for where in cells.cells()} == expected
            assert cells.take() == {}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), _CONTRIBUTIONS), st.permutations("abc"))
def test_order_does_not_matter(contributions: dict[str, Contribution], order: list[str]) -> None:
    cells = Cells(pack, unpack)
    for entity in order:
        if entity in contributions:
            cells.replace(entity, contributions[entity])
    cells.take()
    assert {where: dict(cells.facts(where)) for where in cells.cells()} == summed(contributions)


def test_what_went_and_came_back_is_no_change() -> None:
    here, there = (Share(Cell("clock", place, "low", 7), (0, 1), 1) for place in ("web", "desk"))
    cells = Cells(pack, unpack)
    cells.replace("a", (here,))
    cells.replace("b", (here,))
    cells.take()
    cells.replace("a", (there,))
    cells.replace("a", (here,))
    assert cells.take() == {}
    assert not cells.has(there.cell), "nothing was ever told of it"


def test_sizes_are_those_of_what_is_kept() -> None:
    cells = Cells(pack, unpack)
    share = Share(Cell("clock", "web", "low", 7), (0, 1), 1)
    cells.replace("a", (share,))
    assert cells.size == (0, 0, len(pack((share,))))
    cells.take()
    assert cells.size == (1, len(pack([(share.fact, 1)])), len(pack((share,))))
    cells.forget("a")
    cells.take()
    assert cells.size == (0, 0, 0)
