"""The fan-out: every event of a decision or obstacle reaches all cases that any of its events names.

A link's id is computed from its entity, event and case, so one sent again is recognised as a repeat. (The event's
id alone would not do: ids are unique within an entity, and two decisions may use the same.) So is the kind of the
entity, as the constant `IN_LINK_IDS` of its module: a decision and an obstacle may have the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType

from processors import ledger
from processors.events import MAX_CASES, Link
from processors.ledger import FOLDED, TOO_LARGE, Entry, digest


def links(of: ModuleType, entity: str, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Link]:
    """The links that `after` calls for and `before` did not. `of`: the module `decision` or `obstacle`."""
    told_events = {e.id for e in before}
    told_cases = {case for e in before for case in of.cases(e)}
    everyone = dict.fromkeys(case for e in after for case in of.cases(e))
    for e in after:
        for case in everyone:
            if e.id not in told_events or case not in told_cases:
                yield of.link(e, entity, case, digest(of.IN_LINK_IDS, entity, e.id, case))


def add(of: ModuleType, known: dict[str, Entry], named: set[str], entry: Entry) -> str:
    """`ledger.add`, and no more than MAX_CASES cases in all: an event that would name more is `too_large`."""
    cases = of.cases(entry)
    if len(named) + len(cases) > MAX_CASES and len(named.union(cases)) > MAX_CASES and entry.id not in known:
        return TOO_LARGE
    verdict = ledger.add(known, entry)
    if verdict == FOLDED:
        named.update(cases)
    return verdict
