"""The contract of the log: what a record is, where it goes, and in which order it is read."""

import threading
import time
from collections import defaultdict

import pytest

from tests.contract.cluster import SECONDS, Cluster
from tests.waiting import until

MEGABYTES = 5 * 1024 * 1024
BY_MURMUR2 = {b"case-1": 0, b"case-2": 3, b"case-3": 1, b"dec-1": 0, b"dec-2": 2, b"obs-1": 3, b"web": 0, b"": 1}
"""Keys, and their partition of four, as Java's producers choose it."""


def test_a_topic_that_holds_nothing_reads_as_nothing(cluster: Cluster) -> None:
    topic = cluster.topic("empty", 2)
    assert cluster.read(topic) == []
    assert [cluster.log.end(topic, partition) for partition in range(2)] == [0, 0]


def test_within_a_partition_records_keep_their_order_and_count_from_nought(cluster: Cluster) -> None:
    topic, sent = cluster.topic("order", 4), defaultdict[bytes, list[bytes]](list)
    for number in range(40):
        key, value = b"case-%d" % (number % 7), b"%d" % number
        cluster.append(topic, key, value)
        sent[key].append(value)
    found, offsets = defaultdict[bytes, list[bytes]](list), defaultdict[int, list[int]](list)
    for record in cluster.read(topic):
        found[record.key or b""].append(record.value or b"")
        offsets[record.partition].append(record.offset)
    assert found == sent
    assert all(these == list(range(len(these))) for these in offsets.values())


def test_a_key_goes_to_its_partition_by_murmur2_with_a_transaction_and_without(cluster: Cluster) -> None:
    topic, client = cluster.topic("keys", 4), cluster.producer("one")
    for key in BY_MURMUR2:
        cluster.append(topic, key, b"appended")
        client.produce(topic, b"committed", key, -1)
    client.commit_transaction(SECONDS)
    expected = sorted((key, where, how) for key, where in BY_MURMUR2.items() for how in (b"appended", b"committed"))

    def found() -> list[object]:
        return sorted((record.key, record.partition, record.value) for record in cluster.read(topic))

    until(lambda: found() == expected, SECONDS, "all are where they belong")


def test_a_named_partition_is_taken_whatever_the_key(cluster: Cluster) -> None:
    topic = cluster.topic("placed", 4)
    for partition in range(4):
        cluster.append(topic, b"one key", b"%d" % partition, partition=partition)
    assert [cluster.values(topic, partition) for partition in range(4)] == [[b"0"], [b"1"], [b"2"], [b"3"]]


def test_only_the_partitions_asked_for_are_read(cluster: Cluster) -> None:
    topic = cluster.topic("some", 16)
    for partition in range(16):
        cluster.append(topic, None, b"%d" % partition, partition=partition)
    assert sorted(record.partition for record in cluster.read(topic, (3, 11))) == [3, 11]
    assert sorted(record.partition for record in cluster.read(topic)) == list(range(16))


@pytest.mark.parametrize("key", [None, b"", b"\x00\xff"])
@pytest.mark.parametrize("value", [None, b"", b"\x00\xff"])
def test_key_and_value_come_back_as_they_were_and_none_is_not_empty(
    cluster: Cluster, key: bytes | None, value: bytes | None
) -> None:
    topic = cluster.topic("bytes")
    cluster.append(topic, key, value, partition=0)
    assert [(record.key, record.value) for record in cluster.read(topic)] == [(key, value)]


def test_headers_keep_their_order_and_names_may_repeat(cluster: Cluster) -> None:
    topic, client = cluster.topic("headers"), cluster.producer("one")
    headers = [("b", b"1"), ("a", b"2"), ("b", b"3"), ("a", b"")]
    cluster.append(topic, b"k", b"appended", headers)
    client.produce(topic, b"committed", b"k", 0, headers=headers)
    client.produce(topic, b"without", b"k", 0)
    client.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"appended", b"committed", b"without"])
    assert [list(record.headers) for record in cluster.read(topic)] == [headers, headers, []]


def test_large_values_come_back_whole(cluster: Cluster) -> None:
    topic, client = cluster.topic("large"), cluster.producer("one")
    values = [bytes([number]) * MEGABYTES for number in range(3)]
    for value in values:
        client.produce(topic, value, b"k", 0)
    client.commit_transaction(SECONDS)
    assert cluster.shows(topic, values)


def test_a_record_has_the_time_at_which_it_was_appended(cluster: Cluster) -> None:
    topic, client = cluster.topic("times"), cluster.producer("one")
    before = time.time_ns() // 1_000_000
    cluster.append(topic, b"k", b"1")
    client.produce(topic, b"2", b"k", 0)
    cluster.await_high(topic, 2)
    between = time.time_ns() // 1_000_000
    cluster.append(topic, b"k", b"3")
    client.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"1", b"2", b"3"])
    first, second, third = (record.timestamp for record in cluster.read(topic))
    assert before <= first <= second <= between <= third, "not that of the commit, which came later"


def test_reading_ends_and_misses_nothing_while_another_partition_grows(cluster: Cluster) -> None:
    topic, enough = cluster.topic("growing", 2), threading.Event()
    for number in range(100):
        cluster.append(topic, b"k", b"%d" % number, partition=1)

    def grow() -> None:
        while not enough.is_set():
            cluster.append(topic, b"k", b"more", partition=0)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        for _ in range(3):
            assert [r.value for r in cluster.read(topic) if r.partition] == [b"%d" % n for n in range(100)]
    finally:
        enough.set()
        growing.join()


def test_a_record_that_may_get_lost_arrives_where_nothing_is_wrong(cluster: Cluster) -> None:
    topic = cluster.topic("marks")
    cluster.log.send(topic, b"0", b"mark")
    assert cluster.shows(topic, [b"mark"])
