"""The events of a case, put in order and cut into cycles; the instants of a cycle as plain minima over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from .hours import parse_ms
from .policies import Classification

ORDER = ["feedback", "acknowledged", "assigned", "reclassified", "paused", "resumed", "decision made"]
ORDER += ["decision effective", "told", "closed", "withdrawn", "reopened"]
SEVERITIES = ["low", "normal", "high", "critical"]


class Happening(NamedTuple):
    at_ms: int
    name: str  # one of ORDER
    id: str
    fields: Mapping[str, Any]


@dataclass
class Cycle:
    received_ms: int
    first: Classification
    counted: list[Happening] = field(default_factory=list)  # what counts in it, its starting event included
    next_cycle_ms: int | None = None

    def earliest(self, *names: str) -> int | None:
        return min((happening.at_ms for happening in self.counted if happening.name in names), default=None)

    def classification_at(self, at_ms: int | None) -> Classification:
        """In force at an instant, a change at that very instant included; None: the last one."""
        seen = self.first
        for happening in self.counted:
            if at_ms is None or happening.at_ms <= at_ms:
                severity: Any = happening.fields.get("severity")
                if happening.name == "feedback" and SEVERITIES.index(severity) > SEVERITIES.index(seen.severity):
                    seen = seen._replace(severity=severity)
                if happening.name == "reclassified":
                    seen = seen._replace(
                        severity=severity or seen.severity,
                        touchpoint=happening.fields.get("touchpoint") or seen.touchpoint,
                    )
        return seen

    def promised_ms(self) -> int | None:
        for happening in self.counted:
            if happening.name == "feedback" and happening.fields.get("due_at") is not None:
                return parse_ms(happening.fields["due_at"])
        return None

    def pauses(self) -> list[tuple[int, int | None]]:
        """[paused, resumed) in order; the end of one that nothing has ended is None."""
        found: list[tuple[int, int | None]] = []
        paused_ms = None
        for happening in self.counted:
            if happening.name == "paused" and paused_ms is None:
                paused_ms = happening.at_ms
            if happening.name in ("resumed", "closed", "withdrawn") and paused_ms is not None:
                found.append((paused_ms, happening.at_ms))
                paused_ms = None
        return found if paused_ms is None else [*found, (paused_ms, None)]


def once(events: Iterable[Mapping[str, Any]], config: Mapping[str, Any], until_ms: int) -> list[dict[str, Any]]:
    """Every event up to `until` once, unknown touchpoints renamed, or left out with their event where configured.
    Ids are those of an entity: two cases may use the same one.
    """
    known = {"other"} | {touchpoint["id"] for touchpoint in config["touchpoints"]}
    seen: set[tuple[str, str]] = set()
    result: list[dict[str, Any]] = []
    for given in events:
        event = dict(given)
        if event["type"] not in ("feedback", "action", "decision") or parse_ms(event["at"]) > until_ms:
            continue
        if event.get("touchpoint") is not None and event["touchpoint"] not in known:
            if config.get("unknown_touchpoint") == "reject":
                continue
            event["touchpoint"] = "other"
        entity = "decision " + event["decision"] if event["type"] == "decision" else "case " + event["case"]
        if (entity, event["id"]) not in seen:
            seen.add((entity, event["id"]))
            result.append(event)
    return result


def links(events: list[dict[str, Any]]) -> list[tuple[str, Happening]]:
    """(case, made or effective) for every stage of every decision that counts, to all cases that it ever named."""
    result: list[tuple[str, Happening]] = []
    for decision in {event["decision"] for event in events if event["type"] == "decision"}:
        own = [event for event in events if event["type"] == "decision" and event["decision"] == decision]
        at_ms = {
            stage: min((parse_ms(event["at"]) for event in own if event["stage"] == stage), default=None)
            for stage in ("effective", "revoked")
        }
        revoked, effective = at_ms["revoked"], at_ms["effective"]
        if revoked is not None and (effective is None or revoked < effective):
            continue
        for event in own:
            if event["stage"] != "revoked":
                happening = Happening(parse_ms(event["at"]), "decision " + event["stage"], event["id"], {})
                result.extend((case, happening) for case in {case for one in own for case in one["cases"]})
    return result


def in_order(events: list[dict[str, Any]]) -> dict[str, list[Happening]]:
    """Of each case that has feedback: what happened, in order, what came before the first feedback moved to it."""
    by_case: dict[str, list[Happening]] = {}
    for event in events:
        if event["type"] != "decision":
            name = "feedback" if event["type"] == "feedback" else event["kind"]
            by_case.setdefault(event["case"], []).append(Happening(parse_ms(event["at"]), name, event["id"], event))
    for case, happening in links(events):
        by_case.setdefault(case, []).append(happening)
    result = {}
    for case, unordered in by_case.items():
        happenings = sorted(unordered, key=lambda one: (one.at_ms, ORDER.index(one.name), one.id))
        names = [happening.name for happening in happenings]
        if "feedback" in names:
            first = names.index("feedback")
            start = happenings[first]
            moved = [happening._replace(at_ms=start.at_ms) for happening in happenings[:first]]
            result[case] = [start, *moved, *happenings[first + 1 :]]
    return result


def cycles(happenings: list[Happening]) -> list[Cycle]:
    result: list[Cycle] = []
    for happening in happenings:
        current = result[-1] if result else None
        closed = current is not None and current.earliest("closed") is not None
        withdrawn = current is not None and current.earliest("withdrawn") is not None
        if current is not None and not closed and not withdrawn:
            if happening.name != "reopened":
                current.counted.append(happening)
        elif happening.name == "feedback":
            told_us = happening.fields
            first = Classification(told_us["touchpoint"], told_us["severity"], told_us.get("channel"))
            result.append(Cycle(happening.at_ms, first, [happening]))
        elif happening.name == "reopened" and current is not None:
            result.append(Cycle(happening.at_ms, current.classification_at(None), [happening]))
        elif happening.name == "told" and current is not None and closed:
            current.counted.append(happening)
    for cycle, following in pairwise(result):
        cycle.next_cycle_ms = following.received_ms
    return result
