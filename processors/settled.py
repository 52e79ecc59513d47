"""A case as it stands at an instant: a row of `cases.jsonl` from an enriched case.

The enriched record leaves open what time alone decides: the lengths of running clocks, and whether
they are overdue. Backtest and `rytmi cases` both settle it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processors.canonical import rfc3339
from processors.clocks import MISSED, NONE, worked_between
from processors.policy import CLOCKS, Classification, Policies, PolicySet

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
    outcome, elapsed, worked = clock["outcome"], clock["elapsed_ms"], clock["worked_ms"]
    if elapsed is None:
        started = clock["started_at"]
        dated = policies.in_force(cycle["received_at"])
        if dated.version != cycle["policy_version"]:
            raise NotSettled(_other_policies(cycle, dated))
        shown = Classification(cycle["touchpoint"], cycle["severity"], cycle["channel"])
        policy = policies.match(dated, shown)
        pauses = [(p["from_at"], p["to_at"]) for p in cycle["pauses"]] if clock["clock"] in policy.pausable else []
        elapsed = until - started
        worked = worked_between(policy.calendar, pauses, started, until)
        if outcome != NONE and clock["due_at"] is not None and clock["due_at"] < until:
            outcome = MISSED
    return {
        "outcome": outcome,
        "due_at": _time(clock["due_at"]),
        "elapsed_s": elapsed / 1000,
        "worked_s": worked / 1000,
    }


def _other_policies(cycle: Mapping[str, Any], dated: PolicySet) -> str:
    return (
        f"the cycle received at {rfc3339(cycle['received_at'])} was judged by policies {cycle['policy_version']}, "
        f"this configuration has {dated.version} for that time: use the configuration of the worker"
    )


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
