"""A log in memory, which behaves as a cluster does: for tests, and for the simulation of the whole topology.

The end of a transaction takes an offset in every partition that it wrote to; readers see committed records only, and
nothing behind an open transaction. A new producer under a transactional id fences the one before and aborts what it had
open. Requests can fail, get lost, or be answered and come once more later (`Faults`, `late_end`).
Simpler than a cluster: what is committed is seen at once in all partitions. There the end of a transaction reaches each
of them on its own, after the commit has been answered.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, Protocol

from aiokafka.partitioner import murmur2
from confluent_kafka import KafkaException

from streams.kafka.records import ConsumerRecord, TopicPartition
from tests.memory.partition import Partition
from tests.memory.transactions import Status, Transaction, Transactions


class Fetched(NamedTuple):
    """Committed records from an offset on, the offset that comes next, and whether that is the end."""

    records: list[ConsumerRecord]
    next: int
    is_end: bool


class Faults(Protocol):
    """What goes wrong. Called by the client's thread, with the id, before a request of its takes effect and after.

    May raise: KafkaException is what the client's caller gets (`before`: it took no effect); all else is a crash.
    """

    def before(self, request: str, name: str) -> None: ...
    def sending(self, name: str) -> None: ...
    def after(self, request: str, name: str) -> None: ...


class NoFaults:
    """Nothing goes wrong."""

    def before(self, request: str, name: str) -> None:
        """It takes effect."""

    def sending(self, name: str) -> None:
        """Nothing overtakes it."""

    def after(self, request: str, name: str) -> None:
        """It is answered."""


class MemoryLog:
    """partitions: how many a topic has, by its full name. now: append time, milliseconds. Thread-safe; never blocks."""

    def __init__(self, partitions: Callable[[str], int], now: Callable[[], int], faults: Faults | None = None) -> None:
        self._count, self._now, self.faults = partitions, now, faults or NoFaults()
        self._partitions: defaultdict[TopicPartition, Partition] = defaultdict(Partition)
        self._transactions = Transactions(lambda place, ended: self._partitions[place].add(None, ended))
        self._lock = threading.RLock()

    # -- the port

    def transactions(self, transactional_id: str) -> MemoryProducer:
        return MemoryProducer(self, transactional_id)

    def read(self, topic: str, partitions: Iterable[int], start: int = 0) -> Iterator[ConsumerRecord]:
        for partition in partitions:
            yield from self.fetch(TopicPartition(topic, partition), start).records

    def end(self, topic: str, partition: int) -> int:
        with self._lock:
            return self._partitions[TopicPartition(topic, partition)].stable

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        self.append(topic, key, value)

    def tail(self, topic: str) -> MemoryTail:
        return MemoryTail(self, TopicPartition(topic, 0))

    # -- what a producer without transactions, a consumer and the cluster do

    def append(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes]] | None = None,
        partition: int = -1,
        transaction: Transaction | None = None,
    ) -> TopicPartition:
        """Append a record; where it is."""
        with self._lock:
            where = partition if partition >= 0 else (murmur2(key or b"") & 0x7FFFFFFF) % self._count(topic)
            place = TopicPartition(topic, where)
            at = self._partitions[place]
            at.add(ConsumerRecord(topic, where, at.end, self._now(), key, value, tuple(headers or ())), transaction)
            return place

    def fetch(self, place: TopicPartition, start: int, most: int | None = None) -> Fetched:
        """Committed records of a partition from an offset on; `most`: as many at most, at least one."""
        with self._lock:
            at = self._partitions[place]
            records = list(islice(at.committed(start), most))
            if most is not None and len(records) == most:
                return Fetched(records, records[-1].offset + 1, False)
            return Fetched(records, max(start, at.stable), at.stable == at.end)

    def compact(self, topic: str) -> None:
        """Drop all but the last committed record of each key, as compaction does in the end."""
        with self._lock:
            for place, partition in self._partitions.items():
                if place.topic == topic:
                    partition.compact()

    def high_watermark(self, place: TopicPartition) -> int:
        """The offset behind everything that was appended, committed or not."""
        return self._partitions[place].end

    def epoch_of(self, name: str) -> int:
        """The epoch of the newest producer under an id."""
        return self._transactions.epoch(name)

    # -- what transactional producers ask of the cluster

    def open_producer(self, name: str) -> int:
        """Fence whoever has the id and abort what it has open; the new epoch."""
        with self._lock:
            return self._transactions.fence(name)

    def produce(
        self, name: str, epoch: int, topic: str, key: bytes | None, value: bytes | None, headers: Any, partition: int
    ) -> int:
        """Append a record of a transaction; its offset. Raises KafkaException where the id has a newer epoch."""
        with self._lock:
            transaction = self._transactions.running(name, epoch)
            place = self.append(topic, key, value, headers, partition, transaction)
            transaction.places.add(place)
            return self.high_watermark(place) - 1

    def end_transaction(self, name: str, epoch: int, status: Status) -> None:
        """Commit or abort what is open, if anything is. Raises KafkaException where the id has a newer epoch."""
        with self._lock:
            self._transactions.end(name, epoch, status)

    def late_end(self, name: str, epoch: int, status: Status) -> bool:
        """A request to end a transaction that was on its way for long; whether the coordinator took it."""
        with self._lock:
            return self._transactions.late_end(name, epoch, status)


class Delivered:
    """What is told of a record that was delivered."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def offset(self) -> int:
        """Its offset."""
        return self._offset


class MemoryProducer:
    """A transactional producer, as `TransactionClient` says."""

    def __init__(self, log: MemoryLog, name: str) -> None:
        self._log, self.name, self.epoch = log, name, 0
        self._failed: KafkaException | None = None
        self._confirmed: list[Callable[[], object]] = []  # told when it is flushed

    def init_transactions(self, timeout: float, /) -> None:
        self._ask("init", lambda: setattr(self, "epoch", self._log.open_producer(self.name)))

    def begin_transaction(self) -> None:
        self._failed = None

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        partition: int,
        /,
        *,
        headers: Any = None,
        on_delivery: Callable[[None, Delivered], object] | None = None,
    ) -> None:
        self._log.faults.sending(self.name)  # what was under way from before may come first
        try:
            offset = self._log.produce(self.name, self.epoch, topic, key, value, headers, partition)
        except KafkaException as failed:  # it is sent aside: the commit is what says so
            self._failed = failed
            return
        if on_delivery is not None:
            self._confirmed.append(partial(on_delivery, None, Delivered(offset)))

    def poll(self, timeout: float, /) -> int:
        return 0

    def flush(self, timeout: float, /) -> int:
        while self._confirmed:
            self._confirmed.pop(0)()
        return 0

    def commit_transaction(self, timeout: float, /) -> None:
        if self._failed is not None:
            raise self._failed
        self._ask("commit", lambda: self._log.end_transaction(self.name, self.epoch, Status.COMMITTED))

    def abort_transaction(self, timeout: float, /) -> None:
        self._ask("abort", lambda: self._log.end_transaction(self.name, self.epoch, Status.ABORTED))

    def _ask(self, request: str, effect: Callable[[], None]) -> None:
        self._log.faults.before(request, self.name)
        effect()
        self._log.faults.after(request, self.name)


class MemoryTail:
    """What is appended to a partition from now on."""

    def __init__(self, log: MemoryLog, place: TopicPartition) -> None:
        self._log, self._place, self._next = log, place, log.end(*place)

    def poll(self) -> ConsumerRecord | None:
        records, self._next, _ = self._log.fetch(self._place, self._next, 1)
        return records[0] if records else None

    def close(self) -> None:
        """Nothing is held."""
