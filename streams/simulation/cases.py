"""The life of a case: feedback, reaction, perhaps a pause, a decision and its effect, an answer, the end; once more."""

from __future__ import annotations

from typing import Any

from processors.calendar import ALWAYS
from processors.events import SCALES, SEVERITIES, Action, Decision, Feedback
from streams.simulation.behaviour import (
    CUSTOMER_ANSWERS,
    HOUR_MS,
    KIND_MOOD,
    KINDS,
    REOPENED_AFTER,
    SEGMENTS,
    WITHDRAWN_AFTER,
    WRITES_AGAIN_AFTER,
    Odds,
)
from streams.simulation.touchpoint import Case, Life, Part, Touchpoint

_CUSTOMERS = 4_000  # of a touchpoint: some come again
_PEOPLE = 9
_PROMISED_HOURS = ("24", "48", "72", "120")
_SAID = {
    "complaint": ("{} is still not in order", "{}: not what was promised", "nobody answers me about {}"),
    "question": ("a question about {}", "when will I hear about {}?", "{}: how does this work?"),
    "suggestion": ("{} could be simpler", "an idea about {}"),
    "praise": ("{}: very good, thank you", "thanks for {}"),
}


def life(place: Touchpoint, at: int, hurry: float = 1.0) -> Life:
    """A case from its feedback to its end. `hurry` above 1: everybody is that much faster, and at it day and night."""
    chance = place.chance
    severity, channel = chance.one_of(place.behaviour.severities), chance.one_of(place.behaviour.channels)
    hours = ALWAYS if hurry > 1 else place.hours(at, severity, channel)
    case = Case(place.new_id(), place.id, severity, channel, hours, hurry, _customer(place))
    yield _feedback(place, case, at)
    place.open[case.id] = case
    if place.unanswered is not None and severity == "critical":
        place.unanswered.append(case)
        return
    if chance.happens(Odds.WITHDRAWN):
        yield (at := place.customer_at(case, at, WITHDRAWN_AFTER))
        yield _action(case, at, "withdrawn")
        del place.open[case.id]
        return
    at = yield from _handled(place, case, at)
    if chance.happens(Odds.REOPENED):
        yield (at := place.customer_at(case, at, REOPENED_AFTER))
        place.open[case.id] = case
        case.answered = False
        if chance.happens(Odds.REOPENED_BY_FEEDBACK):
            yield _feedback(place, case, at)
        else:
            yield _action(case, at, "reopened", actor=case.owner)
        yield from _handled(place, case, at)


def unanswered(place: Touchpoint, at: int) -> Life:
    """A critical case of which nothing is seen but its feedback, until somebody takes it."""
    channel = place.chance.one_of(place.behaviour.channels)
    case = Case(place.new_id(), place.id, "critical", channel, ALWAYS, 1.0, _customer(place))
    yield _feedback(place, case, at)
    place.open[case.id] = case
    assert place.unanswered is not None  # noqa: S101 - an outage is what such a case is part of
    place.unanswered.append(case)


def taken(place: Touchpoint, case: Case, at: int, hurry: float) -> Life:
    """What becomes of a case that nobody answered, once somebody does."""
    case.hours, case.hurry = ALWAYS, hurry
    yield from _handled(place, case, at)


def _handled(place: Touchpoint, case: Case, at: int) -> Part:
    """From open to closed."""
    chance, usual = place.chance, place.behaviour
    at = yield from _taken(place, case, at)
    if chance.happens(Odds.RECLASSIFIED):
        yield (at := place.done_at(case, at, usual.acknowledge))
        yield _reclassified(place, case, at)
    if chance.happens(Odds.WRITES_AGAIN):
        yield (at := place.customer_at(case, at, WRITES_AGAIN_AFTER))
        yield _feedback(place, case, at)
    if chance.happens(Odds.PAUSED):
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
    yield (at := place.done_at(case, at, place.behaviour.acknowledge))
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
    if place.chance.happens(0.2):
        case.touchpoint = place.another()
        return _action(case, at, "reclassified", actor=case.owner, touchpoint=case.touchpoint)
    step = 1 if place.chance.happens(0.6) else -1
    case.severity = SEVERITIES[min(max(SEVERITIES.index(case.severity) + step, 0), len(SEVERITIES) - 1)]
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
    """An operational decision on this case; one that is revoked is followed by another."""
    usual, decision = place.behaviour, place.new_id("d")

    def stage(at: int, name: str) -> Decision:
        return Decision(f"{decision}.{name}", at, decision, name, "operational", place.unit, (case.id,))

    yield (at := place.done_at(case, at, usual.decide))
    yield stage(at, "made")
    revoked = place.chance.happens(Odds.REVOKED)
    yield (at := place.done_at(case, at, usual.acknowledge if revoked else usual.take_effect))
    if not revoked:
        yield stage(at, "effective")
        return at
    yield stage(at, "revoked")
    return (yield from _decided(place, case, at))


def _action(case: Case, at: int, kind: str, **fields: Any) -> Action:
    return Action(case.event_id(), at, case.id, kind, **{name: value or None for name, value in fields.items()})


def _feedback(place: Touchpoint, case: Case, at: int) -> Feedback:
    """The customer speaks: the first time, while waiting, or of something that was not settled after all."""
    chance, usual = place.chance, place.behaviour
    kind = chance.one_of(KINDS) if not case.owner else "complaint"
    low, high = SCALES[usual.scale]
    mood = usual.mood + KIND_MOOD[kind] - 0.15 * SEVERITIES.index(case.severity)
    emotion = round(chance.around(mood, 0.35, -1.0, 1.0), 2)
    scored = chance.happens(0.7)
    return Feedback(
        case.event_id(),
        at,
        case.id,
        case.touchpoint,
        case.severity,
        kind,
        case.channel,
        chance.one_of(SEGMENTS),
        case.customer,
        score=float(round(low + (high - low) * (emotion + 1) / 2)) if scored else None,
        scale=usual.scale if scored else None,
        emotion=emotion,
        due_at=at + int(chance.any(_PROMISED_HOURS)) * HOUR_MS if chance.happens(Odds.PROMISED) else None,
        text=chance.any(_SAID[kind]).format(chance.any(usual.subjects)),
    )


def _customer(place: Touchpoint) -> str:
    """Already a pseudonym: so the events are the same whatever key an installation has."""
    return f"p1_{place.id.encode().hex()[:16]:0>16}{place.chance.number(_CUSTOMERS):016x}"
