"""Sharing and the view together, without a broker: as of whatever instant the view stands, it holds just what the
shards had taken in by then, while they go on, are taken over, rebuilt and swept.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.ledger import Entry, Ledger
from processors.measures.cells import Cells, unpacked
from processors.measures.rows import kept
from processors.measures.sources import Mark, Sources
from processors.measures.terms import Cell, Contribution, Fact, Share
from processors.measures.view import View
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.measures import publisher as sharing
from streams.measures.publisher import CellPublisher, cell_of
from streams.shard.packing import pack, unpack
from streams.shard.serde import pack as pack_ledger
from streams.shard.shard import ShardId
from streams.shard.store import Store, entity_write
from tests.measures.contents import FRAME, NOW

PLACES = ("web", "desk", "shop", "phone")
HOUR = NOW // 3_600_000
Contents = dict[Cell, dict[Fact, int]]


def share_of(place: str | None) -> Contribution:
    """What an entity adds that stands at a touchpoint."""
    return () if place is None else (Share(Cell("voice", place, "", HOUR), (0, "said", "none", None, None, None), 1),)


class Log:
    """The topic, in memory: what is committed."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes | None]] = []

    def standing(self) -> dict[bytes, bytes]:
        """Its last records."""
        last = dict(self.records)
        return {key: value for key, value in last.items() if value is not None}


class Partition:
    """What one worker after the other has of a partition: entities that stand somewhere, durable in a store."""

    def __init__(self, number: int, log: Log) -> None:
        self.log, self.number = log, number
        self.stored = Store()
        self.known = 0  # how many changes it has taken in
        self.history: list[dict[str, str | None]] = [{}]  # where all stood after so many changes
        self.open()

    def open(self) -> None:
        """Another worker takes it over: only what is durable is left."""
        stage = SimpleNamespace(name="cases", contribution=lambda known: share_of(known.entries[0].id or None))
        self.shard: Any = SimpleNamespace(
            id=ShardId("cases", self.number),
            partition=self.number,
            stage=stage,
            store=self.stored,
            cells=Cells(pack, unpack),
            emission=SimpleNamespace(commit=self._commit),
        )
        self.sharing = CellPublisher(self.shard)
        self.sharing.sweep([Cell(*unpack(key)[1:]) for key in self.log.standing() if unpack(key)[1:]])

    def _commit(self, outputs: Iterable[ProducerRecord], states: Iterable[ChangelogRecord]) -> None:
        self.log.records += [(one.key or b"", one.value) for one in outputs]

    def move(self, entity: str, place: str | None) -> None:
        """One change: an entity stands elsewhere, or nowhere."""
        ledger = Ledger((Entry(NOW, 0, place or "", 0, ()),))
        self.stored.apply(entity_write(entity, pack_ledger(ledger, 0, False)))
        self.shard.cells.replace(entity, share_of(place))
        self.history.append({**self.history[-1], entity: place})
        self.known += 1

    def expected(self, until: int) -> Contents:
        """What its cells hold after so many changes."""
        found: Contents = {}
        for place in self.history[until].values():
            for where, fact, amount in share_of(place):
                facts = found.setdefault(where, {})
                facts[fact] = facts.get(fact, 0) + amount
        return found


class Reader:
    """The view, and what it makes of the log."""

    def __init__(self, partitions: int) -> None:
        self.view = View(kept(FRAME), NOW, unpack)
        self.sources = Sources([f"cases/{n}" for n in range(partitions)], self.view)
        self.marks: dict[str, Mark] = {}
        self._next = 0

    def read(self, log: Log, until: int) -> None:
        for key, value in log.records[self._next : until]:
            source, *where = unpack(key)
            if not where:
                assert value is not None
                self.sources.mark(source, mark := Mark(*unpack(value), heard=NOW))
                if mark.is_complete:
                    self.marks[source] = mark
            elif value is None:
                self.sources.gone(source, Cell(*where))
            else:
                epoch, packed = cell_of(value)
                self.sources.cell(source, epoch, Cell(*where), packed)
        self._next = max(self._next, until)

    def has(self, source: str) -> Contents:
        return {
            where: dict(unpacked(by_source[source], unpack))
            for where, by_source in self.view.cells()
            if source in by_source
        }


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 1 << 60), st.sampled_from([1, 2, 5_000]))
def test_the_view_holds_what_the_shards_had_taken_in_as_of_when_it_stands(seed: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sharing, "_MOST_AT_ONCE", most)
        dice, log = Random(seed), Log()
        partitions, reader = [Partition(n, log) for n in range(2)], Reader(2)
        now = 0.0
        for _ in range(60):
            partition = dice.choice(partitions)
            what = dice.random()
            if what < 0.4:
                partition.move(dice.choice("abcd"), dice.choice([*PLACES, None]))
            elif what < 0.44:
                partition.open()
            elif what < 0.7:
                if dice.random() < 0.5:
                    partition.sharing.fill(float("inf"))
                now += dice.choice([0.1, 1.0, 5.0, 10.0])
                partition.sharing.share(now, partition.known, partition.known, dice.random() < 0.3)
            else:
                reader.read(log, dice.randrange(len(log.records) + 1))  # perhaps in the middle of a transaction
                _holds_what_it_says(reader, partitions)
        _settles(log, partitions, reader, now)


def _holds_what_it_says(reader: Reader, partitions: list[Partition]) -> None:
    for partition in partitions:
        source = partition.sharing.source
        mark = reader.marks.get(source)
        assert reader.has(source) == ({} if mark is None else partition.expected(mark.until))
        assert (source in reader.sources.missing(0)) == (mark is None)


def _settles(log: Log, partitions: list[Partition], reader: Reader, now: float) -> None:
    """Left alone, all comes to be known, and nothing that is gone stays in the topic."""
    for _ in range(40):
        now += 10.0
        for partition in partitions:
            partition.sharing.fill(float("inf"))
            partition.sharing.share(now, partition.known, partition.known, False)
    reader.read(log, len(log.records))
    _holds_what_it_says(reader, partitions)
    assert {source: mark.until for source, mark in reader.marks.items()} == {
        partition.sharing.source: partition.known for partition in partitions
    }
    stand = {tuple(unpack(key)[1:]) for key in log.standing()} - {()}
    assert stand == {where for partition in partitions for where in partition.expected(partition.known)}


def test_a_mark_is_sent_now_and_then_though_nothing_has_changed() -> None:
    log = Log()
    partition = Partition(0, log)
    partition.sharing.fill(float("inf"))
    for tenth in range(200):
        partition.sharing.share(tenth / 10, 0, 0, False)
    assert len(log.records) == 1 + 3, "at the beginning, after 5, 10 and 15 seconds"


def test_what_changes_again_and_again_is_sent_once_a_second() -> None:
    log = Log()
    partition = Partition(0, log)
    partition.sharing.fill(float("inf"))
    partition.sharing.share(0.0, 0, 0, False)
    for tenth in range(1, 101):
        partition.move("a", PLACES[tenth // 10 % 2])
        partition.sharing.share(tenth / 10, partition.known, 0, False)
    marks = [value for key, value in log.records if len(unpack(key)) == 1]
    assert len(marks) == 11
