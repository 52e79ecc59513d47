"""Pulse answers and indicators."""

# ruff: noqa: ARG002 - stages share one interface

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from processors import signal
from processors.events import Pulse
from processors.ledger import Entry, Ledger
from processors.measures import contribution
from processors.measures.terms import Contribution
from processors.policy import Policies
from streams.shard.stages.stage import Derived, Effects, Untold


class SignalStage(Untold):
    """Pulse answers and indicators: nothing follows from them but what they contribute to the measures."""

    name = "signals"
    records = ("pulse", "indicator")

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def entity(self, event: Any) -> str:
        return signal.entity(event)

    def key(self, event: Any) -> str:
        return event.unit if type(event) is Pulse else event.function

    def entry(self, event: Any, claimed: int) -> Entry:
        return signal.entry(event, claimed)

    def can_start(self, entry: Entry) -> bool:
        return True

    def add(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        return partial(signal.add, known)

    def on_restore(self, entity: str, known: Ledger) -> Derived:
        return Derived()

    def contribution(self, known: Ledger) -> Contribution:
        """What a stored answer or indicator contributes to the measures."""
        return contribution.of_signal(known.entries, self._policies)

    def on_entries(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int, now: int) -> Effects:
        share = contribution.of_signal(entries, self._policies)
        return Effects([], Ledger(entries, before.purged), entries[-1].at, None, contribution=share)
