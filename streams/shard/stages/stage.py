"""What a stage is, and what follows from new entries: records to send, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from processors.ledger import Entry, Ledger
from processors.measures.terms import Contribution
from processors.standing import Standing
from streams.kafka.records import ProducerRecord

Encode = Callable[[str, Any], bytes]


class Derived(NamedTuple):
    """What is not stored of an entity, but follows from what is.

    next_at: when somebody is to be told next (milliseconds), if nothing happens until then. alarms: those that stand.
    """

    standing: Standing | None = None
    next_at: int | None = None
    alarms: tuple[dict[str, Any], ...] = ()


class Effects(NamedTuple):
    """What follows from new entries of an entity, or from an instant that has come.

    settled_at: when it came to rest, from which its retention counts (milliseconds), 0 while it has not.
    alarms: the records of alarms among the outputs. contribution: to the measures; None: as it was.
    """

    outputs: list[ProducerRecord]
    ledger: Ledger
    settled_at: int
    standing: Standing | None
    next_at: int | None = None
    alarms: list[dict[str, Any]] = []  # noqa: RUF012 - a NamedTuple's default, never changed in place
    contribution: Contribution | None = None


class Telling(Protocol):
    """What is due of the entities of a stage, and whom it concerns."""

    def tell(self, entity: str, known: Ledger, horizon: int, partition: int, now: int) -> Effects: ...
    def alarm(self, key: bytes, alarm: dict[str, Any], partition: int | None) -> ProducerRecord: ...
    def feedback(self, entry: Entry) -> tuple[str, str] | None: ...


class Stage(Protocol):
    """One kind of entity; `records` are the names of the records that feed it. telling: None without deadlines."""

    name: str

    @property
    def records(self) -> tuple[str, ...]: ...
    @property
    def telling(self) -> Telling | None: ...

    def entity(self, event: Any) -> str: ...
    def key(self, event: Any) -> str: ...
    def entry(self, event: Any, claimed: int) -> Entry: ...
    def opens(self, entry: Entry) -> bool: ...
    def adder(self, known: dict[str, Entry]) -> Callable[[Entry], str]: ...
    def effects(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int, now: int) -> Effects: ...
    def forgotten(self, entity: str, known: Ledger, partition: int, now: int) -> Effects: ...
    def derived(self, entity: str, known: Ledger) -> Derived: ...
    def contribution(self, known: Ledger) -> Contribution: ...


class Untold:
    """A stage without deadlines, of whose entities nothing stands in a compacted topic."""

    telling: None = None

    def forgotten(self, entity: str, known: Ledger, partition: int, now: int) -> Effects:
        """It is gone, and nobody needs to know."""
        return Effects([], Ledger(purged=now), now, None)
