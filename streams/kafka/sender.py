"""Sending events into the input topics: encoded, keyed, partitioned as everywhere, and each one acknowledged.

Whoever sends through here may take an event for delivered when `close` has returned. The
first delivery that fails is raised by the next call: nothing is dropped and then gone on with.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message

from processors.events import TYPES, Event
from schemas.codec import Codec, EncodeError
from streams import UserError
from streams.kafka.clients import EVENTS, producer
from streams.kafka.headers import headers
from streams.kafka.topics import INPUTS, topics
from streams.settings import Settings

DEFAULT_SOURCE = "rytmi/replay"
_ANSWER_SECONDS = 10.0  # for the first answer of the cluster
_DELIVERY_SECONDS = 120.0  # longer than a broker's restart takes
_FULL_WAIT_SECONDS = 0.1


class SendError(UserError):
    """Events could not be delivered."""


class _Route(NamedTuple):
    record: str
    type: str  # the topic without its prefix
    topic: str
    key: int  # index of the key in the event


class Sender:
    """An idempotent producer for events of all kinds. Not to be shared between threads."""

    def __init__(
        self,
        settings: Settings,
        codec: Codec,
        source: str = DEFAULT_SOURCE,
        delivery_seconds: float = _DELIVERY_SECONDS,
    ) -> None:
        """Raises SendError when no cluster answers or its topics are missing."""
        self._codec, self._source, self._delivery_seconds = codec, source, delivery_seconds
        keys = {spec.name: spec.key for spec in topics(settings)}
        self._routes = {
            kind: _Route(name, INPUTS[name], topic, kind._fields.index(keys[topic]))
            for name, kind in TYPES.items()
            if name in INPUTS
            for topic in [settings.topic(INPUTS[name])]
        }
        self._failure: str | None = None
        self.sent: Counter[str] = Counter()
        """Events handed over, by topic."""
        limits = {"message.timeout.ms": int(delivery_seconds * 1000), "on_delivery": self._delivered}
        self._producer = producer(settings, EVENTS, **limits)
        self._check_topics(settings)

    def send(self, event: Event) -> None:
        """Hand over an event; its key decides the partition. Raises SendError."""
        self.send_at(event)

    def send_at(self, event: Event, partition: int | None = None) -> None:
        """Hand over an event, to that partition if one is given. Raises SendError."""
        route = self._routes[type(event)]
        try:
            value = self._codec.encode(route.record, event)
            key = str(event[route.key]).encode()
            about = headers(route.type, event.id, self._source, event.at)
        except (EncodeError, UnicodeEncodeError) as wrong:
            raise SendError(f"event {event.id!r} cannot be encoded: {wrong}") from wrong
        where = -1 if partition is None else partition
        while True:
            try:
                self._producer.produce(route.topic, value, key, where, headers=about)  # type: ignore[arg-type]
                break
            except BufferError:
                self.wait(_FULL_WAIT_SECONDS)  # the cluster is slower than we are: go at its pace
            except KafkaException as error:
                self._raise_failure()
                raise SendError(f"event {event.id!r} was not taken: {error.args[0].str()}") from error
        self.sent[route.topic] += 1
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Let time pass, up to `seconds`, while deliveries go on. Raises SendError."""
        self._producer.poll(seconds)
        self._raise_failure()

    def close(self) -> None:
        """Wait until all is acknowledged. Raises SendError for what is not."""
        waiting = self._producer.flush(self._delivery_seconds + _ANSWER_SECONDS)
        self._raise_failure()
        if waiting:
            raise SendError(f"{waiting} events were not acknowledged by the cluster")

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and self._failure is None:
            key = (message.key() or b"").decode(errors="replace")
            self._failure = f"a record was not delivered to {message.topic()} (key {key!r}): {error.str()}"

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise SendError(self._failure)

    def _check_topics(self, settings: Settings) -> None:
        try:
            existing = self._producer.list_topics(timeout=_ANSWER_SECONDS).topics
        except KafkaException as error:
            where = settings.bootstrap()
            raise SendError(f"no cluster answers at {where} ({error.args[0].str()}): does it run?") from error
        missing = sorted(route.topic for route in self._routes.values() if route.topic not in existing)
        if missing:
            raise SendError(f"no topic {missing[0]} on {settings.bootstrap()}: run `rytmi topics apply`")
