"""The comparison for people (tables) and for programs (one JSON object)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from processors.canonical import rfc3339
from processors.policy import CLOCKS
from streams.language.locales import ENGLISH
from streams.report.compare.outcomes import NOT_STARTED, Change, Compared
from streams.report.compare.results import HOURS, Told, kinds

_OUTCOMES = ("met", "missed", "running", "cancelled", "none", NOT_STARTED)
_MOST_ROWS = 40
_SHOWN_EXAMPLES = 3


class Comparison(NamedTuple):
    """Both sides and what came of them. told_a, told_b: None where a directory has no alarms; why says which."""

    a: str
    b: str
    timezone: str
    compared: Compared
    told_a: Told | None
    told_b: Told | None
    why: str | None


def as_json(shown: Comparison) -> dict[str, Any]:
    """For programs. Hours are 0 to 23 of weekday 0 (Monday) to 6, in the time zone named; only those with any."""
    found = shown.compared
    return {
        "a": shown.a,
        "b": shown.b,
        "until": None if found.until is None else rfc3339(found.until),
        "timezone": shown.timezone,
        "cases": {
            "both": found.cases,
            "only_a": found.only_a,
            "only_b": found.only_b,
            "other_events": found.other_events,
            "changed": found.changed_cases,
        },
        "clocks": found.clocks,
        "outcomes": [
            {"clock": clock, "outcome": outcome, "a": in_a, "b": in_b} for clock, outcome, in_a, in_b in _totals(found)
        ],
        "changes": [
            {
                "clock": change.clock,
                "severity": change.severity,
                "touchpoint": change.touchpoint,
                "from": change.was,
                "to": change.now,
                "count": count,
                "examples": [example._asdict() for example in found.examples[change]],
            }
            for change, count in _ordered(found)
        ],
        "alarms": _alarms(shown),
    }


def _alarms(shown: Comparison) -> dict[str, Any]:
    a, b = shown.told_a, shown.told_b
    if a is None or b is None:
        return {"compared": False, "why": shown.why}
    return {
        "compared": True,
        "by_level": [{"level": k[0], "to": k[1], "a": a.of(k), "b": b.of(k)} for k in kinds(a, b)],
        "by_hour": [
            {"weekday": hour // 24, "hour": hour % 24, "level": kind[0], "to": kind[1], "a": in_a, "b": in_b}
            for hour in range(HOURS)
            for kind in kinds(a, b)
            for in_a, in_b in [(a.of(kind, hour), b.of(kind, hour))]
            if in_a or in_b
        ],
    }


def tables(shown: Comparison) -> Iterator[RenderableType]:
    """For people, part by part; 80 columns are enough."""
    found = shown.compared
    yield Text(f"A  {shown.a}\nB  {shown.b}")
    until = "no case is open" if found.until is None else f"as of {rfc3339(found.until)}"
    yield Text(f"{found.cases:,} cases, {until}; outcomes of {found.changed_cases:,} of them differ\n")
    if found.only_a or found.only_b:
        yield Text(
            f"Not the same events: cases only in A: {found.only_a:,}, only in B: {found.only_b:,}. "
            "They are not compared.\n",
            style="bold yellow",
        )
    if found.other_events:
        yield Text(
            f"Not the same events: cases that happened at other times in B: {found.other_events:,}. "
            "What differs there is not by the configuration.\n",
            style="bold yellow",
        )
    yield _outcomes(found)
    yield Text()
    if found.changes:
        yield _changes(found)
        if len(found.changes) > _MOST_ROWS:
            yield Text(f"and {len(found.changes) - _MOST_ROWS} more kinds of change: --json has all of them")
    else:
        yield Text("No outcome differs.")
    yield Text()
    yield from _told(shown)


def _outcomes(found: Compared) -> Table:
    table = _table("Outcomes", "clock", "outcome", right=("A", "B", "difference"))
    for clock, outcome, in_a, in_b in _totals(found):
        table.add_row(clock, outcome, f"{in_a:,}", f"{in_b:,}", _difference(in_a, in_b))
    return table


def _changes(found: Compared) -> Table:
    table = _table("Outcomes that differ", "clock", "severity", "touchpoint", "A", "B", right=("count",))
    table.add_column("for example", overflow="fold")
    for change, count in _ordered(found)[:_MOST_ROWS]:
        examples = found.examples[change][:_SHOWN_EXAMPLES]
        said = ", ".join(case if cycle == 1 else f"{case} (cycle {cycle})" for case, cycle in examples)
        table.add_row(*change, f"{count:,}", said)
    return table


def _told(shown: Comparison) -> Iterator[RenderableType]:
    a, b = shown.told_a, shown.told_b
    if a is None or b is None:
        yield Text(f"Alarms are not compared: {shown.why}")
        return
    table = _table("Alarms: how often people would have been told", "level", "to", right=("A", "B", "difference"))
    for kind in kinds(a, b):
        level, role = kind
        table.add_row(
            level, role or "nobody by name", f"{a.of(kind):,}", f"{b.of(kind):,}", _difference(a.of(kind), b.of(kind))
        )
    table.add_row("all", "", f"{a.of():,}", f"{b.of():,}", _difference(a.of(), b.of()), style="bold")
    yield table
    yield Text()
    yield _week(f"By hour of the week ({shown.timezone})", a, b)


def _week(title: str, a: Told, b: Told) -> Table:
    """A row an hour, two columns a day."""
    heads = tuple(head for day in ENGLISH.weekdays for head in (f"{day}\nA", "\nB"))
    table = _table(title, "\nhour", right=heads)
    for hour in range(24):
        counts = [side.of(hour=day * 24 + hour) for day in range(7) for side in (a, b)]
        table.add_row(f"{hour:02d}-{hour + 1:02d}", *(f"{count:,}" if count else "." for count in counts))
    return table


def _table(title: str, *left: str, right: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _totals(found: Compared) -> Iterator[tuple[str, str, int, int]]:
    for clock in CLOCKS:
        for outcome in _OUTCOMES:
            in_a, in_b = found.outcomes_a[clock, outcome], found.outcomes_b[clock, outcome]
            if in_a or in_b:
                yield clock, outcome, in_a, in_b


def _ordered(found: Compared) -> list[tuple[Change, int]]:
    """The most frequent first."""
    return sorted(found.changes.items(), key=lambda one: (-one[1], one[0]))


def _difference(a: int, b: int) -> str:
    return f"{b - a:+,}" if a != b else "="
