"""Emission: what a batch caused, sent and saved in one transaction.

One transactional producer per owned partition of a stage. Starting it fences a predecessor that does not know yet
that it lost the partition: what that one has under way is aborted, and whatever it tries next fails as `Fenced`.
A broker that goes away for a while costs a retry; the same transaction is then sent again, whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Producer

from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.settings import Settings

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 60.0  # for the broker to open, commit or abort
_TRANSACTION_SECONDS = 300  # from the first output to the commit: all that waits for a shard is folded in between
_ATTEMPTS = 20
_ANY = -1  # the partition that the key belongs to


class Fenced(RuntimeError):
    """Another worker has taken the partition over: nothing of this transaction was published."""


class ShardLog:
    """The producer of one partition of a stage."""

    def __init__(self, settings: Settings, stage: str, partition: int) -> None:
        self._settings, self._partition = settings, partition
        self._changelog = settings.changelog(stage)
        self.name = f"{settings.topic_prefix}{settings.application}-{stage}-{partition}"
        self._producer = Producer(
            settings.client(
                **{
                    "transactional.id": self.name,
                    "partitioner": "murmur2_random",
                    "compression.type": "lz4",
                    "linger.ms": 5,
                    "batch.size": 512 * 1024,
                    "message.max.bytes": 9 * 1024 * 1024,
                    "queue.buffering.max.messages": 2_000_000,
                    "queue.buffering.max.kbytes": 512 * 1024,
                    "transaction.timeout.ms": _TRANSACTION_SECONDS * 1000,
                }
            )
        )

    def open(self) -> None:
        """Fence whoever had the partition before; aborts what it had under way."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._producer.init_transactions(_ANSWER_SECONDS)
                return
            except KafkaException as failed:
                if attempt == _ATTEMPTS or not failed.args[0].retriable():
                    raise
                log.warning("%s: opening is tried again: %s", self.name, failed.args[0].str())

    def commit(self, outputs: Iterable[ProducerRecord], states: Iterable[ChangelogRecord]) -> None:
        """Send outputs and state as one transaction; returns when it is durable. Raises Fenced or KafkaException.

        Outputs may be made while they are asked for: each is under way to the broker while the next is made. States
        are looked at when there are no more outputs. What making them raises ends the transaction.
        """
        rest, sent = iter(outputs), list[ProducerRecord]()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._producer.begin_transaction()
                for output in sent:
                    self._produce(self._settings.topic(output.topic), *output[1:])
                for output in rest:
                    sent.append(output)
                    self._produce(self._settings.topic(output.topic), *output[1:])
                for state in states:
                    self._produce(self._changelog, state.key, state.value, None, self._partition)
                self._commit()
                return
            except KafkaException as failed:
                error = failed.args[0]
                if error.code() in _FENCING:
                    raise Fenced(f"{self.name} was taken over by another worker") from failed
                if attempt == _ATTEMPTS or not error.txn_requires_abort():
                    raise
                log.warning("%s: the transaction is sent again: %s", self.name, error.str())
                self._abort()
            except Exception:
                self._abort()
                raise

    def _produce(
        self, topic: str, key: bytes | None, value: bytes | None, headers: object, partition: int | None
    ) -> None:
        where = _ANY if partition is None else partition
        while True:
            try:
                self._producer.produce(topic, value, key, where, headers=headers)  # type: ignore[arg-type]
                return
            except BufferError:
                self._producer.poll(0.1)

    def _commit(self) -> None:
        while True:
            try:
                self._producer.commit_transaction(_ANSWER_SECONDS)
                return
            except KafkaException as failed:
                if not failed.args[0].retriable():
                    raise
                log.warning("%s: the commit is tried again: %s", self.name, failed.args[0].str())

    def _abort(self) -> None:
        try:
            self._producer.abort_transaction(_ANSWER_SECONDS)
        except KafkaException as failed:
            if failed.args[0].code() in _FENCING:
                raise Fenced(f"{self.name} was taken over by another worker") from failed
            raise


_FENCING = {KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH}
