"""A person's page: what customers experience whose cases they own.

Of the cases whose last cycle began in the last 28 days and that they own now. Lengths are by life table, as everywhere:
who still waits is counted with the time waited, so a long queue cannot look like quick work.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from processors.lifetable import LifeTable, bin_of, empty
from processors.policy import CLOCKS, Policies
from processors.settled import is_open, lengths
from streams.board.cases import SOON, row
from streams.board.identity import Identity
from streams.board.store import Record, Store, among

WINDOW_MS = 28 * 86_400_000
_MOST_CASES = 10_000
_SHOWN = 50


class Reaction(NamedTuple):
    """One clock over the cases of a person. Lengths in seconds; None: not reached."""

    clock: str
    started: int
    waiting: int
    median: float | None
    p90: float | None
    worked: float | None
    in_time: float | None


def show(store: Store, policies: Policies, name: str, who: Identity, now: int) -> dict[str, Any] | None:
    """What the page shows; None where the person owns nothing that may be seen."""
    where, values = among("unit", who.units)
    mine = (f"owner = ? AND {where}", (name, *values))
    found = store.records(f"{mine[0]} AND received_at >= ?", (*mine[1], now - WINDOW_MS), "received_at", _MOST_CASES)
    open_now = store.records(
        f"{mine[0]} AND (is_open OR due_at IS NOT NULL)", mine[1], "due_at IS NULL, due_at", _SHOWN
    )
    if not found and not open_now and name != who.name:
        return None
    return {
        "name": name,
        "cases": len(found),
        "open": sum(is_open(one["cycles"][-1]) for one in found),
        "rows": [row(one, now, SOON["1d"], policies) for one in open_now],
        "reactions": reactions(found, now, policies),
        "voice": _voice(found),
    }


def reactions(records: list[Record], now: int, policies: Policies) -> list[Reaction]:
    """By clock: how long, the waiting ones counted."""
    tables: dict[str, tuple[LifeTable, LifeTable]] = {clock: (empty(), empty()) for clock in CLOCKS}
    counts = {clock: [0, 0, 0, 0] for clock in CLOCKS}  # started, waiting, judged, in time
    for record in records:
        cycle = record["cycles"][-1]
        for clock in cycle["clocks"]:
            waited = lengths(cycle, clock, now, policies)
            done = clock["stopped_at"] is not None and clock["outcome"] != "cancelled" and not _called_off(cycle, clock)
            for table, length in zip(tables[clock["clock"]], waited, strict=True):
                if length is not None:
                    (table.ends if done else table.censored)[bin_of(length)] += 1
            late = clock["outcome"] == "missed" or (clock["due_at"] is not None and clock["due_at"] < now and not done)
            count = counts[clock["clock"]]
            count[0] += 1
            count[1] += clock["stopped_at"] is None
            count[2] += late or clock["outcome"] == "met"
            count[3] += clock["outcome"] == "met"
    return [_reaction(clock, tables[clock], counts[clock]) for clock in CLOCKS if counts[clock][0]]


def _called_off(cycle: Record, clock: Record) -> bool:
    """Whether it ended because the case was withdrawn: late, it is missed, and nobody answered all the same."""
    return cycle["withdrawn_at"] is not None and clock["stopped_at"] == cycle["withdrawn_at"]


def _reaction(clock: str, tables: tuple[LifeTable, LifeTable], count: list[int]) -> Reaction:
    median, p90 = (one.seconds if one else None for one in tables[0].percentiles((0.5, 0.9)))
    (worked,) = (one.seconds if one else None for one in tables[1].percentiles((0.5,)))
    started, waiting, judged, met = count
    return Reaction(clock, started, waiting, median, p90, worked, met / judged if judged else None)


def _voice(records: list[Record]) -> dict[str, Any]:
    emotions = [one["emotion"] for one in records if one["emotion"] is not None]
    scores = [one["score"] for one in records if one["score"] is not None]
    return {
        "emotion": sum(emotions) / len(emotions) if emotions else None,
        "emotions": len(emotions),
        "negative": sum(one < 0 for one in emotions) / len(emotions) if emotions else None,
        "score": sum(scores) / len(scores) if scores else None,
        "scores": len(scores),
    }
