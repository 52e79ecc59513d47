"""The enriched case and the outcomes of its clocks: what is published of a case.

`record` is the value of `rytmi.case.v1`, `happened` are those of `rytmi.clock.v1`, as plain
dictionaries in the fields of their schemas. Both depend on the case's events and the policies alone,
never on an instant of reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from processors import obstacle
from processors.case import ACTIONS, EFFECTIVE, FEEDBACK, MADE, RAISED, REMOVED, REVOKED, Cycle, cycles
from processors.clocks import Reading, readings
from processors.events import on_unit
from processors.ledger import Entry, digest
from processors.policy import CLOCKS, Policies, PolicySet

KINDS = ("stopped", "ended")  # ended: without having stopped. The order is that of the codes: add at the end only
_KINDS_MOST = 16


class Judged(NamedTuple):
    """A cycle with the policy set that judges it and what its clocks say."""

    cycle: Cycle
    dated: PolicySet
    readings: list[Reading]


class Outcome(NamedTuple):
    """One thing that happened to a clock. `code` names it within its case."""

    code: int
    cycle: int
    clock: str
    kind: str
    at: int
    touchpoint: str
    severity: str
    policy: str | None
    policy_version: str | None
    outcome: str | None
    due_at: int | None
    elapsed_ms: int | None
    worked_ms: int | None


def judge(entries: Sequence[Entry], policies: Policies) -> list[Judged]:
    """The cycles of a case and their clocks."""
    judged = []
    for cycle in cycles(entries):
        dated = policies.in_force(cycle.received)
        judged.append(Judged(cycle, dated, readings(cycle, dated, policies)))
    return judged


def happened(judged: Sequence[Judged]) -> list[Outcome]:
    """How the clocks of a case came out, those that have stopped or ended."""
    found = []
    for cycle, dated, read in judged:
        for r in read:
            if r.ended is not None:
                kind = 0 if r.stopped else 1
                found.append(
                    Outcome(
                        (cycle.number * len(CLOCKS) + CLOCKS.index(r.clock)) * _KINDS_MOST + kind,
                        cycle.number,
                        r.clock,
                        KINDS[kind],
                        r.ended,
                        r.classification.touchpoint,
                        r.classification.severity,
                        r.policy.name,
                        dated.version,
                        r.outcome,
                        r.due,
                        r.elapsed,
                        r.worked,
                    )
                )
    return found


def outcome_id(case: str, cycle: int, clock: str, kind: str) -> str:
    """The id of an outcome: computed from its cause, so that a repeat is recognisable as one."""
    return digest(case, cycle, clock, kind)


def named(code: int) -> tuple[int, str, str]:
    """(cycle, clock, kind) of an outcome code."""
    place, kind = divmod(code, _KINDS_MOST)
    return place // len(CLOCKS), CLOCKS[place % len(CLOCKS)], KINDS[kind]


def record(case: str, entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies) -> dict[str, Any]:
    """The enriched case. `judged` must not be empty: a case without feedback is not published."""
    last = judged[-1].cycle
    now = last.classification
    opening = next(e for e in entries if e.rank == FEEDBACK).facts
    return {
        "case": case,
        "revision": len(entries),
        "touchpoint": now.touchpoint,
        "severity": now.severity,
        "channel": now.channel,
        "segment": opening[4],
        "customer": opening[5],
        "unit": policies.unit(now.touchpoint),
        "policy": policies.match(judged[-1].dated, now).name,
        "owner": owner(entries),
        **_voice(entries),
        "last_at": entries[-1].at,
        "cycles": [_cycle(j, policies) for j in judged],
        "decisions": _decisions(entries),
        "obstacles": _obstacles(entries),
    }


def _cycle(judged: Judged, policies: Policies) -> dict[str, Any]:
    cycle, dated, read = judged
    now = cycle.classification
    return {
        "cycle": cycle.number,
        "touchpoint": now.touchpoint,
        "severity": now.severity,
        "channel": now.channel,
        "received_at": cycle.received,
        "acknowledged_at": cycle.acknowledged,
        "decided_at": cycle.decided,
        "effective_at": cycle.effective,
        "told_at": cycle.told,
        "closed_at": cycle.closed,
        "withdrawn_at": cycle.withdrawn,
        "promised_at": cycle.promised,
        "policy": policies.match(dated, now).name,
        "policy_version": dated.version,
        "pauses": [{"from_at": begun, "to_at": ended} for begun, ended in cycle.pauses],
        "clocks": [
            {
                "clock": r.clock,
                "outcome": r.outcome,
                "started_at": r.started,
                "stopped_at": r.ended,
                "due_at": r.due,
                "elapsed_ms": r.elapsed,
                "worked_ms": r.worked,
            }
            for r in read
        ],
    }


def owner(entries: Sequence[Entry]) -> str | None:
    """Who owns the case: whom the last action that names an owner names, or who took it."""
    for entry in reversed(entries):
        if entry.rank in ACTIONS:
            _, _, actor, named_owner, _, taken = entry.facts
            if named_owner is not None:
                return str(named_owner)
            if taken is True and actor is not None:
                return str(actor)
    return None


def _voice(entries: Sequence[Entry]) -> dict[str, float | None]:
    """Mean emotion, and mean score on 0..1, of the feedback."""
    said = [e.facts for e in entries if e.rank == FEEDBACK]
    emotions = [float(facts[8]) for facts in said if facts[8] is not None]
    scores = [on_unit(facts[6], facts[7]) for facts in said if facts[6] is not None]  # type: ignore[arg-type]
    return {
        "emotion": sum(emotions) / len(emotions) if emotions else None,
        "score": sum(scores) / len(scores) if scores else None,
    }


_DECISION_STEPS = {MADE: "made_at", EFFECTIVE: "effective_at", REVOKED: "revoked_at"}


def _decisions(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    found: dict[object, dict[str, Any]] = {}
    for e in entries:
        step = _DECISION_STEPS.get(e.rank)
        if step is not None:
            empty = {"decision": e.facts[0], "level": e.facts[1], "made_at": None, "effective_at": None}
            decision = found.setdefault(e.facts[0], {**empty, "revoked_at": None})
            if decision[step] is None:
                decision[step] = e.at
    return list(found.values())


def _obstacles(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    by_origin: dict[object, list[Entry]] = {}
    for e in entries:
        if e.rank == RAISED or e.rank == REMOVED:
            by_origin.setdefault(e.facts[0], []).append(e)
    return [
        {"obstacle": origin, "cause": episode.cause, "raised_at": episode.raised, "removed_at": episode.removed}
        for origin, told in by_origin.items()
        for episode in obstacle.episodes(told, touchpoint_at=3, cause_at=4)
    ]
