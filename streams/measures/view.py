"""The view at work: one worker of all sums what the shards of all share, and says the measures as they run.

`rytmi.partial.v1` has one partition; whoever has it in the view's own group is the view. When that worker dies, the
group gives the partition to another, which reads the topic from its start. Until it has read to the end and every
source is complete, nothing is said rather than something low. Who has it keeps it while others come and go.

The measures are as of the instant before which every source knows everything: beyond it, somebody who has been answered
would be counted among those who wait. They stand still while the workers are blind, and their instant says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from processors.measures.rows import rows
from processors.measures.terms import Frame, Row
from schemas.codec import Codec
from streams.kafka.shard_log import Fenced
from streams.measures.publisher import TOPIC
from streams.measures.subscriber import CellSubscriber
from streams.measures.windows import Windows
from streams.metrics.exposition import text_of
from streams.metrics.measures import MeasureMetrics
from streams.settings import Settings

log = logging.getLogger(__name__)

SILENT_AFTER_MS = 30_000  # a source of which nothing was heard for so long is not counted on
_AT_ONCE = 2_000
_WAIT_SECONDS = 0.25
_EVERY_SECONDS = 2.0
_RESTS = 10.0  # times as long as a look took: on a large organisation, a tenth of a processor is enough
_STILL_SECONDS = 5.0
_PAUSE_SECONDS = 5.0


class Snapshot(NamedTuple):
    """What the view says. rows: None while it is not complete; metrics: the text of them, for a scrape; at: as of when
    (milliseconds); missing: sources; seconds: how long it took.
    """

    rows: Sequence[Row] | None
    metrics: bytes
    at: int
    missing: Sequence[str]
    cells: int
    seconds: float


class ViewWorker:
    """The view, where this process has it. Runs in a thread of its own; `seen` may be read from any."""

    def __init__(self, settings: Settings, codec: Codec, frame: Frame, session_seconds: float) -> None:
        self._settings, self._codec, self._frame = settings, codec, frame
        self._topic = settings.topic(TOPIC)
        self._metrics = MeasureMetrics(frame)
        self._session_seconds = max(6.0, session_seconds)  # no less is what brokers allow as they come
        self._partials: CellSubscriber | None = None
        self._windows: Windows | None = None
        self._is_read = False
        self._seen: Snapshot | None = None
        self._polled_at = self._sure_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view", daemon=True)

    @property
    def seen(self) -> Snapshot | None:
        """What it says; None where this process is not the view, or has stood still and may have lost it."""
        now = time.monotonic()
        if now - self._polled_at > self._session_seconds or now < self._sure_at:
            return None
        return self._seen

    def start(self) -> None:
        """Ask for the view."""
        self._thread.start()

    def stop(self) -> None:
        """Leave it to another."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STILL_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._view()
            except Exception:  # whatever it is: the worker's alarms must not end with it, and another takes the view
                log.exception("the view failed, and begins anew in %g s", _PAUSE_SECONDS)
                self._stopped.wait(_PAUSE_SECONDS)

    def _view(self) -> None:
        consumer = self._consumer()
        consumer.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._lost, on_lost=self._lost)
        look_at, self._polled_at = 0.0, time.monotonic()
        try:
            while not self._stopped.is_set():
                self._take(consumer)
                if self._partials is not None and self._is_read and time.monotonic() >= look_at:
                    took = self._look(self._partials)
                    look_at = time.monotonic() + max(_EVERY_SECONDS, _RESTS * took)
        finally:
            self._let_go()
            consumer.close()

    def _take(self, consumer: Consumer) -> None:
        try:
            messages = consumer.consume(_AT_ONCE, _WAIT_SECONDS)
        except KafkaException as failed:
            log.warning("%s: %s", self._topic, failed)
            return
        now = time.monotonic()
        if now - self._polled_at > self._session_seconds:
            # It stood still, and may have lost the view without being told yet: the next heartbeat tells.
            self._sure_at = now + self._session_seconds / 2
        self._polled_at = now
        for message in messages:
            error = message.error()
            if self._partials is None:
                break  # lost while they were on their way
            if error is None:
                self._partials.take(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                if not self._is_read:
                    self._is_read = True
                    self._partials.sources.read_to_the_end()
            elif not error.retriable():
                log.warning("%s: %s", self._topic, error.str())

    def _look(self, partials: CellSubscriber) -> float:
        """Say the measures anew; how many seconds of a processor that took, whatever others did meanwhile. The first
        time takes everything in and is not counted: it says nothing about the next.
        """
        began, busy = time.monotonic(), time.thread_time()
        is_first = self._seen is None or self._seen.rows is None
        sources, view = partials.sources, partials.view
        missing = sources.missing(time.time_ns() // 1_000_000 - SILENT_AFTER_MS)
        until = sources.known_until()
        found: list[Row] | None = None
        if not missing and until > 0:
            view.advance(until)
            found = list(rows(view, self._frame))
            self._publish(found, view.at)
        text = text_of(self._metrics.families(found)) if found is not None else b""
        took = time.monotonic() - began
        if self._partials is partials:  # else it was taken over meanwhile
            self._seen = Snapshot(found, text, view.at, missing, view.size, took)
        return 0.0 if is_first else time.thread_time() - busy

    def _publish(self, found: list[Row], at: int) -> None:
        if self._windows is None:
            return
        try:
            self._windows.publish(found, at)
        except Fenced as fenced:
            log.warning("the view was taken over by another worker: %s", fenced)
            self._let_go()
        except KafkaException as failed:
            log.warning("the windows could not be published, and will be later: %s", failed)
            self._windows = Windows(self._settings, self._codec)  # a producer that has failed may never do it

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if not partitions:
            return  # others come and go; the view stays where it is
        for partition in partitions:
            partition.offset = 0
        consumer.incremental_assign(partitions)
        log.info("the view is here")
        self._is_read = False
        self._partials = CellSubscriber(self._settings, self._frame)
        self._windows = Windows(self._settings, self._codec)
        self._seen = Snapshot(None, b"", 0, (), 0, 0.0)

    def _lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if partitions:
            log.info("the view is elsewhere")
            self._let_go()
            consumer.incremental_unassign(partitions)

    def _let_go(self) -> None:
        self._partials = self._windows = self._seen = None

    def _consumer(self) -> Consumer:
        options: dict[str, Any] = {
            "group.id": f"{self._settings.topic_prefix}{self._settings.application}-view",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "cooperative-sticky",  # who has the view keeps it when others come or go
            "isolation.level": "read_committed",
            "session.timeout.ms": int(self._session_seconds * 1000),
            "heartbeat.interval.ms": int(self._session_seconds * 250),
            "fetch.queue.backoff.ms": 5,
            "fetch.wait.max.ms": 100,
            "log_level": 2,
        }
        return Consumer(self._settings.client(**options))
