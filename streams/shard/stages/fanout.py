"""Decisions and obstacles: every stage of theirs reaches the cases concerned."""

# ruff: noqa: ARG002 - stages share one interface

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from processors import case, decision, fanout, obstacle
from processors.ledger import Entry, Ledger
from processors.measures import contribution
from processors.measures.terms import Contribution
from processors.policy import Policies
from processors.standing import Standing, of_decision, of_obstacle
from streams.kafka.headers import headers
from streams.kafka.records import ProducerRecord
from streams.shard.stages.stage import Derived, Effects, Encode, Untold


class TellingStage(Untold):
    """Decisions or obstacles: every event reaches all cases that any event of the entity names."""

    def __init__(self, of: ModuleType, record_name: str, policies: Policies, encode: Encode, source: str) -> None:
        self._of, self._policies, self._encode, self._source = of, policies, encode, source
        self.name = f"{record_name}s"
        self.records = (record_name,)

    def entity(self, event: Any) -> str:
        return event[2]  # type: ignore[no-any-return]

    key = entity

    def entry(self, event: Any, claimed: int) -> Entry:
        return self._of.entry(event, claimed)  # type: ignore[no-any-return]

    def can_start(self, entry: Entry) -> bool:
        return entry.rank in (case.MADE, case.RAISED)

    def add(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        told = {name for entry in known.values() for name in self._of.cases(entry)}
        return partial(fanout.add, self._of, known, told)

    def on_restore(self, entity: str, known: Ledger) -> Derived:
        return Derived(self._standing(known.entries))

    def _standing(self, entries: tuple[Entry, ...]) -> Standing | None:
        return of_obstacle(entries) if self._of is obstacle else of_decision(entries, self._policies)

    def on_entries(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int, now: int) -> Effects:
        outputs = [
            ProducerRecord(
                "rytmi.link.v1",
                link.case.encode(),
                self._encode("link", link),
                headers("rytmi.link.v1", link.id, self._source, link.at),
            )
            for link in fanout.links(self._of, entity, before.entries, entries)
        ]
        kept = Ledger(entries, before.purged)
        if self._of is obstacle:
            episodes = obstacle.episodes(entries)
            settled_at = (episodes[-1].removed or 0) if episodes else entries[-1].at
            share = contribution.of_obstacle(entries)
        else:
            settled_at = decision.settled_at(entries)
            share = contribution.of_decision(entries, self._policies)
        return Effects(outputs, kept, settled_at, self._standing(entries), contribution=share)

    def contribution(self, known: Ledger) -> Contribution:
        """What a stored obstacle or decision contributes to the measures."""
        if self._of is obstacle:
            return contribution.of_obstacle(known.entries)
        return contribution.of_decision(known.entries, self._policies)
