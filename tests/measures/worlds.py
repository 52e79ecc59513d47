"""Small, nasty worlds of the oracle of clocks, with all that measures add, at the edges of windows and panes."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from tests.oracle.hours import parse_ms
from tests.oracle.measures.windows import DAY_MS, HOUR_MS, MINUTE_MS, rfc3339, start_ms
from tests.oracle.palette import KNOWN, UNKNOWN
from tests.oracle.strategies import NUMBERS, World, worlds

LENGTHS_MS = [15 * MINUTE_MS, HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS, 28 * DAY_MS, 56 * DAY_MS]
SCALES = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8), "stars": range(1, 6)}
FUNCTIONS = [{"id": "sales", "stale_after": "2d"}, {"id": "stock", "stale_after": "1h"}, {"id": "care"}]
INTENDED = {"emotion": 0.25, "score": 0.5, "standing": 2}


@st.composite
def measured_worlds(draw: st.DrawFn) -> World:
    """(config, events in any order and with repeats, until_ms)."""
    config, events, until_ms = draw(worlds())
    chance = random.Random(draw(NUMBERS))
    config = {**config, "functions": FUNCTIONS}
    config["touchpoints"] = [
        {**one, **({"intended": INTENDED} if number % 2 else {})} for number, one in enumerate(config["touchpoints"])
    ]
    pool = [parse_ms(one["at"]) for one in events]
    pool += [start_ms(until_ms, length) + chance.choice([-1, 0, 0, 1]) for length in LENGTHS_MS]
    pool += [until_ms - length + chance.choice([-1, 0, 0, 1]) for length in LENGTHS_MS]
    pool += [until_ms, until_ms, until_ms - 1, until_ms + 1]
    for event in events:
        if event["type"] == "decision":  # by the id, so that a repeat says the same
            event["unit"] = ["logistics", "finance", "nobody"][sum(map(ord, event["id"])) % 3]
    extras = [_extra(chance, number, chance.choice(pool)) for number in range(chance.randrange(12))]
    # Cases of their own at the edges, since those of the world lie within a few days.
    for number in range(chance.randrange(5)):
        extras += _case(chance, f"edge-{number}", pool)
    extras += chance.choices(extras, k=2) if extras else []
    chance.shuffle(extras)
    return config, events + extras, until_ms


def _extra(chance: random.Random, number: int, at_ms: int) -> dict[str, Any]:
    pick = chance.choice
    common = {"id": f"x{number}", "at": rfc3339(at_ms)}
    touchpoint = pick([*KNOWN, UNKNOWN])
    cases = chance.sample(["a", "B", "é"], chance.randrange(4))
    kind = pick(["obstacle"] * 4 + ["decision"] * 2 + ["pulse", "indicator", "feedback", "feedback"])
    if kind == "obstacle":
        named = {"obstacle": pick(["o1", "o2"]), "stage": pick(["raised", "removed"])}
        return {
            "type": kind,
            **common,
            **named,
            "touchpoint": touchpoint,
            "cause": pick(["stock", "*"]),
            "cases": cases,
        }
    if kind == "decision":
        named = {"decision": pick(["d1", "x"]), "stage": pick(["made", "effective", "revoked"])}
        level = pick(["operational", "tactical"])
        return {"type": kind, **common, **named, "level": level, "cases": cases, "obstacles": []}
    if kind == "pulse":
        said = {"level": pick(["top", "middle", "front"]), "question": "q", "score": chance.randrange(11) / 10}
        return {"type": kind, **common, "unit": pick(["logistics", "finance", "nobody"]), **said}
    if kind == "indicator":
        named = {"function": pick(["sales", "stock", "care", "nobody"]), "indicator": pick("iI")}
        timing = {"kind": pick(["customer", "operational"]), "timing": "realtime"}
        return {"type": kind, **common, **named, **timing, "value": chance.randrange(-9, 99) / 3}
    scale = pick(list(SCALES))
    said = {"score": pick(SCALES[scale]), "scale": scale} if chance.random() < 0.8 else {}
    said |= {"emotion": chance.randrange(-10, 11) / 10} if chance.random() < 0.8 else {}
    said |= {"kind": pick(["complaint", "praise"])} if chance.random() < 0.8 else {}
    return {"type": kind, **common, "case": f"x{number}", "touchpoint": touchpoint, "severity": "low", **said}


def _case(chance: random.Random, case: str, pool: list[int]) -> list[dict[str, Any]]:
    """A case with a decision of its own, and a reopening."""
    at = sorted(chance.choices(pool, k=5))
    said = {"touchpoint": chance.choice(KNOWN), "severity": chance.choice(["low", "critical"])}
    decision = {"type": "decision", "decision": f"of-{case}", "level": "tactical", "unit": "finance", "cases": [case]}
    action = {"type": "action", "case": case}
    whole = [
        {"type": "feedback", "case": case, **said},
        {**decision, "stage": "made"},
        {**decision, "stage": chance.choice(["effective", "effective", "revoked"])},
        {**action, "kind": chance.choice(["closed", "closed", "withdrawn", "told"])},
        {**action, "kind": chance.choice(["reopened", "reopened", "told"])},
    ]
    kept = whole[: chance.randrange(1, 6)]
    return [{"id": f"{case}-{number}", "at": rfc3339(at[number]), **one} for number, one in enumerate(kept)]
