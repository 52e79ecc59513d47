"""The worker: Faust's app around the pipeline.

Faust's event loop does the talking (group, fetching, web); one thread of its own does all the work on shards, in the
order in which it is asked. So partitions just assigned are opened before any batch of theirs is folded, and a revoked
one is let go after its last: there is nothing to lock.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import faust
from faust.types.tuples import TP

from schemas.codec import Codec
from streams import topics
from streams.alarming import Alarm, AlarmSink
from streams.config import Config
from streams.delivery import EnvelopeTransport, check_versions
from streams.intake import Batch
from streams.known import Known
from streams.measures.frame import frame
from streams.options import Options, faust_settings
from streams.pipeline import Pipeline
from streams.progress import Progress
from streams.pseudonym import Pseudonym
from streams.queues import Queues
from streams.reach import Reach, Source, backfill, limited
from streams.reading import ReadError
from streams.running import App, leave_after
from streams.settings import Settings
from streams.shard import Shard, ShardId
from streams.sharing import Sharings
from streams.stages import Stage, stages
from streams.tally import Tally
from streams.viewing import Viewing

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0  # for leaving the group after a crash, so that others need not wait for the session to end
_OPENED_AT_ONCE = 8
_PURGE_EVERY_SECONDS = 30.0
_TELL_EVERY_SECONDS = 0.1
_FILL_SECONDS = 0.03  # of every tenth of a second, while the cells of a new shard are rebuilt
_BEHIND_MS = 5_000  # so far behind, cells change again and again


class Worker:
    """Everything one worker process holds."""

    def __init__(self, settings: Settings, config: Config, options: Options, sink: AlarmSink) -> None:
        check_versions()
        self.settings, self.config, self.options = settings, config, options
        self.tally = Tally()
        codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
        self.progress = Progress(settings, codec)
        self.sink = sink
        self._sources = [
            Source(one.id, frozenset(one.records), frozenset(one.touchpoints), one.silent_after)
            for one in config.file.sources
        ]
        self.stages = stages(config.policies, codec.encode, f"rytmi/{settings.application}")
        self._pipeline = Pipeline(
            codec, config.policies, settings.partitions, options.most_deadletters_in_a_row, self.tally
        )
        self.shards: dict[ShardId, Shard] = {}
        self._sharings = Sharings(settings)
        self.viewing = Viewing(settings, codec, frame(config), options.session_timeout)
        self.ready = False
        self.progressed_at = time.monotonic()
        self.committed_at: dict[TP, float] = {}
        self.failed: BaseException | None = None
        self._broken = False  # the same, known to the pipeline's thread at once
        self._letting_go = self._ticking = False
        self._generation = -2
        self.known = Known(
            settings,
            self.stages,
            self.progress,
            options.event_clock,
            lambda: self.shards,
            self._ended_at,
        )
        self._queues = Queues([stage.name for stage in self.stages])
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pipeline")
        self.app = self._build()

    def _build(self) -> faust.App:
        app = App(self.settings.application, **faust_settings(self.settings, self.options))
        app.on_crash = self._crashed
        app.on_started_first, app.on_stopped_last = self._start_threads, self._stop_threads
        transport = EnvelopeTransport(list(app.conf.broker_consumer), app)
        transport.on_assigned, transport.position = self._assigned, self.position
        transport.on_revoking, transport.on_revoked = self._revoking, self._revoked
        transport.order = {topic: place for place, topic in enumerate(self.known.topics)}
        app.transport = transport
        for stage in self.stages:
            for record in stage.records:
                topic = self.settings.topic(topics.INPUTS[record])
                app.agent(app.topic(topic, value_serializer="raw"), name=f"{stage.name}.{record}")(
                    self._agent(stage, record, topic)
                )
        app.timer(_PURGE_EVERY_SECONDS, name="purge")(self._purge)
        app.timer(_TELL_EVERY_SECONDS, name="tell")(self._tell)
        return app

    def _agent(self, stage: Stage, record: str, topic: str) -> Callable[[Any], Any]:
        async def fold(stream: Any) -> None:
            async for event in stream.noack().events():
                # Not acknowledged before it is durable: if anything fails, whoever owns the partition next folds it.
                records, follows = event.message.value
                batch = Batch(record, topic, records, follows)
                await self._queues.put(ShardId(stage.name, event.message.partition), event, batch)
                self._do(self._process, asyncio.get_running_loop())

        return fold

    def _ended_at(self, tp: TP) -> int | None:
        return self.app.consumer.ended_at(tp)

    # -- in the pipeline's thread

    def _process(self, loop: asyncio.AbstractEventLoop) -> None:
        """Fold all that waits for one shard by now, together: one state write for each entity, however it came."""
        taken = self._queues.take()
        if taken is None:
            return  # gone with earlier ones
        name, waiting = taken
        # What was fetched before the latest rebalance is void, and will be fetched again: were only some of it folded,
        # the rest, which Faust has thrown away, would be passed over. So is what waits when one begins: whoever joins
        # a worker with a backlog need not wait until all that it has fetched is folded.
        batches = [batch for event, batch, _ in waiting if event.message.generation_id == self._generation]
        shard = self.shards.get(name)
        if shard is not None and self.ready and not self._letting_go and batches:
            wall_now = None if self.options.event_clock else self.now_ms(shard)
            alarms = self._pipeline.process(shard, batches, wall_now)
            self.tell(shard, alarms)
            self.progressed_at = time.monotonic()
            for batch in batches:
                tp = TP(batch.topic, name.partition)
                self.committed_at[tp] = time.time()
                self.known.note(tp, batch.records[-1].timestamp)
        loop.call_soon_threadsafe(self._queues.acknowledge, waiting)

    def _take_over(self, assigned: set[TP], generation: int) -> None:
        """Own just what is assigned. What stays is kept, if nobody else can have had it in between."""
        wanted = {
            ShardId(stage.name, partition)
            for stage in self.stages
            for partition in range(self.settings.partitions)
            if all(self.known.tp(record, partition) in assigned for record in stage.records)
        }
        kept = self.shards if generation == self._generation + 1 else {}
        for name in kept.keys() - wanted if kept else self.shards.keys():
            self.sink.release(name)
        self.shards = {name: shard for name, shard in kept.items() if name in wanted}
        by_name = {stage.name: stage for stage in self.stages}
        new = [
            Shard(
                self.settings,
                by_name[name.stage],
                name.partition,
                self.config.retention_ms,
                Reach(self._sources, self.config.file.settle, self.options.event_clock),
            )
            for name in sorted(wanted - self.shards.keys())
        ]
        with ThreadPoolExecutor(_OPENED_AT_ONCE) as openers:  # opening is mostly waiting for the broker
            for shard in openers.map(self._open, new):
                if shard is not None:
                    self.shards = {**self.shards, shard.id: shard}
                    self.sink.hold(shard.id, shard.restored_alarms)
                    shard.restored_alarms = []
                    self.progressed_at = time.monotonic()
        new_sources = self._sharings.keep(self.shards)
        threading.Thread(target=self._find_left_behind, args=(new_sources,), name="sweep", daemon=True).start()
        self._generation, self.ready = generation, True
        numbers = sorted({name.partition for name in wanted})
        log.info("generation %d: owning partitions %s", generation, ", ".join(map(str, numbers)) or "none")

    def _open(self, shard: Shard) -> Shard | None:
        """The shard, opened; None where the partitions have been revoked by now: others wait for us to let go."""
        if self._letting_go:
            return None
        shard.open()
        return shard

    def _purge_all(self) -> None:
        for shard in self.shards.values():
            purged, alarms = shard.purge(self.now_ms(shard))
            self.tally.purged[shard.id.stage] += purged
            self.tell(shard, alarms)

    def _find_left_behind(self, sources: list[str]) -> None:
        """What former owners of new shards have left in the topic of cells, swept up where it is gone (own thread)."""
        try:
            found = self._sharings.left_behind(sources)
        except ReadError as failed:
            log.warning("what is left of old cells stays in the topic until the next time: %s", failed)
            return
        self._thread.submit(self._sharings.sweep, found)

    def _share(self) -> None:
        """Say what has changed in the cells."""
        self._sharings.fill(_FILL_SECONDS)
        for shard in self.shards.values():
            now = self.now_ms(shard)
            inputs = self.known.inputs(shard)
            known, read = [*map(self.known.until, inputs)], [*map(self.known.read_until, inputs)]
            if shard.id.stage == "cases":
                known = self.known.of_cases(shard.partition) if self.options.event_clock else [shard.reach.horizon("")]
            until = 0 if backfill(shard.store.controls) else min(one or 0 for one in known)
            is_behind = min(one or 0 for one in read) < time.time_ns() // 1_000_000 - _BEHIND_MS
            self._sharings.share(shard, until, now, is_behind or not until)

    def _tick(self) -> None:
        """Say how far the decisions are, announce what is due, and share what has changed."""
        self._ticking = False
        if not self.ready:
            return
        self._share()
        for name, shard in self.shards.items():
            if name.stage == "decisions":
                self._say_progress(shard)
            elif name.stage == "cases":
                now = self.now_ms(shard)
                shard.reach.refresh(self.known.of_cases(name.partition), shard.store.controls, now)
                while alarms := self._pipeline.tell(shard, now, shard.reach.horizon):
                    self.tell(shard, alarms)
                if name in self.sink.doubtful:  # this process stood still: another may own the shard by now
                    begun_at = time.monotonic()
                    shard.prove()
                    self.sink.confirm(name, begun_at=begun_at)

    def _say_progress(self, shard: Shard) -> None:
        until = self.known.until(self.known.tp("decision", shard.partition))
        if until is not None:
            until = min(until, limited(self._sources, ("decision",), shard.store.controls, self.now_ms(shard)))
            self.progress.say(shard.partition, until)

    def tell(self, shard: Shard, alarms: Sequence[Alarm]) -> None:
        """Have people told of what is durable."""
        if alarms:
            shard.alarms.take(alarms)
            self.sink.change(shard.id, alarms)

    def position(self, tp: TP) -> int | None:
        """The offset of an input partition that comes next, as the durable state has it; None if not owned."""
        shard = self.known.shard_of(tp) if self.ready else None
        return shard.store.positions.get(tp.topic) if shard is not None else None

    def now_ms(self, shard: Shard) -> int:
        """The time by which a shard's clocks are read, milliseconds."""
        return shard.event_now if self.options.event_clock else time.time_ns() // 1_000_000

    # -- in the event loop

    def _assigned(self, assigned: set[TP], generation: int) -> None:
        self._do(self._take_over, set(assigned), generation)

    def _revoking(self) -> None:
        """Begin nothing more: what waits is void."""
        self._letting_go = True

    async def _revoked(self) -> None:
        """Let go: when this returns, nothing is under way any more on what others may now take over.

        Not even a take-over: opening a shard later would fence the worker that it rightly belongs to by then.
        """
        await asyncio.wrap_future(self._thread.submit(self._let_go))

    def _let_go(self) -> None:
        self.ready = self._letting_go = False

    async def _tell(self) -> None:
        if self.ready and not self._ticking:
            self._ticking = True
            self._do(self._tick)

    async def _purge(self) -> None:
        if self.ready:
            self._do(self._purge_all)

    def _do(self, work: Callable[..., None], *args: Any) -> None:
        """Have it done in the pipeline's thread; the first failure there stops the worker, and is the last thing done.

        Were a batch folded after an earlier one of its partition had failed, that one would be passed over.
        """
        loop = asyncio.get_running_loop()

        def unless_broken() -> None:
            if not self._broken:
                try:
                    work(*args)
                except BaseException as failure:
                    self._broken = True
                    asyncio.run_coroutine_threadsafe(self.app.crash(failure), loop)
                    raise

        self._thread.submit(unless_broken)

    def _start_threads(self) -> None:
        self.progress.start()
        self.viewing.start()
        self.sink.start()

    def _stop_threads(self) -> None:
        self.progress.stop()
        self.viewing.stop()
        self.sink.stop()

    def _crashed(self, failure: BaseException) -> None:
        if self.failed is not None:
            return
        self.failed = failure
        log.critical("the worker stops: %s: %s", type(failure).__name__, failure, exc_info=failure)
        # Faust's stop waits for what is under way, and what failed never finishes. Nothing is lost by leaving:
        # what is not durable has not happened.
        self.app.conf.stream_wait_empty = False
        leave_after(_GRACE_SECONDS)
