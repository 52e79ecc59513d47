"""What customers say: the first time, while they wait, or of something that was not settled after all.

What they feel and what marks they give follows a law: waiting, obstacles and failure lower both. The mean emotion is a
sum: the touchpoint's mood, what the feedback is about, how severe it is, the obstacles that stand there, and how long
the customer has waited in this cycle. What is said lies around it, normally distributed and held to -1..1. A mark
follows the emotion in a straight line over its scale, rounded to a whole one.
"""

from __future__ import annotations

from processors.events import SCALES, SEVERITIES, Feedback
from streams.demo.organisation.behaviour import HOUR_MS, KINDS, SEGMENTS, Odds
from streams.demo.organisation.touchpoint import Case, Touchpoint

KIND_MOOD = {"complaint": -0.25, "question": 0.05, "suggestion": 0.2, "praise": 0.8}
SEVERE = 0.12  # less for every step of severity above normal
BLOCKED = 0.06  # less for every obstacle that stands at the touchpoint, up to MOST_BLOCKED
MOST_BLOCKED = 4
WAITED = 0.4  # less after WAITED_FULL_MS and more, in proportion before
WAITED_FULL_MS = 72 * HOUR_MS
FAILED = 0.25  # less where it was not settled after all
SPREAD = 0.35
SCORED = 0.7  # of feedback has a mark
_NORMAL = SEVERITIES.index("normal")
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
        score=_mark(usual.scale, emotion) if scored else None,
        scale=usual.scale if scored else None,
        emotion=emotion,
        due_at=at + int(chance.any(_PROMISED_HOURS)) * HOUR_MS if chance.happens(Odds.PROMISED) else None,
        text=chance.any(_SAID[kind]).format(chance.any(usual.subjects)),
    )


def customer(place: Touchpoint) -> str:
    """Already a pseudonym: so the events are the same whatever key an installation has."""
    many = max(_CUSTOMERS, round(_CUSTOMERS * place.plan.scale))
    return f"p1_{place.id.encode().hex()[:16]:0>16}{place.chance.number(many):016x}"


def mean_emotion(mood: float, kind: str, severity: str, standing: int, waited_ms: float, failed: bool) -> float:
    """The mean, before it is held to -1..1."""
    return (
        mood
        + KIND_MOOD[kind]
        - SEVERE * (SEVERITIES.index(severity) - _NORMAL)
        - BLOCKED * min(standing, MOST_BLOCKED)
        - WAITED * min(1.0, waited_ms / WAITED_FULL_MS)
        - FAILED * failed
    )


def _mark(scale: str, emotion: float) -> float:
    """The mark on a scale for an emotion."""
    low, high = SCALES[scale]
    return float(round(low + (high - low) * (emotion + 1) / 2))
