"""Worlds in which people are told: policies that warn and escalate, and events that answer to what people are told of,
at the very instant, a millisecond beside or a while later.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from .alarms import alarms
from .hours import DAY_MS, parse_ms
from .strategies import Choices, World, worlds, written

WARN: list[list[float]] = [[0.5, 0.75, 0.9], [], [0.5], [0.1, 0.99]]
AFTER = ["0m", "30m", "2h", "1d"]
ROLES = ["owner", "supervisor", "leader"]
SEVERE: list[dict[str, Any]] = [{"severity": ["critical"]}, {"severity": ["critical", "high"]}, {"severity": ["low"]}]
LATER_MS = [0, 0, 0, 1, -1, 60_000, 1_800_000, 7_200_000, DAY_MS // 2]
MOST_ANSWERS = 6
ANSWERS = ["reclassified", "made", "revoked", "effective", "promised", "acknowledged", "assigned", "taken", "paused"]
ANSWERS += ["resumed", "closed", "reopened", "withdrawn", "reclassified", "undone", "promised", "taken", "undone"]


def versions_of(config: dict[str, Any]) -> list[str]:
    """Names for the policy sets of a configuration: the oracle does not reckon them."""
    return [f"v{number}" for number, _ in enumerate(config.get("policy_sets", ["one"]))]


def _telling(pick: Choices, config: dict[str, Any]) -> None:
    for policies in [one["policies"] for one in config.get("policy_sets", [config])]:
        for policy in policies:
            pick.fresh()
            policy["warn"] = pick.of(WARN)
            after = sorted(pick.of(range(len(AFTER))) for _ in range(pick.of([1, 2, 3, 0])))
            policy["escalate"] = [{"after": AFTER[wait], "to": pick.of(ROLES)} for wait in after]
        if pick.of([True, True, False]):  # such that a reclassification often changes who judges
            policies[0]["match"] = pick.of(SEVERE)
            policies[-1]["match"] = {}


def _taking(pick: Choices) -> dict[str, Any]:
    said = {"actor": pick.of([None, "ann", "bo"]), "owner": pick.of([None, None, "cy"])}
    said["taken"] = pick.of([None, None, True, False])
    return {name: value for name, value in said.items() if value is not None}


def _answers(pick: Choices, number: int, case: str, at_ms: int) -> list[dict[str, Any]]:
    """What comes upon an alarm: an event, or a decision that is revoked later."""
    pick.fresh()
    kind = pick.of(ANSWERS)
    if kind != "undone":
        return [_answer(pick, f"{number}", kind, case, at_ms)]
    revoked_ms = at_ms + pick.of([1, 60_000, 7_200_000, DAY_MS // 2, DAY_MS])
    made, revoked = (
        _answer(pick, f"{number}m", "made", case, at_ms),
        _answer(pick, f"{number}r", "revoked", case, revoked_ms),
    )
    return [made, {**revoked, "decision": made["decision"]}]


def _answer(pick: Choices, number: str, kind: str, case: str, at_ms: int) -> dict[str, Any]:
    pick.fresh()
    common = {"id": pick.of("aZ") + f"x{number}", "at": written(at_ms, pick.of([None, 120]))}
    if kind in ("made", "revoked", "effective"):
        said = {"decision": pick.of(["x", "x", "y"]), "stage": kind, "level": "tactical", "unit": "logistics"}
        return {"type": "decision", **common, **said, "cases": [case], "obstacles": []}
    if kind == "promised":
        said = {"touchpoint": pick.of(["delivery", "support"]), "severity": pick.of(["normal", "low", "critical"])}
        due_ms = at_ms + pick.of([-60_000, 0, 3_600_000, DAY_MS])
        return {"type": "feedback", **common, "case": case, **said, "due_at": written(due_ms, None)}
    made = {"type": "action", **common, "case": case, "kind": "told" if kind == "taken" else kind, **_taking(pick)}
    if kind == "taken":
        made["taken"] = True
    if kind == "reclassified":
        made["severity"] = pick.of(["critical", "low", "normal", "high"])
        made |= pick.of([{}, {}, {"touchpoint": "delivery"}, {"touchpoint": "billing"}])
    return made


def _identity(event: dict[str, Any]) -> tuple[Any, ...]:
    return event.get("case"), event.get("decision"), event.get("obstacle"), event["id"]


@st.composite
def alarming_worlds(draw: st.DrawFn) -> World:
    """(config, events in any order and with repeats, until_ms), as `worlds`."""
    config, events, until_ms = draw(worlds())
    pick = Choices(draw)
    _telling(pick, config)
    distinct = {_identity(event): event for event in events}
    for event in distinct.values():
        if event["type"] == "action":
            pick.fresh()
            event.update(_taking(pick))
    events = [distinct[_identity(event)] for event in events]
    pick.fresh()
    until_ms += pick.of([3 * DAY_MS, 0, DAY_MS // 4])
    for number in range(pick.of([3, 0, *range(1, MOST_ANSWERS + 1)])):
        told = alarms(events, config, until_ms, versions_of(config))
        pick.fresh()
        if told:
            one = pick.of(told)
            at_ms = pick.of([one["announced_at"], one["announced_at"], one["at"]]) + pick.of(LATER_MS)
            events += _answers(pick, number, one["case"], min(at_ms, until_ms))
    if order := draw(st.integers(0, 1000)):
        random.Random(order).shuffle(events)
    return config, events, pick.of([until_ms, max(parse_ms(event["at"]) for event in events)])
