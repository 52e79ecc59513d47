"""The decision: its stages, and the links that tell its cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from processors.case import EFFECTIVE, MADE, REVOKED
from processors.events import Decision, Link
from processors.ledger import Entry, text_digest

IN_LINK_IDS: Final = "processors.decision"  # hashed into every link id there is: it stays, wherever this module goes

_RANK = {"made": MADE, "effective": EFFECTIVE, "revoked": REVOKED}
_STAGE = {rank: stage for stage, rank in _RANK.items()}

# Facts by position: level, unit, digest of the title, number of cases, the cases, the obstacles.


def entry(event: Decision, claimed: int = 0) -> Entry:
    """The entry of a decision event; `claimed` as in Entry."""
    head = (event.level, event.unit, text_digest(event.title), len(event.cases))
    return Entry(event.at, _RANK[event.stage], event.id, claimed, (*head, *event.cases, *event.obstacles))


def cases(e: Entry) -> tuple[str, ...]:
    """The cases that a decision event names."""
    return e.facts[4 : 4 + e.facts[3]]  # type: ignore[operator, index, return-value]


def obstacles(e: Entry) -> tuple[str, ...]:
    """The obstacles that a decision event names."""
    return e.facts[4 + e.facts[3] :]  # type: ignore[operator, index, return-value]


def is_titled(e: Entry, title: str) -> bool:
    """Whether the event of an entry has this title."""
    return e.facts[2] == text_digest(title)


def link(e: Entry, decision: str, case: str, link_id: str) -> Link:
    """What one case is told of one stage of a decision."""
    return Link(link_id, e.at, case, "decision", decision, _STAGE[e.rank], e.facts[0], e.facts[1])  # type: ignore[arg-type]


def settled_at(entries: Sequence[Entry]) -> int:
    """When the decision took effect or was revoked, 0 while neither."""
    return next((e.at for e in entries if e.rank in (EFFECTIVE, REVOKED)), 0)
