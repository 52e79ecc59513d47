"""What a worker does on its shards again and again, beside the work on events: in the pipeline's thread, too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from streams.alertmanager.sinks import AlarmSink
from streams.kafka.reader import ReadError
from streams.measures.publisher import CellPublishers
from streams.shard.claims import Source, backfill, limited
from streams.shard.clock import Clock
from streams.shard.pipeline import Pipeline
from streams.shard.progress import DecisionProgress
from streams.shard.shard import Shard
from streams.shard.watermarks import Watermarks
from streams.worker.assignment import Assignment

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
PURGE_SECONDS = 30.0
_REBUILD_SECONDS = 0.03  # of every tick, while the cells of a new shard are rebuilt
_BEHIND_MS = 5_000  # so far behind, cells change again and again

Aside = Callable[[Callable[[], object]], object]
"""Has something done in a thread of its own; returns at once."""
Later = Callable[..., object]
"""Has a function called in the pipeline's thread, with the arguments behind it; returns at once."""


class Schedule:
    """Announces, publishes progress of decisions and cells, purges."""

    def __init__(
        self,
        assignment: Assignment,
        watermarks: Watermarks,
        pipeline: Pipeline,
        publishers: CellPublishers,
        progress: DecisionProgress,
        sources: Sequence[Source],
        sink: AlarmSink,
        clock: Clock,
    ) -> None:
        self._assignment, self._watermarks, self._pipeline = assignment, watermarks, pipeline
        self._publishers, self._progress, self._sources = publishers, progress, sources
        self._sink, self._clock = sink, clock

    def tick(self) -> None:
        """Publish cells that have changed and how far the decisions are, and announce what is due."""
        if self._assignment.ready:
            self._publishers.rebuild(_REBUILD_SECONDS)
        for shard in self._shards():
            self._publish_cells(shard)
        for shard in self._shards():
            if shard.id.stage == "decisions":
                self._publish_progress(shard)
            elif shard.id.stage == "cases":
                self._announce(shard)

    def purge(self) -> None:
        """Forget what has been at rest for longer than the retention."""
        for shard in self._shards():
            purged, alarms = shard.purge(self._assignment.now_ms(shard))
            self._pipeline.counters.purged[shard.id.stage] += purged
            self._assignment.tell(shard, alarms)

    def publish_anew(self, aside: Aside, later: Later) -> None:
        """Publish the cells of the shards that are owned by now, and of no others.

        What former owners of new ones have left in the topic is looked for aside, and tombstoned later.
        """
        new = self._publishers.keep(self._assignment.shards)

        def look() -> None:
            try:
                found = self._publishers.standing(new)
            except ReadError as failed:
                log.warning("what is left of old cells stays in the topic until the next time: %s", failed)
                return
            later(self._publishers.tombstone, found)

        aside(look)

    def _shards(self) -> Iterator[Shard]:
        """Those that anything may be done on: none while partitions are moving, or the worker is leaving."""
        for shard in self._assignment.shards.values() if self._assignment.ready else ():
            if self._assignment.is_draining:
                return
            yield shard

    def _publish_cells(self, shard: Shard) -> None:
        inputs = self._watermarks.inputs(shard.id)
        if shard.id.stage == "cases":
            places = partial(self._watermarks.of_cases, shard.partition)
            until = self._clock.measured_until(places, shard.claims.horizon(""))
        else:
            until = min(self._watermarks.until(place) or 0 for place in inputs)
        if backfill(shard.store.controls):
            until = 0
        read = min(self._watermarks.read_until(place) or 0 for place in inputs)
        is_behind = read < self._clock.time.wall_ms() - _BEHIND_MS
        self._publishers.publish(shard, until, self._assignment.now_ms(shard), is_behind or not until)

    def _publish_progress(self, shard: Shard) -> None:
        until = self._watermarks.until(self._watermarks.place("decision", shard.partition))
        if until is not None:
            now = self._assignment.now_ms(shard)
            until = min(until, limited(self._sources, ("decision",), shard.store.controls, now))
            self._progress.publish(shard.partition, until)

    def _announce(self, shard: Shard) -> None:
        now = self._assignment.now_ms(shard)
        shard.claims.refresh(self._watermarks.of_cases(shard.partition), shard.store.controls, now)
        while alarms := self._pipeline.announce(shard, now, shard.claims.horizon):
            self._assignment.tell(shard, alarms)
        if shard.id in self._sink.doubtful:  # this process stood still: another may own the shard by now
            begun_at = self._clock.time.monotonic()
            shard.prove()
            self._sink.confirm(shard.id, begun_at=begun_at)
