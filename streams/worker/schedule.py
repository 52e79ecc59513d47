"""What a worker does on its shards again and again, beside the work on events: in the pipeline's thread, too."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from streams.alertmanager.sinks import AlarmSink
from streams.kafka.reader import ReadError
from streams.measures.publisher import CellPublishers
from streams.shard.claims import backfill, limited
from streams.shard.pipeline import Pipeline
from streams.shard.progress import DecisionProgress
from streams.shard.shard import Shard
from streams.shard.watermarks import Watermarks
from streams.worker.assignment import Assignment

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
PURGE_SECONDS = 30.0
_FILL_SECONDS = 0.03  # of every tick, while the cells of a new shard are rebuilt
_BEHIND_MS = 5_000  # so far behind, cells change again and again


class Schedule:
    """Announces, says how far decisions are, shares cells, forgets. event_clock: as in `Options`."""

    def __init__(
        self,
        owned: Assignment,
        known: Watermarks,
        pipeline: Pipeline,
        sharings: CellPublishers,
        progress: DecisionProgress,
        sink: AlarmSink,
        event_clock: bool,
    ) -> None:
        self._owned, self._known, self._pipeline, self._sharings = owned, known, pipeline, sharings
        self._progress, self._sink, self._event_clock = progress, sink, event_clock

    def tick(self) -> None:
        """Share what has changed, say how far the decisions are, and announce what is due."""
        if self._owned.ready:
            self._sharings.fill(_FILL_SECONDS)
        for shard in self._shards():
            self._share(shard)
        for shard in self._shards():
            if shard.id.stage == "decisions":
                self._say_progress(shard)
            elif shard.id.stage == "cases":
                self._announce(shard)

    def purge(self) -> None:
        """Forget what has been at rest for longer than the retention."""
        for shard in self._shards():
            purged, alarms = shard.purge(self._owned.now_ms(shard))
            self._pipeline.tally.purged[shard.id.stage] += purged
            self._owned.tell(shard, alarms)

    def share_anew(self, later: Callable[..., object]) -> None:
        """Share the cells of the shards that are owned by now, and of no others.

        What former owners of new ones have left in the topic is looked for in a thread of its own, and swept up with
        `later`, which has it done in the pipeline's.
        """
        new = self._sharings.keep(self._owned.shards)
        threading.Thread(target=self._find_left_behind, args=(new, later), name="sweep", daemon=True).start()

    def _find_left_behind(self, sources: list[str], later: Callable[..., object]) -> None:
        try:
            found = self._sharings.left_behind(sources)
        except ReadError as failed:
            log.warning("what is left of old cells stays in the topic until the next time: %s", failed)
            return
        later(self._sharings.sweep, found)

    def _shards(self) -> Iterator[Shard]:
        """Those that anything may be done on: none while partitions are moving, or the worker is leaving."""
        for shard in self._owned.shards.values() if self._owned.ready else ():
            if self._owned.is_leaving:
                return
            yield shard

    def _share(self, shard: Shard) -> None:
        """Say what has changed in its cells."""
        now = self._owned.now_ms(shard)
        inputs = self._known.inputs(shard.id)
        known, read = [*map(self._known.until, inputs)], [*map(self._known.read_until, inputs)]
        if shard.id.stage == "cases":
            known = self._known.of_cases(shard.partition) if self._event_clock else [shard.reach.horizon("")]
        until = 0 if backfill(shard.store.controls) else min(one or 0 for one in known)
        is_behind = min(one or 0 for one in read) < time.time_ns() // 1_000_000 - _BEHIND_MS
        self._sharings.share(shard, until, now, is_behind or not until)

    def _say_progress(self, shard: Shard) -> None:
        until = self._known.until(self._known.tp("decision", shard.partition))
        if until is not None:
            now = self._owned.now_ms(shard)
            until = min(until, limited(self._owned.sources, ("decision",), shard.store.controls, now))
            self._progress.say(shard.partition, until)

    def _announce(self, shard: Shard) -> None:
        now = self._owned.now_ms(shard)
        shard.reach.refresh(self._known.of_cases(shard.partition), shard.store.controls, now)
        while alarms := self._pipeline.tell(shard, now, shard.reach.horizon):
            self._owned.tell(shard, alarms)
        if shard.id in self._sink.doubtful:  # this process stood still: another may own the shard by now
            begun_at = time.monotonic()
            shard.prove()
            self._sink.confirm(shard.id, begun_at=begun_at)
