"""When people are told of a clock: warnings at shares of its target, the breach, then escalation steps.

A level has two instants: `at`, at which it is reached, and `told`, at which people may be told: the same, or when
the policy's calendar opens. It is a claim about absence, so it is raised by whoever knows that everything up to `told`
has been read (design section 4). What was announced is kept with the case; from that and the case's events follows
whether an alarm still stands, was overtaken by events (resolved), or should never have been (retracted).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from processors.case import ACKNOWLEDGED, ACTIONS, ASSIGNED, FEEDBACK, REVOKED, Cycle
from processors.clocks import RUNNING, Reading, reached
from processors.enriched import Judged, judge
from processors.ledger import Entry, Told
from processors.policy import CLOCKS, Policies, Policy

WARNING, BREACH, ESCALATION = LEVELS = ("warning", "breach", "escalation")
MOST_STEPS = 31  # warnings, and likewise escalation steps, of a policy: their places in a code
_BREACH_PLACE = MOST_STEPS + 1
_PLACES = 2 * (MOST_STEPS + 1)

ACTIVE, STOPPED, TAKEN = range(3)  # `how` of Told
_HOW = {"stopped": STOPPED, "ended": STOPPED, "taken": TAKEN}


class Level(NamedTuple):
    """A level of a running clock. `code` names it within its case, in the order of escalation within its clock.

    step: which warning or escalation step, counted from 1; 0 for the breach. to: the role that is told.
    share: of a warning, of the target. after: of an escalation, milliseconds after the breach.
    """

    code: int
    level: str
    step: int
    at: int
    told: int
    to: str
    share: float | None
    after: int | None
    reading: Reading


class Ended(NamedTuple):
    """An announced alarm that no longer stands. retracted: it should never have been. reason: why, in a word."""

    code: int
    told: Told
    retracted: bool
    at: int
    reason: str


def named(code: int) -> tuple[int, str, str, int]:
    """(cycle, clock, level, step) of a code."""
    place, slot = divmod(code, _PLACES)
    cycle, clock = divmod(place, len(CLOCKS))
    if slot == _BREACH_PLACE:
        return cycle, CLOCKS[clock], BREACH, 0
    level = WARNING if slot < _BREACH_PLACE else ESCALATION
    return cycle, CLOCKS[clock], level, slot if level == WARNING else slot - _BREACH_PLACE


def upcoming(entries: Sequence[Entry], judged: Sequence[Judged], announced: Mapping[int, Told]) -> int | None:
    """The instant at which somebody is to be told next, if nothing happens until then."""
    found: int | None = None
    for cycle, read in _running(judged):
        first = next((level for level in _levels(entries, cycle, read) if level.code not in announced), None)
        if first is not None and (found is None or first.told < found):
            found = first.told
    return found


def passed(
    entries: Sequence[Entry], judged: Sequence[Judged], announced: Mapping[int, Told], horizon: int
) -> list[Level]:
    """What is to be raised, given that everything before `horizon` is known; the earliest first."""
    found = []
    for cycle, read in _running(judged):
        for level in _levels(entries, cycle, read):
            if level.told >= horizon:
                break
            if level.code not in announced:
                found.append(level)
    return sorted(found, key=lambda level: (level.told, level.code))


def review(
    entries: Sequence[Entry],
    judged: Sequence[Judged],
    announced: Mapping[int, Told],
    now: int,
    policies: Policies | None,
) -> tuple[dict[int, Told], list[Ended]]:
    """What remains announced after new events, and what ended by them.

    One that was right stands as long as its level lies in the past, even if it would now be told later. One that was
    not is forgotten, so that it can be raised when it is due. So is one whose level has moved ahead (the case was
    reclassified), and one that ended because its clock had stopped, if it turns out that it had not (a decision was
    revoked before its effect).

    policies: to look back with; None where every event was known as it happened, so that every alarm was right.
    """
    running = {(cycle.number, read.clock): (cycle, read) for cycle, read in _running(judged)}
    levels = {level.code: level for cycle, read in running.values() for level in _levels(entries, cycle, read)}
    kept, ended = dict(announced), []
    for code, told in announced.items():
        level = levels.get(code)
        if told.how == STOPPED:
            if named(code)[:2] in running:
                del kept[code]
        elif policies is not None and _is_doubtful(told, level, now) and not _was_right(code, told, entries, policies):
            del kept[code]
            if told.how == ACTIVE:
                ended.append(Ended(code, told, True, entries[-1].at, "late_event"))
        elif told.how == ACTIVE and (level is None or level.at > now):
            end = _end(code, told, entries, judged)
            ended.append(end)
            if end.reason == "changed":
                del kept[code]
            else:
                kept[code] = told._replace(ended=end.at, how=_HOW[end.reason])
    return kept, ended


def _is_doubtful(told: Told, level: Level | None, now: int) -> bool:
    """Whether it is to be asked if an alarm was right: one that would not be raised by now, or ended and would be."""
    return (level is None or level.told >= now) if told.how == ACTIVE else level is not None


def _end(code: int, told: Told, entries: Sequence[Entry], judged: Sequence[Judged]) -> Ended:
    number, clock, level, _ = named(code)
    cycle, read = reading_of(judged, number, clock)
    if read is None or cycle is None:
        return Ended(code, told, False, entries[-1].at, "changed")
    if read.ended is not None:
        return Ended(code, told, False, read.ended, "stopped" if read.stopped else "ended")
    if level == ESCALATION and read.due is not None:
        taken = _taken(entries, max(read.due, told.told))
        if taken is not None:
            return Ended(code, told, False, taken, "taken")
    return Ended(code, told, False, max(_since(entries, cycle), told.told), "changed")


def _was_right(code: int, told: Told, entries: Sequence[Entry], policies: Policies) -> bool:
    """Whether the events up to the instant at which people were told bear the alarm out."""
    then = [entry for entry in entries if entry.at <= told.told]
    judged = judge(then, policies)
    return any(
        level.code == code and level.told <= told.told
        for cycle, read in _running(judged)
        for level in _levels(then, cycle, read)
    )


def reading_of(judged: Sequence[Judged], number: int, clock: str) -> tuple[Cycle | None, Reading | None]:
    """A cycle by its number and what a clock of it says; None for what there is not."""
    if number > len(judged):
        return None, None
    cycle, _, readings = judged[number - 1]
    return cycle, next((read for read in readings if read.clock == clock), None)


def _running(judged: Sequence[Judged]) -> Iterator[tuple[Cycle, Reading]]:
    """The running clocks that have a target or promise; only a last cycle has any."""
    if judged:
        last = judged[-1]
        for read in last.readings:
            if read.outcome == RUNNING:
                yield last.cycle, read


def _levels(entries: Sequence[Entry], cycle: Cycle, read: Reading) -> Iterator[Level]:
    """The levels of a running clock in their order, as far as it reaches them: none beyond a pause that holds it."""
    policy, clock = read.policy, read.clock
    base = (cycle.number * len(CLOCKS) + CLOCKS.index(clock)) * _PLACES
    since = _since(entries, cycle)
    for step, share in enumerate(policy.warn, 1):
        at = _share_reached(cycle, read, share)
        if at is None:
            return
        yield Level(base + step, WARNING, step, at, _told(policy, at, since), "owner", share, None, read)
    due = read.due
    if due is None:
        return
    yield Level(base + _BREACH_PLACE, BREACH, 0, due, _told(policy, due, since), "owner", None, None, read)
    if policy.escalate and _taken(entries, max(due, cycle.received)) is None:
        for step, (after, to) in enumerate(policy.escalate, 1):
            told = _told(policy, due + after, since)
            yield Level(base + _BREACH_PLACE + step, ESCALATION, step, due + after, told, to, None, after, read)


def _share_reached(cycle: Cycle, read: Reading, share: float) -> int | None:
    policy = read.policy
    if read.clock == "resolve" and cycle.promised is not None:
        return cycle.received + round(share * max(0, cycle.promised - cycle.received))
    pauses = cycle.pauses if read.clock in policy.pausable else ()
    return reached(read.started, policy.calendar, pauses, round(share * policy.targets[read.clock]), None)


def _since(entries: Sequence[Entry], cycle: Cycle) -> int:
    """When a level last could have come to lie in the past: by a reclassification, a promise, or a decision's being
    revoked. What became due by it is told then, and was not due before.
    """
    since = cycle.changes[-1][0]
    for entry in entries:
        if entry.at > since and (entry.rank == REVOKED or (entry.rank == FEEDBACK and entry.facts[9] is not None)):
            since = entry.at
    return since


def _told(policy: Policy, at: int, since: int) -> int:
    """When people are told of what is reached at `at`: not before the calendar opens, if it ever does."""
    earliest = max(at, since)
    opening = policy.calendar.opening(earliest)
    return earliest if opening is None else opening


def _taken(entries: Sequence[Entry], after: int) -> int | None:
    """When somebody first acknowledged, was assigned or took the case after the breach (or after an alarm of it)."""
    for entry in entries:
        if entry.at > after and (
            entry.rank in (ACKNOWLEDGED, ASSIGNED) or (entry.rank in ACTIONS and entry.facts[5] is True)
        ):
            return entry.at
    return None
