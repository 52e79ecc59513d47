"""The clients of librdkafka, one configuration for each role: what each sends, or reads, and how patiently.

What all roles share (address, security) is in `Settings.client`. Consumers read committed records only, commit nothing,
and but for TAIL reset to the start: a reader that found its offset gone must not take that for "there is nothing".
"""

from __future__ import annotations

from typing import Any

from confluent_kafka import Consumer, Producer

from streams.kafka.topics import RECORD_MAX_BYTES
from streams.settings import Settings

# librdkafka waits so long before it asks again for what was not answered. A shorter time would take a broker that is
# merely busy for one that was asked twice (see streams/kafka/producer.py).
BACKOFF_MS = 500
TRANSACTION_SECONDS = 300  # from the first output to the commit: all that waits for a shard is folded in between

TRANSACTIONS: dict[str, Any] = {
    "partitioner": "murmur2_random",
    "compression.type": "lz4",
    "linger.ms": 5,
    "batch.size": 512 * 1024,
    "message.max.bytes": 9 * 1024 * 1024,
    "queue.buffering.max.messages": 2_000_000,
    "queue.buffering.max.kbytes": 512 * 1024,
    "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
    "retry.backoff.ms": BACKOFF_MS,
}
"""A shard's outputs and state; `transactional.id` is added."""

MARKS: dict[str, Any] = {"linger.ms": 1, "log_level": 2, "message.timeout.ms": 5_000}
"""Marks of progress: one that gets lost is followed by the next."""

EVENTS: dict[str, Any] = {
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
    "compression.type": "zstd",
    "linger.ms": 20,
    "batch.size": 512 * 1024,
    "message.max.bytes": RECORD_MAX_BYTES,
    "queue.buffering.max.messages": 200_000,
    "queue.buffering.max.kbytes": 256 * 1024,
    "delivery.report.only.error": True,
    "log_level": 2,  # what fails for good is raised; librdkafka would also write each attempt to standard error
}
"""Events of an application, into the input topics; `message.timeout.ms` and `on_delivery` are added."""

CONTROLS: dict[str, Any] = {"enable.idempotence": True}
"""Control records; `message.timeout.ms` and `on_delivery` are added."""

AUDITS: dict[str, Any] = {
    "enable.idempotence": True,
    "partitioner": "murmur2_random",
    "linger.ms": 0,
    "log_level": 2,
}
"""Audits of the board, each waited for; `message.timeout.ms` is added."""

_READING: dict[str, Any] = {
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "isolation.level": "read_committed",
    "auto.offset.reset": "earliest",
    "fetch.queue.backoff.ms": 5,
}
TO_THE_END: dict[str, Any] = _READING | {
    "fetch.wait.max.ms": 10,  # how long the broker holds the answer that says: this was the end
    "queued.min.messages": 100_000,
    "fetch.message.max.bytes": 8 * 1024 * 1024,
}
"""Whoever reads a topic from its start to its end, once. The group is asked for by the client and never joined."""

TAIL: dict[str, Any] = {
    "enable.auto.commit": False,
    "auto.offset.reset": "latest",
    "fetch.wait.max.ms": 100,
    "log_level": 2,
}
"""Whoever wants what comes from now on: an old mark of progress would be of no use."""

VIEW: dict[str, Any] = _READING | {
    "partition.assignment.strategy": "cooperative-sticky",  # who has the view keeps it when others come or go
    "fetch.wait.max.ms": 100,
    "log_level": 2,
}
"""The view, whose one partition a group of its own gives away; its session's times are added."""

BOARD: dict[str, Any] = _READING | {"fetch.wait.max.ms": 20}
"""The board's projection, which keeps its offsets beside what it read."""


def producer(settings: Settings, role: dict[str, Any], **added: Any) -> Producer:
    """A producer of a role, as in `producer(settings, EVENTS, **{"message.timeout.ms": 1000})`."""
    return Producer(settings.client(**role, **added))


def consumer(settings: Settings, role: dict[str, Any], group: str, **added: Any) -> Consumer:
    """A consumer of a role. group: its full id."""
    return Consumer(settings.client(**{"group.id": group}, **role, **added))
