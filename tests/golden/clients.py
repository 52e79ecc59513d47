"""The clients of Kafka, without a cluster: they note how they are configured, and keep what is sent and committed.

Every module of the product that has imported a client gets these instead, wherever it lies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from threading import Event
from types import SimpleNamespace
from typing import Any, NamedTuple

import confluent_kafka
import pytest
from confluent_kafka import KafkaError, TopicPartition, admin


class Sent(NamedTuple):
    """A record that was handed to a producer."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int
    headers: Sequence[tuple[str, bytes]]


class Kafka:
    """What the clients of a test have in common. topics: those that the cluster says it has."""

    def __init__(self, topics: Sequence[str] = ()) -> None:
        self.topics = topics
        self.configured: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[Sent] = []

    def taken(self) -> Iterator[Sent]:
        """What was sent since the last call."""
        sent, self.sent = self.sent, []
        yield from sent

    def stand_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the real clients in all modules that are loaded."""
        for real, ours in _INSTEAD.items():
            of_this = type(ours.__name__, (ours,), {"kafka": self})
            for name, module in list(sys.modules.items()):
                if name.startswith("streams.") and getattr(module, real.__name__, None) is real:
                    monkeypatch.setattr(module, real.__name__, of_this)


def as_read(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as librdkafka reads it: it takes the name of a protocol in small letters or in capitals."""
    protocol = "security.protocol"
    return {option: value.upper() if option == protocol else value for option, value in config.items()}


class Client:
    """What all clients do."""

    kafka: Kafka

    def __init__(self, config: dict[str, Any]) -> None:
        self.kafka.configured.append((type(self).__name__, as_read(config)))

    def list_topics(self, timeout: float) -> Any:
        topics = {name: SimpleNamespace(partitions={0: None}) for name in self.kafka.topics}
        return SimpleNamespace(topics=topics, cluster_id="cluster")

    def close(self) -> None:
        """Nothing is open."""


class Producer(Client):
    """What it sends in a transaction is kept once that is committed; all else at once."""

    _open: list[Sent] | None = None

    def produce(
        self, topic: str, value: bytes | None, key: bytes | None = None, partition: int = -1, **more: Any
    ) -> None:
        to = self.kafka.sent if self._open is None else self._open
        to.append(Sent(topic, key, value, partition, list(more.get("headers") or ())))

    def flush(self, timeout: float) -> int:
        return 0

    def poll(self, timeout: float) -> int:
        return 0

    def init_transactions(self, timeout: float) -> None:
        """Nobody had it before."""

    def begin_transaction(self) -> None:
        self._open = []

    def commit_transaction(self, timeout: float) -> None:
        self.kafka.sent += self._open or ()
        self._open = None

    def abort_transaction(self, timeout: float) -> None:
        self._open = None


class Consumer(Client):
    """There is nothing in any topic: every partition that is assigned is at its end at once."""

    _ends: Sequence[Any] = ()

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        self._ends = [_End(one.topic, one.partition) for one in partitions]

    def subscribe(self, topics: Sequence[str], **callbacks: Any) -> None:
        """No partition is given to it."""

    def poll(self, timeout: float) -> None:
        Event().wait(timeout)

    def consume(self, count: int, timeout: float) -> Sequence[Any]:
        ends, self._ends = self._ends, ()
        if not ends:
            Event().wait(timeout)
        return ends

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        return 0, 0


class _End(NamedTuple):
    """What a consumer is given where a partition ends."""

    of: str
    number: int

    def topic(self) -> str:
        return self.of

    def partition(self) -> int:
        return self.number

    def error(self) -> KafkaError:
        return KafkaError(KafkaError._PARTITION_EOF)


class AdminClient(Client):
    """The cluster is asked for topics alone."""


_INSTEAD: dict[Any, type[Client]] = {
    confluent_kafka.Producer: Producer,
    confluent_kafka.Consumer: Consumer,
    admin.AdminClient: AdminClient,
}
