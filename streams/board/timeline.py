"""A case's story on a time line: what happened, what was announced and retracted, what was asked, what is ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streams.board.store import Record
from streams.board.words import Words
from streams.explain.alarms import what_of, who
from streams.explain.facts import Facts
from streams.language.statements import Statement, Term, Value

_ORDER = ("event", "board", "warning", "alarm", "ended", "retracted", "now", "ahead")
EVENT, BOARD, WARNING, ALARM, ENDED, RETRACTED, NOW, AHEAD = _ORDER
_OF_A_CYCLE = {f"{step}_at": f"line.{step}" for step in ("acknowledged", "told", "closed", "withdrawn")}
_OF_A_PAUSE = {"from_at": "line.paused", "to_at": "line.resumed"}
_OF_A_DECISION = {"made_at": "line.made", "effective_at": "line.effect", "revoked_at": "line.revoked"}
_OF_AN_OBSTACLE = {"raised_at": "line.raised", "removed_at": "line.removed"}
_MARKS = {"running": "running", "standing": "standing", "overdue": "overdue", "in_time": "in_time", "late": "late"}
_MARKS |= {"late_ended": "late", "called_off": "off", "never_due": "running", "untargeted": "running"}
_MARKS |= {"stopped": "done"}


class Item(NamedTuple):
    """at: milliseconds. sign: what kind of thing it is."""

    at: int
    sign: str
    text: str


class Bar(NamedTuple):
    """A clock of the last cycle; places in percent of the picture's width. due: None without one."""

    clock: str
    mark: str
    start: float
    width: float
    due: float | None
    due_at: int | None
    length: int


class Picture(NamedTuple):
    """now: where, percent; None where the last cycle has ended."""

    bars: list[Bar]
    first: int
    last: int
    now: float | None


def items(facts: Facts, outcomes: list[Record], audits: list[Record], say: Words) -> list[Item]:
    """All of it, oldest first, with `now` between what was and what is ahead."""
    found = [*_happened(facts, say), *_published(outcomes, say), *_asked(audits, say), *_ahead(facts, say)]
    found.append(Item(facts.at, NOW, say("line.now")))
    return sorted(found, key=lambda one: (one.at, _ORDER.index(one.sign)))


def _happened(facts: Facts, say: Words) -> Iterator[Item]:
    for cycle in facts.cycles:
        now = cycle.record
        values: dict[str, Value] = {"touchpoint": now["touchpoint"], "severity": Term(now["severity"])}
        key = "line.received" if now["cycle"] == 1 else "line.again"
        yield Item(now["received_at"], EVENT, say(key, **values))
        yield from _steps(now, _OF_A_CYCLE, say)
        for pause in now["pauses"]:
            yield from _steps(pause, _OF_A_PAUSE, say)
        for clock in cycle.clocks:
            for alarm in clock.alarms:
                yield _alarm(alarm, say)
    for alarm in facts.others:
        yield _alarm(alarm, say)
    for one in facts.record["decisions"]:
        yield from _steps(one, _OF_A_DECISION, say, decision=one["decision"])
    for one in facts.record["obstacles"]:
        yield from _steps(one, _OF_AN_OBSTACLE, say, obstacle=one["obstacle"], cause=one["cause"])


def _steps(record: Mapping[str, Any], steps: Mapping[str, str], say: Words, **values: Value) -> Iterator[Item]:
    """What has happened of some steps. steps: the field of each instant, and its sentence."""
    for name, sentence in steps.items():
        if record[name] is not None:
            yield Item(record[name], EVENT, say(sentence, **values))


def _alarm(alarm: Mapping[str, Any], say: Words) -> Item:
    if alarm["about"] == "deadletter":
        return Item(alarm["announced_at"], ALARM, say("line.deadletter", reason=alarm["reason"] or "-", who=who(alarm)))
    values: dict[str, Value] = {"clock": Term(alarm["clock"] or "-"), "what": what_of(alarm)}
    if alarm["kind"] == "raised":
        sign = WARNING if alarm["level"] == "warning" else ALARM
        return Item(alarm["announced_at"], sign, say("line.alarm", **values, who=who(alarm)))
    reason = Term(f"reason.{alarm['reason']}")
    sign = ENDED if alarm["kind"] == "resolved" else RETRACTED
    at = alarm["at"] if sign == ENDED else alarm["announced_at"]
    return Item(at, sign, say(f"line.alarm_{alarm['kind']}", **values, reason=reason))


def _published(outcomes: list[Record], say: Words) -> Iterator[Item]:
    """What was said of a clock's end and taken back, or said otherwise later."""
    before: dict[str, Record] = {}
    for one in outcomes:
        known = before.get(one["id"])
        before[one["id"]] = one
        if one["retracted"]:
            yield Item(one["at"], RETRACTED, say("line.outcome_retracted", clock=Term(one["clock"])))
        elif known is not None and _content(known) != _content(one):
            yield Item(one["at"], RETRACTED, say("line.outcome_corrected", clock=Term(one["clock"])))


def _content(outcome: Record) -> Record:
    return {name: value for name, value in outcome.items() if name != "revision"}


def _asked(audits: list[Record], say: Words) -> Iterator[Item]:
    for one in audits:
        if one["outcome"] == "failed":
            kind = Statement(f"kind.{one['kind']}")
            yield Item(one["at"], BOARD, say("line.failed", actor=one["actor"], kind=kind))
        elif one["outcome"] == "asked":
            said = {name: one[name] or "-" for name in ("actor", "owner", "cause", "done")}
            yield Item(one["at"], BOARD, say(f"line.{one['kind']}", **said))


def _ahead(facts: Facts, say: Words) -> Iterator[Item]:
    for clock in facts.cycles[-1].clocks:
        if clock.runs and clock.due is not None and clock.due > facts.at:
            yield Item(clock.due, AHEAD, say("line.due", clock=Term(clock.name)))


def picture(facts: Facts) -> Picture:
    """The clocks of the last cycle as bars."""
    cycle = facts.cycles[-1]
    clocks = cycle.clocks
    first: int = cycle.record["received_at"]
    ends = [facts.at if clock.runs else clock.started + clock.elapsed for clock in clocks]
    last = max([*ends, *(clock.due for clock in clocks if clock.due is not None)], default=first)
    span = max(1, last - first)

    def place(at: int) -> float:
        return round(100 * (at - first) / span, 2)

    bars = [
        Bar(
            clock.name,
            _MARKS[clock.state],
            place(clock.started),
            max(0.4, round(place(end) - place(clock.started), 2)),
            None if clock.due is None else place(clock.due),
            clock.due,
            clock.elapsed,
        )
        for clock, end in zip(clocks, ends, strict=True)
    ]
    return Picture(bars, first, last, place(facts.at) if any(clock.runs for clock in clocks) else None)
