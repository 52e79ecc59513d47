"""Shards, and what is joined around them, for tests: on a log in memory, or on any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from schemas.codec import Codec
from streams.alertmanager.sinks import Nobody
from streams.config import Config
from streams.kafka.log import Log
from streams.kafka.records import ConsumerRecord
from streams.kafka.shard_log import ShardLog
from streams.settings import Settings
from streams.shard.claims import Claims
from streams.shard.clock import Clock, Time, WallClock
from streams.shard.progress import TOPIC, DecisionProgress
from streams.shard.shard import Shard
from streams.shard.store import Store
from streams.worker.core import WorkerCore, build_worker
from streams.worker.options import Options
from tests.memory.log import MemoryLog

CODEC = Codec(None, lambda customer: customer)
SETTINGS = Settings(kafka_bootstrap="nowhere.example:9092", configured_pseudonym_key="the key of a test, no secret")
RETENTION_MS = 1 << 60


def memory_log() -> MemoryLog:
    """An empty log on which all was appended at 0."""
    return MemoryLog(lambda topic: SETTINGS.partitions, lambda: 0)


def shard_of(log: Log, stage: Any, partition: int = 0, clock: Clock | None = None) -> Shard:
    """A shard that is not opened yet, nothing of which is ever purged."""
    own = ShardLog(log, SETTINGS, stage.name, partition)
    return Shard(own, stage, partition, RETENTION_MS, Claims((), 0, clock or WallClock()))


def restored(log: Log, settings: Settings, stage: str, partition: int) -> Store:
    """The state that whoever comes next reads back."""
    store = Store()
    for record in ShardLog(log, settings, stage, partition).restore():
        store.apply(record)
    return store


def decision_progress() -> DecisionProgress:
    """Progress of decisions that takes marks by the instants at which they were appended."""
    return DecisionProgress(memory_log(), SETTINGS, CODEC, Time(lambda: 0))


def mark(partition: int, until: int, received: int) -> ConsumerRecord:
    """A mark: a partition of decisions is known until then. received: when it was appended."""
    value = CODEC.encode("progress", {"partition": partition, "until_at": until})
    return ConsumerRecord(TOPIC, 0, 0, received, str(partition).encode(), value, ())


class Told(Nobody):
    """A sink that has once told an Alertmanager."""

    succeeded_at = 1.0


def core_of(config: Config, partitions: int = 4, clock: Clock | None = None) -> WorkerCore:
    """The core of a worker that owns nothing, and is ready."""
    core = build_worker(
        replace(SETTINGS, partitions=partitions),
        config,
        Options(),
        log=memory_log(),
        clock=clock or WallClock(),
        sink=Told(),
        ends=lambda place: None,
    )
    core.assignment.assign(set(), 1)
    return core
