"""A transaction whose outputs are made while it is under way: whole, or not at all."""

from collections.abc import Iterator

import pytest

from streams.kafka.log import KafkaLog
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.settings import Settings
from tests.live.workers import read

pytestmark = pytest.mark.live

TOPIC, KEY = "rytmi.alarm.v1", b"case"


def output(number: int) -> ProducerRecord:
    return ProducerRecord(TOPIC, KEY, str(number).encode(), [])


def said(settings: Settings) -> list[bytes | None]:
    return [message.value() for message in read(settings, settings.topic(TOPIC))]


def test_what_is_made_on_the_way_and_the_state_it_leaves_are_one_transaction(applied: Settings) -> None:
    own, states = ShardLog(KafkaLog(applied), applied, "cases", 0), list[ChangelogRecord]()

    def outputs() -> Iterator[ProducerRecord]:
        for number in range(3):
            assert said(applied) == []
            yield output(number)
        states.append(ChangelogRecord(b"ecase", b"after all of them"))

    own.fence()
    own.commit(outputs(), states)
    assert said(applied) == [b"0", b"1", b"2"]
    assert [message.value() for message in read(applied, applied.changelog("cases"))] == [b"after all of them"]


def test_a_fault_in_making_outputs_ends_the_transaction_and_the_next_one_holds_nothing_of_it(applied: Settings) -> None:
    def outputs() -> Iterator[ProducerRecord]:
        yield output(0)
        raise ZeroDivisionError

    own = ShardLog(KafkaLog(applied), applied, "cases", 0)
    own.fence()
    with pytest.raises(ZeroDivisionError):
        own.commit(outputs(), ())
    own.commit([output(1)], ())
    assert said(applied) == [b"1"]
