"""The way of a batch into a shard, on a log in memory: what is passed over, what is refused, and all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException

from processors.events import Feedback
from streams.config import load
from streams.kafka.records import ConsumerRecord
from streams.shard.clock import WallClock
from streams.shard.counters import Counters
from streams.shard.intake import Batch, RecordsMissing
from streams.shard.pipeline import Pipeline
from streams.shard.shard import Shard
from streams.shard.stages import stages
from streams.shard.store import Store, offset_write
from tests.memory.log import MemoryLog, NoFaults
from tests.shards import CODEC, SETTINGS, memory_log, restored, shard_of

TOPIC, OUT = "touchpoint.feedback.v1", "rytmi.case.v1"
NOW = 1_800_000_000_000
POLICIES = load(Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml").policies
CASES = next(stage for stage in stages(POLICIES, CODEC.encode, "test") if stage.name == "cases")


class NoCommit(NoFaults):
    """The cluster refuses commits, while `is_on`."""

    is_on = True

    def before(self, request: str, name: str) -> None:
        if self.is_on and request == "commit":
            raise KafkaException(KafkaError(KafkaError.CLUSTER_AUTHORIZATION_FAILED))


@pytest.fixture
def log() -> MemoryLog:
    return memory_log()


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline(CODEC, POLICIES, SETTINGS.partitions, 10, Counters(), WallClock())


def opened(log: MemoryLog, offset: int = 0) -> Shard:
    """A shard of cases whose state holds the feedback up to an offset."""
    shard = shard_of(log, CASES)
    shard.open()
    shard.store.apply(offset_write(TOPIC, offset))
    return shard


def batch(offsets: range, follows: int | None = None, value: bytes | None = None) -> Batch:
    """Feedback, a case each, or records that all have this value."""
    return Batch(
        "feedback",
        TOPIC,
        [
            ConsumerRecord(TOPIC, 0, n, NOW, b"case-%d" % n, value or said(n), ())  # the value of one is its case's
            for n in offsets
        ],
        follows,
    )


def said(number: int) -> bytes:
    return CODEC.encode("feedback", Feedback(f"f-{number}", NOW, f"case-{number}", "web", "high"))


def published(log: MemoryLog, topic: str) -> list[ConsumerRecord]:
    return list(log.read(SETTINGS.topic(topic), range(SETTINGS.partitions)))


def state(store: Store) -> object:
    return store.entities, store.offsets, store.refused, store.controls, store.epoch


def test_batch_that_follows_records_which_the_state_lacks_is_refused(log: MemoryLog, pipeline: Pipeline) -> None:
    with pytest.raises(RecordsMissing, match=r"touchpoint.feedback.v1 \[0\].*follow offset 10.*up to 10 only"):
        pipeline.process(opened(log, 10), [batch(range(11, 12), follows=10)])


@pytest.mark.parametrize("follows", [None, 8, 9])
def test_batch_that_the_state_holds_already_is_passed_over(
    log: MemoryLog, pipeline: Pipeline, follows: int | None
) -> None:
    assert pipeline.process(opened(log, 12), [batch(range(10, 12), follows)]) == []
    assert pipeline.counters == Counters()
    assert published(log, OUT) == []


def test_gap_between_two_batches_that_waited_together_is_seen(log: MemoryLog, pipeline: Pipeline) -> None:
    with pytest.raises(RecordsMissing, match="follow offset 14"):
        pipeline.process(opened(log, 12), [batch(range(10, 12), follows=9), batch(range(15, 16), follows=14)])


def test_what_is_taken_in_is_published_kept_and_counted_once(log: MemoryLog, pipeline: Pipeline) -> None:
    shard = opened(log)
    pipeline.process(shard, [batch(range(3))])
    pipeline.process(shard, [batch(range(4))])  # delivered again, with one that is new
    assert sorted(record.key or b"" for record in published(log, OUT)) == [b"case-%d" % n for n in range(4)]
    assert pipeline.counters.events[TOPIC, "folded"] == 4
    assert pipeline.counters.events[TOPIC, "repeated"] == 0
    assert state(restored(log, SETTINGS, "cases", 0)) == state(shard.store)
    assert shard.store.offsets[TOPIC] == 4


def test_where_the_commit_fails_nothing_has_happened(log: MemoryLog, pipeline: Pipeline) -> None:
    for _ in range(4):
        log.append(TOPIC, b"case", b"as it came", (), 0)  # a successor sees that the topic has what the state holds
    shard = opened(log)
    pipeline.process(shard, [batch(range(1))])
    counters, before, cells = str(pipeline.counters), str(state(shard.store)), shard.cells.size
    log.faults = refusing = NoCommit()
    with pytest.raises(KafkaException):
        pipeline.process(shard, [batch(range(1, 3)), batch(range(3, 4), value=b"of no schema")])
    assert str(pipeline.counters) == counters
    assert str(state(shard.store)) == before
    assert shard.cells.size == cells
    assert len(shard.deadlines) == 1
    refusing.is_on = False
    successor = shard_of(log, CASES)
    successor.open()
    assert str(state(successor.store)) == before
    pipeline.process(successor, [batch(range(1, 3)), batch(range(3, 4), value=b"of no schema")])
    assert len(published(log, OUT)) == 3
    assert len(published(log, "rytmi.deadletter.v1")) == 1
    assert pipeline.counters.deadletters["undecodable"] == 1
