"""Signals: what needs no case to mean something: a pulse answer, an indicator's latest value.

Every answer is an entity of its own. An indicator is one, of which only the latest value counts; so it keeps just
that, whatever comes in whatever order.
"""

from __future__ import annotations

from processors import ledger
from processors.case import REMOVED
from processors.events import Indicator, Pulse
from processors.ledger import FOLDED, Entry

PULSE, INDICATOR = range(REMOVED + 1, REMOVED + 3)  # ranks are those of all kinds of entities

# Facts by position: pulse (unit, touchpoint, level, question, score);
# indicator (function, indicator, kind, timing, value, unit of measure).


def entity(event: Pulse | Indicator) -> str:
    """The entity's id: the answer's unit and id, or the indicator's names."""
    if type(event) is Pulse:
        return f"pulse\x1f{event.unit}\x1f{event.id}"
    assert type(event) is Indicator
    return f"indicator\x1f{event.function}\x1f{event.indicator}\x1f{event.kind}"


def entry(event: Pulse | Indicator, claimed: int = 0) -> Entry:
    """The entry of an event; `claimed` as in Entry."""
    return Entry(event.at, PULSE if type(event) is Pulse else INDICATOR, event.id, claimed, tuple(event[2:]))


def add(known: dict[str, Entry], one: Entry) -> str:
    """`ledger.add`; of an indicator only the latest stays."""
    verdict = ledger.add(known, one)
    if verdict == FOLDED and one.rank == INDICATOR and len(known) > 1:
        latest = max(known.values())
        known.clear()
        known[latest.id] = latest
    return verdict
