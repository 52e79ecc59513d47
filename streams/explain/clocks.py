"""What is said of one clock: how it stands, who judges it, how long it took, and why it is overdue or not."""

from __future__ import annotations

from collections.abc import Iterator

from streams.explain.alarms import told
from streams.explain.facts import Clock, Cycle, Pause, Rule, State
from streams.language.statements import Instant, Length, Part, Statement, Term, Value

_MINUTE = 60_000
_WHY = {
    State.LATE: "late_why",
    State.LATE_ENDED: "late_why",
    State.CALLED_OFF: "called_off_why",
    State.OVERDUE: "overdue_why",
}


def clock_part(clock: Clock, cycle: Cycle) -> Part:
    """The heading of a clock (its name and state), and the sentences under it."""
    heading: dict[str, Value] = {"clock": Term(clock.name), "name": clock.name}
    if clock.due is not None:
        heading["due"] = Instant(clock.due)
        if clock.ended is not None:
            heading["late"] = Length(max(0, clock.ended - clock.due))
    said = [
        _span(clock, cycle),
        *_rule(clock),
        *_classified(clock, cycle),
        _waited(clock),
        *_pauses(clock),
        *_reason(clock),
        *told(clock),
    ]
    return Statement(f"clock.{clock.state}", heading), tuple(said)


def _span(clock: Clock, cycle: Cycle) -> Statement:
    """The events from which and to which the clock ran, with their instants."""
    fine = _is_close(clock)
    values: dict[str, Value] = {"from": _origin(clock, cycle), "started": Instant(clock.started, fine)}
    if clock.ended is None:
        return Statement(f"running.{clock.name}", values)
    values["ended"] = Instant(clock.ended, fine)
    if clock.state in (State.CALLED_OFF, State.LATE_ENDED):
        withdrawn = cycle.record["withdrawn_at"] is not None
        return Statement("span_withdrawn" if withdrawn else "span_succeeded", values)
    undecided = all(other.name != "effect" for other in cycle.clocks)
    by_closing = clock.name == "decide" and undecided and clock.ended == cycle.record["closed_at"]
    values["to"] = Term("closing" if by_closing or clock.name == "resolve" else f"stop.{clock.name}")
    return Statement("span", values)


def _origin(clock: Clock, cycle: Cycle) -> Term:
    if clock.name == "effect":
        return Term("stop.decide")
    if clock.name == "tell":
        return Term("closing" if clock.started == cycle.record["closed_at"] else "stop.effect")
    return Term("feedback" if cycle.record["cycle"] == 1 else "beginning")


def _rule(clock: Clock) -> Iterator[Statement]:
    """The promise or the policy that sets the due time: its name, version, target and calendar."""
    rule = clock.rule
    if clock.promised and clock.due is not None:
        yield Statement("promise", {"due": Instant(clock.due)})
    if rule is None:
        yield Statement("rule_unknown")
    elif rule.policy is None:
        yield Statement("no_policy")
    elif rule.target is None:
        yield Statement("no_target", _named(rule))
    elif rule.hours is None:
        yield Statement("target_always", {**_named(rule), "target": Length(rule.target)})
    else:
        yield Statement("target", {**_named(rule), "target": Length(rule.target, worked=True), "hours": rule.hours})


def _named(rule: Rule) -> dict[str, Value]:
    return {"policy": rule.policy or "-", "version": rule.version or "-", "calendar": rule.calendar}


def _classified(clock: Clock, cycle: Cycle) -> Iterator[Statement]:
    """By which classification the clock is judged, if the case was classified otherwise meanwhile."""
    if clock.classified is not None and _has_target(clock):
        touchpoint, severity = clock.classified
        values: dict[str, Value] = {
            "then": Term(severity),
            "then_at": touchpoint,
            "now": Term(cycle.record["severity"]),
            "now_at": cycle.record["touchpoint"],
        }
        yield Statement("reclassified_running" if clock.runs else "reclassified_since", values)


def _waited(clock: Clock) -> Statement:
    tense = "waiting" if clock.runs else "waited"
    if clock.worked is None:
        return Statement(tense, {"elapsed": Length(clock.elapsed)})
    if clock.worked == clock.elapsed:
        return Statement(f"{tense}.all", {"elapsed": Length(clock.elapsed)})
    return Statement(f"{tense}.part", {"elapsed": Length(clock.elapsed), "worked": Length(clock.worked, worked=True)})


def _pauses(clock: Clock) -> Iterator[Statement]:
    if not clock.pauses or clock.rule is None:
        return
    if not clock.rule.pausable:
        if _has_target(clock):
            yield Statement("pauses_ignored")
        return
    too_late = _too_late(clock)
    for pause in clock.pauses:
        if pause in too_late:
            continue
        if clock.state == State.STANDING and pause.ended is None:
            yield Statement("stands_still", {"begun": Instant(pause.begun)})
        else:
            yield _pause(pause)


def _pause(pause: Pause) -> Statement:
    values: dict[str, Value] = {"begun": Instant(pause.begun), "taken": Length(pause.taken, worked=True)}
    if pause.ended is None:
        return Statement("pause_lasts" if pause.taken else "pause_lasts_idle", values)
    values["ended"] = Instant(pause.ended)
    return Statement("pause" if pause.taken else "pause_idle", values)


def _reason(clock: Clock) -> Iterator[Statement]:
    """Why the clock is overdue or not: its due time against the instant at which it stopped, or against now."""
    due, state = clock.due, clock.state
    until = clock.started + clock.elapsed
    if due is None:
        if state == State.STANDING:
            yield Statement("standing_why")
            if clock.resumed_due is not None:
                yield Statement("if_resumed", {"due": Instant(clock.resumed_due)})
        elif state == State.NEVER_DUE:
            yield Statement("never_why")
        elif state == State.IN_TIME:
            yield Statement("met_in_pause")
        return
    values: dict[str, Value] = {"due": Instant(due, _is_close(clock)), "gap": Length(abs(until - due))}
    if state == State.IN_TIME:
        yield Statement("met_exactly" if until == due else "met_early", values)
    elif state in _WHY:
        yield Statement(_WHY[state], values)
    elif state == State.RUNNING:
        if clock.left is None or clock.left == due - until:
            yield Statement("due_in", values)
        else:
            yield Statement("due_in_worked", {**values, "left": Length(clock.left, worked=True)})
    if too_late := _too_late(clock):
        yield Statement("reached_before", {"begun": Instant(too_late[0].begun)})
    if clock.runs and clock.opens is not None and clock.opens > until:
        yield Statement(
            "closed_now", {"calendar": clock.rule.calendar if clock.rule else "-", "opens": Instant(clock.opens)}
        )


def _too_late(clock: Clock) -> list[Pause]:
    """The pauses that began after the clock was due: they change nothing, though a reader may expect that they do."""
    missed = clock.state in (State.OVERDUE, State.LATE, State.LATE_ENDED)
    if not missed or clock.due is None or clock.promised or clock.rule is None or not clock.rule.pausable:
        return []
    return [pause for pause in clock.pauses if pause.begun >= clock.due]


def _has_target(clock: Clock) -> bool:
    return clock.state not in (State.UNTARGETED, State.STOPPED)


def _is_close(clock: Clock) -> bool:
    """Whether minutes would not tell the stop from the due time."""
    return clock.ended is not None and clock.due is not None and 0 < abs(clock.ended - clock.due) < _MINUTE
