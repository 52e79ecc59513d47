"""Whom people would have been told of, had every event been known as it happened: the alarms of a backtest.

An alarm is decided by what was known when it was due, so a case is read anew after each of its instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from processors.alarm_record import ended, raised, told_of
from processors.alarms import passed, review, upcoming
from processors.case import REVOKED
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
    ends = [i for i in range(1, len(entries)) if entries[i].at != entries[i - 1].at] + [len(entries)]
    for end in ends:
        known, now = entries[:end], entries[end - 1].at
        then = judge(known, policies)
        if announced:
            announced, gone = review(known, then, announced, now, policies)
            for one in gone:
                yield ended(case, one, now, known, then, policies)
        horizon = entries[end].at if end < len(entries) else until
        if (first := upcoming(known, then, announced)) is None or first >= horizon:
            continue
        for level in passed(known, then, announced, horizon):
            told = told_of(level, max(level.told, now), known, then, policies)
            announced[level.code] = told
            yield raised(case, level.code, told, known, then, policies)


def _may_have_any(entries: Sequence[Entry], judged: Sequence[Judged], until: int) -> bool:
    """False where it is plain that nobody was told: one quiet cycle, and no clock of it came near its due time."""
    if len(judged) > 1 or not judged:
        return bool(judged)
    cycle, _, readings = judged[0]
    if len(cycle.changes) > 1 or cycle.pauses or cycle.promised is not None:
        return True
    if any(entry.rank == REVOKED for entry in entries):
        return True
    for read in readings:
        if read.due is not None:
            first = min(read.policy.warn, default=1.0)
            # No calendar lets a share of the target pass faster than real time does.
            if (read.ended or until) - read.started >= first * read.policy.targets[read.clock]:
                return True
    return False
