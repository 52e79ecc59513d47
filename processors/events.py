"""The events that enter Rytmi, as immutable values.

Instants are integer milliseconds since the Unix epoch, UTC. An absent optional
field is None. Vocabularies are closed here, in code, and not in the schemas,
because an Avro enum cannot grow under full compatibility.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SEVERITIES = ("low", "normal", "high", "critical")
FEEDBACK_KINDS = ("complaint", "praise", "question", "suggestion")
SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0), "stars": (1.0, 5.0)}
ACTION_KINDS = (
    "acknowledged",
    "assigned",
    "paused",
    "resumed",
    "reclassified",
    "told",
    "closed",
    "reopened",
    "withdrawn",
)
DECISION_STAGES = ("made", "effective", "revoked")
DECISION_LEVELS = ("operational", "tactical", "strategic")
OBSTACLE_STAGES = ("raised", "removed")
PULSE_LEVELS = ("top", "middle", "front")
INDICATOR_KINDS = ("customer", "operational")
TIMINGS = ("lagging", "realtime")
MAX_CASES = 10_000  # that a decision or obstacle names, over all its events


class InvalidEvent(ValueError):
    """A value outside its vocabulary or range.

    `reason` is the dead letter's: `invalid`, `too_large` or `from_the_future`.
    """

    def __init__(self, field: str, message: str, reason: str = "invalid") -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message, self.reason = field, message, reason


def on_unit(score: float, scale: str) -> float:
    """A score on 0..1."""
    low, high = SCALES[scale]
    return (score - low) / (high - low)


class Feedback(NamedTuple):
    """A customer says something at a touchpoint. `due_at` is a promise made to this customer."""

    id: str
    at: int
    case: str
    touchpoint: str
    severity: str
    kind: str | None = None
    channel: str | None = None
    segment: str | None = None
    customer: str | None = None
    score: float | None = None
    scale: str | None = None
    emotion: float | None = None
    due_at: int | None = None
    text: str | None = None


class Action(NamedTuple):
    """Somebody does something about a case. `taken`: the actor took the case as theirs."""

    id: str
    at: int
    case: str
    kind: str
    actor: str | None = None
    owner: str | None = None
    severity: str | None = None
    touchpoint: str | None = None
    cause: str | None = None
    taken: bool | None = None


class Decision(NamedTuple):
    """A stage of a decision, and the cases and obstacles that it answers."""

    id: str
    at: int
    decision: str
    stage: str
    level: str
    unit: str | None = None
    cases: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    title: str | None = None


class Obstacle(NamedTuple):
    """An obstacle comes to stand in the way, or is removed."""

    id: str
    at: int
    obstacle: str
    stage: str
    touchpoint: str
    cause: str
    cases: tuple[str, ...] = ()
    owner: str | None = None


class Pulse(NamedTuple):
    """An employee's answer, 0..1."""

    id: str
    at: int
    unit: str
    touchpoint: str | None
    level: str
    question: str
    score: float


class Indicator(NamedTuple):
    """A value that a function of the organisation reports."""

    id: str
    at: int
    function: str
    indicator: str
    kind: str
    timing: str
    value: float
    unit_of_measure: str | None = None


class Link(NamedTuple):
    """One stage of a decision or obstacle, as sent to one case that it names (internal)."""

    id: str
    at: int
    case: str
    source: str
    origin: str
    stage: str
    level: str | None = None
    unit: str | None = None
    touchpoint: str | None = None
    cause: str | None = None


Event = Feedback | Action | Decision | Obstacle | Pulse | Indicator | Link

TYPES: Mapping[str, type[Event]] = {
    "feedback": Feedback,
    "action": Action,
    "decision": Decision,
    "obstacle": Obstacle,
    "pulse": Pulse,
    "indicator": Indicator,
    "link": Link,
}
