"""An outage: at one touchpoint critical feedback keeps coming in and nobody answers it, until somebody does again.

It begins a little more than the target of the acknowledgement before somebody starts to watch. So one after the other
becomes overdue while they watch, every half minute or so; later the oldest are taken some times faster than that, so
that alarms end, and after some minutes nothing is overdue any more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from streams.demo.organisation import cases
from streams.demo.organisation.behaviour import HOUR_MS, MINUTE_MS
from streams.demo.organisation.chance import Chance
from streams.demo.organisation.touchpoint import Life, Touchpoint

_ALREADY_OVERDUE_MS = 3 * MINUTE_MS  # when somebody starts to watch
_LONGEST_TARGET_MS = 4 * HOUR_MS  # for longer ones, far too many cases would have to wait
_GAP_MS = 20_000, 30_000  # between two cases that come: 20 to 50 seconds
_RELIEF_GAP_MS = 5_000, 5_000  # between two that are taken: 5 to 10 seconds


class Outage(NamedTuple):
    """Where, and since when (milliseconds since the epoch)."""

    place: Touchpoint
    since: int
    chance: Chance


def planned(places: Sequence[Touchpoint], seed: int, watched_from: int) -> Outage | None:
    """One at a touchpoint that has to acknowledge critical feedback within hours; None where none has to."""
    chance = Chance(seed, "outage")
    within = {place.id: place.acknowledged_within(watched_from) or _LONGEST_TARGET_MS + 1 for place in places}
    prompt = [place for place in places if within[place.id] <= _LONGEST_TARGET_MS]
    if not prompt:
        return None
    place = prompt[chance.number(len(prompt))]
    return Outage(place, watched_from - within[place.id] - _ALREADY_OVERDUE_MS, chance)


def beginning(found: Outage, start: Callable[[int, Life], None]) -> Life:
    """From then on nobody answers, and further cases come."""
    place, at, chance = found
    place.unanswered = deque()
    while True:
        yield at
        start(at, cases.unanswered(place, at))
        at += _gap(chance, *_GAP_MS)


def relief(found: Outage, at: int, hurry: float, start: Callable[[int, Life], None]) -> Life:
    """Somebody takes one case after the other, the oldest first."""
    while True:
        yield at
        if found.place.unanswered:
            case = found.place.unanswered.popleft()
            start(at, cases.taken(found.place, case, at, hurry))
        at += _gap(found.chance, *_RELIEF_GAP_MS)


def _gap(chance: Chance, least_ms: int, further_ms: int) -> int:
    return least_ms + chance.number(further_ms)
