"""The view at work: one worker of all sums what the shards of all share, and says the measures as they run.

`rytmi.partial.v1` has one partition; whoever has it in the view's own group is the view. When that worker dies, the
group gives the partition to another, which reads the topic from its start. Until it has read to the end and every
source is complete, nothing is said rather than something low. Who has it keeps it while others come and go.

The measures are as of the instant before which every source knows everything: beyond it, somebody who has been answered
would be counted among those who wait. They stand still while the workers are blind, and their instant says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

from confluent_kafka import KafkaException

from processors.measures.rows import rows
from processors.measures.terms import Frame, Row
from schemas.codec import Codec
from streams.kafka.log import Log
from streams.kafka.producer import Fenced
from streams.kafka.records import ConsumerRecord
from streams.measures.subscriber import CellSubscriber
from streams.measures.windows import Windows
from streams.metrics.exposition import text_of
from streams.metrics.measures import MeasureMetrics
from streams.settings import Settings
from streams.shard.clock import Time

log = logging.getLogger(__name__)

SILENT_AFTER_MS = 30_000  # a source of which nothing was heard for so long is not counted on
LEAST_SESSION_SECONDS = 6.0  # no less is what brokers allow as they come


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


class MeasuresView:
    """The view, where this process has it. Driven from one thread (`ViewWorker`); `snapshot` may be read from any."""

    def __init__(
        self, log: Log, settings: Settings, codec: Codec, frame: Frame, clock: Time, session_seconds: float
    ) -> None:
        self._log, self._settings, self._codec, self._frame, self._clock = log, settings, codec, frame, clock
        self._metrics = MeasureMetrics(frame)
        self.session_seconds = max(LEAST_SESSION_SECONDS, session_seconds)
        self._cells: CellSubscriber | None = None
        self._windows: Windows | None = None
        self._is_read = False
        self._snapshot: Snapshot | None = None
        self._polled_at = self._sure_at = 0.0

    @property
    def snapshot(self) -> Snapshot | None:
        """What it says; None where this process is not the view, or has stood still and may have lost it."""
        now = self._clock.monotonic()
        if now - self._polled_at > self.session_seconds or now < self._sure_at:
            return None
        return self._snapshot

    @property
    def is_read(self) -> bool:
        """Whether this process is the view, and has read the topic to its end."""
        return self._cells is not None and self._is_read

    def listen(self) -> None:
        """The group is heard from now on."""
        self._polled_at = self._clock.monotonic()

    def begin(self) -> None:
        """The view is here from now on: the topic is read from its start."""
        self._is_read = False
        self._cells = CellSubscriber(self._settings, self._frame)
        self._windows = self._new_windows()
        self._snapshot = Snapshot(None, b"", 0, (), 0, 0.0)

    def lose(self) -> None:
        """Another process has the view, or will have it."""
        self._cells = self._windows = self._snapshot = None

    def polled(self) -> None:
        """The group was heard, or may have been: note whether this process stood still meanwhile."""
        now = self._clock.monotonic()
        if now - self._polled_at > self.session_seconds:
            # It stood still, and may have lost the view without being told yet: the next heartbeat tells.
            self._sure_at = now + self.session_seconds / 2
        self._polled_at = now

    def take(self, record: ConsumerRecord) -> None:
        """Take a record of `rytmi.partial.v1` in, in the order of the topic; nothing where the view is elsewhere."""
        if self._cells is not None:
            self._cells.take(record)

    def reach_end(self) -> None:
        """The end of the topic was reached."""
        if self._cells is not None and not self._is_read:
            self._is_read = True
            self._cells.sources.read_to_the_end()

    def look(self) -> float:
        """Say the measures anew; how many seconds of a processor that took, whatever others did meanwhile. The first
        time takes everything in and is not counted: it says nothing about the next. Blocks while windows are published.
        """
        cells = self._cells
        if cells is None or not self._is_read:
            return 0.0
        began, busy = time.monotonic(), time.thread_time()
        is_first = self._snapshot is None or self._snapshot.rows is None
        sources, view = cells.sources, cells.view
        missing = sources.missing(self._clock.wall_ms() - SILENT_AFTER_MS)
        until = sources.known_until()
        found: list[Row] | None = None
        if not missing and until > 0:
            view.advance(until)
            found = list(rows(view, self._frame))
            self._publish(found, view.at)
        text = text_of(self._metrics.families(found)) if found is not None else b""
        took = time.monotonic() - began
        if self._cells is cells:  # else it was taken over meanwhile
            self._snapshot = Snapshot(found, text, view.at, missing, view.size, took)
        return 0.0 if is_first else time.thread_time() - busy

    def _publish(self, found: list[Row], at: int) -> None:
        if self._windows is None:
            return
        try:
            self._windows.publish(found, at)
        except Fenced as fenced:
            log.warning("the view was taken over by another worker: %s", fenced)
            self.lose()
        except KafkaException as failed:
            log.warning("the windows could not be published, and will be later: %s", failed)
            self._windows = self._new_windows()  # a producer that has failed may never do it

    def _new_windows(self) -> Windows:
        return Windows(self._log, self._settings, self._codec, self._clock.monotonic)
