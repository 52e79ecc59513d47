"""The view against sums made from scratch: whatever is put and taken away, and however time goes on in between."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from processors.measures.rows import kept
from processors.measures.terms import Cell, Fact
from processors.measures.view import View
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from tests.measures.contents import BACK, FRAME, NOW, contents
from tests.measures.scratch import DAY, HOUR, MINUTE, from_scratch, said_by

SOURCES = ("cases/0", "cases/1", "decisions/0")
STEPS = (0, 1, 5 * MINUTE - 1, 5 * MINUTE, HOUR, 5 * HOUR, DAY, 7 * DAY, 15 * DAY, 28 * DAY, 57 * DAY, 100 * DAY)
_MOVES = st.lists(
    st.tuples(st.sampled_from(["put", "put", "put", "remove", "advance", "back"]), st.integers(0, 1 << 30)),
    max_size=25,
)
Said = dict[tuple[str, Cell], dict[Fact, int]]


def moved(view: View, said: Said, what: str, dice: Random) -> None:
    """Do one thing to a view, and to what the sources say."""
    if what == "put":
        where, facts = contents(dice)
        known = [known for _, known in said if known.family == where.family]
        if known and dice.random() < 0.3:
            where = dice.choice(known)
        said[(source := dice.choice(SOURCES)), where] = facts
        view.put(source, where, pack(list(facts.items())))
    elif what == "remove" and said:
        source, where = dice.choice(list(said))
        del said[source, where]
        view.put(source, where, None)
    elif what == "advance":
        view.advance(view.at + dice.choice(STEPS))
    elif what == "back":
        before = view.at
        view.advance(view.at - dice.choice(STEPS))
        assert view.at == before, "time went back"


@settings(deadline=None, max_examples=200)
@given(_MOVES, st.sampled_from([0, NOW]), st.booleans())
def test_a_view_is_what_is_made_from_scratch(moves: Sequence[tuple[str, int]], begin: int, each: bool) -> None:
    view, said = View(kept(FRAME), begin, unpack), Said()
    for what, seed in moves:
        moved(view, said, what, Random(seed))
        if each and view.at:
            note(f"{what} at {view.at}")
            assert said_by(view, FRAME) == from_scratch(said, view.at, FRAME)
    view.advance(NOW)
    assert said_by(view, FRAME) == from_scratch(said, view.at, FRAME)
    assert {(source, where) for where, by_source in view.cells() for source in by_source} == said.keys()
    for source, where in list(said):
        view.put(source, where, None)
    assert view.size == 0
    assert not [sums for sums in view._sums.values() if sums], "nothing is left where nothing is said"


def test_what_passes_a_rhythm_by_in_one_jump_leaves_it_as_it_is() -> None:
    view, said = View(kept(FRAME), 0, unpack), Said()
    for days, slower in ((1.5, 0), (20, 1), (35, 2), (45, 0), (50, 3)):
        where = Cell("clock", "web", "low", int(NOW - days * DAY) // HOUR)
        said["cases/0", where] = {(0, 1, 1, 0, 99, 99, slower): 1}
        view.put("cases/0", where, pack(list(said["cases/0", where].items())))
    for at in (NOW, NOW + 21 * DAY, NOW + 90 * DAY):
        view.advance(at)
        assert said_by(view, FRAME) == from_scratch(said, at, FRAME)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 1 << 30), st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
def test_the_way_through_time_does_not_matter(seed: int, steps: list[int]) -> None:
    dice = Random(seed)
    found = [contents(dice) for _ in range(40)]
    stepwise, at_once = View(kept(FRAME), NOW, unpack), View(kept(FRAME), 0, unpack)
    for view in (stepwise, at_once):
        for n, (where, facts) in enumerate(found):
            view.put(SOURCES[n % 3], where, pack(list(facts.items())))
    for step in steps:
        stepwise.advance(stepwise.at + step)
    at_once.advance(NOW + sum(steps))
    assert said_by(stepwise, FRAME) == said_by(at_once, FRAME)


@pytest.mark.parametrize("back", BACK[1:])
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_a_millisecond_decides_what_leaves_a_window(back: int, beside: int) -> None:
    at = NOW - NOW % DAY  # a pane of every kind begins here
    where, facts = Cell("friction", "web", "stock", at // HOUR), {(0, 0, at, 2, 7): 1, (0, 1, at, 2): 1}
    view, said = View(kept(FRAME), at, unpack), {("cases/0", where): facts}
    view.put("cases/0", where, pack(list(facts.items())))
    for step in (back + beside, MINUTE, 5 * MINUTE, HOUR, DAY):
        view.advance(view.at + step)
        assert said_by(view, FRAME) == from_scratch(said, view.at, FRAME)
