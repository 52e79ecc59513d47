"""The obstacle: episodes of standing, and the links that tell its cases.

An obstacle stands from `raised` to `removed` and may be raised again. A removal
before it was ever raised counts at the raising. Touchpoint and cause of an
episode are those of its raising.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from processors.case import RAISED, REMOVED
from processors.events import Link, Obstacle
from processors.ledger import Entry

IN_LINK_IDS: Final = "processors.obstacle"  # hashed into every link id there is: it stays, wherever this module goes


class Episode(NamedTuple):
    """One standing of an obstacle; `removed` is None while it stands. Milliseconds."""

    touchpoint: str
    cause: str
    raised: int
    removed: int | None


# Facts by position: touchpoint, cause, owner, then the cases.


def entry(event: Obstacle, claimed: int = 0) -> Entry:
    """The entry of an obstacle event; `claimed` as in Entry."""
    rank = RAISED if event.stage == "raised" else REMOVED
    return Entry(event.at, rank, event.id, claimed, (event.touchpoint, event.cause, event.owner, *event.cases))


def episodes(entries: Sequence[Entry], touchpoint_at: int = 0, cause_at: int = 1) -> list[Episode]:
    """The episodes of an obstacle, oldest first. The positions say where in the facts touchpoint and cause stand."""
    first = next((i for i, e in enumerate(entries) if e.rank == RAISED), None)
    if first is None:
        return []
    start, found = entries[first].at, list[Episode]()
    for e in (entries[first], *entries[:first], *entries[first + 1 :]):
        standing = bool(found) and found[-1].removed is None
        if e.rank == RAISED and not standing:
            found.append(Episode(str(e.facts[touchpoint_at]), str(e.facts[cause_at]), max(e.at, start), None))
        elif e.rank == REMOVED and standing:
            found[-1] = found[-1]._replace(removed=max(e.at, start))
    return found


def cases(e: Entry) -> tuple[str, ...]:
    """The cases that an obstacle event names."""
    return e.facts[3:]  # type: ignore[return-value]


def link(e: Entry, obstacle: str, case: str, link_id: str) -> Link:
    """What one case is told of one obstacle event."""
    touchpoint, cause = e.facts[:2]
    stage = "raised" if e.rank == RAISED else "removed"
    return Link(link_id, e.at, case, "obstacle", obstacle, stage, None, None, touchpoint, cause)  # type: ignore[arg-type]
