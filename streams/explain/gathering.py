"""From the records of a case to its facts at an instant.

The enriched case leaves open what time alone decides (lengths of running clocks, whether they are overdue); the
outcomes say how each stopped clock was classified when it stopped; the alarms say who was told. A policy is told only
where the configuration is the one that judged; what is stored (instants, due, outcome) is told in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from processors.clocks import CANCELLED, MET, MISSED, NONE, due_at, worked_between
from processors.policy import CLOCKS, Classification, Policy
from processors.settled import is_overdue, is_paused
from streams.config import Config
from streams.explain.facts import Clock, Cycle, Facts, Pause, Record, Rule, State

_STOPPED = {MET: State.IN_TIME, MISSED: State.LATE, CANCELLED: State.CALLED_OFF, NONE: State.STOPPED}
_STOPPED_BY = {
    "acknowledge": "acknowledged_at",
    "decide": "decided_at",
    "effect": "effective_at",
    "resolve": "closed_at",
    "tell": "told_at",
}


def gather(record: Record, outcomes: Sequence[Record], alarms: Sequence[Record], at: int, config: Config) -> Facts:
    """The facts of a case at an instant that is not before its last event.

    Arguments are in the fields of rytmi.case.v1, rytmi.clock.v1 and rytmi.alarm.v1. What was announced later than
    `at` is left out.
    """
    told = _told(alarms, at)
    judged = _standing(outcomes)
    cycles = tuple(_cycle(cycle, judged, told, at, config) for cycle in record["cycles"])
    started = {(cycle.record["cycle"], clock.name) for cycle in cycles for clock in cycle.clocks}
    others = tuple(alarm for alarm in told if (alarm["cycle"], alarm["clock"]) not in started)
    return Facts(at, record, cycles, others)


def _told(alarms: Sequence[Record], at: int) -> list[Record]:
    """The alarms announced until `at`, in that order. A record that stands twice in the topic was announced once."""
    once = {(a["id"], a["kind"], a["at"], a["announced_at"]): a for a in alarms if a["announced_at"] <= at}
    return sorted(once.values(), key=lambda a: (a["announced_at"], a["at"], a["level"], a["step"]))


def _standing(outcomes: Sequence[Record]) -> dict[tuple[int, str], Record]:
    """The outcomes that hold, by cycle and clock: of an id the highest revision, unless that retracts it."""
    last: dict[str, Record] = {}
    for outcome in outcomes:
        known = last.get(outcome["id"])
        if known is None or outcome["revision"] >= known["revision"]:
            last[outcome["id"]] = outcome
    return {(o["cycle"], o["clock"]): o for o in last.values() if not o["retracted"]}


def _cycle(
    cycle: Record, judged: Mapping[tuple[int, str], Record], told: Sequence[Record], at: int, config: Config
) -> Cycle:
    number = cycle["cycle"]
    known = config.policies.in_force(cycle["received_at"]).version == cycle["policy_version"]
    outcomes = {clock: judged[number, clock] for clock in CLOCKS if (number, clock) in judged}
    alarms = [alarm for alarm in told if alarm["cycle"] == number]
    clocks = tuple(
        _clock(
            clock,
            cycle,
            outcomes,
            [alarm for alarm in alarms if alarm["clock"] == clock["clock"]],
            _earlier(cycle, outcomes.values(), alarms),
            at,
            config if known else None,
        )
        for clock in cycle["clocks"]
    )
    return Cycle(cycle, clocks)


def _earlier(cycle: Record, outcomes: Iterable[Record], alarms: Sequence[Record]) -> tuple[str, str] | None:
    """The latest other classification of the cycle that is known of: by a clock that stopped, or by an alarm."""
    now = (cycle["touchpoint"], cycle["severity"])
    seen = [(o["at"], (o["touchpoint"], o["severity"])) for o in (*outcomes, *alarms) if o["severity"] is not None]
    return max(((when, then) for when, then in seen if then != now), default=(0, None))[1]


def _clock(
    clock: Record,
    cycle: Record,
    outcomes: Mapping[str, Record],
    alarms: Sequence[Record],
    earlier: tuple[str, str] | None,
    at: int,
    config: Config | None,
) -> Clock:
    name, started, ended, due = clock["clock"], clock["started_at"], clock["stopped_at"], clock["due_at"]
    until = at if ended is None else ended
    promised = name == "resolve" and cycle["promised_at"] is not None
    now = (cycle["touchpoint"], cycle["severity"])
    outcome = outcomes.get(name) if ended is not None else None
    then = now if outcome is None else (outcome["touchpoint"], outcome["severity"])
    paused = [(p["from_at"], p["to_at"]) for p in cycle["pauses"] if p["from_at"] <= until]
    shown = Clock(
        name=name,
        state=_state(clock, cycle, at),
        started=started,
        ended=ended,
        due=due,
        promised=promised,
        classified=earlier if ended is None else (then if then != now else None),
        elapsed=until - started,
        worked=clock["worked_ms"],
        alarms=tuple(alarms),
    )
    if config is None:
        return shown
    classification = Classification(*then, cycle["channel"])
    policy = config.policies.match(config.policies.in_force(cycle["received_at"]), classification)
    return _judged(shown, policy, cycle["policy_version"], paused, until, config)


def _judged(
    clock: Clock, policy: Policy, version: str | None, paused: list[tuple[int, int | None]], until: int, config: Config
) -> Clock:
    """The clock with target, calendar, pauses and the time that is left, as the policy in the configuration has them.

    If due time or worked time by that policy differ from the published ones, another policy judged, and the clock is
    returned without them: the version of a policy set does not change with the hours of a calendar.
    """
    name, calendar, started = clock.name, policy.calendar, clock.started
    counted = paused if name in policy.pausable else []
    worked = worked_between(calendar, counted, started, until)
    due = clock.due if clock.promised else due_at(started, policy, name, counted, clock.ended)
    if due != clock.due or (clock.worked is not None and worked != clock.worked):
        return clock
    target, standing = policy.targets.get(name), clock.state == State.STANDING and name in policy.pausable
    named = next((label for label, known in config.calendars.items() if known is calendar), "always")
    return clock._replace(
        state=State.NEVER_DUE if clock.state == State.STANDING and not standing else clock.state,
        rule=Rule(policy.name, version, target, named, calendar.hours, name in policy.pausable),
        worked=worked,
        left=None if target is None or clock.promised else max(0, target - worked),
        pauses=tuple(
            Pause(begun, ended, calendar.worked(max(begun, started), until if ended is None else min(ended, until)))
            for begun, ended in paused
            if (ended is None or ended > started) and (begun < until or standing)
        ),
        resumed_due=due_at(started, policy, name, [*paused[:-1], (paused[-1][0], until)], None) if standing else None,
        opens=calendar.opening(until) if clock.runs and not standing else None,
    )


def _state(clock: Record, cycle: Record, at: int) -> State:
    outcome, due = clock["outcome"], clock["due_at"]
    if clock["stopped_at"] is not None:
        stopped = cycle[_STOPPED_BY[clock["clock"]]] is not None
        return State.LATE_ENDED if outcome == MISSED and not stopped else _STOPPED[outcome]
    if outcome == NONE:
        return State.UNTARGETED
    if due is None:
        return State.STANDING if is_paused(cycle) else State.NEVER_DUE
    return State.OVERDUE if is_overdue(clock, at) else State.RUNNING
