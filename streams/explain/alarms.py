"""Who was told what of a clock, and when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from streams.explain.facts import Clock, Record, State
from streams.language.statements import Instant, Length, Statement, Term, Value

_HELD = 60_000  # milliseconds between a level's instant and its announcement that are worth telling


def told(clock: Clock) -> Iterator[Statement]:
    """The alarms of a clock in the order of their announcement; those that ended at one instant share a sentence."""
    if not clock.alarms and clock.state == State.OVERDUE:
        yield Statement("nobody_told")
    for (kind, announced, at, reason), group in groupby(clock.alarms, _together):
        alarms = list(group)
        if kind == "raised":
            for alarm in alarms:
                yield _raised(alarm)
        else:
            values: dict[str, Value] = {
                "at": Instant(announced if kind == "retracted" else at),
                "what": tuple(what_of(alarm) for alarm in alarms),
                "reason": Term(f"reason.{reason}"),
            }
            yield Statement(f"told.{kind}", values)


def _together(alarm: Record) -> tuple[str, int, int, str]:
    return alarm["kind"], alarm["announced_at"], alarm["at"], alarm["reason"] or ""


def _raised(alarm: Record) -> Statement:
    values: dict[str, Value] = {"announced": Instant(alarm["announced_at"]), "what": what_of(alarm), "who": who(alarm)}
    if alarm["announced_at"] - alarm["at"] < _HELD:
        return Statement("told.raised", values)
    return Statement("told.raised_later", {**values, "at": Instant(alarm["at"])})


def what_of(alarm: Record) -> Statement:
    """The level of an alarm: a warning with its share of the time, an escalation with its step and delay, a breach."""
    if alarm["level"] == "warning" and alarm["share"] is not None:
        return Statement("warning_at", {"percent": round(100 * alarm["share"])})
    if alarm["level"] == "escalation" and alarm["after_ms"]:
        return Statement("escalation_after", {"step": alarm["step"], "after": Length(alarm["after_ms"])})
    if alarm["level"] == "escalation":
        return Statement("escalation", {"step": alarm["step"]})
    return Statement("term", {"term": Term(alarm["level"])})


def who(alarm: Record) -> Statement:
    """Who is told: the role, and the name behind it."""
    role, recipient = alarm["to"], alarm["recipient"]
    if role is None:
        return Statement("who.none")
    if recipient is None:
        return Statement("who.unnamed", {"role": Term(role)})
    if role == "owner" and alarm["owner"] is None:
        return Statement("who.ownerless", {"recipient": recipient})
    return Statement("who.named", {"role": Term(role), "recipient": recipient})


def other(alarm: Record) -> Statement:
    """An alarm of the case whose clock, as events are known now, never ran; or one of a dead letter."""
    values: dict[str, Value] = {"at": Instant(alarm["announced_at"]), "who": who(alarm)}
    if alarm["about"] == "deadletter":
        return Statement("told.deadletter", {**values, "reason": alarm["reason"] or "-"})
    values |= {"what": what_of(alarm), "clock": Term(alarm["clock"] or "-"), "kind": Term(f"kind.{alarm['kind']}")}
    return Statement("told.other", values)
