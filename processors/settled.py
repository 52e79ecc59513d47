"""A case as it stands at an instant, from an enriched case; and a row of `cases.jsonl`.

The enriched record leaves open what time alone decides: the lengths of running clocks, and whether they are overdue.
Everybody who shows a case settles it here: backtest, `rytmi cases`, the board, `rytmi explain`. Cycles and clocks are
in the fields of `rytmi.case.v1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processors.canonical import rfc3339
from processors.clocks import MISSED, worked_between
from processors.policy import CLOCKS, Classification, Policies, Policy

_INSTANTS = (
    "received_at",
    "acknowledged_at",
    "decided_at",
    "effective_at",
    "told_at",
    "closed_at",
    "withdrawn_at",
)


class NotSettled(ValueError):
    """The record cannot be read at that instant, or under that configuration."""


def is_open(cycle: Mapping[str, Any]) -> bool:
    """Whether a cycle has neither been closed nor withdrawn."""
    return cycle["closed_at"] is None and cycle["withdrawn_at"] is None


def is_paused(cycle: Mapping[str, Any]) -> bool:
    """Whether a cycle stands still; its end ends its pauses too."""
    return bool(cycle["pauses"]) and cycle["pauses"][-1]["to_at"] is None


def is_overdue(clock: Mapping[str, Any], until: int) -> bool:
    """Whether a clock runs and is overdue at an instant, milliseconds."""
    return clock["stopped_at"] is None and clock["due_at"] is not None and clock["due_at"] < until


def lengths(
    cycle: Mapping[str, Any], clock: Mapping[str, Any], until: int, policies: Policies
) -> tuple[int, int | None]:
    """Elapsed and worked milliseconds of a clock; of one that runs, until an instant.

    Worked is None where the policies are not those that judged the cycle.
    """
    if clock["stopped_at"] is not None:
        return clock["elapsed_ms"], clock["worked_ms"]
    started = clock["started_at"]
    elapsed, policy = max(0, until - started), _policy(cycle, policies)
    if policy is None:
        return elapsed, None
    pauses = [(p["from_at"], p["to_at"]) for p in cycle["pauses"]] if clock["clock"] in policy.pausable else []
    return elapsed, worked_between(policy.calendar, pauses, started, until)


def _policy(cycle: Mapping[str, Any], policies: Policies) -> Policy | None:
    """The policy that judges a cycle; None where the policies are not those that judged it."""
    dated = policies.in_force(cycle["received_at"])
    if dated.version != cycle["policy_version"]:
        return None
    return policies.match(dated, Classification(cycle["touchpoint"], cycle["severity"], cycle["channel"]))


def row(record: Mapping[str, Any], until: int, policies: Policies) -> dict[str, Any]:
    """The object of `cases.jsonl`. Raises NotSettled where `until` lies before an event of the case."""
    if record["last_at"] > until:
        raise NotSettled(
            f"case {record['case']} has an event at {rfc3339(record['last_at'])}, after {rfc3339(until)}: "
            "ask for a later instant, or run a backtest over the events"
        )
    return {
        "case": record["case"],
        "touchpoint": record["touchpoint"],
        "severity": record["severity"],
        "policy": record["policy"],
        "cycles": [_cycle(cycle, until, policies) for cycle in record["cycles"]],
    }


def _cycle(cycle: Mapping[str, Any], until: int, policies: Policies) -> dict[str, Any]:
    clocks: dict[str, Any] = dict.fromkeys(CLOCKS)
    for clock in cycle["clocks"]:
        clocks[clock["clock"]] = _clock(clock, cycle, until, policies)
    return {
        "cycle": cycle["cycle"],
        **{name: _time(cycle[name]) for name in _INSTANTS},
        "policy": cycle["policy"],
        "policy_version": cycle["policy_version"],
        "clocks": clocks,
    }


def _clock(clock: Mapping[str, Any], cycle: Mapping[str, Any], until: int, policies: Policies) -> dict[str, Any]:
    elapsed, worked = lengths(cycle, clock, until, policies)
    if worked is None:
        raise NotSettled(
            f"the cycle received at {rfc3339(cycle['received_at'])} was judged by policies {cycle['policy_version']}, "
            f"this configuration has {policies.in_force(cycle['received_at']).version} for that time: "
            "use the configuration of the worker"
        )
    return {
        "outcome": MISSED if is_overdue(clock, until) else clock["outcome"],
        "due_at": _time(clock["due_at"]),
        "elapsed_s": elapsed / 1000,
        "worked_s": worked / 1000,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
