"""The contract of the log, as a shard uses it: commit is all or nothing, and what was committed is restored."""

from collections.abc import Iterator

import pytest

from streams.kafka.reader import ReadError
from streams.kafka.records import ChangelogRecord, ProducerRecord
from tests.contract.cluster import Cluster

OUT = "rytmi.alarm.v1"


@pytest.fixture
def changelog(cluster: Cluster) -> str:
    return cluster.topic(cluster.settings.changelog("cases").removeprefix(cluster.settings.topic_prefix), 2)


@pytest.fixture
def out(cluster: Cluster) -> str:
    return cluster.topic(OUT, 2)


def output(value: bytes, partition: int | None = 0) -> ProducerRecord:
    return ProducerRecord(OUT, b"k", value, [("h", b"1")], partition)


def test_outputs_state_and_offsets_are_one_transaction(cluster: Cluster, changelog: str, out: str) -> None:
    own = cluster.shard_log()
    own.commit([output(b"a"), output(b"b", 1)], [ChangelogRecord(b"e", b"state"), ChangelogRecord(b"p", b"7")])
    assert cluster.shows(out, [b"a"])
    assert cluster.shows(out, [b"b"], 1)
    assert cluster.shows(changelog, [b"state", b"7"])
    assert [record.offset for record in cluster.read(changelog)] == [0, 1, 2, 3], "a number before and behind"
    cluster.await_end(changelog, 5)


def test_outputs_are_made_while_the_transaction_runs_and_the_state_that_they_leave_is_in_it(
    cluster: Cluster, changelog: str, out: str
) -> None:
    own, states = cluster.shard_log(), list[ChangelogRecord]()

    def outputs() -> Iterator[ProducerRecord]:
        for number in range(3):
            cluster.await_high(out, number)
            assert cluster.values(out) == []
            yield output(b"%d" % number)
        states.append(ChangelogRecord(b"e", b"after all of them"))

    own.commit(outputs(), states)
    assert cluster.shows(out, [b"0", b"1", b"2"])
    assert cluster.shows(changelog, [b"after all of them"])


def test_a_fault_in_making_outputs_aborts_and_the_next_commit_holds_nothing_of_it(
    cluster: Cluster, changelog: str, out: str
) -> None:
    def outputs() -> Iterator[ProducerRecord]:
        yield output(b"0")
        cluster.await_high(out, 1)
        raise ZeroDivisionError

    own = cluster.shard_log()
    with pytest.raises(ZeroDivisionError):
        own.commit(outputs(), [ChangelogRecord(b"e", b"0")])
    cluster.await_end(out, 2)
    own.commit([output(b"1")], [ChangelogRecord(b"e", b"1")])
    assert cluster.shows(out, [b"1"])
    assert cluster.shows(changelog, [b"1"])


def test_an_output_goes_where_it_says_or_where_its_key_belongs(cluster: Cluster, changelog: str, out: str) -> None:
    cluster.shard_log().commit([ProducerRecord(OUT, b"case-5", b"by key", [])], [])
    assert cluster.shows(out, [b"by key"], 1)
    record = cluster.read(out)[0]
    assert (record.topic, record.key, list(record.headers)) == (out, b"case-5", [])


def test_many_outputs_are_one_transaction_in_their_order(cluster: Cluster, changelog: str, out: str) -> None:
    values = [b"%d" % number for number in range(5_000)]
    cluster.shard_log().commit(map(output, values), [])
    assert cluster.shows(out, values)


def test_a_commit_of_nothing_leaves_nothing(cluster: Cluster, changelog: str) -> None:
    own = cluster.shard_log()
    own.commit((), ())
    assert cluster.values(changelog) == []
    own.commit((), [ChangelogRecord(b"e", b"1")])
    assert cluster.shows(changelog, [b"1"])


def test_an_empty_changelog_restores_nothing(cluster: Cluster, changelog: str) -> None:
    assert list(cluster.shard_log().restore()) == []


def test_a_successor_restores_all_writes_in_order_deletions_included(cluster: Cluster, changelog: str) -> None:
    own, other = cluster.shard_log(0), cluster.shard_log(1)
    own.commit((), [ChangelogRecord(b"a", b"1"), ChangelogRecord(b"b", b"1")])
    other.commit((), [ChangelogRecord(b"a", b"of another partition")])
    own.commit((), [ChangelogRecord(b"a", None), ChangelogRecord(b"c", b"3")])
    own.commit((), [ChangelogRecord(b"b", b"2"), ChangelogRecord(b"a", b"4")])
    restored = list(cluster.shard_log(0).restore())
    assert restored == [(b"a", b"1"), (b"b", b"1"), (b"a", None), (b"c", b"3"), (b"b", b"2"), (b"a", b"4")]
    assert dict(restored) == {b"a": b"4", b"b": b"2", b"c": b"3"}


def test_what_the_predecessor_had_open_is_not_restored_and_what_it_had_committed_is(
    cluster: Cluster, changelog: str
) -> None:
    before = cluster.shard_log()
    before.commit((), [ChangelogRecord(b"a", b"committed")])
    open_ = before._producer._producer
    open_.begin_transaction()
    open_.produce(changelog, b"open", b"a", 0)
    cluster.await_high(changelog, 5)
    assert list(cluster.shard_log().restore()) == [(b"a", b"committed")]


def test_large_states_of_many_entities_are_restored(cluster: Cluster, changelog: str) -> None:
    states = [ChangelogRecord(b"e%d" % number, bytes([number]) * 5 * 1024 * 1024) for number in range(4)]
    states += [ChangelogRecord(b"s%d" % number, b"%d" % number) for number in range(2_000)]
    cluster.shard_log().commit((), states)
    assert list(cluster.shard_log().restore()) == states


def test_the_end_of_a_topic_is_that_of_the_shards_partition_behind_what_is_committed(
    cluster: Cluster, changelog: str, out: str
) -> None:
    own, client = cluster.shard_log(1), cluster.producer("another")
    cluster.append(out, b"k", b"0", partition=1)
    cluster.append(out, b"k", b"0", partition=0)
    cluster.append(out, b"k", b"1", partition=1)
    assert own.end(out) == 2
    client.produce(out, b"open", b"k", 1)
    cluster.await_high(out, 3, 1)
    assert own.end(out) == 2


def test_a_record_without_a_key_in_the_changelog_is_refused_with_its_place(cluster: Cluster, changelog: str) -> None:
    cluster.append(changelog, None, b"of somebody else", partition=0)
    with pytest.raises(ReadError, match=r"cases.* \[0\], offset 0: a record without a key"):
        list(cluster.shard_log().restore())
