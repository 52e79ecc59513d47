"""Cases by the law: when each cycle is acknowledged, decided and closed, and what the customer says meanwhile.

What couples cases with each other is put in by its mean: the number of obstacles is Poisson (see `standing`), and
keeps its value for about as long as one stands; decisions on many cases name an open one at a constant rate of worked
time. Reclassification to another touchpoint is left out. docs/simulation.md says how near that comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, inf
from typing import NamedTuple

from processors.calendar import Calendar
from streams.demo.organisation.behaviour import (
    CUSTOMER_ANSWERS,
    HASTE,
    MOST_OTHERS,
    REOPENED_AFTER,
    STRATEGIC_EVERY_MS,
    WITHDRAWN_AFTER,
    WRITES_AGAIN_AFTER,
    Delay,
    Odds,
    answered,
    ease,
)
from streams.demo.organisation.chance import Fate
from streams.demo.organisation.touchpoint import Touchpoint, friction, picked_up, weekly_rates
from streams.demo.organisation.truths.lattice import Draw, Hours, Rush, points
from streams.demo.organisation.truths.standing import Decided, Standing, worked

_POINTS, _FIRST_POINTS = 10_007, 1_009


class Said(NamedTuple):
    """Feedback: when, how severe the case is then, how long the customer has waited, and of what it is."""

    at: float
    severity: str
    waited: float
    again: bool = False
    failed: bool = False


class Cycle(NamedTuple):
    """A cycle of a case; None for what never happens."""

    received: float
    severity: str
    acknowledged: float | None
    decided: float | None
    closed: float | None
    withdrawn: float | None
    said: tuple[Said, ...]
    decisions: tuple[Decided, ...] = ()

    @property
    def ended(self) -> float | None:
        """Closed or withdrawn."""
        return self.closed if self.withdrawn is None else self.withdrawn


class Cycles:
    """The cycles of a touchpoint from an instant on; `weight` is how many each of them stands for."""

    def __init__(self, place: Touchpoint, standing: Standing, hours: Hours) -> None:
        rush = hours.rush(weekly_rates(place.behaviour, place.plan.scale))
        desk = place.desk.hours(standing.since)
        open_share = max(1e-9, desk.worked(standing.since, standing.until) / (standing.until - standing.since))
        law = _Law(place, standing, hours, desk, _leading(standing) / open_share)
        first = [one for draw in points(_FIRST_POINTS, "first", place.id) for one in _life(law, draw, rush)]
        lasting = [one.ended - one.received for one in first if one.ended is not None]
        others = Odds.DECIDED * Odds.ANSWERS_OTHERS * MOST_OTHERS / 2 / (sum(lasting) / len(lasting))
        law = law._replace(named_a_ms=law.named_a_ms + (1 - Odds.REVOKED) * others / open_share)
        self.weight = rush.expected / _POINTS
        self.all = [one for draw in points(_POINTS, "cases", place.id) for one in _life(law, draw, rush)]


class _Law(NamedTuple):
    """What holds for all cases of a touchpoint. named_a_ms: by decisions on many, a millisecond of its desk's time."""

    place: Touchpoint
    standing: Standing
    hours: Hours
    desk: Calendar
    named_a_ms: float


def _leading(standing: Standing) -> float:
    """How often an open case is named by a tactical or strategic decision that counts, in a millisecond."""
    made = sum(standing.since <= one.made < standing.until for one in standing.decisions())
    tactical = standing.weight * made / (standing.until - standing.since) * Odds.NAMED_BY_TACTICAL
    return (1 - Odds.REVOKED) * (tactical + Odds.NAMED_BY_STRATEGIC / STRATEGIC_EVERY_MS)


def _life(law: _Law, draw: Draw, rush: Rush) -> Iterator[Cycle]:
    at = rush.instant(draw.share())
    # What splits cases in kinds has axes of its own, so that each kind has exactly its share of the points.
    withdrawn, reopened = draw.happens(Odds.WITHDRAWN), draw.happens(law.place.behaviour.reopened)
    kept, failed = draw.share(), draw.happens(Odds.REOPENED_BY_FEEDBACK)
    case = _Case(law, draw, at)
    if withdrawn:
        yield case.withdrawn(at, at + draw.length_ms(WITHDRAWN_AFTER))
        return
    fades = law.place.fades_from
    if fades is not None and at >= fades:
        share = answered(fades, round(at))
        if kept >= share:
            yield case.forgotten(at)
            return
        case.ease = ease(share)
    first = case.handled(at, (Said(at, case.severity, 0.0),))
    yield first
    if reopened and first.closed is not None:
        at = first.closed + draw.length_ms(REOPENED_AFTER)
        yield case.handled(at, (Said(at, case.severity, 0.0, failed=True),) if failed else ())


class _Case:
    """One case, as `simulation.cases` tells it."""

    def __init__(self, law: _Law, draw: Draw, at: float) -> None:
        self._law, self._draw, self._usual, self._plan = law, draw, law.place.behaviour, law.place.plan
        self.severity, self._channel = draw.one_of(self._usual.severities), draw.one_of(self._usual.channels)
        self.ease = 1.0
        self._standing, self._looked = 0, -inf
        self._hours = law.place.desk.seeing_to(round(at), self.severity, self._channel, draw)

    def withdrawn(self, at: float, end: float) -> Cycle:
        """Nobody has got to it before its customer gives up."""
        named = self._named(at)
        decided = named if named < end else None
        return Cycle(at, self.severity, decided, decided, None, end, (Said(at, self.severity, 0.0),))

    def forgotten(self, at: float) -> Cycle:
        """Nobody ever looks at it."""
        said = [Said(at, self.severity, 0.0)]
        if self._draw.happens(Odds.FORGOTTEN_WRITES_AGAIN):
            waited = self._draw.length_ms(WRITES_AGAIN_AFTER)
            said.append(Said(at + waited, self.severity, waited, again=True))
        return Cycle(at, self.severity, None, None, None, None, tuple(said))

    def handled(self, at: float, said: tuple[Said, ...]) -> Cycle:
        """From open to closed."""
        draw, usual, received, named = self._draw, self._usual, at, self._named(at)
        at = reacted = self._reacted(at)
        if not draw.happens(Odds.ASSIGNED_AT_ONCE) and draw.happens(Odds.ASSIGNED_LATER):
            at = self._done(at, usual.acknowledge)
        if draw.happens(Odds.RECLASSIFIED):
            at = self._done(at, usual.acknowledge)
            if not draw.happens(Odds.ELSEWHERE):
                self.severity = draw.restated(self.severity)
        if draw.happens(Odds.WRITES_AGAIN):
            at += draw.length_ms(WRITES_AGAIN_AFTER)
            said = (*said, Said(at, self.severity, at - received, again=True))
        if draw.happens(usual.paused):
            at = self._done(at, usual.acknowledge) + draw.length_ms(CUSTOMER_ANSWERS)
        decisions: list[Decided] = []
        if draw.happens(Odds.DECIDED) and not (named < at and draw.happens(Odds.ANSWERED_BY_TACTICAL)):
            at = self._decide(at, decisions)
        if draw.happens(Odds.TOLD):
            at = self._done(at, usual.tell)
        closed = self._done(at, usual.close)
        decided = min([closed, named, *(one.made for one in decisions if one.revoked is None)])
        return Cycle(received, self.severity, min(reacted, decided), decided, closed, None, said, tuple(decisions))

    def _decide(self, at: float, decisions: list[Decided]) -> float:
        """Operational decisions on it, until one is not revoked."""
        usual = self._usual
        while True:
            made = self._done(at, usual.decide, self._plan.pace(round(at)))
            fate = self._draw.fate("operational")
            if fate is Fate.WITHOUT_EFFECT:
                decisions.append(Decided(made, None, None))
                return made
            if fate is not Fate.REVOKED:
                at = self._done(made, usual.take_effect, self._plan.pace(round(made)) * fate.factor)
                decisions.append(Decided(made, at, None))
                return at
            at = self._done(made, usual.acknowledge)
            decisions.append(Decided(made, None, at))

    def _reacted(self, at: float) -> float:
        if self._usual.picked_up is None or not picked_up(self._channel):
            return self._done(at, self._usual.acknowledge)
        return worked(self._hours, at, self._draw.length_ms(self._usual.picked_up) * self.ease)

    def _done(self, at: float, delay: Delay, pace: float = 1.0) -> float:
        factor = friction(self._obstacles(at)) * HASTE[self.severity] * self.ease * pace
        return worked(self._hours, at, self._draw.length_ms(delay) * factor)

    def _obstacles(self, at: float) -> int:
        """How many stand: as many as when last looked at, if not so long ago, else some other number."""
        if not self._draw.happens(exp(-(at - self._looked) / self._law.standing.length)):
            self._standing = self._draw.count(self._law.standing.profile[self._law.hours.at(at)])
        self._looked = at
        return self._standing

    def _named(self, at: float) -> float:
        """When a decision on many cases names it."""
        return worked(self._law.desk, at, self._draw.wait(self._law.named_a_ms))
