"""Records and places of Kafka: those that are sent, those of changelogs, and those that were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams.kafka.headers import Headers


class ProducerRecord(NamedTuple):
    """A record to send. `topic` without prefix; partition None: the key's."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


class ChangelogRecord(NamedTuple):
    """A record of a changelog; value None deletes."""

    key: bytes
    value: bytes | None


class ConsumerRecord(NamedTuple):
    """A record as it was read. `topic` with prefix; timestamp: milliseconds since the epoch."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class TopicPartition(NamedTuple):
    """A partition of a topic (full name). Equal to Faust's and aiokafka's of the same place: all are plain tuples."""

    topic: str
    partition: int
