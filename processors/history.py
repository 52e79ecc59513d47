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
    if not _may_have_any(entries, judged, until):
        return
    announced: dict[int, Told] = {}
    earliest: int | None = None  # when somebody is to be told next, unless something happens that changes it
    ends = [i for i in range(1, len(entries)) if entries[i].at != entries[i - 1].at] + [len(entries)]
    harmless = _POSTPONING if policies.targeted & _STARTED_LATER else _POSTPONING | _STARTING
    before = 0
    for end in ends:
        known, now = entries[:end], entries[end - 1].at
        horizon = entries[end].at if end < len(entries) else until
        only_postpones = all(entry.rank in harmless for entry in entries[before:end])
        before = end
        if not announced and only_postpones and (earliest is None or earliest >= horizon):
            continue  # nearly always: nothing can come due, and nothing that did can end
        then = judge(known, policies) if end < len(entries) else judged
        if announced:
            announced, gone = review(known, then, announced, now, policies)
            for one in gone:
                yield ended(case, one, now, known, then, policies)
        earliest = upcoming(known, then, announced)
        if earliest is None or earliest >= horizon:
            continue
        for level in passed(known, then, announced, horizon):
            told = told_of(level, max(level.told, now), known, then, policies)
            announced[level.code] = told
            yield raised(case, level.code, told, known, then, policies)


# What can stop a clock or hold it, and brings nothing nearer; what does no more than that but for the clocks it starts.
_POSTPONING = frozenset((ACKNOWLEDGED, ASSIGNED, PAUSED, TOLD, WITHDRAWN, RAISED, REMOVED))
_STARTING, _STARTED_LATER = frozenset((MADE, EFFECTIVE, CLOSED)), frozenset(("effect", "tell"))


def _may_have_any(entries: Sequence[Entry], judged: Sequence[Judged], until: int) -> bool:
    """False where it is plain that nobody was told: one quiet cycle, and no clock of it came near its due time."""
    if len(judged) > 1 or not judged:
        return bool(judged)
    cycle, _, readings = judged[0]
    if len(cycle.changes) > 1 or cycle.promised is not None or any(entry.rank == REVOKED for entry in entries):
        return True
    for read in readings:
        target = read.policy.targets.get(read.clock)
        if target is not None:
            first = min(read.policy.warn, default=1.0)
            # Neither a calendar nor a pause lets a share of the target pass faster than real time does.
            if (read.ended or until) - read.started >= first * target:
                return True
    return False
