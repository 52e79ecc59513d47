"""What is said of an alarm: the fields of `rytmi.alarm.v1`, for those who are told and those who ask later who was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from processors.alarms import ACTIVE, BREACH, ESCALATION, Ended, Level, named, reading_of
from processors.case import ACTIONS, EFFECTIVE, MADE
from processors.clocks import Reading, worked_between
from processors.enriched import Judged, owner
from processors.ledger import Entry, Told, digest
from processors.policy import OTHER, Policies

Alarm = dict[str, Any]
"""A record of `rytmi.alarm.v1`."""

_DONE = {**ACTIONS, MADE: "decision made", EFFECTIVE: "decision effective"}


def told_of(
    level: Level, announced: int, entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies
) -> Told:
    """What is kept of a level that is being announced."""
    now = judged[-1].cycle.classification
    recipient = _recipient(level.to, now.touchpoint, entries, policies)
    return Told(
        level.at,
        level.told,
        announced,
        0,
        ACTIVE,
        level.reading.due,
        now.touchpoint,
        now.severity,
        recipient,
        level.to,
    )


def raised(
    case: str, code: int, told: Told, entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies
) -> Alarm:
    """The record that announces it; also that of one that was announced before and stands."""
    return _record(case, code, told, entries, judged, policies) | {
        "kind": "raised",
        "at": told.at,
        "announced_at": told.announced,
        "reason": None,
    }


def ended(
    case: str, end: Ended, announced: int, entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies
) -> Alarm:
    """The record that ends it. `announced`: when that is said, by the worker's clock."""
    return _record(case, end.code, end.told, entries, judged, policies) | {
        "kind": "retracted" if end.retracted else "resolved",
        "at": end.at,
        "announced_at": announced,
        "reason": end.reason,
    }


def _record(
    case: str, code: int, told: Told, entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies
) -> Alarm:
    number, clock, level, step = named(code)
    cycle, read = reading_of(judged, number, clock)
    policy = read.policy if read is not None else None
    is_promise = cycle is not None and clock == "resolve" and cycle.promised is not None
    share = after = None
    if policy is not None and level == ESCALATION and step <= len(policy.escalate):
        after = policy.escalate[step - 1][0]
    elif level != ESCALATION:
        share = policy.warn[step - 1] if policy is not None and 0 < step <= len(policy.warn) else None
    last = next((e for e in reversed(entries) if e.rank in _DONE), None)
    return {
        "id": digest(case, number, clock, level, step),
        "about": "clock",
        "level": level,
        "step": step,
        "case": case,
        "cycle": number,
        "clock": clock,
        "touchpoint": told.touchpoint,
        "severity": told.severity,
        "unit": policies.unit(told.touchpoint),
        "policy": policy.name if policy is not None else None,
        "policy_version": judged[number - 1].dated.version if cycle is not None else None,
        "received_at": cycle.received if cycle is not None else None,
        "due_at": told.due,
        "promised": is_promise,
        "target_ms": policy.targets.get(clock) if policy is not None and not is_promise else None,
        "share": share,
        "after_ms": after,
        **_lengths(read, told, cycle.pauses if cycle is not None else ()),
        "owner": owner(entries),
        "to": told.to,
        "recipient": told.recipient,
        "last_kind": _DONE[last.rank] if last is not None else None,
        "last_at": last.at if last is not None else None,
        "revision": len(entries),
    }


def _lengths(read: Reading | None, told: Told, pauses: Sequence[tuple[int, int | None]]) -> dict[str, int | None]:
    """Both lengths of the clock when the level was reached."""
    if read is None:
        return {"elapsed_ms": None, "worked_ms": None}
    counting = pauses if read.clock in read.policy.pausable else ()
    known = [(begun, end) for begun, end in counting if begun <= told.at]
    worked = worked_between(read.policy.calendar, known, read.started, told.at)
    return {"elapsed_ms": max(0, told.at - read.started), "worked_ms": worked}


def _recipient(role: str, touchpoint: str, entries: Sequence[Entry], policies: Policies) -> str | None:
    """Who is told by the directory. A case without an owner is the supervisor's."""
    people = policies.people.get(policies.unit(touchpoint) or "", {})
    if role == "owner":
        return owner(entries) or people.get("supervisor")
    return people.get(role)


_OF_A_CLOCK = (
    *("cycle", "clock", "policy", "policy_version", "received_at", "due_at", "target_ms", "share", "after_ms"),
    *("elapsed_ms", "worked_ms", "owner", "last_kind", "last_at"),
)


def dead_letter(
    place: tuple[str, int, int], case: str | None, touchpoint: str, reason: str, at: int, now: int, policies: Policies
) -> Alarm:
    """The record that announces critical feedback which could not be taken in. place: topic, partition, offset."""
    known = touchpoint if touchpoint in policies.touchpoints else OTHER
    unit = policies.unit(known)
    nothing = dict.fromkeys(_OF_A_CLOCK)
    return {
        **nothing,
        "id": digest("deadletter", *place),
        "about": "deadletter",
        "kind": "raised",
        "level": BREACH,
        "step": 0,
        "case": case,
        "at": at,
        "announced_at": now,
        "touchpoint": known,
        "severity": "critical",
        "unit": unit,
        "promised": False,
        "to": "supervisor",
        "recipient": policies.people.get(unit or "", {}).get("supervisor"),
        "reason": reason,
        "revision": 0,
    }
