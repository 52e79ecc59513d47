"""The core of a worker: everything it holds but the process around it, joined in one place, `build_worker`.

Its parts are the product's own whatever log, clock and sink they are given: Kafka and the time of day in a worker's
process (`streams.worker.worker`), a log in memory and a clock of its own in the simulation (`tests/simulation`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from schemas.codec import Codec
from streams.alertmanager.sinks import AlarmSink
from streams.config import Config
from streams.kafka.log import Log
from streams.kafka.records import TopicPartition
from streams.kafka.shard_log import ShardLog
from streams.measures.publisher import CellPublishers
from streams.measures.subscriber import frame
from streams.measures.view import MeasuresView
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.claims import Claims, Source
from streams.shard.clock import Clock
from streams.shard.counters import Counters
from streams.shard.pipeline import Pipeline
from streams.shard.progress import DecisionProgress
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import Stage, stages
from streams.shard.watermarks import End, Watermarks
from streams.worker.assignment import Assignment
from streams.worker.executor import BatchBuffer, QueuedBatch
from streams.worker.options import Options
from streams.worker.schedule import Aside, Later, Schedule

Ends = Callable[[TopicPartition], End | None]
"""What fetching has seen of a partition's end; None: nothing, or it has not come to it."""


def build_worker(
    settings: Settings, config: Config, options: Options, *, log: Log, clock: Clock, sink: AlarmSink, ends: Ends
) -> WorkerCore:
    """Join the parts of a worker. It does nothing yet: nobody is asked for anything, no thread runs."""
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    kinds = stages(config.policies, codec.encode, f"rytmi/{settings.application}")
    by_name = {stage.name: stage for stage in kinds}
    sources = [
        Source(one.id, frozenset(one.records), frozenset(one.touchpoints), one.silent_after)
        for one in config.file.sources
    ]

    def make(name: ShardId) -> Shard:
        own = ShardLog(log, settings, name.stage, name.partition)
        claims = Claims(sources, config.file.settle, clock)
        return Shard(own, by_name[name.stage], name.partition, config.retention_ms, claims)

    assignment = Assignment(make, clock, sink, options.opened_at_once)
    progress = DecisionProgress(log, settings, codec, clock.time)
    # While partitions are moving there is no shard of which something could be known.
    watermarks = Watermarks(
        settings, kinds, progress, clock, lambda: assignment.shards if assignment.ready else {}, ends
    )
    pipeline = Pipeline(
        codec, config.policies, settings.partitions, options.most_deadletters_in_a_row, Counters(), clock
    )
    publishers = CellPublishers(log, settings, clock.time.monotonic)
    return WorkerCore(
        settings=settings,
        config=config,
        clock=clock,
        sink=sink,
        stages=kinds,
        assignment=assignment,
        progress=progress,
        watermarks=watermarks,
        pipeline=pipeline,
        schedule=Schedule(assignment, watermarks, pipeline, publishers, progress, sources, sink, clock),
        view=MeasuresView(log, settings, codec, frame(config), clock.time, options.session_timeout),
        buffer=BatchBuffer([stage.name for stage in kinds]),
    )


@dataclass
class WorkerCore:
    """The parts of a worker, and the order in which they work together.

    `assign` and `fold` are called in the pipeline's thread, `offset` from any. committed_at: by input partition, when
    a batch was last made durable, milliseconds.
    """

    settings: Settings
    config: Config
    clock: Clock
    sink: AlarmSink
    stages: Sequence[Stage]
    assignment: Assignment
    progress: DecisionProgress
    watermarks: Watermarks
    pipeline: Pipeline
    schedule: Schedule
    view: MeasuresView
    buffer: BatchBuffer
    committed_at: dict[TopicPartition, int] = field(default_factory=dict)

    def offset(self, place: TopicPartition) -> int | None:
        """The offset of an input partition that comes next, as the durable state has it; None if not owned."""
        shard = self.watermarks.shard_of(place)
        return shard.store.offsets.get(place.topic) if shard is not None else None

    def assign(self, assigned: Iterable[tuple[str, int]], generation: int, aside: Aside, later: Later) -> None:
        """Own the shards whose inputs are all among these partitions. aside, later: see `Schedule.publish_anew`."""
        self.assignment.assign(self.watermarks.complete(assigned), generation)
        self.schedule.publish_anew(aside, later)

    def fold(self) -> Sequence[QueuedBatch]:
        """Fold all that waits for one shard by now, together: one state write for each entity, however it came.

        What is returned is durable, or void, and may be acknowledged. Raises what `Pipeline.process` raises.
        """
        taken = self.buffer.take()
        if taken is None:
            return ()  # gone with earlier ones
        name, waiting = taken
        # What was fetched before the latest rebalance is void, and will be fetched again: were only some of it folded,
        # the rest, which Faust has thrown away, would be passed over. So is what waits when one begins, or when the
        # worker is told to stop: whoever comes next need not wait until all that it has fetched is folded.
        batches = [queued.batch for queued in waiting if queued.generation == self.assignment.generation]
        shard = self.assignment.to_fold(name)
        if shard is not None and batches:
            alarms = self.pipeline.process(shard, batches)
            self.assignment.tell(shard, alarms)
            self.assignment.progress()
            for batch in batches:
                place = TopicPartition(batch.topic, name.partition)
                self.committed_at[place] = self.clock.time.wall_ms()
                self.watermarks.note(place, batch.records[-1].timestamp)
        return waiting
