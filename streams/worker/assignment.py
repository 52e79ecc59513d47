"""The shards that a worker owns: opened when it is given them, let go before others may have them.

Changed in the pipeline's thread alone, and never in place: whoever reads elsewhere sees the shards of one moment.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from processors.alarm_record import Alarm
from streams.alertmanager.sinks import AlarmSink
from streams.config import Config
from streams.settings import Settings
from streams.shard.claims import Claims, Source
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import Stage
from streams.worker.options import Options

log = logging.getLogger(__name__)

_OPENED_AT_ONCE = 8
_NEVER = -2  # before any generation of the group


class Assignment:
    """The shards, and whether anything may be done on them.

    ready: nothing is moving, and the state of all is read back. is_leaving: the worker was told to stop.
    generation: of the group, in which they were given. progressed_at: when something was last done on them, by the
    monotonic clock.
    """

    def __init__(
        self, settings: Settings, config: Config, options: Options, stages: Sequence[Stage], sink: AlarmSink
    ) -> None:
        self._settings, self._config, self._options, self._sink = settings, config, options, sink
        self._stages = {stage.name: stage for stage in stages}
        self.sources = [
            Source(one.id, frozenset(one.records), frozenset(one.touchpoints), one.silent_after)
            for one in config.file.sources
        ]
        self.shards: dict[ShardId, Shard] = {}
        self.ready = False
        self.generation = _NEVER
        self.progressed_at = time.monotonic()
        self._is_moving = self.is_leaving = False

    def take_over(self, wanted: set[ShardId], generation: int) -> None:
        """Own just these. What stays is kept, if nobody else can have had it in between."""
        kept = self.shards if generation == self.generation + 1 else {}
        for name in self.shards.keys() - (kept.keys() & wanted):
            self._sink.release(name)
        self.shards = {name: shard for name, shard in kept.items() if name in wanted}
        new = map(self._shard, sorted(wanted - self.shards.keys()))
        with ThreadPoolExecutor(_OPENED_AT_ONCE) as openers:  # opening is mostly waiting for the broker
            for shard in openers.map(self._open, new):
                if shard is not None:
                    self.shards = {**self.shards, shard.id: shard}
                    self._sink.hold(shard.id, shard.restored_alarms)
                    shard.restored_alarms = []
                    self.progressed_at = time.monotonic()
        self.generation, self.ready = generation, True
        numbers = sorted({name.partition for name in self.shards})
        log.info("generation %d: owning partitions %s", generation, ", ".join(map(str, numbers)) or "none")

    def _shard(self, name: ShardId) -> Shard:
        reach = Claims(self.sources, self._config.file.settle, self._options.event_clock)
        return Shard(self._settings, self._stages[name.stage], name.partition, self._config.retention_ms, reach)

    def _open(self, shard: Shard) -> Shard | None:
        """The shard, opened; None where the partitions have been revoked by now: others wait for us to let go."""
        if not self._may_begin:
            return None
        shard.open()
        return shard

    @property
    def _may_begin(self) -> bool:
        return not (self._is_moving or self.is_leaving)

    def begin_nothing(self) -> None:
        """What waits is void: they are about to be let go. From any thread."""
        self._is_moving = True

    def leave(self) -> None:
        """The same for good: what is given to a worker that is told to stop is not opened any more. From any thread."""
        self.is_leaving = True

    def let_go(self) -> None:
        """Others may take them over from now on."""
        self.ready = self._is_moving = False

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
        return shard.event_now if self._options.event_clock else time.time_ns() // 1_000_000
