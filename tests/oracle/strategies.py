"""Small, nasty worlds: a configuration, some events and an instant to ask at.

A world happens within a few days around a date on which something is odd (a clock change, a holiday, a year's end).
All its instants come from a small pool, so that they coincide, and the pool holds the very instants at which targets
are reached, and those a millisecond beside. Choices are digits of a few drawn numbers, because drawing is what costs
time; 0 is the plainest choice, so that shrinking works.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any, TypeVar

from hypothesis import strategies as st

from . import palette
from .hours import DAY_MS, from_ms, parse_duration_ms, reached_ms
from .palette import CASES, CLOCKS, SEVERITIES, subsets

World = tuple[dict[str, Any], list[dict[str, Any]], int]
T = TypeVar("T")

MAX_EVENTS = 14
MAX_REPEATS = 3
SPREAD = 1 << 24  # hypothesis draws evenly up to here
NUMBERS = st.integers(0, SPREAD - 1)


class Choices:
    """Picks one thing after another, the next digits of a drawn number each time; draws anew when they run out."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.fresh()

    def fresh(self) -> None:
        self.digits, self.left = self.draw(NUMBERS), SPREAD

    def of(self, options: Sequence[T]) -> T:
        if self.left < 8 * len(options):
            self.fresh()
        self.digits, choice = divmod(self.digits, len(options))
        self.left //= len(options)
        return options[choice]

    def once_in(self, times: int) -> bool:
        return self.of(range(times)) == times - 1

    def beside(self, at_ms: int) -> int:
        return at_ms + self.of([0, 0, 0, 1, -1])


def written(at_ms: int, offset_min: int | None) -> str:
    if offset_min is None:
        return from_ms(at_ms).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return from_ms(at_ms).astimezone(timezone(timedelta(minutes=offset_min))).isoformat(timespec="milliseconds")


def calendar(pick: Choices, day: str) -> dict[str, Any]:
    pick.fresh()
    hours = {
        pick.of(palette.DAY_RANGES): [pick.of(palette.SPANS) for _ in range(pick.of([1, 2]))]
        for _ in range(pick.of([1, 1, 2, 0]))
    }
    made: dict[str, Any] = {"hours": hours} if hours else {}
    zone, nation = pick.of([None, *palette.ZONES]), pick.of([None, "FI", "US"])
    if zone is not None:
        made["timezone"] = zone
    if nation is not None:
        made["holidays"] = nation
    if pick.once_in(4):
        made["closed"] = [day]
    return made


def policy(pick: Choices, number: int) -> dict[str, Any]:
    pick.fresh()
    match: dict[str, list[str]] = {}
    for _ in range(pick.of([0, 0, 1, 1, 2, 3])):
        name = pick.of(list(palette.PATTERNS))
        match.setdefault(name, []).append(pick.of(palette.PATTERNS[name]))
    pick.fresh()
    calendar_name, pausable = pick.of(["always", "one", "two"]), pick.of(subsets(CLOCKS))
    targets = {clock: pick.of([*palette.TARGETS, None, None, None]) for clock in CLOCKS}
    return {
        "name": f"p{number}",
        "match": match,
        "calendar": calendar_name,
        "targets": {clock: target for clock, target in targets.items() if target is not None},
        "pausable": pausable,
    }


def config(pick: Choices, pool: list[int]) -> dict[str, Any]:
    day = str(from_ms(pool[0]).date())
    made: dict[str, Any] = {
        "timezone": pick.of(palette.ZONES),
        "calendars": {"always": {}, "one": calendar(pick, day), "two": calendar(pick, day)},
        "units": palette.UNITS,
        "touchpoints": palette.TOUCHPOINTS,
        "unknown_touchpoint": pick.of(["other", "other", "reject"]),
        "windows": ["15m", "1h", "1d", "7d", "28d"],
        "retention": "60d",
    }
    begins = sorted({pick.of(pool) for _ in range(pick.of([0, 0, 1, 2]))})
    if not begins:
        return {**made, "policies": [policy(pick, number) for number in range(pick.of([1, 2, 3]))]}
    begins[0] -= pick.of([DAY_MS * 9, 0])  # otherwise many cases would know no policy
    made["policy_sets"] = [
        {
            "from": written(begin_ms, pick.of(palette.OFFSETS_MIN)),
            "policies": [policy(pick, number) for number in range(pick.of([1, 2]))],
        }
        for begin_ms in begins
    ]
    return made


def due_instant(pick: Choices, made: dict[str, Any], start_ms: int) -> int | None:
    """When some target is reached by a clock that starts then and is never paused; None if that is too far away."""
    policies = made["policies"] if "policies" in made else pick.of(made["policy_sets"])["policies"]
    chosen = pick.of(policies)
    if not chosen["targets"]:
        return None
    target_ms = parse_duration_ms(pick.of(sorted(chosen["targets"].values())))
    due_ms = reached_ms(made["calendars"][chosen["calendar"]], made["timezone"], start_ms, target_ms, [])
    return due_ms if due_ms is not None and due_ms < start_ms + 30 * DAY_MS else None


KINDS = ["feedback", "acknowledged", "assigned", "reclassified", "paused", "resumed", "told", "closed", "withdrawn"]
KINDS += ["reopened", "decision", "decision", "decision", "feedback", "paused", "closed", "reopened", "reclassified"]
KINDS += ["resumed", "obstacle"]


def event(pick: Choices, number: int, cases: list[str], pool: list[int]) -> dict[str, Any]:
    pick.fresh()
    kind = "feedback" if number == 0 else pick.of(KINDS)
    offset_min, case = pick.of(palette.OFFSETS_MIN), pick.of(cases)
    at_ms = pick.of(pool[:2] if number == 0 else pool)  # the due instants were reckoned from the first ones
    common = {"id": pick.of(palette.ID_BEGINNINGS) + str(number), "at": written(at_ms, offset_min)}
    if kind == "feedback":
        made = {"type": kind, **common, "case": case}
        made["touchpoint"] = pick.of([*palette.KNOWN, palette.UNKNOWN])
        made["severity"] = pick.of(SEVERITIES)
        channel = pick.of(palette.CHANNELS)
        if channel is not None:
            made["channel"] = channel
        if pick.once_in(5):
            made["due_at"] = written(pick.of(pool), offset_min)
        return made
    if kind == "decision":
        made = {"type": kind, **common, "decision": pick.of(palette.DECISIONS)}
        made["stage"] = pick.of(["made", "effective", "made", "effective", "revoked"])
        named = pick.of([cases, cases, *subsets(cases)])
        return {**made, "level": "tactical", "unit": "logistics", "cases": named, "obstacles": []}
    if kind == "obstacle":
        said = {"obstacle": "o", "stage": "raised", "touchpoint": "delivery", "cause": "stock"}
        return {"type": kind, **common, **said, "cases": [case]}
    made = {"type": "action", **common, "case": case, "kind": kind}
    if kind in ("reclassified", "assigned"):  # only the first of them changes anything
        unknown = [palette.UNKNOWN] if kind == "reclassified" else []
        touchpoint, severity = pick.of([None, None, *palette.KNOWN, *unknown]), pick.of([*SEVERITIES, None])
        made |= {} if touchpoint is None else {"touchpoint": touchpoint}
        made |= {} if severity is None else {"severity": severity}
    return made


def numbered_by_case(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two cases use the same ids for different events; a decision's are its own, as its links meet in the cases."""
    count: dict[str, int] = {}
    for one in events:
        if "case" in one:
            count[one["case"]] = count.get(one["case"], 0) + 1
            one["id"] = one["id"].rstrip("0123456789") + str(count[one["case"]])
        else:
            one["id"] += one["type"][0]
    return events


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """(config, events in any order and with repeats, until_ms)."""
    pick = Choices(draw)
    candidates = palette.odd_instants(pick.of(palette.ODD_DATES))
    pool = [pick.beside(pick.of(candidates)) for _ in range(pick.of([3, 2, 4]))]
    made = config(pick, pool)
    pick.fresh()
    for start_ms in pool[: pick.of([1, 2, 0])]:
        due_ms = due_instant(pick, made, start_ms)
        if due_ms is not None:
            pool.append(pick.beside(due_ms))
    pick.fresh()
    cases = CASES[: pick.of([1, 1, 1, 2, 3])]
    repeats = pick.of(range(MAX_REPEATS + 1))
    count = pick.of([1, *range(2, MAX_EVENTS - MAX_REPEATS + 1), *range(6, MAX_EVENTS - MAX_REPEATS + 1)])
    until_ms = pick.of([max(pool), max(pool) + DAY_MS // 2, max(pool) + 40 * DAY_MS, *sorted(pool)[1:]])
    events = numbered_by_case([event(pick, number, cases, pool) for number in range(count)])
    order = draw(NUMBERS)
    if order:
        chance = random.Random(order)
        events = [*events, *(dict(again) for again in chance.choices(events, k=repeats))]
        chance.shuffle(events)
    return made, events, until_ms
