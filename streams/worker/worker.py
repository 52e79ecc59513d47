"""The worker's process: Faust's app around the core.

Faust's event loop does the talking (group, fetching, web); one thread of its own does all the work on shards, in the
order in which it is asked. So partitions just assigned are opened before any batch of theirs is folded, and a revoked
one is let go after its last: there is nothing to lock.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any, cast

import faust
from faust.types.tuples import TP

from streams.alertmanager.sinks import AlarmSink
from streams.config import Config
from streams.kafka import topics
from streams.kafka.log import KafkaLog
from streams.kafka.records import TopicPartition
from streams.measures.view_worker import ViewWorker
from streams.settings import Settings
from streams.shard.clock import Clock
from streams.shard.intake import Batch
from streams.shard.shard import ShardId
from streams.shard.stages import Stage
from streams.shard.watermarks import End
from streams.worker.consumer import EnvelopeConsumer, EnvelopeTransport, check_versions
from streams.worker.core import build_worker
from streams.worker.executor import SerialExecutor
from streams.worker.options import Options, faust_settings
from streams.worker.process import App, leave_after
from streams.worker.schedule import PURGE_SECONDS, TICK_SECONDS

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0  # for leaving the group after a crash, so that others need not wait for the session to end


class Worker:
    """One worker process: a core, the app that feeds it, and their threads."""

    def __init__(self, settings: Settings, config: Config, options: Options, clock: Clock, sink: AlarmSink) -> None:
        check_versions()
        self.options = options
        self.failed: BaseException | None = None
        self.core = build_worker(
            settings, config, options, log=KafkaLog(settings), clock=clock, sink=sink, ends=self._end_of
        )
        self._view_worker = ViewWorker(settings, self.core.view)
        self._executor = SerialExecutor("pipeline", self._crash)
        self._is_ticking = False
        self._loop: asyncio.AbstractEventLoop
        self.app = self._build(settings)

    def _build(self, settings: Settings) -> faust.App:
        core, app = self.core, App(settings.application, **faust_settings(settings, self.options))
        app.on_crash, app.on_started_first = self._crashed, self._start_threads
        app.on_stopping, app.on_leaving, app.on_stopped_last = core.assignment.drain, self._revoke, self._stop_threads
        transport = EnvelopeTransport(list(app.conf.broker_consumer), app)
        transport.on_assigned, transport.offset = self._assigned, core.offset
        transport.on_revoking, transport.on_revoked = core.assignment.pause, self._revoke
        transport.order = {topic: place for place, topic in enumerate(core.watermarks.topics)}
        app.transport = transport
        for stage in core.stages:
            for record in stage.records:
                topic = settings.topic(topics.INPUTS[record])
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

    def _end_of(self, place: TopicPartition) -> End | None:
        return self.consumer.end_of(place)

    # -- in the event loop

    def _agent(self, stage: Stage, record: str, topic: str) -> Callable[[Any], Any]:
        async def fold(stream: Any) -> None:
            async for event in stream.noack().events():
                # Not acknowledged before it is durable: if anything fails, whoever owns the partition next folds it.
                message = event.message
                batch = Batch(record, topic, *message.value)
                await self.core.buffer.put(
                    ShardId(stage.name, message.partition), batch, message.generation_id, event.ack
                )
                self._executor.submit(self._fold)

        return fold

    def _assigned(self, assigned: set[TP], generation: int) -> None:
        self._executor.submit(self._assign, set(assigned), generation)

    async def _revoke(self) -> None:
        """When this returns, nothing is under way any more on what others may now take over.

        Not even an assignment: opening a shard later would fence the worker that it rightly belongs to by then.
        """
        await asyncio.wrap_future(self._executor.submit(self.core.assignment.revoke))
        self.core.assignment.revoke()  # where the executor has failed, it did nothing

    async def _purge(self) -> None:
        self._executor.submit(self.core.schedule.purge)

    async def _tick(self) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            self._executor.submit(self._do_tick)

    def _start_threads(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.core.progress.start()
        self._view_worker.start()
        self.core.sink.start()

    def _stop_threads(self) -> None:
        self.core.progress.stop()
        self._view_worker.stop()
        self.core.sink.stop()

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

    def _assign(self, assigned: set[TP], generation: int) -> None:
        self.core.assign(assigned, generation, _aside, self._executor.submit)

    def _do_tick(self) -> None:
        self._is_ticking = False
        self.core.schedule.tick()

    def _fold(self) -> None:
        if done := self.core.fold():
            self._loop.call_soon_threadsafe(self.core.buffer.acknowledge, done)

    def _crash(self, failure: BaseException) -> None:
        asyncio.run_coroutine_threadsafe(self.app.crash(failure), self._loop)


def _aside(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name="stale cells", daemon=True).start()
