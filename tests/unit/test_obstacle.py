"""The episodes of an obstacle, and what its cases are told."""

from __future__ import annotations

from itertools import permutations

import pytest

from processors import fanout, obstacle
from processors.events import Link, Obstacle
from processors.ledger import Entry
from processors.obstacle import Episode, episodes
from processors.standing import ObstacleStanding, of_obstacle

T0 = 1_772_438_400_000


def event(
    number: int, at: int, stage: str, *cases: str, touchpoint: str = "delivery", cause: str = "stock"
) -> Obstacle:
    return Obstacle(f"e{number}", T0 + at, "o", stage, touchpoint, cause, cases, "somebody")


def entries(*told: Obstacle) -> list[Entry]:
    return sorted(map(obstacle.entry, told))


def spans(*stages: tuple[int, str]) -> list[tuple[int, int | None]]:
    """(raised, removed) of the episodes, after T0."""
    found = episodes(entries(*(event(n, at, stage) for n, (at, stage) in enumerate(stages))))
    return [(e.raised - T0, None if e.removed is None else e.removed - T0) for e in found]


@pytest.mark.parametrize(
    ("stages", "standing"),
    [
        ([], []),
        ([(1, "raised")], [(1, None)]),
        ([(1, "raised"), (5, "removed")], [(1, 5)]),
        ([(1, "raised"), (3, "raised"), (5, "removed")], [(1, 5)]),  # raised twice: it stands already
        ([(1, "raised"), (5, "removed"), (7, "removed")], [(1, 5)]),
        ([(1, "raised"), (5, "removed"), (7, "raised")], [(1, 5), (7, None)]),
        ([(1, "raised"), (5, "removed"), (7, "raised"), (9, "removed")], [(1, 5), (7, 9)]),
        ([(1, "removed")], []),  # never raised: nothing stood
        ([(1, "removed"), (4, "raised")], [(4, 4)]),  # counts at the raising
        ([(1, "removed"), (2, "removed"), (4, "raised")], [(4, 4)]),
        ([(1, "removed"), (4, "raised"), (6, "removed")], [(4, 4)]),
        ([(1, "removed"), (4, "raised"), (6, "raised")], [(4, 4), (6, None)]),
        ([(4, "raised"), (4, "removed")], [(4, 4)]),  # at one instant: raised comes first
        ([(4, "raised"), (4, "removed"), (4, "raised")], [(4, 4)]),
    ],
)
def test_obstacle_stands_from_raised_to_removed(
    stages: list[tuple[int, str]], standing: list[tuple[int, int | None]]
) -> None:
    for order in permutations(stages):
        assert spans(*order) == standing


def test_touchpoint_and_cause_are_those_of_the_raising() -> None:
    told = entries(
        event(1, 1, "raised", touchpoint="delivery", cause="stock"),
        event(2, 2, "raised", touchpoint="web", cause="wording"),  # stands already
        event(3, 3, "removed", touchpoint="web", cause="wording"),
        event(4, 4, "raised", touchpoint="web", cause="wording"),
    )
    assert episodes(told) == [
        Episode("delivery", "stock", T0 + 1, T0 + 3),
        Episode("web", "wording", T0 + 4, None),
    ]


def test_standing_is_that_of_the_last_episode() -> None:
    once = event(1, 1, "raised", "a", "b", touchpoint="t", cause="c"), event(2, 2, "removed")
    again = event(3, 3, "raised", "b", "d", touchpoint="u", cause="e")
    assert of_obstacle([]) is None
    assert of_obstacle(entries(*once)) is None
    assert of_obstacle(entries(*once, again)) == ObstacleStanding("u", "e", T0 + 3, 3)  # each case once


def test_cases_named_late_are_told_every_stage() -> None:
    first = entries(event(1, 1, "raised", "a"), event(2, 5, "removed"))
    both = entries(event(1, 1, "raised", "a"), event(2, 5, "removed"), event(3, 9, "raised", "b"))

    def told(before: list[Entry], after: list[Entry]) -> list[tuple[str, str, int]]:
        return [(link.case, link.stage, link.at - T0) for link in fanout.links(obstacle, "o", before, after)]

    assert told([], first) == [("a", "raised", 1), ("a", "removed", 5)]
    assert told(first, both) == [
        ("b", "raised", 1),
        ("b", "removed", 5),
        ("a", "raised", 9),
        ("b", "raised", 9),
    ]


def test_link_says_what_stands_in_the_way_of_the_case() -> None:
    link = next(fanout.links(obstacle, "o", [], entries(event(1, 1, "raised", "a"))))
    assert link == Link(link.id, T0 + 1, "a", "obstacle", "o", "raised", None, None, "delivery", "stock")
