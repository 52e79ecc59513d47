"""Reading a topic from its start to its end, once: no group, no commit, committed records only."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from confluent_kafka import KafkaError, Message, TopicPartition

from streams.kafka.clients import TO_THE_END, consumer
from streams.kafka.records import ConsumerRecord
from streams.settings import Settings

_CHUNK = 10_000
_WAIT_SECONDS = 0.02  # `consume` waits that long for a chunk to be full, so it is also what the last chunk costs
_SILENCE_SECONDS = 60.0


class ReadError(RuntimeError):
    """A topic could not be read to its end."""


def to_the_end(settings: Settings, topic: str, partitions: Iterable[int], start: int = 0) -> Iterator[ConsumerRecord]:
    """The records of some partitions, each in order, from an offset up to the end that it has when that is reached.

    Raises ReadError if the broker refuses, or is silent for a minute.
    """
    reader = consumer(settings, TO_THE_END, _group(settings))
    left = set(partitions)  # a partition that grows meanwhile comes to its end more than once
    try:
        # An explicit offset: a reset to the end, which would lose everything silently, is then not possible.
        reader.assign([TopicPartition(topic, partition, start) for partition in left])
        heard = time.monotonic()
        while left:
            messages = reader.consume(_CHUNK, _WAIT_SECONDS)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() > heard + _SILENCE_SECONDS:
                raise ReadError(f"{topic}: nothing came for {_SILENCE_SECONDS:g} s, and the end is not reached")
            for message in messages:
                error = message.error()
                if error is None:
                    yield record_of(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
                elif not error.retriable():
                    raise ReadError(f"{topic} [{message.partition()}]: {error.str()}")
    finally:
        reader.close()


def record_of(message: Message) -> ConsumerRecord:
    """A message of librdkafka, which is no error, as a record."""
    return ConsumerRecord(
        message.topic(),  # type: ignore[arg-type]
        message.partition(),  # type: ignore[arg-type]
        message.offset(),  # type: ignore[arg-type]
        message.timestamp()[1],
        message.key(),
        message.value(),
        message.headers() or (),  # type: ignore[arg-type]
    )


def key_of(record: ConsumerRecord) -> bytes:
    """The key of a record of a topic that we alone write to. Raises ReadError where it has none."""
    if record.key is None:
        place = f"{record.topic} [{record.partition}], offset {record.offset}"
        raise ReadError(f"{place}: a record without a key, which is none of ours; let nobody else write to this topic")
    return record.key


def end(settings: Settings, topic: str, partition: int) -> int:
    """The offset that the partition's next record will have. Raises KafkaException."""
    reader = consumer(settings, TO_THE_END, _group(settings))
    try:
        _, high = reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=_SILENCE_SECONDS)
        return int(high)
    finally:
        reader.close()


def _group(settings: Settings) -> str:
    return f"{settings.application}-reading"
