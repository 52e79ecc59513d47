"""What of an event is taken before it joins its entity: how far ahead it may lie, and which touchpoints exist."""

from __future__ import annotations

from processors.events import Action, Event, Feedback, InvalidEvent, Obstacle, Pulse
from processors.policy import OTHER, Policies

TOLERATED_AHEAD_MS = 5 * 60_000  # a clock may be off by this much and still be believed
MOST_AHEAD_MS = 24 * 3_600_000

_AT_A_TOUCHPOINT = frozenset((Feedback, Action, Obstacle, Pulse))
UNKNOWN_TOUCHPOINT = "unknown_touchpoint"


def claimed_ahead(at: int, appended: int) -> bool:
    """Whether an `at` lies so far ahead of the record's append time that the latter is taken.

    A fast clock must not silence feedback. Beyond a day it is no clock's fault: raises InvalidEvent.
    """
    ahead = at - appended
    if ahead > MOST_AHEAD_MS:
        raise InvalidEvent("at", "lies more than 24 hours ahead of the time of its arrival", "from_the_future")
    return ahead > TOLERATED_AHEAD_MS


def at_declared_touchpoint(event: Event, policies: Policies) -> Event:
    """The event at a declared touchpoint: unknown ones become `other`, or raise InvalidEvent where that is asked."""
    if type(event) not in _AT_A_TOUCHPOINT:
        return event
    touchpoint: str | None = event.touchpoint  # type: ignore[union-attr]
    if touchpoint is None or touchpoint in policies.touchpoints or touchpoint == OTHER:
        return event
    if policies.reject_unknown:
        raise InvalidEvent("touchpoint", f"{touchpoint!r} is not declared in the configuration", UNKNOWN_TOUCHPOINT)
    return event._replace(touchpoint=OTHER)  # type: ignore[call-arg]
