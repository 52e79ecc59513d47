"""The life of a case: feedback, reaction, perhaps a pause, a decision and its effect, an answer, the end; once more."""

from __future__ import annotations

from typing import Any

from processors.calendar import ALWAYS
from processors.events import Action, Decision
from streams.demo.organisation.behaviour import (
    CUSTOMER_ANSWERS,
    MOST_OTHERS,
    REOPENED_AFTER,
    WITHDRAWN_AFTER,
    WRITES_AGAIN_AFTER,
    Odds,
    answered,
    ease,
)
from streams.demo.organisation.chance import Fate
from streams.demo.organisation.feedback import customer, feedback
from streams.demo.organisation.touchpoint import Case, Life, Part, Touchpoint

_PEOPLE = 9


def life(place: Touchpoint, at: int, hurry: float = 1.0) -> Life:
    """A case from its feedback to its end. `hurry` above 1: everybody is that much faster, and at it day and night."""
    chance = place.chance
    severity, channel = chance.one_of(place.behaviour.severities), chance.one_of(place.behaviour.channels)
    hours = ALWAYS if hurry > 1 else place.desk.seeing_to(at, severity, channel, chance)
    case = Case(place.new_id(), place.id, severity, channel, hours, hurry, customer(place), at)
    yield feedback(place, case, at)
    place.open[case.id] = case
    if place.unanswered is not None and severity == "critical":
        place.unanswered.append(case)
        return
    if chance.happens(Odds.WITHDRAWN):
        yield (at := place.customer_at(case, at, WITHDRAWN_AFTER))
        yield _action(case, at, "withdrawn")
        del place.open[case.id]
        return
    if place.fades_from is not None and at >= place.fades_from:
        share = answered(place.fades_from, at)
        if not chance.happens(share):
            yield from _forgotten(place, case, at)
            return
        case.ease = ease(share)
    at = yield from _handled(place, case, at)
    if chance.happens(place.behaviour.reopened):
        yield (at := place.customer_at(case, at, REOPENED_AFTER))
        place.open[case.id] = case
        case.answered, case.since = False, at
        if chance.happens(Odds.REOPENED_BY_FEEDBACK):
            yield feedback(place, case, at, failed=True)
        else:
            yield _action(case, at, "reopened", actor=case.owner)
        yield from _handled(place, case, at)


def unanswered(place: Touchpoint, at: int) -> Life:
    """A critical case of which nothing is seen but its feedback, until somebody takes it."""
    channel = place.chance.one_of(place.behaviour.channels)
    case = Case(place.new_id(), place.id, "critical", channel, ALWAYS, 1.0, customer(place), at)
    yield feedback(place, case, at)
    place.open[case.id] = case
    assert place.unanswered is not None  # noqa: S101 - an outage is what such a case is part of
    place.unanswered.append(case)


def taken(place: Touchpoint, case: Case, at: int, hurry: float) -> Life:
    """What becomes of a case that nobody answered, once somebody does."""
    case.hours, case.hurry = ALWAYS, hurry
    yield from _handled(place, case, at)


def _forgotten(place: Touchpoint, case: Case, at: int) -> Life:
    """Nobody ever looks at it; no decision names it, either."""
    del place.open[case.id]
    place.forgotten += 1
    if place.chance.happens(Odds.FORGOTTEN_WRITES_AGAIN):
        yield (at := place.customer_at(case, at, WRITES_AGAIN_AFTER))
        yield feedback(place, case, at, again=True)


def _handled(place: Touchpoint, case: Case, at: int) -> Part:
    """From open to closed."""
    chance, usual = place.chance, place.behaviour
    at = yield from _taken(place, case, at)
    if chance.happens(Odds.RECLASSIFIED):
        yield (at := place.done_at(case, at, usual.acknowledge))
        yield _reclassified(place, case, at)
    if chance.happens(Odds.WRITES_AGAIN):
        yield (at := place.customer_at(case, at, WRITES_AGAIN_AFTER))
        yield feedback(place, case, at, again=True)
    if chance.happens(usual.paused):
        at = yield from _paused(place, case, at)
    if chance.happens(Odds.DECIDED) and not (case.answered and chance.happens(Odds.ANSWERED_BY_TACTICAL)):
        at = yield from _decided(place, case, at)
    told = chance.happens(Odds.TOLD)
    if told:
        yield (at := place.done_at(case, at, usual.tell))
        yield _action(case, at, "told", actor=case.owner)
    yield (at := place.done_at(case, at, usual.close))
    yield _action(case, at, "closed", actor=case.owner)
    del place.open[case.id]
    if not told and chance.happens(Odds.TOLD_AFTERWARDS):
        yield (at := place.done_at(case, at, usual.tell))
        yield _action(case, at, "told", actor=case.owner)
    return at


def _taken(place: Touchpoint, case: Case, at: int) -> Part:
    chance = place.chance
    yield (at := place.reacted_at(case, at))
    case.owner = f"{place.id}-{chance.number(_PEOPLE) + 1}"
    if chance.happens(Odds.ASSIGNED_AT_ONCE):
        yield _action(case, at, "assigned", actor=f"{place.id}-desk", owner=case.owner)
        return at
    yield _action(case, at, "acknowledged", actor=case.owner, taken=chance.happens(0.5) or None)
    if chance.happens(Odds.ASSIGNED_LATER):
        yield (at := place.done_at(case, at, place.behaviour.acknowledge))
        yield _action(case, at, "assigned", actor=f"{place.id}-desk", owner=case.owner)
    return at


def _reclassified(place: Touchpoint, case: Case, at: int) -> Action:
    if place.chance.happens(Odds.ELSEWHERE):
        case.touchpoint = place.another()
        return _action(case, at, "reclassified", actor=case.owner, touchpoint=case.touchpoint)
    case.severity = place.chance.restated(case.severity)
    return _action(case, at, "reclassified", actor=case.owner, severity=case.severity)


def _paused(place: Touchpoint, case: Case, at: int) -> Part:
    """Waiting for the customer; sometimes nobody ever resumes it."""
    yield (at := place.done_at(case, at, place.behaviour.acknowledge))
    yield _action(case, at, "paused", actor=case.owner, cause="customer")
    yield (at := place.customer_at(case, at, CUSTOMER_ANSWERS))
    if not place.chance.happens(Odds.NEVER_RESUMED):
        yield _action(case, at, "resumed", actor=case.owner)
    return at


def _decided(place: Touchpoint, case: Case, at: int) -> Part:
    """An operational decision on this case, perhaps on some others too; one that is revoked is followed by another."""
    usual, plan, decision = place.behaviour, place.plan, place.new_id("d")
    yield (at := place.done_at(case, at, usual.decide, plan.pace(at)))
    cases = (case.id, *_others(place, case)) if place.chance.happens(Odds.ANSWERS_OTHERS) else (case.id,)

    def stage(at: int, name: str) -> Decision:
        return Decision(f"{decision}.{name}", at, decision, name, "operational", place.unit, cases)

    yield stage(at, "made")
    fate = place.chance.fate("operational")
    if fate is Fate.WITHOUT_EFFECT:
        return at
    if fate is Fate.REVOKED:
        yield (at := place.done_at(case, at, usual.acknowledge))
        yield stage(at, "revoked")
        return (yield from _decided(place, case, at))
    yield (at := place.done_at(case, at, usual.take_effect, plan.pace(at) * fate.factor))
    yield stage(at, "effective")
    return at


def _others(place: Touchpoint, case: Case) -> tuple[str, ...]:
    found = tuple(name for name in place.chance.some(place.open, MOST_OTHERS) if name != case.id)
    for name in found:
        place.open[name].answered = True
    return found


def _action(case: Case, at: int, kind: str, **fields: Any) -> Action:
    return Action(case.event_id(), at, case.id, kind, **{name: value or None for name, value in fields.items()})
