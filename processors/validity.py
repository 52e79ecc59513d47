"""What makes an event valid: types, vocabularies, ranges, sizes. The first fault found is told, with its field.

A message never repeats more than the beginning of a wrong value, and nothing of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from processors.events import (
    ACTION_KINDS,
    DECISION_LEVELS,
    DECISION_STAGES,
    FEEDBACK_KINDS,
    INDICATOR_KINDS,
    MAX_CASES,
    OBSTACLE_STAGES,
    PULSE_LEVELS,
    SCALES,
    SEVERITIES,
    TIMINGS,
    TYPES,
    Action,
    Decision,
    Event,
    Feedback,
    Indicator,
    InvalidEvent,
    Link,
    Obstacle,
    Pulse,
)

MAX_TEXT_BYTES = 64 * 1024
MAX_NAME_BYTES = 1024
MIN_AT_MS = 946_684_800_000  # 2000-01-01: anything before it is a unit mistaken (seconds for milliseconds)
MAX_AT_MS = 4_102_444_800_000  # 2100-01-01


def from_fields(type_name: str, fields: Mapping[str, object]) -> Event:
    """The checked event of that type. Raises InvalidEvent, also for an unknown type or field."""
    kind = TYPES.get(type_name)
    if kind is None:
        raise InvalidEvent("type", f"unknown type {type_name!r}, one of {', '.join(TYPES)}")
    if kind is Decision or kind is Obstacle or kind is Pulse:
        fields = _completed(kind, fields)
    try:
        event = kind(**fields)  # type: ignore[arg-type]
    except TypeError:
        raise _misfit(type_name, kind, fields) from None
    check(event)
    return event


def _completed(kind: type[Event], fields: Mapping[str, object]) -> dict[str, object]:
    values = dict(fields)
    if kind is Pulse:
        values.setdefault("touchpoint", None)  # optional, though it stands before fields that are not
    for name in ("cases", "obstacles"):
        named = values.get(name)
        if isinstance(named, list):
            values[name] = tuple(named)
    return values


def _misfit(type_name: str, kind: type[Event], fields: Mapping[str, object]) -> InvalidEvent:
    for name in fields:
        if name not in kind._fields:
            return InvalidEvent(str(name), f"no such field of {type_name}")
    missing = (name for name in kind._fields if name not in kind._field_defaults and name not in fields)
    return InvalidEvent(next(missing), "is missing")


def check(event: Event) -> None:
    """Hold an event against types, vocabularies and ranges; raises InvalidEvent for the first fault."""
    _CHECKS[type(event)](event)


def _name(field: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        raise InvalidEvent(field, "must be a text of at least one character")
    if len(value) > MAX_NAME_BYTES:
        raise InvalidEvent(field, f"longer than {MAX_NAME_BYTES} characters", "too_large")


def _names(event: Event, *fields: str) -> None:
    for field in fields:
        value = getattr(event, field)
        if value is not None:
            _name(field, value)


def _one_of(field: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidEvent(field, f"{_shown(value)} is not one of {', '.join(allowed)}")


def _shown(value: object) -> str:
    """A wrong value, short enough for a message."""
    return repr(value)[:60]


def _number(field: str, value: object, low: float, high: float) -> None:
    # An integer is finite, and one too long for a float would make isfinite fail.
    if isinstance(value, bool) or not isinstance(value, int | float) or not (type(value) is int or isfinite(value)):
        raise InvalidEvent(field, f"{_shown(value)} is not a finite number")
    if not low <= value <= high:
        raise InvalidEvent(field, f"{_shown(value)} is outside {low:g}..{high:g}")


def _instant(field: str, at: object) -> None:
    if type(at) is not int:
        raise InvalidEvent(field, "must be an integer, milliseconds since the epoch")
    if at < MIN_AT_MS:
        raise InvalidEvent(field, f"{at} lies before the year 2000: seconds sent where milliseconds are meant?")
    if at >= MAX_AT_MS:
        raise InvalidEvent(field, f"{at} lies after the year 2099", "from_the_future")


def _text(field: str, value: str | None) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise InvalidEvent(field, "must be a text")
    if len(value) * 4 > MAX_TEXT_BYTES and len(value.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise InvalidEvent(field, f"longer than {MAX_TEXT_BYTES} bytes", "too_large")


def _keys(field: str, keys: tuple[str, ...]) -> None:
    if not isinstance(keys, tuple):
        raise InvalidEvent(field, "must be a list of texts")
    if len(keys) > MAX_CASES:
        raise InvalidEvent(field, f"names more than {MAX_CASES}", "too_large")
    for key in keys:
        _name(field, key)


def _check_feedback(e: Feedback) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("case", e.case)
    _name("touchpoint", e.touchpoint)
    if e.severity not in SEVERITIES:
        _one_of("severity", e.severity, SEVERITIES)
    if e.kind is not None:
        _one_of("kind", e.kind, FEEDBACK_KINDS)
    _names(e, "channel", "segment", "customer")
    if (e.score is None) != (e.scale is None):
        raise InvalidEvent("score", "score and scale go together")
    if e.scale is not None:
        _one_of("scale", e.scale, tuple(SCALES))
        _number("score", e.score, *SCALES[e.scale])
    if e.emotion is not None:
        _number("emotion", e.emotion, -1.0, 1.0)
    if e.due_at is not None:
        _instant("due_at", e.due_at)
    _text("text", e.text)


def _check_action(e: Action) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("case", e.case)
    if e.kind not in ACTION_KINDS:
        _one_of("kind", e.kind, ACTION_KINDS)
    _names(e, "actor", "owner", "touchpoint", "cause")
    if e.severity is not None:
        _one_of("severity", e.severity, SEVERITIES)
    if e.taken is not None and not isinstance(e.taken, bool):
        raise InvalidEvent("taken", "must be true or false")


def _check_decision(e: Decision) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("decision", e.decision)
    _one_of("stage", e.stage, DECISION_STAGES)
    _one_of("level", e.level, DECISION_LEVELS)
    _names(e, "unit")
    _keys("cases", e.cases)
    _keys("obstacles", e.obstacles)
    _text("title", e.title)


def _check_obstacle(e: Obstacle) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    for field in ("obstacle", "touchpoint", "cause"):
        _name(field, getattr(e, field))
    _one_of("stage", e.stage, OBSTACLE_STAGES)
    _keys("cases", e.cases)
    _names(e, "owner")


def _check_pulse(e: Pulse) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("unit", e.unit)
    _names(e, "touchpoint")
    _one_of("level", e.level, PULSE_LEVELS)
    _name("question", e.question)
    _number("score", e.score, 0.0, 1.0)


def _check_indicator(e: Indicator) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("function", e.function)
    _name("indicator", e.indicator)
    _one_of("kind", e.kind, INDICATOR_KINDS)
    _one_of("timing", e.timing, TIMINGS)
    _number("value", e.value, -1e300, 1e300)
    _names(e, "unit_of_measure")


def _check_link(e: Link) -> None:
    _name("id", e.id)
    _instant("at", e.at)
    _name("case", e.case)
    _name("origin", e.origin)
    _one_of("source", e.source, ("decision", "obstacle"))
    _one_of("stage", e.stage, DECISION_STAGES if e.source == "decision" else OBSTACLE_STAGES)


_CHECKS: Mapping[type, Callable[..., None]] = {
    Feedback: _check_feedback,
    Action: _check_action,
    Decision: _check_decision,
    Obstacle: _check_obstacle,
    Pulse: _check_pulse,
    Indicator: _check_indicator,
    Link: _check_link,
}
