"""The five clocks of a cycle: from where to where, how long, due when, and how they came out.

acknowledge   received  -> acknowledged
decide        received  -> decided
effect        decided, where a linked decision decided it  -> effective
resolve       received  -> closed
tell          effective -> told (at `effective`, if told before)

A clock is a pure function of its cycle, the policies and an instant (design section 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from processors.calendar import Calendar
from processors.case import Cycle
from processors.policy import Classification, Policies, Policy, PolicySet

RUNNING, MET, MISSED, CANCELLED, NONE = "running", "met", "missed", "cancelled", "none"

Pauses = Sequence[tuple[int, int | None]]


class Reading(NamedTuple):
    """What a clock says. Instants and lengths in milliseconds.

    ended: stopped, or ended without having stopped (`stopped` tells which); None while it runs.
    elapsed: in the customer's calendar; worked: inside the policy's, less pauses that count. None while it runs.
    """

    clock: str
    started: int
    ended: int | None
    stopped: bool
    classification: Classification
    policy: Policy
    due: int | None
    outcome: str
    elapsed: int | None
    worked: int | None


def readings(cycle: Cycle, dated: PolicySet, policies: Policies) -> list[Reading]:
    """The clocks of a cycle that have started, as far as events alone can tell.

    A running clock has no lengths, and its outcome is `running` (`none` without target or promise), since what
    time alone makes of it is the reader's to evaluate (see `running_at`).
    """
    found = []
    classification, policy = cycle.classification, policies.match(dated, cycle.classification)
    for clock, started, stop, end in _spans(cycle):
        judged_at = stop if stop is not None else end
        then = cycle.classification if judged_at is None else cycle.classification_at(judged_at)
        if then is not classification:
            classification, policy = then, policies.match(dated, then)
        promise = cycle.promised if clock == "resolve" else None
        pauses: Pauses = cycle.pauses if clock in policy.pausable else ()
        due = promise if promise is not None else due_at(started, policy, clock, pauses, judged_at)
        if judged_at is None:
            outcome = RUNNING if promise is not None or clock in policy.targets else NONE
            found.append(Reading(clock, started, None, False, classification, policy, due, outcome, None, None))
            continue
        late = due is not None and judged_at > due
        if stop is None:
            outcome = MISSED if late else CANCELLED
        elif promise is None and clock not in policy.targets:
            outcome = NONE
        else:
            outcome = MISSED if late else MET
        worked = worked_between(policy.calendar, pauses, started, judged_at)
        elapsed = judged_at - started
        found.append(
            Reading(clock, started, judged_at, stop is not None, classification, policy, due, outcome, elapsed, worked)
        )
    return found


def _spans(cycle: Cycle) -> Iterator[tuple[str, int, int | None, int | None]]:
    """(clock, start, stop, end without a stop) of the clocks that have started."""
    ended = cycle.withdrawn
    yield "acknowledge", cycle.received, cycle.acknowledged, ended
    yield "decide", cycle.received, cycle.decided, ended
    if cycle.decided_by_decision and cycle.decided is not None:
        yield "effect", cycle.decided, cycle.effective, ended
    yield "resolve", cycle.received, cycle.closed, ended
    if cycle.effective is not None:
        told = None if cycle.told is None else max(cycle.told, cycle.effective)
        yield "tell", cycle.effective, told, ended if ended is not None else cycle.succeeded


def due_at(started: int, policy: Policy, clock: str, pauses: Pauses, judged_at: int | None) -> int | None:
    """The instant at which worked time reaches the target, as known when judged (None: now, all pauses known).

    None without a target, and inside a pause that counts unless the target was reached before it.
    """
    target = policy.targets.get(clock)
    return None if target is None else reached(started, policy.calendar, pauses, target, judged_at)


def reached(started: int, calendar: Calendar, pauses: Pauses, left: int, judged_at: int | None) -> int | None:
    """The instant at which so much worked time has passed outside the pauses; None inside one that comes before it."""
    position = started
    for begun, resumed in pauses:
        if judged_at is not None and begun > judged_at:
            break
        available = calendar.worked(position, begun)
        if available >= left:
            break
        if resumed is None or (judged_at is not None and resumed > judged_at):
            return None
        left -= available
        position = max(position, resumed)
    return calendar.after(position, left)


def worked_between(calendar: Calendar, pauses: Pauses, start: int, end: int) -> int:
    """Worked milliseconds of [start, end) outside the pauses."""
    worked = calendar.worked(start, end)
    for begun, resumed in pauses:
        worked -= calendar.worked(max(begun, start), end if resumed is None else min(resumed, end))
    return worked
