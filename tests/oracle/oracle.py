"""The oracle: `cases.jsonl` and `clock.jsonl` (without ids) of a list of canonical events, from the design alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from . import hours
from .history import Cycle, cycles, in_order, once
from .policies import Policy, PolicySet, first_match, set_in_force

CLOCKS = ["acknowledge", "decide", "effect", "resolve", "tell"]


class Instants(NamedTuple):
    received: int
    acknowledged: int | None
    decided: int | None
    effective: int | None
    told: int | None
    closed: int | None
    withdrawn: int | None


class Clock(NamedTuple):
    name: str
    start_ms: int
    stop_ms: int | None
    end_ms: int | None  # it ended without having stopped


class Verdict(NamedTuple):
    outcome: str
    due_ms: int | None
    elapsed_ms: int
    worked_ms: int


def instants(cycle: Cycle) -> Instants:
    linked = ("decision made", "decision effective")
    return Instants(
        received=cycle.received_ms,
        acknowledged=cycle.earliest("acknowledged", "assigned", "told", "closed", *linked),
        decided=cycle.earliest("closed", *linked),
        effective=cycle.earliest("decision effective", "closed"),
        told=cycle.earliest("told"),
        closed=cycle.earliest("closed"),
        withdrawn=cycle.earliest("withdrawn"),
    )


def clocks(cycle: Cycle) -> dict[str, Clock | None]:
    at = instants(cycle)
    linked = cycle.earliest("decision made", "decision effective") is not None
    told = None if at.told is None or at.effective is None else max(at.told, at.effective)
    way: dict[str, tuple[int | None, int | None]] = {
        "acknowledge": (at.received, at.acknowledged),
        "decide": (at.received, at.decided),
        "effect": (at.decided if linked else None, at.effective),
        "resolve": (at.received, at.closed),
        "tell": (at.effective, told),
    }
    result: dict[str, Clock | None] = {}
    for name, (start, stop) in way.items():
        # Of what can still run when a cycle is over: anything at a withdrawal, only `tell` at the next cycle's start.
        end = at.withdrawn if at.withdrawn is not None else cycle.next_cycle_ms
        result[name] = None if start is None else Clock(name, start, stop, end if stop is None else None)
    return result


def judge(clock: Clock, cycle: Cycle, config: Mapping[str, Any], chosen: PolicySet, until_ms: int) -> Verdict:
    now_ms = until_ms
    if clock.stop_ms is not None:
        now_ms = clock.stop_ms
    if clock.end_ms is not None:
        now_ms = clock.end_ms
    policy: Policy = first_match(config, chosen, cycle.classification_at(now_ms)) or {}
    calendar = config["calendars"][policy["calendar"]] if policy else {}
    counted = cycle.pauses() if clock.name in (policy.get("pausable") or []) else []
    known = [(begin, end) for begin, end in counted if begin <= now_ms]
    inside = [begin for begin, end in known if end is None or now_ms < end]
    ended = [(begin, end) for begin, end in known if end is not None and end <= now_ms]
    pauses = ended + [(begin, now_ms) for begin in inside]
    worked_ms = hours.worked_ms(calendar, config["timezone"], clock.start_ms, now_ms, pauses)

    target = (policy.get("targets") or {}).get(clock.name)
    promise_ms = cycle.promised_ms() if clock.name == "resolve" else None
    due_ms = None
    if promise_ms is not None:
        due_ms = promise_ms
    elif target is not None:
        target_ms = hours.parse_duration_ms(target)
        due_ms = hours.reached_ms(calendar, config["timezone"], clock.start_ms, target_ms, ended)
        if due_ms is not None and inside and due_ms > min(inside):
            due_ms = None

    if clock.end_ms is not None:
        outcome = "missed" if due_ms is not None and due_ms < clock.end_ms else "cancelled"
    elif target is None and promise_ms is None:
        outcome = "none"
    elif due_ms is not None and now_ms > due_ms:
        outcome = "missed"
    else:
        outcome = "met" if clock.stop_ms is not None else "running"
    return Verdict(outcome, due_ms, now_ms - clock.start_ms, worked_ms)


def text(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    return hours.from_ms(at_ms).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def judged(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"outcome": None, "due_at": None, "elapsed_s": None, "worked_s": None}
    return {
        "outcome": verdict.outcome,
        "due_at": text(verdict.due_ms),
        "elapsed_s": verdict.elapsed_ms / 1000,
        "worked_s": verdict.worked_ms / 1000,
    }


def name_of(policy: Policy | None) -> str | None:
    return None if policy is None else policy["name"]


def _cycles_of(
    events: Iterable[Mapping[str, Any]], config: Mapping[str, Any], until_ms: int
) -> list[tuple[str, list[Cycle]]]:
    ordered = in_order(once(events, config, until_ms))
    return [(case, cycles(happenings)) for case, happenings in sorted(ordered.items())]


def cases(
    events: Iterable[Mapping[str, Any]], config: Mapping[str, Any], until_ms: int, versions: list[str]
) -> list[dict[str, Any]]:
    """The objects of `cases.jsonl`."""
    result = []
    for case, found in _cycles_of(events, config, until_ms):
        listed = []
        for number, cycle in enumerate(found, 1):
            chosen = set_in_force(config, versions, cycle.received_ms)
            verdicts = {
                name: None if clock is None else judged(judge(clock, cycle, config, chosen, until_ms))
                for name, clock in clocks(cycle).items()
            }
            listed.append(
                {
                    "cycle": number,
                    **{f"{name}_at": text(at_ms) for name, at_ms in instants(cycle)._asdict().items()},
                    "policy": name_of(first_match(config, chosen, cycle.classification_at(None))),
                    "policy_version": chosen.version,
                    "clocks": verdicts,
                }
            )
        last = found[-1].classification_at(None)
        result.append(
            {
                "case": case,
                "touchpoint": last.touchpoint,
                "severity": last.severity,
                "policy": listed[-1]["policy"],
                "cycles": listed,
            }
        )
    return result


def clock_records(
    events: Iterable[Mapping[str, Any]], config: Mapping[str, Any], until_ms: int, versions: list[str]
) -> list[dict[str, Any]]:
    """The objects of `clock.jsonl`, without their ids, sorted by case, cycle, clock and kind (as text)."""
    result: list[dict[str, Any]] = []
    for case, found in _cycles_of(events, config, until_ms):
        for number, cycle in enumerate(found, 1):
            chosen = set_in_force(config, versions, cycle.received_ms)
            for name, clock in clocks(cycle).items():
                if clock is None:
                    continue
                said: list[tuple[str, int]] = []
                verdict = judge(clock, cycle, config, chosen, until_ms)
                if clock.stop_ms is not None:
                    said.append(("stopped", clock.stop_ms))
                if clock.end_ms is not None:
                    said.append(("ended", clock.end_ms))
                for kind, at_ms in said:
                    seen = cycle.classification_at(at_ms)
                    result.append(
                        {
                            "case": case,
                            "cycle": number,
                            "clock": name,
                            "kind": kind,
                            "at": text(at_ms),
                            "touchpoint": seen.touchpoint,
                            "severity": seen.severity,
                            "policy": name_of(first_match(config, chosen, seen)),
                            "policy_version": chosen.version,
                            **judged(verdict),
                        }
                    )
    return result
