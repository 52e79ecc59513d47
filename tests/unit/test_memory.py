"""What the log in memory has beside the contract of the log: faults, late requests, compaction."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.kafka.numbering import KEY as NUMBER
from streams.kafka.records import ChangelogRecord, ProducerRecord, TopicPartition
from streams.kafka.shard_log import ShardLog
from tests.memory.log import MemoryLog, NoFaults
from tests.memory.transactions import Status
from tests.shards import SETTINGS, memory_log

OUT = "rytmi.alarm.v1"
CHANGELOG = SETTINGS.changelog("cases")


class Once(NoFaults):
    """One request fails, before it takes effect or after."""

    def __init__(self, request: str, when: str, fault: BaseException) -> None:
        self._left: list[tuple[str, str]] = [(request, when)]
        self._fault = fault

    def _happen(self, request: str, when: str) -> None:
        if (request, when) in self._left:
            self._left.clear()
            raise self._fault

    def before(self, request: str, name: str) -> None:
        self._happen(request, "before")

    def after(self, request: str, name: str) -> None:
        self._happen(request, "after")


@pytest.fixture
def log() -> MemoryLog:
    return memory_log()


def opened(log: MemoryLog) -> ShardLog:
    own = ShardLog(log, SETTINGS, "cases", 0)
    own.fence()
    return own


def values(log: MemoryLog, topic: str) -> list[bytes | None]:
    return [record.value for record in log.read(topic, (0,)) if record.key != NUMBER]


def commit(own: ShardLog, value: bytes) -> None:
    own.commit([ProducerRecord(OUT, b"k", value, [], 0)], [ChangelogRecord(b"e", value)])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_whose_answer_is_lost_is_asked_for_again_and_happens_once(log: MemoryLog, when: str) -> None:
    own = opened(log)
    log.faults = Once("commit", when, KafkaException(KafkaError(KafkaError._TIMED_OUT, "no answer", retriable=True)))
    commit(own, b"1")
    commit(own, b"2")
    assert values(log, OUT) == values(log, CHANGELOG) == [b"1", b"2"]


def test_a_transaction_that_the_cluster_gives_up_is_sent_again_whole(log: MemoryLog) -> None:
    own = opened(log)
    refused = KafkaError(KafkaError.UNKNOWN_PRODUCER_ID, "given up", txn_requires_abort=True)
    log.faults = Once("commit", "before", KafkaException(refused))
    commit(own, b"1")
    assert values(log, OUT) == values(log, CHANGELOG) == [b"1"]
    assert log.end(OUT, 0) == 4, "the first attempt and its end have offsets, too"


@pytest.mark.parametrize(("when", "seen"), [("before", []), ("after", [b"1"])])
def test_a_crash_at_the_commit_leaves_all_or_nothing(log: MemoryLog, when: str, seen: list[bytes]) -> None:
    own = opened(log)
    log.faults = Once("commit", when, SystemExit())
    with pytest.raises(SystemExit):
        commit(own, b"1")
    assert values(log, OUT) == seen
    after = opened(log)
    assert [value for _, value in after.restore()] == seen


def test_a_late_request_ends_what_its_producer_has_open_and_nothing_of_a_successor(log: MemoryLog) -> None:
    client = log.transactions("one")
    client.init_transactions(1)
    client.begin_transaction()
    client.produce(OUT, b"1", b"k", 0)
    assert log.late_end("one", client.epoch, Status.ABORTED)
    assert not log.late_end("one", client.epoch, Status.ABORTED), "nothing is open by now"
    client.produce(OUT, b"2", b"k", 0)
    successor = log.transactions("one")
    successor.init_transactions(1)
    successor.produce(OUT, b"3", b"k", 0)
    assert not log.late_end("one", client.epoch, Status.COMMITTED)
    successor.commit_transaction(1)
    assert values(log, OUT) == [b"3"]


def test_compaction_keeps_the_last_of_each_key_where_it_was_and_what_is_open(log: MemoryLog) -> None:
    for number in range(6):
        log.append(OUT, b"k%d" % (number % 2), b"%d" % number, partition=0)
    client = log.transactions("one")
    client.init_transactions(1)
    client.produce(OUT, b"open", b"k0", 0)
    log.compact(OUT)
    assert [(record.offset, record.value) for record in log.read(OUT, (0,))] == [(4, b"4"), (5, b"5")]
    client.commit_transaction(1)
    assert values(log, OUT) == [b"4", b"5", b"open"]
    assert log.fetch(TopicPartition(OUT, 0), 0, 1) == ([next(log.read(OUT, (0,)))], 5, False)
