"""Which outcomes of clocks differ between two results of the same events, as counts and examples.

Memory does not grow with the number of cases: what is counted is bounded by the configuration, and examples are few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, repeat
from typing import Any, NamedTuple

from processors.canonical import instant, rfc3339
from processors.policy import CLOCKS
from processors.settled import is_open
from streams import UserError

_MOST_EXAMPLES = 5
_INSTANTS = ("received_at", "acknowledged_at", "decided_at", "effective_at", "told_at", "closed_at", "withdrawn_at")
NOT_STARTED = "not started"

Row = Mapping[str, Any]


class Change(NamedTuple):
    """A kind of change: the clock, the case's classification, the outcome in A and in B."""

    clock: str
    severity: str
    touchpoint: str
    was: str
    now: str


class Example(NamedTuple):
    """A clock whose outcome differs."""

    case: str
    cycle: int


@dataclass
class Compared:
    """What came of it. outcomes: (clock, outcome) to its number. until: milliseconds, None if no case is open.

    other_events: cases that happened otherwise (their instants differ), which no configuration could bring about.
    """

    cases: int = 0
    only_a: int = 0
    only_b: int = 0
    other_events: int = 0
    clocks: int = 0
    until: int | None = None
    outcomes_a: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes_b: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: Counter[Change] = field(default_factory=Counter)
    examples: dict[Change, list[Example]] = field(default_factory=dict)
    changed_cases: int = 0


def compare(a: Iterable[Row], b: Iterable[Row]) -> Compared:
    """Compare rows of cases.jsonl, each side sorted by case id. Raises UserError if read as of different instants."""
    found = Compared()
    until: list[int | None] = [None, None]
    for row_a, row_b in _side_by_side(a, b):
        if row_a is None or row_b is None:
            found.only_a += row_b is None
            found.only_b += row_a is None
            continue
        _check_until(row_a, row_b, until)
        found.cases += 1
        found.other_events += _instants(row_a) != _instants(row_b)
        found.changed_cases += _compare(row_a, row_b, found)
    found.until = until[0]
    return found


def _side_by_side(a: Iterable[Row], b: Iterable[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of a case on both sides; None where it is missing."""
    both = merge(zip(a, repeat("a")), zip(b, repeat("b")), key=lambda one: (one[0]["case"], one[1]))
    for _, found in groupby(both, key=lambda one: one[0]["case"]):
        rows = {side: row for row, side in found}
        yield rows.get("a"), rows.get("b")


def _compare(row_a: Row, row_b: Row, found: Compared) -> bool:
    """Whether an outcome differs."""
    differs = False
    for place in range(max(len(row_a["cycles"]), len(row_b["cycles"]))):
        outcomes_a, outcomes_b = _outcomes(row_a, place), _outcomes(row_b, place)
        for clock in CLOCKS:
            was, now = outcomes_a.get(clock, NOT_STARTED), outcomes_b.get(clock, NOT_STARTED)
            found.outcomes_a[clock, was] += 1
            found.outcomes_b[clock, now] += 1
            found.clocks += 1
            if was != now:
                differs = True
                change = Change(clock, row_b["severity"], row_b["touchpoint"], was, now)
                found.changes[change] += 1
                examples = found.examples.setdefault(change, [])
                if len(examples) < _MOST_EXAMPLES:
                    examples.append(Example(row_b["case"], place + 1))
    return differs


def _outcomes(row: Row, place: int) -> dict[str, str]:
    cycles = row["cycles"]
    if place >= len(cycles):
        return {}
    return {clock: read["outcome"] for clock, read in cycles[place]["clocks"].items() if read is not None}


def _instants(row: Row) -> list[list[str | None]]:
    return [[cycle[name] for name in _INSTANTS] for cycle in row["cycles"]]


def _check_until(row_a: Row, row_b: Row, until: list[int | None]) -> None:
    """Every open case says as of when it was read; all must say the same. Raises UserError."""
    for side, row in enumerate((row_a, row_b)):
        if until[side] is None:
            until[side] = _until(row)
    if until[0] is not None and until[1] is not None and until[0] != until[1]:
        raise UserError(
            f"the results are as of different instants, {rfc3339(until[0])} and {rfc3339(until[1])}: run both "
            "backtests over the same events, with the same --until"
        )


def _until(row: Row) -> int | None:
    """The instant as of which a row was read: an open case has waited since its reception until then."""
    last = row["cycles"][-1]
    if not is_open(last):
        return None
    return instant(last["received_at"]) + round(float(last["clocks"]["resolve"]["elapsed_s"]) * 1000)
