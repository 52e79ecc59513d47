"""Records on their way to Kafka: those of topics, and those of changelogs."""

from __future__ import annotations

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
