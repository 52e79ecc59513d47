"""The worker: Faust's app around the pipeline.

Faust's event loop does the talking (group, fetching, web); one thread of its own does all the work on shards, in the
order in which it is asked. So partitions just assigned are opened before any batch of theirs is folded, and a revoked
one is let go after its last: there is nothing to lock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, cast

import faust
from faust.types.tuples import TP

from schemas.codec import Codec
from streams.alertmanager.sinks import AlarmSink
from streams.config import Config
from streams.kafka import topics
from streams.measures.frame import frame
from streams.measures.publisher import CellPublishers
from streams.measures.view import ViewWorker
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.counters import Counters
from streams.shard.intake import Batch
from streams.shard.pipeline import Pipeline
from streams.shard.progress import DecisionProgress
from streams.shard.shard import ShardId
from streams.shard.stages import Stage, stages
from streams.shard.watermarks import Watermarks
from streams.worker.assignment import Assignment
from streams.worker.buffer import BatchBuffer
from streams.worker.consumer import EnvelopeConsumer, EnvelopeTransport, check_versions
from streams.worker.executor import SerialExecutor
from streams.worker.options import Options, faust_settings
from streams.worker.process import App, leave_after
from streams.worker.schedule import PURGE_SECONDS, TICK_SECONDS, Schedule

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0  # for leaving the group after a crash, so that others need not wait for the session to end


class Worker:
    """Everything one worker process holds."""

    def __init__(self, settings: Settings, config: Config, options: Options, sink: AlarmSink) -> None:
        check_versions()
        self.settings, self.config, self.options = settings, config, options
        self.tally, self.sink = Counters(), sink
        self.committed_at: dict[TP, float] = {}
        self.failed: BaseException | None = None
        codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
        policies = config.policies
        self.stages = stages(policies, codec.encode, f"rytmi/{settings.application}")
        self.owned = Assignment(settings, config, options, self.stages, sink)
        self._progress = DecisionProgress(settings, codec)
        self.known = Watermarks(
            settings, self.stages, self._progress, options.event_clock, lambda: self.owned.shards, self._ended_at
        )
        self.viewing = ViewWorker(settings, codec, frame(config), options.session_timeout)
        self._pipeline = Pipeline(codec, policies, settings.partitions, options.most_deadletters_in_a_row, self.tally)
        sharings = CellPublishers(settings)
        self._ticks = Schedule(
            self.owned, self.known, self._pipeline, sharings, self._progress, sink, options.event_clock
        )
        self._is_ticking = False
        self._loop: asyncio.AbstractEventLoop
        self._queues = BatchBuffer([stage.name for stage in self.stages])
        self._lane = SerialExecutor("pipeline", self._crash)
        self.app = self._build()

    def _build(self) -> faust.App:
        app = App(self.settings.application, **faust_settings(self.settings, self.options))
        app.on_crash, app.on_started_first = self._crashed, self._start_threads
        app.on_stopping, app.on_leaving, app.on_stopped_last = self.owned.leave, self._let_go, self._stop_threads
        transport = EnvelopeTransport(list(app.conf.broker_consumer), app)
        transport.on_assigned, transport.position = self._assigned, self.position
        transport.on_revoking, transport.on_revoked = self.owned.begin_nothing, self._let_go
        transport.order = {topic: place for place, topic in enumerate(self.known.topics)}
        app.transport = transport
        for stage in self.stages:
            for record in stage.records:
                topic = self.settings.topic(topics.INPUTS[record])
                app.agent(app.topic(topic, value_serializer="raw"), name=f"{stage.name}.{record}")(
                    self._agent(stage, record, topic)
                )
        app.timer(PURGE_SECONDS, name="purge")(self._purge)
        app.timer(TICK_SECONDS, name="tick")(self._tick)
        return app

    @property
    def consumer(self) -> EnvelopeConsumer:
        """Faust's consumer, as this app has it."""
        return cast(EnvelopeConsumer, self.app.consumer)

    def position(self, tp: TP) -> int | None:
        """The offset of an input partition that comes next, as the durable state has it; None if not owned."""
        if not self.owned.ready:  # asked first: what is found then is of no earlier generation
            return None
        shard = self.known.shard_of(tp)
        return shard.store.positions.get(tp.topic) if shard is not None else None

    def _ended_at(self, tp: TP) -> int | None:
        return self.consumer.ended_at(tp)

    # -- in the event loop

    def _agent(self, stage: Stage, record: str, topic: str) -> Callable[[Any], Any]:
        async def fold(stream: Any) -> None:
            async for event in stream.noack().events():
                # Not acknowledged before it is durable: if anything fails, whoever owns the partition next folds it.
                records, follows = event.message.value
                batch = Batch(record, topic, records, follows)
                await self._queues.put(ShardId(stage.name, event.message.partition), event, batch)
                self._lane.do(self._fold)

        return fold

    def _assigned(self, assigned: set[TP], generation: int) -> None:
        self._lane.do(self._take_over, set(assigned), generation)

    async def _let_go(self) -> None:
        """Let go: when this returns, nothing is under way any more on what others may now take over.

        Not even a take-over: opening a shard later would fence the worker that it rightly belongs to by then.
        """
        await asyncio.wrap_future(self._lane.do(self.owned.let_go))
        self.owned.let_go()  # where the lane has failed, it did nothing

    async def _purge(self) -> None:
        self._lane.do(self._ticks.purge)

    async def _tick(self) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            self._lane.do(self._do_tick)

    def _start_threads(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._progress.start()
        self.viewing.start()
        self.sink.start()

    def _stop_threads(self) -> None:
        self._progress.stop()
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

    # -- in the pipeline's thread

    def _take_over(self, assigned: set[TP], generation: int) -> None:
        self.owned.take_over(self.known.complete(assigned), generation)
        self._ticks.share_anew(self._lane.do)

    def _do_tick(self) -> None:
        self._is_ticking = False
        self._ticks.tick()

    def _crash(self, failure: BaseException) -> None:
        asyncio.run_coroutine_threadsafe(self.app.crash(failure), self._loop)

    def _fold(self) -> None:
        """Fold all that waits for one shard by now, together: one state write for each entity, however it came."""
        taken = self._queues.take()
        if taken is None:
            return  # gone with earlier ones
        name, waiting = taken
        # What was fetched before the latest rebalance is void, and will be fetched again: were only some of it folded,
        # the rest, which Faust has thrown away, would be passed over. So is what waits when one begins, or when the
        # worker is told to stop: whoever comes next need not wait until all that it has fetched is folded.
        batches = [batch for event, batch, _ in waiting if event.message.generation_id == self.owned.generation]
        shard = self.owned.to_fold(name)
        if shard is not None and batches:
            wall_now = None if self.options.event_clock else self.owned.now_ms(shard)
            alarms = self._pipeline.process(shard, batches, wall_now)
            self.owned.tell(shard, alarms)
            self.owned.progressed_at = time.monotonic()
            for batch in batches:
                tp = TP(batch.topic, name.partition)
                self.committed_at[tp] = time.time()
                self.known.note(tp, batch.records[-1].timestamp)
        self._loop.call_soon_threadsafe(self._queues.acknowledge, waiting)
