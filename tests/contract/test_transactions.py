"""The contract of the log: what readers see of transactions while they are open, and when they have ended."""

import pytest

from tests.contract.cluster import SECONDS, Cluster


def test_nothing_of_an_open_transaction_is_seen_and_all_of_a_committed_one(cluster: Cluster) -> None:
    topics = [cluster.topic("a", 2), cluster.topic("b")]
    places = [(topics[0], 0), (topics[0], 1), (topics[1], 0)]
    client = cluster.producer("one")
    for topic, partition in places:
        client.produce(topic, b"value", b"k", partition)
    for topic, partition in places:
        cluster.await_high(topic, 1, partition)
        assert cluster.values(topic, partition) == []
    client.commit_transaction(SECONDS)
    assert all(cluster.shows(topic, [b"value"], partition) for topic, partition in places)


def test_an_aborted_transaction_is_never_seen(cluster: Cluster) -> None:
    topic, client = cluster.topic("a"), cluster.producer("one")
    client.produce(topic, b"never", b"k", 0)
    cluster.await_high(topic, 1)
    client.abort_transaction(SECONDS)
    cluster.await_end(topic, 2)
    assert cluster.values(topic) == []
    client.begin_transaction()
    client.produce(topic, b"then", b"k", 0)
    client.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"then"])


@pytest.mark.parametrize("ending", ["commit", "abort"])
def test_the_end_of_a_transaction_takes_an_offset_in_each_partition_written_to(cluster: Cluster, ending: str) -> None:
    topic, client = cluster.topic("a", 3), cluster.producer("one")
    client.produce(topic, b"0", b"k", 0)
    client.produce(topic, b"1", b"k", 0)
    client.produce(topic, b"0", b"k", 1)
    cluster.await_high(topic, 2)
    cluster.await_high(topic, 1, 1)
    (client.commit_transaction if ending == "commit" else client.abort_transaction)(SECONDS)
    cluster.await_end(topic, 3)
    cluster.await_end(topic, 2, 1)
    assert cluster.log.end(topic, 2) == 0, "nothing was written there"
    cluster.append(topic, b"k", b"next", partition=0)
    assert [record.offset for record in cluster.read(topic, (0,))] == ([0, 1, 3] if ending == "commit" else [3])


@pytest.mark.parametrize("ending", ["commit", "abort"])
def test_what_was_appended_behind_an_open_transaction_waits_for_its_end(cluster: Cluster, ending: str) -> None:
    topic, client = cluster.topic("a", 2), cluster.producer("one")
    cluster.append(topic, b"k", b"before", partition=0)
    client.produce(topic, b"open", b"k", 0)
    cluster.await_high(topic, 2)
    cluster.append(topic, b"k", b"behind", partition=0)
    cluster.append(topic, b"k", b"elsewhere", partition=1)
    assert cluster.values(topic) == [b"before"]
    assert cluster.log.end(topic, 0) == 1
    assert cluster.values(topic, 1) == [b"elsewhere"]
    (client.commit_transaction if ending == "commit" else client.abort_transaction)(SECONDS)
    assert cluster.shows(topic, [b"before", *([b"open"] if ending == "commit" else []), b"behind"])
    cluster.await_end(topic, 4)


def test_of_two_ids_in_one_partition_the_first_that_is_open_bounds_what_is_seen(cluster: Cluster) -> None:
    topic, one, two = cluster.topic("a"), cluster.producer("one"), cluster.producer("two")
    for high, (client, value) in enumerate([(one, b"1a"), (two, b"2a"), (one, b"1b"), (two, b"2b")], 1):
        client.produce(topic, value, b"k", 0)
        cluster.await_high(topic, high)
    assert cluster.log.end(topic, 0) == 0
    one.commit_transaction(SECONDS)
    cluster.await_end(topic, 1)
    assert cluster.values(topic) == [b"1a"], "what is behind the first of the other waits, committed or not"
    two.abort_transaction(SECONDS)
    assert cluster.shows(topic, [b"1a", b"1b"])
    cluster.await_end(topic, 6)


def test_of_two_ids_the_later_one_may_end_first_and_is_seen_when_the_earlier_has(cluster: Cluster) -> None:
    topic, one, two = cluster.topic("a"), cluster.producer("one"), cluster.producer("two")
    for high, (client, value) in enumerate([(one, b"1"), (two, b"2")], 1):
        client.produce(topic, value, b"k", 0)
        cluster.await_high(topic, high)
    two.commit_transaction(SECONDS)
    cluster.await_high(topic, 3)
    assert cluster.values(topic) == []
    assert cluster.log.end(topic, 0) == 0
    one.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"1", b"2"])


@pytest.mark.parametrize("ending", ["commit", "abort"])
def test_a_transaction_without_records_may_end_and_leaves_nothing(cluster: Cluster, ending: str) -> None:
    topic, client = cluster.topic("a"), cluster.producer("one")
    (client.commit_transaction if ending == "commit" else client.abort_transaction)(SECONDS)
    client.begin_transaction()
    client.produce(topic, b"next", b"k", 0)
    client.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"next"])
    assert [record.offset for record in cluster.read(topic)] == [0]


def test_transactions_of_one_id_stand_in_the_order_in_which_they_were_committed(cluster: Cluster) -> None:
    topic, client = cluster.topic("a"), cluster.producer("one")
    for number in range(5):
        if number:
            client.begin_transaction()
        client.produce(topic, b"%d" % number, b"k", 0)
        if number % 2:
            cluster.await_high(topic, 2 * number + 1)
            client.abort_transaction(SECONDS)
        else:
            client.commit_transaction(SECONDS)
    assert cluster.shows(topic, [b"0", b"2", b"4"])
    assert [record.offset for record in cluster.read(topic)] == [0, 4, 8]
