"""The end of a transaction that reaches the broker late, while the next one is under way.

A proxy keeps the first request to end a transaction and breaks the connection; librdkafka connects again and asks
again, by itself, and the transaction ends. What was kept then reaches the broker between outputs and state of the
next transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streams.kafka import admin
from streams.kafka.log import KafkaLog
from streams.kafka.numbering import KEY, Numbering
from streams.kafka.producer import Fenced, TransactionalProducer
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.local.broker import Broker, command
from streams.local.broker.address import free_port
from streams.local.broker.configuration import server_properties
from streams.settings import Settings
from tests.live.proxy import HOST, End, Proxy, Verdict
from tests.live.workers import ends, read
from tests.waiting import until

pytestmark = pytest.mark.live

TOPIC, OUTCOMES = "rytmi.clock.v1", 5
REFUSED = (47, 90)  # INVALID_PRODUCER_EPOCH, PRODUCER_FENCED


class Kept(TransactionalProducer):
    """A producer that is kept whatever happens: without the remedy."""

    @property
    def is_late(self) -> bool:
        return False

    @is_late.setter
    def is_late(self, value: bool) -> None:
        pass


class Unnumbered(ShardLog):
    """Transactions that do not say where they begin: the broker lets the state in whatever has happened before."""

    def _number(self) -> None:
        pass


class States:
    """State of a transaction; `before` is called each time that it is asked for, behind all outputs."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self._before = before

    def __iter__(self) -> Iterator[ChangelogRecord]:
        self._before()
        return iter([ChangelogRecord(b"ecase", b"folded"), ChangelogRecord(b"prytmi.feedback.v1", b"7")])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy, through which the broker behind it says that it is reached."""
    at = free_port()
    upstream = free_port(at)
    assert at is not None
    assert upstream is not None
    between = Proxy(at, upstream)

    def advertised(data: Path, port: int, controller_port: int) -> str:
        return server_properties(data, port, controller_port) + f"advertised.listeners=PLAINTEXT://{HOST}:{at}\n"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "server_properties", advertised)
        with Broker(tmp_path_factory.mktemp("behind"), upstream):
            yield between
    between.close()


@pytest.fixture
def through(proxy: Proxy, settings: Settings) -> Iterator[Settings]:
    """Settings of this test's own topics on the broker behind the proxy."""
    ours = replace(settings, kafka_bootstrap=f"{HOST}:{proxy.port}", replication=1)
    admin.apply(ours)
    yield ours
    proxy.judge = lambda end: Verdict.GO


def emission(settings: Settings, has_remedy: bool = True) -> ShardLog:
    """That of a worker that takes cases/0 over: opened, the changelog read."""
    cluster = KafkaLog(settings)
    found = (ShardLog if has_remedy else Unnumbered)(cluster, settings, "cases", 0)
    if not has_remedy:
        found._producer = Kept(cluster, found.name)
    found.fence()
    list(found.restore())
    return found


def outcomes(name: str) -> list[ProducerRecord]:
    """What a transaction publishes."""
    return [ProducerRecord(TOPIC, b"case", f"{name} {number}".encode(), [], 0) for number in range(OUTCOMES)]


def settle(settings: Settings, topic: str) -> None:
    """Wait until no transaction is open: a commit is answered before the broker has told the partitions."""
    until(lambda: ends(settings, topic, stable=True) == ends(settings, topic), 30, f"all of {topic} is decided")


def published(settings: Settings, name: str, aborted: bool = False) -> int:
    """How many outcomes of that name are in the topic; `aborted`: of transactions that are open or aborted too."""
    if not aborted:
        settle(settings, settings.topic(TOPIC))
    found = [m.value() or b"" for m in read(settings, settings.topic(TOPIC), {0: 0}, aborted=aborted)]
    return sum(value.startswith(name.encode()) for value in found)


def saved(settings: Settings) -> int:
    """How many records of state are in the changelog."""
    settle(settings, settings.changelog("cases"))
    return sum(m.key() != KEY for m in read(settings, settings.changelog("cases"), {0: 0}))


def restored(settings: Settings) -> Numbering:
    """What a restore says of the numbers of transactions."""
    settle(settings, settings.changelog("cases"))
    reader = ShardLog(KafkaLog(settings), settings, "cases", 0)
    list(reader.restore())
    return reader.numbering


def hold_first(proxy: Proxy, emission: ShardLog, is_commit: bool) -> None:
    """Keep the next such end of its transactions, and let all others pass."""
    held: list[End] = []

    def judge(end: End) -> Verdict:
        if held or end.transactional_id != emission.name or end.is_commit != is_commit:
            return Verdict.GO
        held.append(end)
        return Verdict.HOLD

    proxy.judge = judge


def abort_one(emission: ShardLog, settings: Settings) -> None:
    """A transaction that fails when an output of it has reached the broker."""

    def failing() -> Iterator[ProducerRecord]:
        yield ProducerRecord(TOPIC, b"case", b"void", [], 0)
        until(lambda: published(settings, "void", aborted=True) == 1, 30, "the output is in the log")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        emission.commit(failing(), ())


@pytest.mark.parametrize("has_remedy", [False, True])
def test_a_late_abort_takes_no_outcomes_from_the_next_transaction(
    proxy: Proxy, through: Settings, has_remedy: bool
) -> None:
    answers: list[int] = []
    emission(through).commit((), States())
    ours = emission(through, has_remedy)
    hold_first(proxy, ours, is_commit=False)
    abort_one(ours, through)

    def late() -> None:
        until(lambda: published(through, "next", aborted=True) == OUTCOMES, 30, "the outcomes are in the log")
        answers.extend(proxy.release())

    ours.commit(outcomes("next"), States(late))
    lost = OUTCOMES - published(through, "next")
    print(f"\nlate abort, {'with' if has_remedy else 'without'} the remedy: answered {answers}, {lost} outcomes lost")
    assert saved(through) == 4
    assert lost == (0 if has_remedy else OUTCOMES)
    assert (answers[0] in REFUSED) == has_remedy
    found = restored(through)
    assert (found.outputs_lost, found.state_lost) == (not has_remedy, 0)


def test_a_broker_that_has_ended_a_numbered_transaction_does_not_let_its_state_in(
    proxy: Proxy, through: Settings
) -> None:
    ours = emission(through)
    hold_first(proxy, ours, is_commit=False)
    abort_one(ours, through)
    ours._producer.is_late = False  # as if nothing were noticed
    answers: list[int] = []

    def late() -> None:
        until(lambda: published(through, "next", aborted=True) >= OUTCOMES, 30, "the outcomes are in the log")
        answers.extend(proxy.release())

    ours.commit(outcomes("next"), States(late))
    print(f"\nlate abort of a numbered transaction, unnoticed: answered {answers}, sent again")
    assert answers == [0]
    assert (published(through, "next"), published(through, "next", aborted=True)) == (OUTCOMES, 2 * OUTCOMES)
    assert saved(through) == 2
    found = restored(through)
    assert (found.outputs_lost, found.state_lost) == (0, 0)


@pytest.mark.parametrize("has_remedy", [False, True])
def test_a_late_commit_publishes_nothing_of_a_transaction_that_fails(
    proxy: Proxy, through: Settings, has_remedy: bool
) -> None:
    answers: list[int] = []
    ours = emission(through, has_remedy)
    hold_first(proxy, ours, is_commit=True)
    ours.commit(outcomes("first"), States())

    def late_and_fail() -> None:
        until(lambda: published(through, "next", aborted=True) == OUTCOMES, 30, "the outcomes are in the log")
        answers.extend(proxy.release())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ours.commit(outcomes("next"), States(late_and_fail))
    emission(through).commit(outcomes("next"), States())  # it does it anew
    twice = published(through, "next") - OUTCOMES
    print(
        f"\nlate commit, {'with' if has_remedy else 'without'} the remedy: answered {answers}, {twice} outcomes twice"
    )
    assert published(through, "first") == OUTCOMES
    assert twice == (0 if has_remedy else OUTCOMES)
    assert (answers[0] in REFUSED) == has_remedy


@pytest.mark.parametrize("verdict", [Verdict.BLUR, Verdict.FAIL])
def test_a_commit_whose_answer_is_unknown_is_sent_again_just_where_it_was_not_durable(
    proxy: Proxy, through: Settings, verdict: Verdict
) -> None:
    ours, asked = emission(through), 0

    def judge(end: End) -> Verdict:
        return verdict if end == first else Verdict.GO

    def asked_for() -> None:
        nonlocal asked
        asked += 1

    ours.commit(outcomes("first"), States())
    first = proxy.seen[-1]
    assert first.transactional_id == ours.name
    proxy.judge = judge
    ours.commit(outcomes("next"), States(asked_for))
    print(f"\n{verdict.name}: the transaction was sent {asked} times, {published(through, 'next')} outcomes")
    assert asked == (1 if verdict is Verdict.BLUR else 2)
    assert published(through, "next") == OUTCOMES
    assert saved(through) == 4
    ours.commit(outcomes("last"), States())
    assert published(through, "last") == OUTCOMES


def test_who_was_taken_over_before_it_has_a_new_producer_sends_nothing_again(proxy: Proxy, through: Settings) -> None:
    ours = emission(through)
    ours.commit(outcomes("first"), States())

    def judge(end: End) -> Verdict:
        if end.is_commit:
            return Verdict.FAIL
        proxy.judge = lambda end: Verdict.GO
        emission(through).commit(outcomes("successor"), States())
        return Verdict.FAIL

    proxy.judge = judge
    with pytest.raises(Fenced, match="not ours"):
        ours.commit(outcomes("next"), States())
    assert (published(through, "next"), published(through, "successor"), saved(through)) == (0, OUTCOMES, 4)


def test_a_worker_that_was_taken_over_after_a_slow_commit_does_not_fence_its_successor(
    proxy: Proxy, through: Settings
) -> None:
    ours = emission(through)
    hold_first(proxy, ours, is_commit=True)
    ours.commit(outcomes("first"), States())
    successor = emission(through)
    with pytest.raises(Fenced):
        ours.commit(outcomes("next"), States())
    successor.commit(outcomes("successor"), States())
    assert (published(through, "next"), published(through, "successor")) == (0, OUTCOMES)


def test_a_producer_is_replaced_where_an_end_may_come_late_and_nowhere_else(proxy: Proxy, through: Settings) -> None:
    ours = emission(through)
    for _ in range(20):
        producer, was_late = ours._producer._producer, ours._producer.is_late
        ours.commit(outcomes("one"), States())
        assert (ours._producer._producer is not producer) == was_late
    assert published(through, "one") == 20 * OUTCOMES
