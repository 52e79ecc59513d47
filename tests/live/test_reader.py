"""Reading a topic to its end while others write to it: all that was there is read, and the reading ends."""

import threading

import pytest
from confluent_kafka import Producer

from streams.kafka.reader import to_the_end
from streams.settings import Settings

pytestmark = pytest.mark.live

RECORDS = 20_000


def test_reading_ends_and_misses_nothing_while_one_partition_grows(applied: Settings) -> None:
    topic = applied.topic("rytmi.clock.v1")
    producer = Producer(applied.client(**{"linger.ms": 5, "queue.buffering.max.messages": 500_000}))
    for number in range(RECORDS):
        producer.produce(topic, b"x" * 500, partition=3, key=str(number))
    assert producer.flush(60) == 0
    enough = threading.Event()

    def grow() -> None:
        while not enough.wait(0.005):
            producer.produce(topic, b"y", partition=0)
            producer.flush(10)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        for _ in range(5):
            read = [record.partition for record in to_the_end(applied, topic, range(4))]
            assert read.count(3) == RECORDS
    finally:
        enough.set()
        growing.join()
