"""A cluster to hold against the contract of the log: one in memory, or a real one, in the same words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.kafka.clients import EVENTS, TO_THE_END, consumer, producer
from streams.kafka.log import KafkaLog, Log, TransactionClient
from streams.kafka.numbering import KEY as NUMBER
from streams.kafka.records import ConsumerRecord
from streams.kafka.records import TopicPartition as Place
from streams.kafka.shard_log import ShardLog
from streams.settings import Settings
from tests.memory.log import MemoryLog
from tests.waiting import until

SECONDS = 30.0
"""So long at most until something is on the cluster; for each request as well."""
MOST_BYTES = 9 * 1024 * 1024
Header = tuple[str, bytes]


class Base(Protocol):
    """What differs between the clusters."""

    log: Log
    settings: Settings

    def create(self, topic: str, partitions: int) -> None:
        """A topic, whose records have the time of their appending."""

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), partition: int = -1
    ) -> None:
        """A record without a transaction; it is there when this returns."""

    def high(self, topic: str, partition: int) -> int:
        """The offset behind all there is, committed or not."""


class InMemory:
    """A cluster in memory."""

    def __init__(self) -> None:
        self.settings = Settings(kafka_bootstrap="nowhere.example:9092")
        self._partitions: dict[str, int] = {}
        self.log: MemoryLog = MemoryLog(self._partitions.__getitem__, lambda: time.time_ns() // 1_000_000)

    def create(self, topic: str, partitions: int) -> None:
        self._partitions[topic] = partitions

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), partition: int = -1
    ) -> None:
        self.log.append(topic, key, value, headers, partition)

    def high(self, topic: str, partition: int) -> int:
        return self.log._partitions[Place(topic, partition)].end


class Real:
    """A cluster of Kafka, with topics and ids of its own."""

    def __init__(self, bootstrap: str, replication: int) -> None:
        unique = uuid.uuid4().hex[:10]
        own = Settings(kafka_bootstrap=bootstrap, replication=replication)
        self.settings = replace(own, topic_prefix=f"t{unique}.", application=f"a{unique}")
        self.log = KafkaLog(self.settings)
        self._admin, self._created = AdminClient(self.settings.client()), list[str]()
        self._producer = producer(self.settings, EVENTS)

    def create(self, topic: str, partitions: int) -> None:
        config = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(MOST_BYTES)}
        made = self._admin.create_topics([NewTopic(topic, partitions, self.settings.replication, config=config)])
        made[topic].result()
        self._created.append(topic)
        until(lambda: self._has(topic, partitions), SECONDS, f"{topic} is there")

    def _has(self, topic: str, partitions: int) -> bool:
        found = self._admin.list_topics(timeout=SECONDS).topics.get(topic)
        return found is not None and len(found.partitions) == partitions

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), partition: int = -1
    ) -> None:
        self._producer.produce(topic, value, key, partition, headers=list(headers))
        assert self._producer.flush(SECONDS) == 0

    def high(self, topic: str, partition: int) -> int:
        asking = consumer(self.settings, TO_THE_END | {"isolation.level": "read_uncommitted"}, "nobody")
        try:
            return int(asking.get_watermark_offsets(TopicPartition(topic, partition), timeout=SECONDS)[1])
        finally:
            asking.close()

    def close(self) -> None:
        """Delete what was created."""
        if self._created:
            for deleted in self._admin.delete_topics(self._created, operation_timeout=SECONDS).values():
                deleted.result()


class Cluster:
    """What tests do on a cluster.

    The end of a transaction reaches each partition on its own after the commit has been answered, so what it makes
    visible is waited for (`shows`), and what must never be seen is looked for once the cluster has it (`await_high`).
    """

    def __init__(self, base: Base) -> None:
        self.base, self.log, self.settings = base, base.log, base.settings
        self.append, self.high = base.append, base.high
        self._partitions: dict[str, int] = {}

    def topic(self, name: str, partitions: int = 1) -> str:
        """A new topic; its full name."""
        full = self.settings.topic(name)
        self.base.create(full, partitions)
        self._partitions[full] = partitions
        return full

    def shard_log(self, partition: int = 0) -> ShardLog:
        """The log of a shard of cases, which has fenced its predecessor. Their changelog must be there."""
        own = ShardLog(self.log, self.settings, "cases", partition)
        own.fence()
        return own

    def producer(self, name: str) -> TransactionClient:
        """A producer under an id, which has fenced its predecessor and begun a transaction."""
        client = self.log.transactions(self.settings.topic(name))
        client.init_transactions(SECONDS)
        client.begin_transaction()
        return client

    def read(self, topic: str, partitions: Iterable[int] | None = None) -> list[ConsumerRecord]:
        """Committed records."""
        return list(self.log.read(topic, range(self._partitions[topic]) if partitions is None else partitions))

    def values(self, topic: str, partition: int = 0) -> list[bytes | None]:
        """What is read of a partition; the numbers of transactions in a changelog aside."""
        return [record.value for record in self.read(topic, (partition,)) if record.key != NUMBER]

    def shows(self, topic: str, expected: Sequence[bytes | None], partition: int = 0) -> bool:
        """Wait until a partition shows what it should."""
        until(lambda: self.values(topic, partition) == list(expected), SECONDS, f"{topic} shows {expected!r}")
        return True

    def await_high(self, topic: str, high: int, partition: int = 0) -> None:
        """Wait until the cluster has so much of a partition, committed or not."""
        until(lambda: self.high(topic, partition) == high, SECONDS, f"{topic} is {high} long")

    def await_end(self, topic: str, end: int, partition: int = 0) -> None:
        """Wait until so much of a partition is committed."""
        until(lambda: self.log.end(topic, partition) == end, SECONDS, f"{topic} is committed up to {end}")
