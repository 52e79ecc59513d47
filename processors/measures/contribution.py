"""What each kind of entity contributes to the cells of all families. A fact may stand in it more than once."""

from __future__ import annotations

from collections.abc import Sequence

from processors.enriched import Judged
from processors.ledger import Entry
from processors.measures import clock, decision, friction, indicators, people, voice
from processors.measures.terms import Contribution
from processors.policy import Policies
from processors.signal import INDICATOR


def of_case(entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies) -> Contribution:
    """Its clocks, what its customer said, and the decisions that it shows to have failed."""
    if not judged:
        return ()
    failed = decision.reopenings(entries, judged, policies)
    return (*clock.facts(judged), *voice.facts(entries), *failed)


def of_obstacle(entries: Sequence[Entry]) -> Contribution:
    """Its episodes."""
    return tuple(friction.facts(entries))


def of_decision(entries: Sequence[Entry], policies: Policies) -> Contribution:
    """Its stages, its way from being made to its effect, and the cases that it answers."""
    return tuple(decision.facts(entries, policies)) if entries else ()


def of_signal(entries: Sequence[Entry], policies: Policies) -> Contribution:
    """A pulse answer, or the latest value of an indicator."""
    if not entries:
        return ()
    last = entries[-1]
    return tuple(indicators.facts(last) if last.rank == INDICATOR else people.facts(last, policies))
