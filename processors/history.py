"""Whom people would have been told of, had every event been known as it happened: the alarms of a backtest.

An alarm is decided by what was known when it was due, so a case is read anew after each of its instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from processors.alarm_record import ended, raised, told_of
from processors.alarms import passed, review, upcoming
from processors.case import (
    ACKNOWLEDGED,
    ASSIGNED,
    CLOSED,
    EFFECTIVE,
    MADE,
    PAUSED,
    RAISED,
    REMOVED,
    REVOKED,
    TOLD,
    WITHDRAWN,
)
from processors.enriched import Judged, judge
from processors.ledger import Entry, Told
from processors.policy import Policies


def alarms(
    case: str, entries: Sequence[Entry], judged: Sequence[Judged], until: int, policies: Policies
) -> Iterator[dict[str, Any]]:
    """The records of `rytmi.alarm.v1` of a case, in the order in which they would have been written."""
    # When somebody is to be told next, unless something happens that changes it. None: nobody, or not known yet.
    earliest: int | None = None
    is_plain = _is_plain(entries, judged)
    if is_plain and (earliest := _earliest(judged[0], until)) is None:
        return
    announced: dict[int, Told] = {}
    ends = [i for i in range(1, len(entries)) if entries[i].at != entries[i - 1].at] + [len(entries)]
    harmless = _POSTPONING if policies.targeted & _STARTED_LATER else _POSTPONING | _STARTING
    before = 0
    for end in ends:
        now, horizon = entries[end - 1].at, entries[end].at if end < len(entries) else until
        ranks, before = {entry.rank for entry in entries[before:end]}, end
        nothing_changes = ranks <= _MOVING_NOTHING or (not announced and (is_plain or ranks <= harmless))
        if nothing_changes and (earliest is None or earliest >= horizon):
            continue
        known = entries[:end]
        then = judge(known, policies) if end < len(entries) else judged
        is_plain = False
        if announced:
            announced, gone = review(known, then, announced, now, None)
            for one in gone:
                yield ended(case, one, now, known, then, policies)
        earliest = upcoming(known, then, announced)
        if earliest is None or earliest >= horizon:
            continue
        for level in passed(known, then, announced, horizon):
            told = told_of(level, max(level.told, now), known, then, policies)
            announced[level.code] = told
            yield raised(case, level.code, told, known, then, policies)
        earliest = upcoming(known, then, announced)


# What moves no instant of a cycle; what can stop a clock or hold it, and brings nothing nearer; what does no more than
# that but for the clocks that it starts.
_MOVING_NOTHING = frozenset((RAISED, REMOVED))
_POSTPONING = _MOVING_NOTHING | {ACKNOWLEDGED, ASSIGNED, PAUSED, TOLD, WITHDRAWN}
_STARTING, _STARTED_LATER = frozenset((MADE, EFFECTIVE, CLOSED)), frozenset(("effect", "tell"))


def _is_plain(entries: Sequence[Entry], judged: Sequence[Judged]) -> bool:
    """One cycle, judged alike from start to end: its levels follow from where its clocks started, but for pauses."""
    if len(judged) != 1:
        return False
    cycle = judged[0].cycle
    return len(cycle.changes) == 1 and cycle.promised is None and all(entry.rank != REVOKED for entry in entries)


def _earliest(judged: Judged, until: int) -> int | None:
    """Before when nobody is told in a plain cycle; None where no clock comes that far."""
    found = None
    for read in judged.readings:
        target = read.policy.targets.get(read.clock)
        if target is None:
            continue
        first, end = round(min(read.policy.warn, default=1.0) * target), read.ended or until
        # No calendar lets time pass faster than it does.
        at = read.policy.calendar.after(read.started, first) if end - read.started >= first else None
        if at is not None and at < end:
            found = at if found is None else min(found, at)
    return found
