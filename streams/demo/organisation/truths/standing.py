"""Obstacles by the law: how many are raised, how many stand at once, and the decisions that clear them.

They come at random, and what becomes of one is independent of all others. So the number that stands at a touchpoint at
an instant is Poisson, with the mean that is integrated here: of the instant of coming, and of every length.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from processors.calendar import Calendar
from streams.demo.organisation.behaviour import (
    EFFECT_AFTER,
    HOUR_MS,
    RAISED_AGAIN_AFTER,
    REVOKED_AFTER,
    STUBBORN,
    TACTICAL_DECIDED_AFTER,
    WEEK_MS,
    Odds,
    Plan,
)
from streams.demo.organisation.chance import Fate
from streams.demo.organisation.touchpoint import Touchpoint
from streams.demo.organisation.truths.lattice import Draw, Hours, points

_POINTS = 8_009


class Decided(NamedTuple):
    """A decision: when it was made, took effect (None: never), was revoked (None: it was not)."""

    made: float
    effective: float | None
    revoked: float | None


class Episode(NamedTuple):
    """An obstacle that stands from `raised` to `removed`."""

    cause: str
    raised: float
    removed: float
    decision: Decided | None


class Standing:
    """The obstacles of a touchpoint between two instants; `weight` is how many each of the episodes stands for."""

    def __init__(self, place: Touchpoint, hours: Hours, from_ms: int, since: int, until: int) -> None:
        self.since, self.until = since, until
        self.weight = place.behaviour.obstacles_a_week / WEEK_MS * (until - from_ms) / _POINTS
        self.episodes = [
            episode
            for draw in points(_POINTS, "obstacles", place.id)
            for episode in _obstacle(place, draw, from_ms + draw.share() * (until - from_ms))
        ]
        self.profile = self._profile(hours)
        lengths = [one.removed - one.raised for one in self.episodes]
        self.length = sum(lengths) / len(lengths)
        """How long one stands, on average, milliseconds."""

    def raised(self, cause: str | None = None) -> float:
        """The expected number of episodes raised in the period, all causes for None."""
        return self.weight * sum(self.since <= one.raised < self.until for one in self._of(cause))

    def mean(self, cause: str | None = None) -> float:
        """The expected mean number that stands at once in the period."""
        inside = (max(0.0, min(one.removed, self.until) - max(one.raised, self.since)) for one in self._of(cause))
        return self.weight * sum(inside) / (self.until - self.since)

    def decisions(self) -> list[Decided]:
        """The tactical decisions on them."""
        return [one.decision for one in self.episodes if one.decision is not None]

    def _of(self, cause: str | None) -> Iterator[Episode]:
        return (one for one in self.episodes if cause is None or one.cause == cause)

    def _profile(self, hours: Hours) -> list[float]:
        """The mean number that stands, by hour of the week."""
        first, many = hours.starts[0], len(hours.starts)
        inside, steps = (
            [0.0] * (many + 1),
            [0.0] * (many + 2),
        )  # parts of hours; whole ones, by where they begin and end
        for one in self.episodes:
            start, end = (one.raised - first) / HOUR_MS, min((one.removed - first) / HOUR_MS, many)
            if start < end:
                begun, over = int(start), int(end)
                inside[begun] -= start - begun
                inside[over] += end - over
                steps[begun] += 1
                steps[over] -= 1
        whole = accumulate(steps)
        return hours.averaged(self.since, [self.weight * (part + next(whole)) for part in inside[:many]])


def worked(calendar: Calendar, at: float, length_ms: float) -> float:
    """The instant by which that much has been worked."""
    after = calendar.after(round(at), round(length_ms))
    return at + length_ms if after is None else after


def decide(draw: Draw, level: str, office: Calendar, at: float, plan: Plan) -> Decided:
    """A decision on many cases."""
    made = worked(office, at, draw.length_ms(TACTICAL_DECIDED_AFTER) * plan.pace(round(at)))
    fate = draw.fate(level)
    if fate is Fate.WITHOUT_EFFECT:
        return Decided(made, None, None)
    if fate is Fate.REVOKED:
        return Decided(made, None, worked(office, made, draw.length_ms(REVOKED_AFTER)))
    factor = plan.pace(round(made)) * fate.factor
    return Decided(made, worked(office, made, draw.length_ms(EFFECT_AFTER[level]) * factor), None)


def _obstacle(place: Touchpoint, draw: Draw, at: float) -> Iterator[Episode]:
    office, cause = place.desk.hours(round(at)), draw.one_of(place.behaviour.causes)
    again = draw.happens(Odds.RAISED_AGAIN)
    for _ in range(1 + again):
        raised = at = worked(office, at, 60_000)
        decision = None
        if draw.happens(Odds.TACTICAL_ON_OBSTACLE):
            decision = decide(draw, "tactical", office, at, place.plan)
            at = decision.effective or decision.revoked or decision.made
        at = worked(office, at, draw.length_ms(place.behaviour.remove) * STUBBORN.get(cause, 1.0))
        yield Episode(cause, raised, at, decision)
        at += draw.length_ms(RAISED_AGAIN_AFTER)
