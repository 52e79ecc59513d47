"""Which statements the facts of a case make, and in which order: what is overdue first, then clock by clock."""

from __future__ import annotations

from collections.abc import Iterator

from processors.policy import CLOCKS
from streams.explain.alarms import other
from streams.explain.clocks import clock_part
from streams.explain.facts import Clock, Cycle, Facts, Record, State
from streams.language.statements import Instant, Length, Part, Statement, Term


def story(facts: Facts, timezone: str) -> Iterator[Part]:
    """What is to be told of a case, part by part."""
    yield (
        Statement("case", {"case": facts.record["case"], "at": Instant(facts.at, year=True), "zone": timezone}),
        tuple(_summary(facts)),
    )
    for cycle in facts.cycles:
        if len(facts.cycles) > 1:
            yield Statement("cycle", {"number": cycle.record["cycle"]}), tuple(_cycle(cycle, facts))
        for clock in cycle.clocks:
            yield clock_part(clock, cycle)
        if missing := tuple(_not_started(cycle)):
            yield Statement("not_started"), missing
    if decisions := facts.record["decisions"]:
        yield Statement("decisions"), tuple(_decision(one) for one in decisions)
    yield Statement("obstacles"), tuple(_obstacles(facts))
    if facts.others:
        yield Statement("other_alarms"), tuple(other(alarm) for alarm in facts.others)


def _summary(facts: Facts) -> Iterator[Statement]:
    running = [clock for cycle in facts.cycles for clock in cycle.clocks if clock.runs]
    late = [clock for clock in running if clock.state == State.OVERDUE]
    if late:
        yield Statement("overdue_now", {"clocks": tuple(_with_due("overdue_item", clock) for clock in late)})
    else:
        yield Statement("nothing_overdue")
    coming = [(clock.due, clock) for clock in running if clock.state == State.RUNNING and clock.due is not None]
    if coming:
        yield _with_due("next_due", min(coming, key=lambda one: one[0])[1])
    if still := [clock for clock in running if clock.state == State.STANDING]:
        yield Statement("standing_now", {"clocks": tuple(Statement("term", {"term": Term(c.name)}) for c in still)})
    if len(facts.cycles) == 1:
        yield from _cycle(facts.cycles[0], facts)


def _with_due(key: str, clock: Clock) -> Statement:
    return Statement(key, {"clock": Term(clock.name), "due": Instant(clock.due or 0)})


def _cycle(cycle: Cycle, facts: Facts) -> Iterator[Statement]:
    """What happened to the case in one cycle, apart from its clocks."""
    now = cycle.record
    yield Statement(
        "received" if now["cycle"] == 1 else "received_again",
        {
            "touchpoint": now["touchpoint"],
            "received": Instant(now["received_at"]),
            "severity": Term(now["severity"]),
        },
    )
    if cycle is facts.cycles[-1] and facts.record["unit"] is not None:
        yield Statement("unit", {"unit": facts.record["unit"]})
    for pause in now["pauses"]:
        if pause["to_at"] is None:
            yield Statement("paused_since", {"begun": Instant(pause["from_at"])})
        else:
            yield Statement("paused", {"begun": Instant(pause["from_at"]), "ended": Instant(pause["to_at"])})
    if now["closed_at"] is not None:
        yield Statement("closed", {"at": Instant(now["closed_at"])})
    elif now["withdrawn_at"] is not None:
        yield Statement("withdrawn", {"at": Instant(now["withdrawn_at"])})
    else:
        yield Statement("open")
    if cycle.clocks and all(clock.rule is None for clock in cycle.clocks):
        yield Statement("other_rules", {"version": now["policy_version"] or "-"})


def _not_started(cycle: Cycle) -> Iterator[Statement]:
    started = {clock.name for clock in cycle.clocks}
    now = cycle.record
    end = "withdrawn" if now["withdrawn_at"] is not None else "closed" if now["closed_at"] is not None else "open"
    for name in CLOCKS:
        if name not in started:
            yield Statement(f"not_started.{name}.{end}")


def _decision(decision: Record) -> Statement:
    effective, revoked = decision["effective_at"], decision["revoked_at"]
    steps = tuple(
        Statement(f"decision.{step}", {"at": Instant(decision[f"{step}_at"])})
        for step in ("made", "effective", "revoked")
        if decision[f"{step}_at"] is not None
    )
    if revoked is not None:
        verdict = "void" if effective is None or revoked < effective else "counts"
    else:
        verdict = "waiting" if effective is None else "done"
    named = {"decision": decision["decision"], "steps": steps, "verdict": Statement(f"decision.{verdict}")}
    if decision["level"] is None:
        return Statement("decision", named)
    return Statement("decision_of_level", {**named, "level": Term(decision["level"])})


def _obstacles(facts: Facts) -> Iterator[Statement]:
    """The obstacles that name the case; those that stand come first."""
    known = facts.record["obstacles"]
    if not any(one["removed_at"] is None for one in known):
        yield Statement("no_obstacle")
    for one in sorted(known, key=lambda one: (one["removed_at"] is not None, one["raised_at"])):
        end = one["removed_at"]
        values = {
            "obstacle": one["obstacle"],
            "cause": one["cause"],
            "raised": Instant(one["raised_at"]),
            "length": Length((facts.at if end is None else end) - one["raised_at"]),
        }
        if end is None:
            yield Statement("obstacle_stands", values)
        else:
            yield Statement("obstacle_removed", {**values, "removed": Instant(end)})
