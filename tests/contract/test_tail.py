"""The contract of the log: a tail reads what comes from now on."""

from itertools import count

from streams.kafka.log import Tail
from tests.contract.cluster import SECONDS, Cluster
from tests.waiting import until


def polled(tail: Tail, most: int) -> list[bytes | None]:
    """The next so many values."""
    found: list[bytes | None] = []

    def enough() -> bool:
        record = tail.poll()
        if record is not None:
            found.append(record.value)
        return len(found) == most

    until(enough, SECONDS, f"{most} records have come")
    return found


def begun(cluster: Cluster, topic: str) -> Tail:
    """A tail that has found the end: on a cluster that takes a moment, so marks are sent until one is seen."""
    tail, numbers = cluster.log.tail(topic), count()

    def seen() -> bool:
        cluster.append(topic, b"k", b"mark %d" % next(numbers))
        record = tail.poll()
        assert record is None or (record.value or b"").startswith(b"mark"), "one from before"
        return record is not None

    until(seen, SECONDS, "the tail has found the end")
    cluster.append(topic, b"k", b"last mark")
    until(lambda: polled(tail, 1) == [b"last mark"], SECONDS, "all marks are read")
    return tail


def test_a_tail_sees_what_comes_and_nothing_from_before(cluster: Cluster) -> None:
    topic = cluster.topic("marks")
    for number in range(10):
        cluster.append(topic, b"k", b"before %d" % number)
    tail = begun(cluster, topic)
    values = [b"%d" % number for number in range(20)]
    for value in values:
        cluster.append(topic, b"k", value)
    assert polled(tail, len(values)) == values
    tail.close()


def test_a_tail_says_none_where_nothing_comes(cluster: Cluster) -> None:
    tail = begun(cluster, cluster.topic("marks"))
    assert tail.poll() is None
    tail.close()


def test_a_tail_sees_what_is_committed_when_it_is_and_never_what_is_aborted(cluster: Cluster) -> None:
    topic, client = cluster.topic("marks"), cluster.producer("one")
    tail = begun(cluster, topic)
    end = cluster.high(topic, 0)
    client.produce(topic, b"aborted", b"k", 0)
    cluster.await_high(topic, end + 1)
    client.abort_transaction(SECONDS)
    client.begin_transaction()
    client.produce(topic, b"committed", b"k", 0)
    cluster.await_high(topic, end + 3)
    cluster.append(topic, b"k", b"behind")
    assert tail.poll() is None
    client.commit_transaction(SECONDS)
    assert polled(tail, 2) == [b"committed", b"behind"]
    tail.close()


def test_two_tails_see_the_same(cluster: Cluster) -> None:
    topic = cluster.topic("marks")
    tails = [begun(cluster, topic), begun(cluster, topic)]
    cluster.append(topic, b"k", b"to both")
    for tail in tails:
        until(lambda tail=tail: polled(tail, 1) == [b"to both"], SECONDS, "both see it")  # the first: marks before
        tail.close()
