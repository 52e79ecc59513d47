"""Control records: what is said of a partition, not of an entity. They stand in the input topics, without a key.

A backfill is announced in every partition before its first event and after its last, so that nobody is alarmed by
what was over long ago. A source's heartbeat says in every partition that it lives and has sent all it had: without
one its silence cannot be told from there being nothing to say.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from confluent_kafka import KafkaError, Message

from schemas.codec import Codec
from streams.kafka.clients import CONTROLS, producer
from streams.kafka.headers import headers
from streams.kafka.sender import SendError
from streams.kafka.topics import INPUTS
from streams.settings import Settings

BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT = "backfill_begin", "backfill_end", "heartbeat"
OF_CASES = ("feedback", "action", "decision", "obstacle")  # the records that a backfill may hold
_DELIVERY_SECONDS = 60


def announce(settings: Settings, codec: Codec, kind: str, name: str, records: Sequence[str] = OF_CASES) -> int:
    """Write a control record into every partition of the records' topics, durably; how many. Raises SendError."""
    failed: list[str] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            failed.append(f"{message.topic()} [{message.partition()}]: {error.str()}")

    sender = producer(settings, CONTROLS, **{"message.timeout.ms": _DELIVERY_SECONDS * 1000, "on_delivery": delivered})
    now = time.time_ns() // 1_000_000
    value = codec.encode("control", {"kind": kind, "id": name, "at": now})
    count = 0
    for record in records:
        about = headers("rytmi.control.v1", f"{kind}/{name}/{now}", "rytmi/control", now)
        for partition in range(settings.partitions):
            sender.produce(settings.topic(INPUTS[record]), value, None, partition, headers=about)  # type: ignore[arg-type]
            count += 1
    with _uninterrupted():
        waiting = sender.flush(_DELIVERY_SECONDS)
    if failed or waiting:
        raise SendError(f"{kind} {name!r} is not in every partition: {'; '.join(failed) or 'no answer'}. Send it again")
    return count


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """An exception raised by a signal inside librdkafka's callbacks would be lost: signals wait for a moment."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def backfill(settings: Settings, codec: Codec, name: str) -> Iterator[None]:
    """Announce that what is sent inside happened long ago. Left by a failure it stays open: the rest may yet come."""
    announce(settings, codec, BACKFILL_BEGIN, name)
    yield
    announce(settings, codec, BACKFILL_END, name)
