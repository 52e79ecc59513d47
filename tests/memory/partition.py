"""A partition of the log in memory: records and the ends of transactions, each with its offset."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from streams.kafka.records import ConsumerRecord
from tests.memory.transactions import Status, Transaction


class Partition:
    """Records and ends of transactions (None) with their offsets, which have gaps after compaction."""

    def __init__(self) -> None:
        self.end = 0
        self._offsets: list[int] = []
        self._entries: list[tuple[ConsumerRecord | None, Transaction | None]] = []
        self._open: dict[Transaction, int] = {}  # the first offset of each

    @property
    def stable(self) -> int:
        """The offset of the first record of an open transaction; the end where none is open."""
        return min(self._open.values(), default=self.end)

    def add(self, record: ConsumerRecord | None, transaction: Transaction | None) -> None:
        """Append a record, or the end of a transaction."""
        if transaction is not None:
            if record is None:
                self._open.pop(transaction, None)
            else:
                self._open.setdefault(transaction, self.end)
        self._offsets.append(self.end)
        self._entries.append((record, transaction))
        self.end += 1

    def committed(self, start: int) -> Iterator[ConsumerRecord]:
        """Committed records from an offset on."""
        first, behind = bisect_left(self._offsets, start), bisect_left(self._offsets, self.stable)
        for record, transaction in self._entries[first:behind]:
            if record is not None and (transaction is None or transaction.status is Status.COMMITTED):
                yield record

    def compact(self) -> None:
        """Drop all but the last committed record of each key; what may still be uncommitted stays."""
        last = {record.key: record.offset for record in self.committed(0)}
        stable = self.stable
        kept = [
            (offset, entry)
            for offset, entry in zip(self._offsets, self._entries, strict=True)
            if offset >= stable or (entry[0] is not None and last.get(entry[0].key) == offset)
        ]
        self._offsets, self._entries = [offset for offset, _ in kept], [entry for _, entry in kept]
