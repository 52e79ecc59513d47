"""The case: the fold of its events into cycles.

The rule is design section 4. Events are taken in the order of (instant, rank, id).
What happened before the first feedback counts as of that feedback, after it, in
its own order. The result depends on the set of events alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from processors.events import ACTION_KINDS, SEVERITIES, Action, Feedback, Link
from processors.ledger import Entry, text_digest
from processors.policy import Classification

# The order of events at the same instant. The last three stand outside it: they move no instant of a cycle.
(
    FEEDBACK,
    ACKNOWLEDGED,
    ASSIGNED,
    RECLASSIFIED,
    PAUSED,
    RESUMED,
    MADE,
    EFFECTIVE,
    TOLD,
    CLOSED,
    WITHDRAWN,
    REOPENED,
    REVOKED,
    RAISED,
    REMOVED,
) = range(15)

_ACTION_RANK = {
    "acknowledged": ACKNOWLEDGED,
    "assigned": ASSIGNED,
    "reclassified": RECLASSIFIED,
    "paused": PAUSED,
    "resumed": RESUMED,
    "told": TOLD,
    "closed": CLOSED,
    "withdrawn": WITHDRAWN,
    "reopened": REOPENED,
}
assert set(_ACTION_RANK) == set(ACTION_KINDS)
ACTIONS = {rank: kind for kind, rank in _ACTION_RANK.items()}
"""The kinds of actions by rank."""
_LINK_RANK = {"made": MADE, "effective": EFFECTIVE, "revoked": REVOKED, "raised": RAISED, "removed": REMOVED}
_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}

# Facts by position: feedback (touchpoint, severity, kind, channel, segment, customer, score, scale, emotion,
# due_at, digest of text); action (severity, touchpoint, actor, owner, cause, taken);
# link (origin, level, unit, touchpoint, cause).


@dataclass(slots=True)
class Cycle:
    """One passage of a case from its reception to its end. Instants in milliseconds, None while unknown."""

    number: int
    received: int
    changes: list[tuple[int, Classification]]  # classification from each instant on; the first is at `received`
    promised: int | None = None
    acknowledged: int | None = None
    decided: int | None = None
    decided_by_decision: bool = False
    effective: int | None = None
    told: int | None = None
    closed: int | None = None
    withdrawn: int | None = None
    reopened: bool = False  # it was begun by `reopened`, and not by feedback
    succeeded: int | None = None  # when the next cycle started
    pauses: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def classification(self) -> Classification:
        """The last one."""
        return self.changes[-1][1]

    @property
    def is_open(self) -> bool:
        return self.closed is None and self.withdrawn is None

    def classification_at(self, at: int) -> Classification:
        """The one in force at an instant, a change at that very instant included."""
        if len(self.changes) == 1:  # nearly always
            return self.changes[0][1]
        for since, classification in reversed(self.changes):
            if since <= at:
                return classification
        return self.changes[0][1]


def entry(event: Feedback | Action | Link, claimed: int = 0) -> Entry:
    """The entry of an event of a case; `claimed` as in Entry."""
    if type(event) is Feedback:
        return Entry(event.at, FEEDBACK, event.id, claimed, (*event[3:13], text_digest(event.text)))
    if type(event) is Action:
        facts = (event.severity, event.touchpoint, event.actor, event.owner, event.cause, event.taken)
        return Entry(event.at, _ACTION_RANK[event.kind], event.id, claimed, facts)
    assert type(event) is Link
    facts_of_link = (event.origin, event.level, event.unit, event.touchpoint, event.cause)
    return Entry(event.at, _LINK_RANK[event.stage], event.id, claimed, facts_of_link)


def cycles(entries: Sequence[Entry]) -> list[Cycle]:
    """The cycles of a case, oldest first; none without feedback. `entries` in their order."""
    first = next((i for i, e in enumerate(entries) if e.rank == FEEDBACK), None)
    if first is None:
        return []
    start = entries[first].at
    void = _void_decisions(entries)
    found: list[Cycle] = []
    for e in entries if first == 0 else (entries[first], *entries[:first], *entries[first + 1 :]):
        at = e.at if e.at > start else start
        cycle = found[-1] if found else None
        if e.rank == FEEDBACK:
            if cycle is None or not cycle.is_open:
                facts = e.facts
                _begin(found, at, Classification(facts[0], facts[1], facts[3]))  # type: ignore[arg-type]
            else:
                _reclassify(cycle, at, e.facts[1], None, only_raise=True)
            if found[-1].promised is None:
                found[-1].promised = e.facts[9]  # type: ignore[assignment]
        elif cycle is not None:
            if cycle.is_open:
                if e.rank < MADE or e.rank > EFFECTIVE or e.facts[0] not in void:
                    _step(cycle, e, at)
            elif e.rank == REOPENED:
                _begin(found, at, cycle.classification)
                found[-1].reopened = True
            elif e.rank == TOLD and cycle.closed is not None and cycle.told is None:
                cycle.told = at
    return found


def _begin(found: list[Cycle], at: int, classification: Classification) -> None:
    if found:
        found[-1].succeeded = at
    found.append(Cycle(len(found) + 1, at, [(at, classification)]))


def _step(cycle: Cycle, e: Entry, at: int) -> None:
    """One event on an open cycle."""
    rank = e.rank
    if rank == RECLASSIFIED:
        _reclassify(cycle, at, e.facts[0], e.facts[1])
    elif rank == PAUSED:
        if not cycle.pauses or cycle.pauses[-1][1] is not None:
            cycle.pauses.append((at, None))
    elif rank == RESUMED:
        _end_pause(cycle, at)
    elif rank == WITHDRAWN:
        cycle.withdrawn = at
        _end_pause(cycle, at)
    elif rank in _REACHES:
        # Each instant brings those before it: acknowledged <= decided <= effective <= closed.
        if cycle.acknowledged is None:
            cycle.acknowledged = at
        if rank == TOLD:
            if cycle.told is None:
                cycle.told = at
        elif rank >= MADE:
            if cycle.decided is None:
                cycle.decided, cycle.decided_by_decision = at, rank != CLOSED
            if rank != MADE and cycle.effective is None:
                cycle.effective = at
            if rank == CLOSED:
                cycle.closed = at
                _end_pause(cycle, at)


_REACHES = frozenset((ACKNOWLEDGED, ASSIGNED, MADE, EFFECTIVE, TOLD, CLOSED))


def _end_pause(cycle: Cycle, at: int) -> None:
    if cycle.pauses and cycle.pauses[-1][1] is None:
        begun = cycle.pauses.pop()[0]
        if begun < at:
            cycle.pauses.append((begun, at))


def _reclassify(cycle: Cycle, at: int, severity: object, touchpoint: object, only_raise: bool = False) -> None:
    old = cycle.classification
    if only_raise and _SEVERITY_RANK[severity] <= _SEVERITY_RANK[old.severity]:  # type: ignore[index]
        return
    new = Classification(touchpoint or old.touchpoint, severity or old.severity, old.channel)  # type: ignore[arg-type]
    if new != old:
        cycle.changes.append((at, new))


def _void_decisions(entries: Sequence[Entry]) -> set[object]:
    """Decisions revoked before they took effect: they do not count at all."""
    revoked: dict[object, int] = {}
    for e in entries:
        if e.rank == REVOKED:
            revoked.setdefault(e.facts[0], e.at)
    if not revoked:
        return set()
    effective: dict[object, int] = {}
    for e in entries:
        if e.rank == EFFECTIVE:
            effective.setdefault(e.facts[0], e.at)
    return {decision for decision, at in revoked.items() if at < effective.get(decision, at + 1)}
