"""What a stage is, and what follows from new entries: records to send, and what is kept."""

# ruff: noqa: ARG002 - stages share one interface

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from processors.alarm_record import Alarm
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
    alarms: tuple[Alarm, ...] = ()


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
    alarms: list[Alarm] = []  # noqa: RUF012 - a NamedTuple's default, never changed in place
    contribution: Contribution | None = None


class Telling(Protocol):
    """What is due of the entities of a stage, and whom it concerns. Called in the pipeline's thread; never blocks."""

    def on_deadline(self, entity: str, known: Ledger, horizon: int, partition: int, now: int) -> Effects:
        """What is to be announced of an entity by now. horizon: what lies before it may be claimed (milliseconds)."""

    def alarm(self, key: bytes, alarm: Alarm, partition: int | None) -> ProducerRecord:
        """The record of an alarm."""

    def feedback(self, entry: Entry) -> tuple[str, str] | None:
        """(touchpoint, severity) of an entry that is feedback."""


class Stage(Protocol):
    """One kind of entity. Its methods are pure: they keep nothing. `on_restore` is called from several
    threads at once, the others in the pipeline's; with a schema registry the first record of a kind waits for it.

    records: the names of the records that feed it. telling: None without deadlines.
    """

    name: str

    @property
    def records(self) -> tuple[str, ...]: ...
    @property
    def telling(self) -> Telling | None: ...

    def entity(self, event: Any) -> str:
        """Which entity an event belongs to."""

    def key(self, event: Any) -> str:
        """What the key of the event's record must be."""

    def entry(self, event: Any, claimed: int) -> Entry:
        """The event as the ledger keeps it. claimed: its own `at` where the append time was taken instead, else 0."""

    def can_start(self, entry: Entry) -> bool:
        """Whether an entity may begin with this entry after it was purged."""

    def add(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        """What adds entries to these, by id: each call says a verdict of `processors.ledger`."""

    def on_entries(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int, now: int) -> Effects:
        """What follows from new entries. entries: all of them, in order; before: what was stored."""

    def on_purge(self, entity: str, known: Ledger, partition: int, now: int) -> Effects:
        """What follows when an entity is purged: what must be deleted, and which alarms end."""

    def on_restore(self, entity: str, known: Ledger) -> Derived:
        """What is derived of a stored entity that stands open."""

    def contribution(self, known: Ledger) -> Contribution:
        """What a stored entity contributes to the measures."""


class Untold:
    """A stage without deadlines, of whose entities nothing stands in a compacted topic."""

    telling: None = None

    def on_purge(self, entity: str, known: Ledger, partition: int, now: int) -> Effects:
        """It is gone, and nobody needs to know."""
        return Effects([], Ledger(purged=now), now, None)
