"""The shards that a worker owns: opened when it is given them, let go before others may have them.

Changed in the pipeline's thread alone, and never in place: whoever reads elsewhere sees the shards of one moment.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from processors.alarm_record import Alarm
from streams.alertmanager.sinks import AlarmSink
from streams.shard.clock import Clock
from streams.shard.shard import Shard, ShardId

log = logging.getLogger(__name__)

_NEVER = -2  # before any generation of the group


class Assignment:
    """The shards, and whether anything may be done on them.

    ready: nothing is moving, and the state of all is read back. is_draining: the worker was told to stop.
    generation: of the group, in which they were given. progressed_at: when something was last done on them, by the
    monotonic clock. make: a shard that is not opened yet.
    """

    def __init__(
        self, make: Callable[[ShardId], Shard], clock: Clock, sink: AlarmSink, opened_at_once: int = 8
    ) -> None:
        self._make, self._clock, self._sink, self._opened_at_once = make, clock, sink, opened_at_once
        self.shards: dict[ShardId, Shard] = {}
        self.ready = False
        self.generation = _NEVER
        self.progressed_at = clock.time.monotonic()
        self._is_paused = self.is_draining = False

    def assign(self, wanted: set[ShardId], generation: int) -> None:
        """Own just these. What stays is kept, if nobody else can have had it in between.

        In the pipeline's thread, which it blocks while shards are restored. Raises what `Shard.open` raises.
        """
        kept = self.shards if generation == self.generation + 1 else {}
        for name in self.shards.keys() - (kept.keys() & wanted):
            self._sink.release(name)
        self.shards = {name: shard for name, shard in kept.items() if name in wanted}
        new = map(self._make, sorted(wanted - self.shards.keys()))
        with ThreadPoolExecutor(self._opened_at_once) as openers:
            for shard in openers.map(self._open, new):
                if shard is not None:
                    self.shards = {**self.shards, shard.id: shard}
                    self._sink.hold(shard.id, shard.restored_alarms)
                    shard.restored_alarms = []
                    self.progress()
        self.generation, self.ready = generation, True
        numbers = sorted({name.partition for name in self.shards})
        log.info("generation %d: owning partitions %s", generation, ", ".join(map(str, numbers)) or "none")

    def _open(self, shard: Shard) -> Shard | None:
        """The shard, opened; None where the partitions have been revoked by now: others wait for us to let go."""
        if not self._may_begin:
            return None
        shard.open()
        return shard

    @property
    def _may_begin(self) -> bool:
        return not (self._is_paused or self.is_draining)

    def pause(self) -> None:
        """Stop folding: partitions are being revoked; queued batches will be fetched again. Thread-safe."""
        self._is_paused = True

    def drain(self) -> None:
        """Shutdown: begin nothing more, and refuse new assignments. Thread-safe."""
        self.is_draining = True

    def revoke(self) -> None:
        """Give the shards up: others may take them over when this has returned. Thread-safe."""
        self.ready = self._is_paused = False

    def to_fold(self, name: ShardId) -> Shard | None:
        """The shard, if records of it may be folded now."""
        return self.shards.get(name) if self.ready and self._may_begin else None

    def tell(self, shard: Shard, alarms: Sequence[Alarm]) -> None:
        """Have people told of what is durable."""
        if alarms:
            shard.alarms.take(alarms)
            self._sink.change(shard.id, alarms)

    def now_ms(self, shard: Shard) -> int:
        """The time by which a shard's clocks are read, milliseconds."""
        return self._clock.at(shard.event_now)

    def progress(self) -> None:
        """Note that something was done."""
        self.progressed_at = self._clock.time.monotonic()
