"""Who would have been told of what: somebody looks at every case, again and again, and knows what has happened by then.

Looked is at every instant at which anything happens anywhere, and at those at which something is reached or a calendar
opens in between. Each time the case is read anew from its events up to that instant. All that is remembered is who was
told of what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from . import hours
from .history import Cycle, Happening, cycles, in_order, once
from .oracle import Clock, clocks, judge
from .policies import Policy, PolicySet, first_match, set_in_force

Key = tuple[int, str, str, int]  # cycle, clock, level, step
Alarm = dict[str, Any]


class Level(NamedTuple):
    """A level of a running clock: when it is reached, who is told, and whose hours are kept. Milliseconds."""

    at_ms: int
    to: str
    calendar: Mapping[str, Any]


class Seen(NamedTuple):
    """A case as it is known at an instant."""

    happenings: list[Happening]
    clocks: dict[tuple[int, str], Clock | None]
    levels: dict[Key, Level]
    touchpoint: str


class World(NamedTuple):
    """What does not change while somebody looks on."""

    config: Mapping[str, Any]
    versions: list[str]
    events: list[dict[str, Any]]


def alarms(
    events: Iterable[Mapping[str, Any]], config: Mapping[str, Any], until_ms: int, versions: list[str]
) -> list[Alarm]:
    """What was said before `until` (what ends at that very instant included), case by case in the order of saying."""
    world = World(config, versions, _naming_all(once(events, config, until_ms)))
    instants = sorted({hours.parse_ms(event["at"]) for event in world.events})
    names = sorted(in_order(world.events))
    return [alarm for case in names for alarm in _watch(world, case, instants, until_ms)]


def _naming_all(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every stage of a decision is sent to all cases that any of its events named: so each may as well name them."""
    return [
        {**event, "cases": [c for one in events if one.get("decision") == event["decision"] for c in one["cases"]]}
        if event["type"] == "decision"
        else event
        for event in events
    ]


def _watch(world: World, case: str, instants: list[int], until_ms: int) -> Iterator[Alarm]:
    told: dict[Key, Alarm] = {}
    ended: dict[Key, str] = {}  # by what
    for at_ms, next_ms in pairwise([*instants, until_ms]):
        seen = _see(world, case, at_ms)
        openings = {_opening(level.calendar, world, max(level.at_ms, at_ms)) for level in seen.levels.values()}
        for now_ms in sorted({at_ms} | {opening for opening in openings if at_ms < opening < next_ms}):
            seen = _see(world, case, now_ms)
            for key in [key for key in told if key not in ended]:
                why = _end(seen, key, told[key], now_ms)
                if why is not None:
                    reason, when_ms = why
                    yield {**told[key], "kind": "resolved", "at": when_ms, "announced_at": now_ms, "reason": reason}
                    if reason == "changed":
                        del told[key]  # it lies ahead again, or nowhere
                    else:
                        ended[key] = reason
            for key in [key for key, reason in ended.items() if reason == "stopped" and _runs(seen, key)]:
                del ended[key], told[key]  # that which stopped it has turned out not to count
            for key, level in seen.levels.items():
                is_open = _opening(level.calendar, world, now_ms) == now_ms
                if level.at_ms <= now_ms < until_ms and is_open and key not in told:
                    told[key] = _raised(world, case, seen, key, level, now_ms)
                    yield told[key]


def _raised(world: World, case: str, seen: Seen, key: Key, level: Level, now_ms: int) -> Alarm:
    number, clock, name, step = key
    said = {"case": case, "cycle": number, "clock": clock, "level": name, "step": step, "kind": "raised"}
    recipient = _recipient(world.config, seen, level.to)
    at = {"at": level.at_ms, "announced_at": now_ms}
    return {**said, **at, "to": level.to, "recipient": recipient, "reason": None}


def _end(seen: Seen, key: Key, alarm: Alarm, now_ms: int) -> tuple[str, int] | None:
    """(reason, instant) for which an alarm ends; None while it stands."""
    number, name, level, _ = key
    clock = seen.clocks[number, name]
    if clock is not None and clock.stop_ms is not None:
        return "stopped", clock.stop_ms
    if clock is not None and clock.end_ms is not None:
        return "ended", clock.end_ms
    if level == "escalation":
        breach = seen.levels.get((number, name, "breach", 0))
        after_ms = alarm["announced_at"] if breach is None else max(breach.at_ms, alarm["announced_at"])
        taken = _taken(seen.happenings, after_ms)
        if taken and breach is not None:
            return "taken", min(taken)
    if key not in seen.levels or seen.levels[key].at_ms > now_ms:
        return "changed", now_ms
    return None


def _runs(seen: Seen, key: Key) -> bool:
    clock = seen.clocks[key[:2]]
    return clock is not None and clock.stop_ms is None and clock.end_ms is None


def _taken(happenings: list[Happening], after_ms: int) -> list[int]:
    """When somebody acknowledged, was assigned or took the case later than that."""
    return [
        one.at_ms
        for one in happenings
        if one.at_ms > after_ms and (one.name in ("acknowledged", "assigned") or one.fields.get("taken") is True)
    ]


def _see(world: World, case: str, now_ms: int) -> Seen:
    by_case = in_order([event for event in world.events if hours.parse_ms(event["at"]) <= now_ms])
    happenings = by_case.get(case, [])
    found_clocks: dict[tuple[int, str], Clock | None] = {}
    levels: dict[Key, Level] = {}
    touchpoint = ""
    for number, cycle in enumerate(cycles(happenings), 1):
        seen = cycle.classification_at(None)
        touchpoint = seen.touchpoint
        chosen = set_in_force(world.config, world.versions, cycle.received_ms)
        policy = first_match(world.config, chosen, seen)
        for name, clock in clocks(cycle).items():
            found_clocks[number, name] = clock
            if clock is not None and clock.stop_ms is None and clock.end_ms is None:
                for (level, step), found in _levels(world, happenings, cycle, clock, chosen, policy or {}, now_ms):
                    levels[number, name, level, step] = found
    return Seen(happenings, found_clocks, levels, touchpoint)


def _levels(
    world: World,
    happenings: list[Happening],
    cycle: Cycle,
    clock: Clock,
    chosen: PolicySet,
    policy: Policy,
    now_ms: int,
) -> Iterator[tuple[tuple[str, int], Level]]:
    """The levels of a running clock that are, or will be, reached if nothing happens."""
    calendar = world.config["calendars"][policy["calendar"]] if policy else {}
    target = (policy.get("targets") or {}).get(clock.name)
    promise_ms = cycle.promised_ms() if clock.name == "resolve" else None
    for step, share in enumerate(policy.get("warn") or [], 1):
        part = Fraction(str(share))
        at_ms = None
        if promise_ms is not None:
            at_ms = cycle.received_ms + round(part * max(0, promise_ms - cycle.received_ms))
        elif target is not None:
            part_ms = round(part * hours.parse_duration_ms(target))
            pauses = cycle.pauses() if clock.name in (policy.get("pausable") or []) else []
            at_ms = _reached(calendar, world, clock.start_ms, part_ms, pauses)
        if at_ms is not None:
            yield ("warning", step), Level(at_ms, "owner", calendar)
    due_ms = judge(clock, cycle, world.config, chosen, now_ms).due_ms
    if due_ms is not None:
        yield ("breach", 0), Level(due_ms, "owner", calendar)
        if not _taken(happenings, max(due_ms, cycle.received_ms)):
            for step, one in enumerate(policy.get("escalate") or [], 1):
                at_ms = due_ms + hours.parse_duration_ms(one["after"])
                yield ("escalation", step), Level(at_ms, one["to"], calendar)


def _reached(
    calendar: Mapping[str, Any], world: World, start_ms: int, part_ms: int, pauses: list[tuple[int, int | None]]
) -> int | None:
    """When so much has been worked outside the pauses; None while one holds it."""
    over = [(begin, end) for begin, end in pauses if end is not None]
    at_ms = hours.reached_ms(calendar, world.config["timezone"], start_ms, part_ms, over)
    held = [begin for begin, end in pauses if end is None]
    return None if at_ms is None or (held and at_ms > held[0]) else at_ms


def _opening(calendar: Mapping[str, Any], world: World, at_ms: int) -> int:
    """The first open millisecond from there on; the instant itself where the calendar never opens again."""
    days = 1
    while days <= hours.GIVE_UP_AFTER_DAYS:
        opened = hours.open_intervals(calendar, world.config["timezone"], at_ms, at_ms + days * hours.DAY_MS)
        if opened:
            return opened[0][0]
        days *= 8
    return at_ms


def _recipient(config: Mapping[str, Any], seen: Seen, role: str) -> str | None:
    """Who has that role for the case's touchpoint; for a case without an owner, the supervisor has it."""
    owner = None
    for one in seen.happenings:
        if one.fields.get("owner") is not None:
            owner = one.fields["owner"]
        elif one.fields.get("taken") is True and one.fields.get("actor") is not None:
            owner = one.fields["actor"]
    unit = next((t.get("unit") for t in config["touchpoints"] if t["id"] == seen.touchpoint), None)
    people = next((one for one in config.get("units") or [] if one["id"] == unit), {})
    return (owner or people.get("supervisor")) if role == "owner" else people.get(role)
