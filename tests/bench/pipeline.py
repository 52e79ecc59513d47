"""The pipeline alone, in this process: what a transaction costs, and where the time goes."""

from __future__ import annotations

import cProfile
import gc
import pstats
import sys
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import Producer

from schemas.codec import Codec
from streams.config import load
from streams.kafka import topics
from streams.kafka.reader import to_the_end
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.claims import Claims
from streams.shard.counters import Counters
from streams.shard.intake import Batch
from streams.shard.pipeline import Pipeline
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import stages
from tests.bench.world import CONFIG, World, say

_BATCHES = (10, 100, 1_000, 5_000)
_MOST = 20_000


class Record(NamedTuple):
    """As the consumer has it."""

    key: bytes
    value: bytes
    offset: int
    timestamp: int
    headers: tuple[tuple[str, bytes], ...]


class PlainEmission(ShardLog):
    """The same without transactions: send all, wait until it is delivered."""

    def __init__(self, settings: Settings, stage: str, partition: int) -> None:
        super().__init__(settings, stage, partition)
        options: dict[str, Any] = {"partitioner": "murmur2_random", "compression.type": "lz4", "linger.ms": 5}
        self._producer = Producer(settings.client(**options, **{"enable.idempotence": True, "batch.size": 524_288}))

    def open(self) -> None:
        """Nobody is fenced."""

    def commit(self, outputs: Iterable[ProducerRecord], states: Iterable[ChangelogRecord]) -> None:
        for output in outputs:
            self._produce(self._settings.topic(output.topic), *output[1:])
        for state in states:
            self._produce(self._changelog, state.key, state.value, None, self._partition)
        self._producer.flush()


class NoEmission(ShardLog):
    """Nothing is sent: the pipeline's own time."""

    def commit(self, outputs: Iterable[ProducerRecord], states: Iterable[ChangelogRecord]) -> None:
        """Take them and drop them."""
        for _ in outputs:
            pass


def measure_transactions(world: World) -> None:
    """The same batches with and without transactions, in turn, and the ratio of their times."""
    world = world.fresh("transaction")
    records = _records(world, "feedback")
    for size in _BATCHES:
        chosen = records[: min(_MOST, 300 * size)]
        wall: dict[type[ShardLog], list[tuple[float, float]]] = {
            ShardLog: [],
            PlainEmission: [],
        }
        for _ in range(3):
            for kind, found in wall.items():
                found.append(_fold(world, kind, chosen, size))
        with_, without = min(wall[ShardLog]), min(wall[PlainEmission])
        batches = -(-len(chosen) // size)
        say(
            f"transactions, {size:>5} records each: {with_[0] / batches * 1e3:7.1f} ms a batch, without "
            f"{without[0] / batches * 1e3:7.1f} ms: ratio of wall time {with_[0] / without[0]:.2f}, "
            f"of CPU time {with_[1] / without[1]:.2f}"
        )


def profile(world: World) -> None:
    """The ten functions with the most time of their own, feedback and actions of one partition."""
    world = world.fresh("profile")
    profiler = cProfile.Profile()
    records = {name: _records(world, name) for name in ("feedback", "action")}
    profiler.enable()
    shard, pipeline = _shard(world, NoEmission)
    for name, found in records.items():
        pipeline.process(shard, [Batch(name, world.settings.topic(topics.INPUTS[name]), found)], None)
    profiler.disable()
    pstats.Stats(profiler, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(10)


def _records(world: World, name: str) -> list[Record]:
    topic = world.settings.topic(topics.INPUTS[name])
    return [
        Record(m.key(), m.value(), m.offset(), m.timestamp()[1], tuple(m.headers() or ()))
        for m in to_the_end(world.settings, topic, range(1))
    ]


def _shard(world: World, kind: type[ShardLog]) -> tuple[Shard, Pipeline]:
    codec = Codec(None, Pseudonym(world.settings.pseudonym_key))
    config = load(CONFIG)
    stage = next(s for s in stages(config.policies, codec.encode, "bench") if s.name == "cases")
    shard = Shard(world.settings, stage, 0, config.retention_ms, Claims((), 0))
    shard.emission = kind(world.settings, shard.id.stage, shard.id.partition)
    return shard, Pipeline(codec, config.policies, world.settings.partitions, 0, Counters())


def _fold(world: World, kind: type[ShardLog], records: list[Record], size: int) -> tuple[float, float]:
    """(wall, CPU) seconds of folding the records in batches of that size."""
    shard, pipeline = _shard(world, kind)
    assert shard.id == ShardId("cases", 0)
    shard.emission.open()
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    for start in range(0, len(records), size):
        batch = Batch("feedback", world.settings.topic(topics.INPUTS["feedback"]), records[start : start + size])
        pipeline.process(shard, [batch], None)
    return time.monotonic() - wall, time.process_time() - cpu
