"""A case as a line of a table: what is due first, both waits, whose it is."""

from __future__ import annotations

from typing import NamedTuple

from processors.policy import Policies
from processors.settled import is_overdue, is_paused, lengths
from streams.board.store import NOWHERE, Record

OVERDUE, SOON, RUNNING, PAUSED, IDLE = "overdue", "soon", "running", "paused", "idle"


class Row(NamedTuple):
    """clock: what is due first, or has run longest. late: how many others are overdue as well. Lengths in ms.

    gap: how long it is overdue, or until it is due. worked: None where this configuration is not the one that judged.
    """

    case: str
    severity: str
    touchpoint: str
    unit: str
    owner: str | None
    state: str
    due_at: int | None
    gap: int
    clock: str | None
    late: int
    elapsed: int
    worked: int | None


def row(record: Record, now: int, soon: int, policies: Policies) -> Row:
    """The line of a case as of `now`. soon: milliseconds within which what is due is due soon."""
    last = record["cycles"][-1]
    running = [one for one in last["clocks"] if one["stopped_at"] is None]
    due = sorted((one for one in running if one["due_at"] is not None), key=lambda one: int(one["due_at"]))
    first = due[0] if due else next(iter(running), None)
    due_at = first["due_at"] if first is not None else None
    late = sum(is_overdue(one, now) for one in due)
    if due_at is None:
        state = PAUSED if is_paused(last) else IDLE
    else:
        state = OVERDUE if due_at < now else SOON if due_at < now + soon else RUNNING
    elapsed, worked = lengths(last, first, now, policies) if first is not None else (0, None)
    return Row(
        record["case"],
        record["severity"],
        record["touchpoint"],
        record["unit"] or NOWHERE,
        record["owner"],
        state,
        due_at,
        0 if due_at is None else abs(due_at - now),
        first["clock"] if first is not None else None,
        max(0, late - 1),
        elapsed,
        worked,
    )
