"""Publishers of cells and the view together, on a log in memory: as of whatever instant the view stands, it holds just
what the shards had taken in by then, while they go on, are taken over, rebuilt, and what is gone is tombstoned.
"""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.ledger import Entry, Ledger
from processors.measures.cells import unpacked
from processors.measures.rows import kept
from processors.measures.sources import Mark, Sources
from processors.measures.terms import Cell, Contribution, Fact, Share
from processors.measures.view import View
from streams.kafka.records import ConsumerRecord, TopicPartition
from streams.measures import publisher
from streams.measures.publisher import CellPublisher, CellPublishers, cell_of
from streams.shard.serde import decode as unpack
from streams.shard.serde import pack as pack_ledger
from streams.shard.store import entity_write
from tests.measures.contents import FRAME, NOW
from tests.memory.log import MemoryLog
from tests.shards import SETTINGS, memory_log, shard_of

PLACES = ("web", "desk", "shop", "phone")
HOUR = NOW // 3_600_000
PLACE = TopicPartition(SETTINGS.topic(publisher.TOPIC), 0)
Contents = dict[Cell, dict[Fact, int]]


def share_of(place: str | None) -> Contribution:
    """What an entity adds that stands at a touchpoint."""
    return () if place is None else (Share(Cell("voice", place, "", HOUR), (0, "said", "none", None, None, None), 1),)


class World:
    """The topic, and the time that all publishers run on."""

    def __init__(self) -> None:
        self.log = memory_log()
        self.seconds = 0.0

    def records(self) -> list[ConsumerRecord]:
        """What is committed."""
        return list(self.log.read(PLACE.topic, (PLACE.partition,)))

    def standing(self) -> set[bytes]:
        """The keys that have a value."""
        last = {record.key or b"": record.value for record in self.records()}
        return {key for key, value in last.items() if value is not None}


class Partition:
    """What one worker after the other has of a partition: entities that stand somewhere."""

    def __init__(self, number: int, world: World) -> None:
        self._world, self._number = world, number
        self.known = 0  # how many changes it has taken in
        self.history: list[dict[str, str | None]] = [{}]  # where all stood after so many changes
        self.open()

    def open(self) -> None:
        """Another worker takes it over: only what is durable is left."""
        stage = SimpleNamespace(name="cases", contribution=lambda known: share_of(known.entries[0].id or None))
        self._shard = shard_of(self._world.log, stage, self._number)
        self._shard.open()
        self.publisher = CellPublisher(self._shard, self._monotonic)
        source = self.publisher.source
        self.publisher.tombstone(CellPublishers(self._world.log, SETTINGS, self._monotonic).standing([source])[source])

    def _monotonic(self) -> float:
        return self._world.seconds

    def rebuild(self) -> None:
        """Let all entities contribute."""
        self.publisher.rebuild(float("inf"))

    def publish(self, is_busy: bool = False) -> None:
        """Send what is due, as of what is taken in."""
        self.publisher.publish(self.known, self.known, is_busy)

    def move(self, entity: str, place: str | None) -> None:
        """One change: an entity stands elsewhere, or nowhere."""
        ledger = Ledger((Entry(NOW, 0, place or "", 0, ()),))
        self._shard.commit((), [entity_write(entity, pack_ledger(ledger, 0, False))])
        self._shard.cells.replace(entity, share_of(place))
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

    def read(self, log: MemoryLog, most: int | None = None) -> None:
        """Take in what comes next, so many records at most."""
        records, self._next, _ = log.fetch(PLACE, self._next, most)
        for record in records:
            source, *where = unpack(record.key or b"")
            if not where:
                assert record.value is not None
                self.sources.mark(source, mark := Mark(*unpack(record.value), heard=NOW))
                if mark.is_complete:
                    self.marks[source] = mark
            elif record.value is None:
                self.sources.gone(source, Cell(*where))
            else:
                epoch, packed = cell_of(record.value)
                self.sources.cell(source, epoch, Cell(*where), packed)

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
        patched.setattr(publisher, "_MOST_AT_ONCE", most)
        dice, world = Random(seed), World()
        partitions, reader = [Partition(n, world) for n in range(2)], Reader(2)
        for _ in range(60):
            partition = dice.choice(partitions)
            what = dice.random()
            if what < 0.4:
                partition.move(dice.choice("abcd"), dice.choice([*PLACES, None]))
            elif what < 0.44:
                partition.open()
            elif what < 0.7:
                if dice.random() < 0.5:
                    partition.rebuild()
                world.seconds += dice.choice([0.1, 1.0, 5.0, 10.0])
                partition.publish(is_busy=dice.random() < 0.3)
            else:
                reader.read(world.log, dice.randrange(1, 20))  # perhaps to the middle of a transaction
                _holds_what_it_says(reader, partitions)
        _settles(world, partitions, reader)


def _holds_what_it_says(reader: Reader, partitions: list[Partition]) -> None:
    for partition in partitions:
        source = partition.publisher.source
        mark = reader.marks.get(source)
        assert reader.has(source) == ({} if mark is None else partition.expected(mark.until))
        assert (source in reader.sources.missing(0)) == (mark is None)


def _settles(world: World, partitions: list[Partition], reader: Reader) -> None:
    """Left alone, all comes to be known, and nothing that is gone stays in the topic."""
    for _ in range(40):
        world.seconds += 10.0
        for partition in partitions:
            partition.rebuild()
            partition.publish()
    reader.read(world.log)
    _holds_what_it_says(reader, partitions)
    assert {source: mark.until for source, mark in reader.marks.items()} == {
        partition.publisher.source: partition.known for partition in partitions
    }
    stand = {tuple(unpack(key)[1:]) for key in world.standing()} - {()}
    assert stand == {where for partition in partitions for where in partition.expected(partition.known)}


def test_a_mark_is_sent_now_and_then_though_nothing_has_changed() -> None:
    world = World()
    partition = Partition(0, world)
    partition.rebuild()
    for tenth in range(200):
        world.seconds = tenth / 10
        partition.publish()
    assert len(world.records()) == 1 + 3, "at the beginning, after 5, 10 and 15 seconds"


def test_what_changes_again_and_again_is_sent_once_a_second() -> None:
    world = World()
    partition = Partition(0, world)
    partition.rebuild()
    partition.publish()
    for tenth in range(1, 101):
        partition.move("a", PLACES[tenth // 10 % 2])
        world.seconds = tenth / 10
        partition.publish()
    marks = [record for record in world.records() if len(unpack(record.key or b"")) == 1]
    assert len(marks) == 11
