"""What concerns many cases at once: obstacles that come to stand in the way, and the decisions that clear them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from processors.calendar import Calendar
from processors.events import Decision, Obstacle
from streams.demo.organisation.behaviour import (
    EFFECT_AFTER,
    MOST_NAMED,
    RAISED_AGAIN_AFTER,
    REVOKED_AFTER,
    STRATEGIC_EVERY_MS,
    STUBBORN,
    TACTICAL_DECIDED_AFTER,
    WEEK_MS,
    Odds,
)
from streams.demo.organisation.chance import Chance, Fate
from streams.demo.organisation.touchpoint import Life, Part, Touchpoint

_MOST_BLOCKED = 8  # cases that an obstacle names
_NAMED = {"tactical": Odds.NAMED_BY_TACTICAL, "strategic": Odds.NAMED_BY_STRATEGIC}


def obstacles(place: Touchpoint, at: int, start: Callable[[int, Life], None]) -> Life:
    """Obstacles come at random, in working hours; each then has a life of its own."""
    while True:
        at += place.chance.until_next_ms(place.behaviour.obstacles_a_week / WEEK_MS)
        yield at
        start(at, _obstacle(place, at))


def _obstacle(place: Touchpoint, at: int) -> Life:
    chance, office = place.chance, place.desk.hours(at)
    obstacle, cause = place.new_id("o"), chance.one_of(place.behaviour.causes)
    for episode in (1, 2):
        yield (at := office.after(at, 60_000) or at)
        blocked = chance.some(place.open, _MOST_BLOCKED)
        owner = f"{place.unit or place.id}-lead"
        yield Obstacle(f"{obstacle}.{episode}.raised", at, obstacle, "raised", place.id, cause, blocked, owner)
        place.standing[obstacle] = cause
        if chance.happens(Odds.TACTICAL_ON_OBSTACLE):
            at = yield from decision(chance, "tactical", place.unit, [place], (obstacle,), office, at)
        yield (at := chance.worked_until(office, at, place.behaviour.remove, STUBBORN.get(cause, 1.0)))
        yield Obstacle(f"{obstacle}.{episode}.removed", at, obstacle, "removed", place.id, cause, (), owner)
        del place.standing[obstacle]
        if not chance.happens(Odds.RAISED_AGAIN):
            return
        yield (at := at + chance.length_ms(RAISED_AGAIN_AFTER))


def strategy(places: Sequence[Touchpoint], chance: Chance, at: int, start: Callable[[int, Life], None]) -> Life:
    """Now and then somebody decides for all touchpoints, on whatever stands in the way."""
    while True:
        at += chance.until_next_ms(1 / STRATEGIC_EVERY_MS)
        yield at
        standing = tuple(sorted(name for place in places for name in place.standing))
        start(at, decision(chance, "strategic", None, places, standing, places[0].desk.hours(at), at))


def decision(
    chance: Chance,
    level: str,
    unit: str | None,
    places: Sequence[Touchpoint],
    obstacles: tuple[str, ...],
    office: Calendar,
    at: int,
) -> Part:
    """A decision on many cases: made, and later effective, or revoked, or nothing more. When its maker goes on."""
    plan = places[0].plan
    yield (at := chance.worked_until(office, at, TACTICAL_DECIDED_AFTER, plan.pace(at)))
    cases = tuple(_named(places, chance, _NAMED[level]))
    name = places[0].new_id(level[0])
    title = f"{level} decision on {', '.join(place.id for place in places)}"

    def stage(at: int, stage: str) -> Decision:
        return Decision(f"{name}.{stage}", at, name, stage, level, unit, cases, obstacles, title)

    yield stage(at, "made")
    fate = chance.fate(level)
    if fate is Fate.WITHOUT_EFFECT:
        return at
    if fate is Fate.REVOKED:
        yield (at := chance.worked_until(office, at, REVOKED_AFTER))
        yield stage(at, "revoked")
        return at
    yield (at := chance.worked_until(office, at, EFFECT_AFTER[level], plan.pace(at) * fate.factor))
    yield stage(at, "effective")
    return at


def _named(places: Sequence[Touchpoint], chance: Chance, probability: float) -> Iterator[str]:
    for place in places:
        for case in chance.each(place.open, probability, MOST_NAMED // len(places)):
            place.open[case].answered = True
            yield case
