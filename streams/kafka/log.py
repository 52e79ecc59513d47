"""The log: what a worker needs of Kafka, as one port. `KafkaLog` is a cluster; tests have one in memory.

Both pass one contract suite (tests/contract): order within a partition only, offsets with gaps where transactions end,
readers of committed records, fencing by transactional id. Topics are named in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from confluent_kafka import Producer, TopicPartition

from streams.kafka import reader
from streams.kafka.clients import MARKS, TAIL, TRANSACTIONS, consumer, producer
from streams.kafka.records import ConsumerRecord
from streams.settings import Settings

_POLL_SECONDS = 0.2


class TransactionClient(Protocol):
    """A transactional producer as confluent_kafka has it, whose words these are. Used from one thread.

    Every call but `produce` may block up to its seconds. All raise KafkaException; `produce` raises BufferError while
    its buffer is full. Partition -1: the one that the key belongs to, by murmur2.
    """

    def init_transactions(self, timeout: float, /) -> None: ...
    def begin_transaction(self) -> None: ...
    @property
    def produce(self) -> Callable[..., None]: ...  # (topic, value, key, partition, *, headers, on_delivery)
    def poll(self, timeout: float, /) -> int: ...
    def flush(self, timeout: float, /) -> int: ...
    def commit_transaction(self, timeout: float, /) -> None: ...
    def abort_transaction(self, timeout: float, /) -> None: ...


class Tail(Protocol):
    """What is appended to a one-partition topic from now on. Used from one thread."""

    def poll(self) -> ConsumerRecord | None:
        """The next record; None after a moment without one. Raises KafkaException."""

    def close(self) -> None:
        """Read no more."""


class Log(Protocol):
    """Thread-safe. What may block says so."""

    def transactions(self, transactional_id: str) -> TransactionClient:
        """A producer, which has not asked the cluster for anything yet. Does not block."""

    def read(self, topic: str, partitions: Iterable[int], start: int = 0) -> Iterator[ConsumerRecord]:
        """Committed records from an offset to the end that there is when it is reached; each partition in order.

        Blocks. Raises ReadError.
        """

    def end(self, topic: str, partition: int) -> int:
        """The offset of the next record behind the committed ones. Blocks. Raises KafkaException."""

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Send a record that may get lost; from one thread. Never blocks; raises BufferError while there is no room."""

    def tail(self, topic: str) -> Tail:
        """Read what comes from now on."""


class KafkaLog:
    """The cluster of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._marks: Producer | None = None

    def transactions(self, transactional_id: str) -> TransactionClient:
        return producer(self._settings, TRANSACTIONS, **{"transactional.id": transactional_id})

    def read(self, topic: str, partitions: Iterable[int], start: int = 0) -> Iterator[ConsumerRecord]:
        return reader.to_the_end(self._settings, topic, partitions, start)

    def end(self, topic: str, partition: int) -> int:
        return reader.end(self._settings, topic, partition)

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        if self._marks is None:
            self._marks = producer(self._settings, MARKS)
        try:
            self._marks.produce(topic, value, key)
        finally:
            self._marks.poll(0)

    def tail(self, topic: str) -> Tail:
        return _KafkaTail(self._settings, topic)


class _KafkaTail:
    def __init__(self, settings: Settings, topic: str) -> None:
        self._consumer = consumer(settings, TAIL, f"{settings.application}-progress")  # the group is not joined
        self._consumer.assign([TopicPartition(topic, 0, -1)])  # -1: the end

    def poll(self) -> ConsumerRecord | None:
        message = self._consumer.poll(_POLL_SECONDS)
        return None if message is None or message.error() is not None else reader.record_of(message)

    def close(self) -> None:
        self._consumer.close()
