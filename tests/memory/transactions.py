"""What the coordinator of the log in memory knows of transactional ids: who has each by now, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from confluent_kafka import KafkaError, KafkaException

from streams.kafka.records import TopicPartition


class Status(Enum):
    """What has become of a transaction."""

    OPEN = 0
    COMMITTED = 1
    ABORTED = 2


@dataclass(eq=False)
class Transaction:
    """A transaction, and the partitions that it wrote to."""

    status: Status = Status.OPEN
    places: set[TopicPartition] = field(default_factory=set)


@dataclass
class _Id:
    epoch: int = 0
    transaction: Transaction | None = None


class Transactions:
    """The transactions of all ids. end: appends the end of one to a partition. Not thread-safe."""

    def __init__(self, end: Callable[[TopicPartition, Transaction], None]) -> None:
        self._append_end = end
        self._ids: defaultdict[str, _Id] = defaultdict(_Id)

    def fence(self, name: str) -> int:
        """Fence whoever has the id and abort what it has open; the new epoch."""
        found = self._ids[name]
        found.epoch += 1
        self._end(found, Status.ABORTED)
        return found.epoch

    def epoch(self, name: str) -> int:
        """The epoch of the newest producer under an id."""
        return self._ids[name].epoch

    def running(self, name: str, epoch: int) -> Transaction:
        """What is open under an id; begun where nothing is. Raises KafkaException where the id has a newer epoch."""
        found = self._held(name, epoch)
        if found.transaction is None:
            found.transaction = Transaction()
        return found.transaction

    def end(self, name: str, epoch: int, status: Status) -> None:
        """Commit or abort what is open, if anything is. Raises KafkaException where the id has a newer epoch."""
        self._end(self._held(name, epoch), status)

    def late_end(self, name: str, epoch: int, status: Status) -> bool:
        """A request to end a transaction that was on its way for long; whether it is taken."""
        found = self._ids[name]
        if found.epoch != epoch or found.transaction is None:
            return False
        self._end(found, status)
        return True

    def _held(self, name: str, epoch: int) -> _Id:
        found = self._ids[name]
        if found.epoch != epoch:
            raise KafkaException(KafkaError(KafkaError._FENCED, f"{name}: epoch {epoch} < {found.epoch}", fatal=True))
        return found

    def _end(self, found: _Id, status: Status) -> None:
        if found.transaction is not None:
            found.transaction.status = status
            for place in sorted(found.transaction.places):
                self._append_end(place, found.transaction)
            found.transaction = None
