"""The producer behind a transactional id, made anew whenever an end of a transaction may still be on its way.

librdkafka asks for the end of a transaction again by itself where a connection breaks or an answer is late, and says
nothing of it. The first request may then arrive long after the second was answered, and end the *next* transaction.
A new producer under the same id has a higher epoch, and the broker refuses what comes late of the old one. See
docs/decisions/0007-late-end-of-a-transaction.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message

from streams.kafka.clients import BACKOFF_MS
from streams.kafka.log import Log

log = logging.getLogger(__name__)

ATTEMPTS = 20
_ANSWER_SECONDS = 60.0  # for the broker to open, commit or abort
_ANY = -1  # the partition that the key belongs to
# librdkafka asks again after the backoff, less a fifth at most: what is answered sooner was asked for once.
_ONCE_SECONDS = 0.8 * BACKOFF_MS / 1000


class Fenced(RuntimeError):
    """Another worker has taken the partition over: nothing more can be published."""


class Record(NamedTuple):
    """What is sent. `topic` in full; partition None: the key's."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] | None
    partition: int | None


class TransactionalProducer:
    """The producer of one transactional id. Used from one thread; all that it raises of Kafka's is KafkaException.

    is_late: the end of a transaction may still be on its way to the broker. is_fenced: it was taken over, for good.
    """

    def __init__(self, log: Log, name: str) -> None:
        self.name = name
        self.is_late = self.is_fenced = False
        self._log, self._end = log, _End()
        self._producer = log.transactions(name)

    @property
    def end(self) -> int | None:
        """The offset of the last record that the broker has confirmed among those sent by `produce_last`."""
        return self._end.offset

    def fence(self) -> None:
        """Fence whoever has the id. When this returns, what was under way of it is committed or aborted."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._producer.init_transactions(_ANSWER_SECONDS)
                return
            except KafkaException as failed:
                if attempt == ATTEMPTS or not failed.args[0].retriable():
                    raise
                log.warning("%s: opening is tried again: %s", self.name, failed.args[0].str())

    def begin(self) -> None:
        """Begin a transaction."""
        self._producer.begin_transaction()

    def produce(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Any,
        partition: int | None,
        on_delivery: Callable[[KafkaError | None, Message], None] | None = None,
    ) -> None:
        """Send a record, as in Record; waits while too many are on their way."""
        where = _ANY if partition is None else partition
        while True:
            try:
                self._producer.produce(topic, value, key, where, headers=headers, on_delivery=on_delivery)
                return
            except BufferError:
                self._producer.poll(0.1)

    def produce_last(self, record: Record) -> None:
        """Send a record whose offset is wanted."""
        self.produce(*record, self._end.confirmed)

    def commit(self) -> None:
        """Commit; the transaction is durable when this returns."""
        self._flush()  # first, so that only the end itself is timed
        began = time.monotonic()
        try:
            while True:
                try:
                    self._producer.commit_transaction(_ANSWER_SECONDS)
                    return
                except KafkaException as failed:
                    if not failed.args[0].retriable():
                        raise
                    self.is_late = True
                    log.warning("%s: the commit is tried again: %s", self.name, failed.args[0].str())
        finally:
            self.is_late = self.is_late or time.monotonic() - began >= _ONCE_SECONDS

    def abort(self) -> None:
        """Abort. Raises Fenced; where there is no other answer, the next producer aborts what is left."""
        self.is_late = True
        try:
            self._producer.abort_transaction(_ANSWER_SECONDS)
        except KafkaException as failed:
            self.check(failed)
            log.warning("%s: the abort was not confirmed: %s", self.name, failed.args[0].str())

    def check(self, failed: KafkaException) -> None:
        """Raise Fenced if it failed because another producer has the id."""
        if failed.args[0].code() in _FENCING:
            self.is_fenced = True
            raise Fenced(f"{self.name} was taken over by another worker") from failed

    def prove(self, harmless: Record) -> None:
        """Ask whether the id is still ours, without fencing anybody. Raises Fenced where the answer is no.

        Where nobody answers, nothing is known. A record is sent and aborted: the last that was committed, so that it
        says what stands anyway should the late end commit it.
        """
        try:
            self.begin()
            self.produce_last(harmless)
            self._flush()
        except KafkaException as failed:
            log.warning("%s: %s", self.name, failed.args[0].str())
        self.abort()

    def replace(self) -> None:
        """Have a new producer under the same id."""
        log.warning("%s: the end of a transaction may come late: going on with a new producer", self.name)
        self._producer = self._log.transactions(self.name)
        self.fence()
        self.is_late = False

    def _flush(self) -> None:
        while left := self._producer.flush(_ANSWER_SECONDS):
            log.warning("%s: %d records are still on their way to the broker", self.name, left)


class _End:
    """The last offset confirmed. An object of its own: a callback that holds its producer keeps that one for ever."""

    offset: int | None = None

    def confirmed(self, error: KafkaError | None, message: Message) -> None:
        """To be called when a record was delivered, or was not."""
        if error is None:
            self.offset = message.offset()


_FENCING = {KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH}
