"""What each kind of entity contributes to the cells of all families."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from processors.enriched import Judged
from processors.ledger import Entry
from processors.measures import clock, decision, friction, indicators, people, voice
from processors.measures.terms import Cell, Contribution, Fact, Share
from processors.policy import Policies
from processors.signal import INDICATOR


def of_case(entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies) -> Contribution:
    """Its clocks, what its customer said, and the decisions that it shows to have failed."""
    if not judged:
        return ()
    failed = decision.reopenings(entries, judged, policies)
    return _summed((*clock.facts(judged), *voice.facts(entries), *failed))


def of_obstacle(entries: Sequence[Entry]) -> Contribution:
    """Its episodes."""
    return _summed(friction.facts(entries))


def of_decision(entries: Sequence[Entry], policies: Policies) -> Contribution:
    """Its stages, its way from being made to its effect, and the cases that it answers."""
    return _summed(decision.facts(entries, policies)) if entries else ()


def of_signal(entries: Sequence[Entry], policies: Policies) -> Contribution:
    """A pulse answer, or the latest value of an indicator."""
    if not entries:
        return ()
    last = entries[-1]
    return _summed(indicators.facts(last) if last.rank == INDICATOR else people.facts(last, policies))


def _summed(shares: Iterable[Share]) -> Contribution:
    """Each fact of each cell once."""
    found: Counter[tuple[Cell, Fact]] = Counter()
    for where, fact, amount in shares:
        found[where, fact] += amount
    return tuple(Share(where, fact, amount) for (where, fact), amount in found.items() if amount)
