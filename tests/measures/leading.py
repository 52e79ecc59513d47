"""Seeded pulses, indicators, obstacles and bare feedback: what a simulated organisation has little or nothing of."""

from __future__ import annotations

import random
from typing import Any

from tests.oracle.measures.windows import DAY_MS, HOUR_MS, rfc3339

UNITS = ["online", "stores", "logistics", "care", "finance", "cleaning"]  # the last is declared nowhere
QUESTIONS = ["we decide in time", "I know what customers say"]
LEVELS = ["top", "middle", "front"]
INDICATORS = [
    ("sales", "conversion", "customer"),
    ("sales", "margin", "operational"),
    ("warehouse", "picked-late", "operational"),
    ("customer-care", "answered", "customer"),
    ("customer-care", "waiting", "customer"),
    ("marketing", "reach", "customer"),  # a function that is declared nowhere
]
TOUCHPOINTS = ["website", "store", "delivery", "support", "billing", "kiosk"]  # the last is declared nowhere


def leading(seed: int, begin_ms: int, end_ms: int) -> list[dict[str, Any]]:
    """Canonical events between two instants, in no order."""
    chance = random.Random(seed)
    found: list[dict[str, Any]] = []

    def add(of_type: str, at_ms: int, **fields: Any) -> None:
        found.append({"type": of_type, "id": f"leading-{len(found)}", "at": rfc3339(at_ms), **fields})

    def some(mean_ms: float) -> list[int]:
        at, result = begin_ms + chance.expovariate(1 / mean_ms), []
        while at < end_ms:
            result.append(int(at))
            at += chance.expovariate(1 / mean_ms)
        return result

    for at in some(2 * HOUR_MS):
        level = chance.choice(LEVELS)
        score = round(min(1, max(0, chance.gauss(0.7 - 0.1 * LEVELS.index(level), 0.2))), 3)
        add("pulse", at, unit=chance.choice(UNITS), level=level, question=chance.choice(QUESTIONS), score=score)
    for at in some(11 * HOUR_MS):
        function, indicator, kind = chance.choice(INDICATORS)
        names = {"function": function, "indicator": indicator, "kind": kind, "timing": "lagging"}
        for _ in range(chance.choice([1, 1, 2])):  # two at the same instant: the greater id counts
            add("indicator", at, **names, value=round(chance.gauss(10, 4), 2))
    for number, at in enumerate(some(9 * HOUR_MS)):
        case = {"case": f"bare-{number}", "touchpoint": chance.choice(TOUCHPOINTS), "severity": "low"}
        add("feedback", at, **case, **({"score": chance.randint(0, 10), "scale": "nps"} if number % 3 == 0 else {}))
    for number, at in enumerate(some(DAY_MS)):
        named = [f"bare-{chance.randrange(99)}" for _ in range(chance.randrange(3))]
        told = {"obstacle": f"wall-{number}", "touchpoint": chance.choice(TOUCHPOINTS), "cause": chance.choice("ab")}
        raised = [at, at + int(chance.expovariate(1 / (4 * DAY_MS)))]
        for stage, when in chance.choice(
            [(("raised", 0),), *[(("raised", 0), ("removed", 1))] * 3, (("removed", 0), ("raised", 1))]
        ):
            add("obstacle", min(raised[when], end_ms), **told, stage=stage, cases=named)
    return found
