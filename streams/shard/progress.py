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
from collections import deque

from confluent_kafka import KafkaException

from schemas.codec import Codec, DecodeError
from streams.kafka.log import Log, Tail
from streams.kafka.records import ConsumerRecord
from streams.settings import Settings
from streams.shard.clock import Time

log = logging.getLogger(__name__)

TOPIC = "rytmi.progress.v1"
_KEPT = 600  # marks of each partition: at five a second, two minutes in which a partition of links may lag
_STOP_SECONDS = 1.5


class DecisionProgress:
    """Sends marks and keeps those of all. Between `start` and `stop` they are read in a thread of its own."""

    def __init__(self, log: Log, settings: Settings, codec: Codec, time: Time) -> None:
        self._log, self._topic, self._codec, self._time = log, settings.topic(TOPIC), codec, time
        self._marks: dict[int, deque[tuple[int, int]]] = {}  # (received, until), milliseconds
        self._tail: Tail
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="progress", daemon=True)

    def start(self) -> None:
        """Listen from now on: an old mark would be of no use. Raises KafkaException."""
        self._tail = self._log.tail(self._topic)  # here, so that a failure is not one of a thread that ends in silence
        self._thread.start()

    def stop(self) -> None:
        """End, without waiting for what is on its way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def publish(self, partition: int, until: int) -> None:
        """Send a mark: until when (ms) all decisions of a partition are links. Never blocks."""
        value = self._codec.encode("progress", {"partition": partition, "until_at": until})
        try:
            self._log.send(self._topic, str(partition).encode(), value)
        except BufferError:
            log.warning("%s: no room for a mark, the cluster does not take them", self._topic)

    def watermark(self, partition: int, links_read: int) -> int | None:
        """Until when a reader that has read all links written before `links_read` knows a partition's decisions.

        A mark of that very millisecond does not count: its links may have been written after they were asked for.
        """
        marks = self._marks.get(partition)
        if marks is None:
            return None
        return next((until for received, until in reversed(tuple(marks)) if received < links_read), None)

    def take(self, record: ConsumerRecord) -> None:
        """Keep a mark that has come."""
        # By our own clock and by the broker's, whichever is later: readings of either kind are compared with it.
        received = max(self._time.wall_ms(), record.timestamp)
        try:
            mark = self._codec.decode("progress", record.value)
        except DecodeError as wrong:
            log.warning("%s: offset %s: %s", self._topic, record.offset, wrong)
            return
        marks = self._marks.setdefault(mark["partition"], deque(maxlen=_KEPT))
        marks.append((received, mark["until_at"]))

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                record = self._tail.poll()
            except KafkaException as failed:
                log.warning("%s: %s", self._topic, failed)
                continue
            if record is not None:
                self.take(record)
        self._tail.close()
