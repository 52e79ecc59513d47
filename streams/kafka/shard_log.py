"""The log of a shard: fence, restore, end, and commit: what a batch caused, sent and saved in one transaction.

One transactional producer per owned partition of a stage. Starting it fences a predecessor that does not know yet
that it lost the partition: what that one has under way is aborted, and whatever it tries next fails as `Fenced`.
A broker that goes away for a while costs a retry: whether the transaction has come to be durable is read from the
changelog, and it is sent again, whole, where it has not. What is sent without state stands by its key, so it is
sent again in any case.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from confluent_kafka import KafkaError, KafkaException

from streams.kafka import numbering
from streams.kafka.log import Log
from streams.kafka.producer import ATTEMPTS, Fenced, Record, TransactionalProducer
from streams.kafka.reader import key_of
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.settings import Settings

log = logging.getLogger(__name__)

States = Iterable[ChangelogRecord]


class ShardLog:
    """The log of one partition of a stage. Used from one thread at a time; every call may block for minutes.

    has_state: whether the stage has a changelog. known_until: the offset up to which its changelog is known here,
    because it was read or written. done: the number of the last transaction in it. numbering: what the last restore
    has found of torn ones.
    """

    def __init__(self, log: Log, settings: Settings, stage: str, partition: int, has_state: bool = True) -> None:
        self._log, self._settings, self._partition, self._has_state = log, settings, partition, has_state
        self._changelog, self.application = settings.changelog(stage), settings.application
        self.name = f"{settings.topic_prefix}{settings.application}-{stage}-{partition}"
        self.known_until = self.done = 0
        self.numbering = numbering.Numbering()
        self._last: Record | None = None  # what the transaction before sent last, if it was committed
        self._producer = TransactionalProducer(log, self.name)

    def fence(self) -> None:
        """Fence whoever had the partition before; aborts what it had under way. Raises KafkaException."""
        self._producer.fence()

    def restore(self) -> Iterator[ChangelogRecord]:
        """The changelog from its start to its end; says of torn transactions when it is read. Raises ReadError."""
        numbers = self.numbering = numbering.Numbering()
        last = -1
        for record in self._log.read(self._changelog, (self._partition,)):
            last = record.offset
            if record.key == numbering.KEY:
                numbers.take(record.value or b"0")
            else:
                yield ChangelogRecord(key_of(record), record.value)
        numbers.finish()
        self.known_until = last + 1
        self.done = numbers.done
        if numbers.outputs_lost or numbers.state_lost:
            log.error(
                "%s [%d]: torn transactions: %d have saved state without publishing what follows from it, %d have "
                "published without saving, and were published again. Compare `rytmi cases` with a backtest of the same "
                "events; a new RYTMI_APPLICATION builds state and outcomes anew from the topics",
                self._changelog,
                self._partition,
                numbers.outputs_lost,
                numbers.state_lost,
            )

    def end(self, topic: str) -> int:
        """The offset of the next record of the shard's partition of a topic (full name). Raises KafkaException."""
        return self._log.end(topic, self._partition)

    def commit(self, outputs: Iterable[ProducerRecord], states: States | None, read: States = ()) -> None:
        """Send outputs, state, and what was read as one transaction; returns when it is durable.

        Outputs may be made while they are asked for: each is under way to the broker while the next is made. States
        are looked at when there are no more outputs; None: there is none to save. Raises what making outputs raises;
        nothing of it is then published. Raises Fenced, KafkaException and ReadError; whether it is durable is then
        known to whoever opens the shard next.
        """
        if self._producer.is_fenced:  # a new producer would fence the rightful one
            raise Fenced(f"{self.name} was taken over by another worker")
        rest, sent, has_begun = iter(outputs), list[ProducerRecord](), False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._producer.is_late and self._go_on(has_begun):
                    return
                has_begun = True
                self._transact(sent, rest, states, read)
                return
            except KafkaException as failed:
                self._producer.check(failed)
                error = failed.args[0]
                if attempt == ATTEMPTS or not _may_succeed(error):
                    raise
                log.warning("%s: the transaction has failed: %s", self.name, error.str())
                self._producer.abort()
            except Fenced:
                raise
            except Exception:
                self._producer.abort()
                raise

    def _transact(
        self, sent: list[ProducerRecord], rest: Iterator[ProducerRecord], states: States | None, read: States
    ) -> None:
        """One transaction: what was sent before, and the rest, which is noted in `sent`; then the state."""
        self._last = None
        self._producer.begin()
        if states is not None:
            self._number()
        for output in sent:
            self._producer.produce(self._settings.topic(output.topic), *output[1:])
        for output in rest:
            sent.append(output)
            self._producer.produce(self._settings.topic(output.topic), *output[1:])
        last = Record(self._settings.topic(sent[-1].topic), *sent[-1][1:]) if sent else None
        if states is not None:
            for state in (*states, *read):
                self._producer.produce(self._changelog, state.key, state.value, None, self._partition)
            last = Record(self._changelog, *numbering.ends(self.done), None, self._partition)
            self._producer.produce_last(last)
        self._producer.commit()
        self._last = last
        if states is not None:  # else the last record is of another topic, and its offset says nothing here
            self._know(saved=True)

    def _number(self) -> None:
        self._producer.produce(self._changelog, *numbering.begins(self.done), None, self._partition)

    def _know(self, saved: bool) -> None:
        self.done += saved
        if self._producer.end is not None:
            self.known_until = self._producer.end + 1

    def _go_on(self, is_under_way: bool) -> bool:
        """Go on with a new producer; whether the transaction under way is durable. Raises Fenced.

        Whoever has taken the partition over has written to its changelog behind all that is ours, or nothing yet.
        """
        if not is_under_way and self._last is not None:
            self._producer.prove(self._last)
        self._producer.replace()
        found = self._committed_since() if self._has_state else []
        if not found:
            return False
        if found[-1] != self._producer.end:
            self._producer.is_fenced = True
            raise Fenced(
                f"{self.name}: {self._changelog} [{self._partition}] ends at offset {found[-1]}, which is not ours: "
                "another worker has taken the partition over"
            )
        self._know(saved=is_under_way)
        return is_under_way

    def _committed_since(self) -> list[int]:
        """The offsets of what is committed in the changelog behind what is known."""
        records = self._log.read(self._changelog, (self._partition,), self.known_until)
        return [record.offset for record in records if record.offset >= self.known_until]


def _may_succeed(error: KafkaError) -> bool:
    """Whether the same may be tried with another producer.

    A fatal error is one of this producer alone. It takes no more records once the broker has refused one (_STATE).
    """
    return error.txn_requires_abort() or error.retriable() or error.fatal() or error.code() == KafkaError._STATE
