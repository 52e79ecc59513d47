"""The log of a shard: fence, restore, end, and commit: what a batch caused, sent and saved in one transaction.

One transactional producer per owned partition of a stage. Starting it fences a predecessor that does not know yet
that it lost the partition: what that one has under way is aborted, and whatever it tries next fails as `Fenced`.
A broker that goes away for a while costs a retry; the same transaction is then sent again, whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from confluent_kafka import KafkaError, KafkaException

from streams.kafka.log import Log
from streams.kafka.reader import key_of
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.settings import Settings

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 60.0  # for the broker to open, commit or abort
_ATTEMPTS = 20
_ANY = -1  # the partition that the key belongs to


class Fenced(RuntimeError):
    """Another worker has taken the partition over: nothing of this transaction was published."""


class ShardLog:
    """The log of one partition of a stage. Used from one thread; every call may block for minutes."""

    def __init__(self, log: Log, settings: Settings, stage: str, partition: int) -> None:
        self._log, self._settings, self._partition = log, settings, partition
        self._changelog, self.application = settings.changelog(stage), settings.application
        self.name = f"{settings.topic_prefix}{settings.application}-{stage}-{partition}"
        self._producer = log.transactions(self.name)

    def fence(self) -> None:
        """Fence whoever had the partition before; aborts what it had under way."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._producer.init_transactions(_ANSWER_SECONDS)
                return
            except KafkaException as failed:
                if attempt == _ATTEMPTS or not failed.args[0].retriable():
                    raise
                log.warning("%s: opening is tried again: %s", self.name, failed.args[0].str())

    def restore(self) -> Iterator[ChangelogRecord]:
        """The changelog from its start to its end. Raises ReadError."""
        for record in self._log.read(self._changelog, (self._partition,)):
            yield ChangelogRecord(key_of(record), record.value)

    def end(self, topic: str) -> int:
        """The offset of the next record of the shard's partition of a topic (full name). Raises KafkaException."""
        return self._log.end(topic, self._partition)

    def commit(
        self,
        outputs: Iterable[ProducerRecord],
        states: Sequence[ChangelogRecord],
        offsets: Sequence[ChangelogRecord] = (),
    ) -> None:
        """Send outputs, state and offsets as one transaction; returns when it is durable.

        Outputs may be made while they are asked for: each is under way to the broker while the next is made. States
        are looked at when there are no more outputs. Raises Fenced, KafkaException, and what making outputs raises;
        nothing of it is then published.
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
                for state in (*states, *offsets):
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
                self._producer.produce(topic, value, key, where, headers=headers)
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
