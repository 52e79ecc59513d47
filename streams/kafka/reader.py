"""Reading a topic from its start to its end, once: no group, no commit, committed records only."""

from __future__ import annotations

import time
from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from streams.settings import Settings

_CHUNK = 10_000
_WAIT_SECONDS = 0.02  # `consume` waits that long for a chunk to be full, so it is also what the last chunk costs
_SILENCE_SECONDS = 60.0


class ReadError(RuntimeError):
    """A topic could not be read to its end."""


def to_the_end(settings: Settings, topic: str, partitions: range) -> Iterator[Message]:
    """The messages of some partitions, each partition in order, up to the end that it has when that is reached.

    Raises ReadError if the broker refuses, or is silent for a minute.
    """
    consumer = _consumer(settings)
    left = set(partitions)  # a partition that grows meanwhile comes to its end more than once
    try:
        # An explicit offset: a reset to the end, which would lose everything silently, is then not possible.
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        heard = time.monotonic()
        while left:
            messages = consumer.consume(_CHUNK, _WAIT_SECONDS)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() > heard + _SILENCE_SECONDS:
                raise ReadError(f"{topic}: nothing came for {_SILENCE_SECONDS:g} s, and the end is not reached")
            for message in messages:
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
                elif not error.retriable():
                    raise ReadError(f"{topic} [{message.partition()}]: {error.str()}")
    finally:
        consumer.close()


def key_of(message: Message) -> bytes:
    """The key of a record of a topic that we alone write to. Raises ReadError where it has none."""
    key: bytes | None = message.key()
    if key is None:
        place = f"{message.topic()} [{message.partition()}], offset {message.offset()}"
        raise ReadError(f"{place}: a record without a key, which is none of ours; let nobody else write to this topic")
    return key


def end(settings: Settings, topic: str, partition: int) -> int:
    """The offset that the partition's next record will have. Raises KafkaException."""
    consumer = _consumer(settings)
    try:
        _, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_SILENCE_SECONDS)
        return int(high)
    finally:
        consumer.close()


def _consumer(settings: Settings) -> Consumer:
    return Consumer(
        settings.client(
            **{
                "group.id": f"{settings.application}-reading",  # asked for by the client, never joined
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "fetch.queue.backoff.ms": 5,
                "fetch.wait.max.ms": 10,  # how long the broker holds the answer that says: this was the end
                "queued.min.messages": 100_000,
                "fetch.message.max.bytes": 8 * 1024 * 1024,
            }
        )
    )
