"""The pipeline alone, in this process: what a transaction costs, and where the time goes."""

from __future__ import annotations

import cProfile
import gc
import pstats
import sys
import time
from typing import Any

from schemas.codec import Codec
from streams.config import load
from streams.kafka import topics
from streams.kafka.clients import TRANSACTIONS, producer
from streams.kafka.log import KafkaLog, TransactionClient
from streams.kafka.reader import to_the_end
from streams.kafka.records import ConsumerRecord
from streams.kafka.shard_log import ShardLog
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.claims import Claims
from streams.shard.clock import WallClock
from streams.shard.counters import Counters
from streams.shard.intake import Batch
from streams.shard.pipeline import Pipeline
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import stages
from tests.bench.world import CONFIG, World, say

_BATCHES = (10, 100, 1_000, 5_000)
_MOST = 20_000


class NoTransactions:
    """A client that sends nothing: what is left is the pipeline's own time."""

    def init_transactions(self, timeout: float, /) -> None:
        """Nobody is fenced."""

    def begin_transaction(self) -> None:
        """There is none."""

    def produce(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int, /, *, headers: Any = None
    ) -> None:
        """Drop it."""

    def poll(self, timeout: float, /) -> int:
        return 0

    def commit_transaction(self, timeout: float, /) -> None:
        """There is none."""

    def abort_transaction(self, timeout: float, /) -> None:
        """There is none."""


class Plain(NoTransactions):
    """The same without transactions: send all, wait until it is delivered."""

    def __init__(self, settings: Settings) -> None:
        role = {name: value for name, value in TRANSACTIONS.items() if name != "transaction.timeout.ms"}
        self._producer = producer(settings, role, **{"enable.idempotence": True})
        self.produce, self.poll = self._producer.produce, self._producer.poll  # type: ignore[method-assign]

    def commit_transaction(self, timeout: float, /) -> None:
        self._producer.flush()


class PlainLog(KafkaLog):
    """The cluster, written to without transactions."""

    def transactions(self, transactional_id: str) -> TransactionClient:
        return Plain(self._settings)


class Nowhere(KafkaLog):
    """The cluster, to which nothing is written."""

    def transactions(self, transactional_id: str) -> TransactionClient:
        return NoTransactions()


def measure_transactions(world: World) -> None:
    """The same batches with and without transactions, in turn, and the ratio of their times."""
    world = world.fresh("transaction")
    records = _records(world, "feedback")
    for size in _BATCHES:
        chosen = records[: min(_MOST, 300 * size)]
        wall: dict[type[KafkaLog], list[tuple[float, float]]] = {KafkaLog: [], PlainLog: []}
        for _ in range(3):
            for kind, found in wall.items():
                found.append(_fold(world, kind, chosen, size))
        with_, without = min(wall[KafkaLog]), min(wall[PlainLog])
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
    shard, pipeline = _shard(world, Nowhere)
    for name, found in records.items():
        pipeline.process(shard, [Batch(name, world.settings.topic(topics.INPUTS[name]), found)])
    profiler.disable()
    pstats.Stats(profiler, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(10)


def _records(world: World, name: str) -> list[ConsumerRecord]:
    topic = world.settings.topic(topics.INPUTS[name])
    return list(to_the_end(world.settings, topic, range(1)))


def _shard(world: World, kind: type[KafkaLog]) -> tuple[Shard, Pipeline]:
    codec = Codec(None, Pseudonym(world.settings.pseudonym_key))
    config = load(CONFIG)
    stage = next(s for s in stages(config.policies, codec.encode, "bench") if s.name == "cases")
    own = ShardLog(kind(world.settings), world.settings, stage.name, 0)
    shard = Shard(own, stage, 0, config.retention_ms, Claims((), 0, WallClock()))
    return shard, Pipeline(codec, config.policies, world.settings.partitions, 0, Counters(), WallClock())


def _fold(world: World, kind: type[KafkaLog], records: list[ConsumerRecord], size: int) -> tuple[float, float]:
    """(wall, CPU) seconds of folding the records in batches of that size."""
    shard, pipeline = _shard(world, kind)
    assert shard.id == ShardId("cases", 0)
    shard._log.fence()
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    for start in range(0, len(records), size):
        batch = Batch("feedback", world.settings.topic(topics.INPUTS["feedback"]), records[start : start + size])
        pipeline.process(shard, [batch])
    return time.monotonic() - wall, time.process_time() - cpu
