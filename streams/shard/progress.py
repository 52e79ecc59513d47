"""How far each partition of decisions has come, told to all workers: topic `rytmi.progress.v1`.

Whether a decision on a case is missing is known only when every partition of decisions has been read, for any of them
may name the case. So whoever owns one says several times a second until when it has told all of it to the cases. A
mark is true for ever once it is true, so it needs no transaction; and one partition serves all.

A mark says that the links *are in* `rytmi.link.v1`. It counts for a partition of cases when that has been read to
where it ended after the mark had come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from schemas.codec import Codec, DecodeError
from streams.settings import Settings

log = logging.getLogger(__name__)

TOPIC = "rytmi.progress.v1"
_KEPT = 600  # marks of each partition: at five a second, two minutes in which a partition of links may lag
_POLL_SECONDS = 0.2


class DecisionProgress:
    """Sends marks, and keeps those of all. Marks are read in a thread of their own; reading them here never waits."""

    def __init__(self, settings: Settings, codec: Codec) -> None:
        self._topic, self._codec = settings.topic(TOPIC), codec
        self._marks: dict[int, deque[tuple[int, int]]] = {}  # (received, until), milliseconds
        self._producer = Producer(settings.client(**{"linger.ms": 1, "log_level": 2, "message.timeout.ms": 5_000}))
        self._consumer = Consumer(
            settings.client(
                **{
                    "group.id": f"{settings.application}-progress",  # not joined
                    "enable.auto.commit": False,
                    "auto.offset.reset": "latest",
                    "fetch.wait.max.ms": 100,
                    "log_level": 2,
                }
            )
        )
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._read, name="progress", daemon=True)

    def start(self) -> None:
        """Listen from now on: an old mark would be of no use."""
        self._thread.start()

    def stop(self) -> None:
        """End, without waiting for what is on its way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(2 * _POLL_SECONDS + 1)

    def say(self, partition: int, until: int) -> None:
        """Send a mark. One that gets lost is followed by the next."""
        value = self._codec.encode("progress", {"partition": partition, "until_at": until})
        try:
            self._producer.produce(self._topic, value, str(partition).encode())
        except BufferError:
            log.warning("%s: no room for a mark, the cluster does not take them", self._topic)
        self._producer.poll(0)

    def until(self, partition: int, links_read: int) -> int | None:
        """Until when a reader that has read all links written before `links_read` knows a partition's decisions."""
        marks = self._marks.get(partition)
        if marks is None:
            return None
        return next((until for received, until in reversed(tuple(marks)) if received <= links_read), None)

    def _read(self) -> None:
        self._consumer.assign([TopicPartition(self._topic, 0, -1)])  # -1: the end
        while not self._stopped.is_set():
            try:
                message = self._consumer.poll(_POLL_SECONDS)
            except KafkaException as failed:
                log.warning("%s: %s", self._topic, failed)
                continue
            if message is None or message.error() is not None:
                continue
            # By our own clock and by the broker's, whichever is later: readings of either kind are compared with it.
            received = max(time.time_ns() // 1_000_000, message.timestamp()[1])
            try:
                mark = self._codec.decode("progress", message.value())
            except DecodeError as wrong:
                log.warning("%s: offset %s: %s", self._topic, message.offset(), wrong)
                continue
            marks = self._marks.setdefault(mark["partition"], deque(maxlen=_KEPT))
            marks.append((received, mark["until_at"]))
        self._consumer.close()
