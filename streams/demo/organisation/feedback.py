"""What customers say: the first time, while they wait, or of something that was not settled after all."""

from __future__ import annotations

from processors.events import Feedback
from streams.demo.organisation.behaviour import HOUR_MS, KINDS, SEGMENTS, Odds
from streams.demo.organisation.feeling import SCORED, SPREAD, mark, mean_emotion
from streams.demo.organisation.touchpoint import Case, Touchpoint

_CUSTOMERS = 4_000  # of a touchpoint: some come again
_PROMISED_HOURS = ("24", "48", "72", "120")
_SAID = {
    "complaint": ("{} is still not in order", "{}: not what was promised", "nobody answers me about {}"),
    "question": ("a question about {}", "when will I hear about {}?", "{}: how does this work?"),
    "suggestion": ("{} could be simpler", "an idea about {}"),
    "praise": ("{}: very good, thank you", "thanks for {}"),
}


def feedback(place: Touchpoint, case: Case, at: int, again: bool = False, failed: bool = False) -> Feedback:
    """The customer speaks; `again` and `failed` ones complain."""
    chance, usual = place.chance, place.behaviour
    kind = "complaint" if again or failed else chance.one_of(KINDS)
    mean = mean_emotion(usual.mood, kind, case.severity, len(place.standing), at - case.since, failed)
    emotion = round(chance.around(mean, SPREAD, -1.0, 1.0), 2)
    scored = chance.happens(SCORED)
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
        score=mark(usual.scale, emotion) if scored else None,
        scale=usual.scale if scored else None,
        emotion=emotion,
        due_at=at + int(chance.any(_PROMISED_HOURS)) * HOUR_MS if chance.happens(Odds.PROMISED) else None,
        text=chance.any(_SAID[kind]).format(chance.any(usual.subjects)),
    )


def customer(place: Touchpoint) -> str:
    """Already a pseudonym: so the events are the same whatever key an installation has."""
    many = max(_CUSTOMERS, round(_CUSTOMERS * place.plan.scale))
    return f"p1_{place.id.encode().hex()[:16]:0>16}{place.chance.number(many):016x}"
