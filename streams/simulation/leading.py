"""What concerns many cases at once: obstacles that come to stand in the way, and the decisions that clear them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from processors.calendar import Calendar
from processors.events import Decision, Obstacle
from streams.simulation.behaviour import (
    RAISED_AGAIN_AFTER,
    STRATEGIC_EFFECT_AFTER,
    STRATEGIC_EVERY_MS,
    TACTICAL_DECIDED_AFTER,
    TACTICAL_EFFECT_AFTER,
    WEEK_MS,
    Delay,
    Odds,
)
from streams.simulation.chance import Chance
from streams.simulation.touchpoint import Life, Part, Touchpoint

_MOST_BLOCKED = 8  # cases that an obstacle names
_MOST_ANSWERED = 40  # cases of a touchpoint that a decision names
_REVOKED_AFTER = Delay(3 * 3_600_000, 0.6)


def obstacles(place: Touchpoint, at: int, start: Callable[[int, Life], None]) -> Life:
    """Obstacles come at random, in working hours; each then has a life of its own."""
    while True:
        at += place.chance.until_next_ms(place.behaviour.obstacles_a_week / WEEK_MS)
        yield at
        start(at, _obstacle(place, at))


def _obstacle(place: Touchpoint, at: int) -> Life:
    chance, office = place.chance, _office(place, at)
    obstacle, cause = place.new_id("o"), chance.one_of(place.behaviour.causes)
    for episode in (1, 2):
        yield (at := office.after(at, 60_000) or at)
        blocked = chance.some(sorted(place.open), _MOST_BLOCKED)
        owner = f"{place.unit or place.id}-lead"
        yield Obstacle(f"{obstacle}.{episode}.raised", at, obstacle, "raised", place.id, cause, blocked, owner)
        place.standing[obstacle] = cause
        if chance.happens(Odds.TACTICAL_ON_OBSTACLE):
            at = yield from decision(chance, "tactical", place.unit, [place], (obstacle,), office, at)
        yield (at := chance.worked_until(office, at, place.behaviour.remove))
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
        start(at, decision(chance, "strategic", None, places, standing, _office(places[0], at), at))


def decision(
    chance: Chance,
    level: str,
    unit: str | None,
    places: Sequence[Touchpoint],
    obstacles: tuple[str, ...],
    office: Calendar,
    at: int,
) -> Part:
    """A decision on many cases: made, later effective, or revoked and nothing more."""
    yield (at := chance.worked_until(office, at, TACTICAL_DECIDED_AFTER))
    cases = tuple(_named(places, chance))
    name = places[0].new_id(level[0])

    def stage(at: int, stage: str) -> Decision:
        title = f"{level} decision on {', '.join(place.id for place in places)}"
        return Decision(f"{name}.{stage}", at, name, stage, level, unit, cases, obstacles, title)

    yield stage(at, "made")
    revoked = chance.happens(Odds.REVOKED)
    lasting = STRATEGIC_EFFECT_AFTER if level == "strategic" else TACTICAL_EFFECT_AFTER
    yield (at := chance.worked_until(office, at, _REVOKED_AFTER if revoked else lasting))
    yield stage(at, "revoked" if revoked else "effective")
    return at


def _named(places: Sequence[Touchpoint], chance: Chance) -> Iterator[str]:
    for place in places:
        for case in chance.some(sorted(place.open), _MOST_ANSWERED):
            place.open[case].answered = True
            yield case


def _office(place: Touchpoint, at: int) -> Calendar:
    """When leading people work."""
    return place.hours(at, "low", "")
