"""The contract of the log: one producer under an id at a time. Whoever comes next fences whoever was before."""

from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaException

from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import Fenced
from tests.contract.cluster import SECONDS, Cluster

OUT = "rytmi.alarm.v1"


def output(value: bytes, partition: int | None = 0) -> ProducerRecord:
    return ProducerRecord(OUT, b"k", value, [], partition)


@pytest.fixture
def topic(cluster: Cluster) -> str:
    cluster.topic(cluster.settings.changelog("cases").removeprefix(cluster.settings.topic_prefix), 2)
    return cluster.topic(OUT, 2)


def test_fencing_aborts_what_the_predecessor_has_open(cluster: Cluster, topic: str) -> None:
    before = cluster.producer("one")
    before.produce(topic, b"of the one before", b"k", 0)
    cluster.await_high(topic, 1)
    cluster.producer("one")
    cluster.await_end(topic, 2)
    assert cluster.values(topic) == []


def test_a_fenced_producer_cannot_commit_what_it_had_begun(cluster: Cluster, topic: str) -> None:
    before = cluster.producer("one")
    before.produce(topic, b"of the one before", b"k", 0)
    cluster.await_high(topic, 1)
    after = cluster.producer("one")
    with pytest.raises(KafkaException):
        before.commit_transaction(SECONDS)
    after.produce(topic, b"of the one after", b"k", 0)
    after.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"of the one after"])


def test_the_next_commit_of_a_fenced_shard_says_so_and_leaves_nothing(cluster: Cluster, topic: str) -> None:
    before = cluster.shard_log()
    before.commit([output(b"0")], [ChangelogRecord(b"e", b"0")])
    after = cluster.shard_log()
    with pytest.raises(Fenced, match="taken over by another worker"):
        before.commit([output(b"1")], [ChangelogRecord(b"e", b"1")])
    after.commit([output(b"2")], [ChangelogRecord(b"e", b"2")])
    assert cluster.shows(topic, [b"0", b"2"])
    assert cluster.shows(cluster.settings.changelog("cases"), [b"0", b"2"])


def test_a_fenced_shard_never_commits_again(cluster: Cluster, topic: str) -> None:
    before = cluster.shard_log()
    after = cluster.shard_log()
    for _ in range(2):
        with pytest.raises((Fenced, KafkaException)):
            before.commit([output(b"zombie")], [ChangelogRecord(b"e", b"zombie")])
    after.commit([output(b"alive")], [])
    assert cluster.shows(topic, [b"alive"])


def test_a_shard_fenced_while_it_makes_its_outputs_has_published_none_of_them(cluster: Cluster, topic: str) -> None:
    before = cluster.shard_log()

    def outputs() -> Iterator[ProducerRecord]:
        yield output(b"sent before it was fenced")
        cluster.await_high(topic, 1)
        cluster.shard_log()
        yield output(b"sent behind")

    with pytest.raises(Fenced):
        before.commit(outputs(), [ChangelogRecord(b"e", b"1")])
    until_end = cluster.high(topic, 0)
    cluster.await_end(topic, until_end)
    assert cluster.values(topic) == []
    assert cluster.values(cluster.settings.changelog("cases")) == []


def test_a_fenced_producer_does_not_end_what_its_successor_has_open(cluster: Cluster, topic: str) -> None:
    before, after = cluster.producer("one"), cluster.producer("one")
    after.produce(topic, b"first", b"k", 0)
    cluster.await_high(topic, 1)
    before.produce(topic, b"zombie", b"k", 0)
    with pytest.raises(KafkaException):
        before.commit_transaction(SECONDS)
    assert cluster.values(topic) == [], "the successor's is open still"
    after.produce(topic, b"second", b"k", 0)
    after.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"first", b"second"])


def test_fencing_one_id_leaves_others_alone(cluster: Cluster, topic: str) -> None:
    other = cluster.producer("two")
    other.produce(topic, b"of the other", b"k", 0)
    cluster.await_high(topic, 1)
    cluster.producer("one")
    cluster.producer("one")
    other.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"of the other"])


def test_each_partition_of_a_stage_is_fenced_by_itself(cluster: Cluster, topic: str) -> None:
    first, second = cluster.shard_log(0), cluster.shard_log(1)
    cluster.shard_log(0)
    second.commit([output(b"second", 1)], [])
    assert cluster.shows(topic, [b"second"], 1)
    with pytest.raises(Fenced):
        first.commit([output(b"first")], [])


@pytest.mark.parametrize("states_before", [0, 5])
def test_offsets_of_another_topic_are_not_taken_for_those_of_the_changelog(
    cluster: Cluster, topic: str, states_before: int
) -> None:
    own, changelog = cluster.shard_log(), cluster.settings.changelog("cases")
    for number in range(states_before):
        own.commit([], [ChangelogRecord(b"e", b"before %d" % number)])
    for number in range(3):  # nothing to save, and the end of each might come late
        own.commit([output(b"%d" % number)], None)
        own._producer.is_late = True
    own.commit([output(b"3")], [ChangelogRecord(b"e", b"saved")])
    assert cluster.shows(topic, [b"0", b"1", b"2", b"3"])
    assert cluster.shows(changelog, [*(b"before %d" % number for number in range(states_before)), b"saved"])
