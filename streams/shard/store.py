"""The store of one partition: key to bytes in memory, behind a compacted changelog.

Keys of the changelog carry a first byte: `e` an entity, `p` how far an input topic has been taken in. The latter is
written in the same transaction as the state, so that after a crash it is known exactly which records the state holds:
one delivered again is passed over, not even counted twice. `r` is how many records of an input topic could not be
taken in one after another up to there, so that starting a worker again and again does not set them all aside. `c` is
what control records have said (see streams/shard/claims.py). `n` is the epoch under which the partition's cells are
shared (see streams/measures/publisher.py).
"""

from __future__ import annotations

import time
from typing import NamedTuple

from streams.kafka.reader import key_of, to_the_end
from streams.kafka.records import ChangelogRecord
from streams.settings import Settings

_ENTITY, _POSITION, _IN_A_ROW, _CONTROL, _EPOCH = b"e", b"p", b"r", b"c", b"n"


class Restored(NamedTuple):
    """What a restore read: changelog records, and how long it took in seconds."""

    records: int
    seconds: float


class Store:
    """Entities as stored bytes; by topic, positions and dead letters in a row; notes of control records by name."""

    def __init__(self) -> None:
        self.entities: dict[str, bytes] = {}
        self.positions: dict[str, int] = {}
        self.in_a_row: dict[str, int] = {}
        self.controls: dict[str, int] = {}
        self.epoch = 0

    def apply(self, write: ChangelogRecord) -> None:
        """Take over a record of the changelog."""
        kind, name = write.key[:1], write.key[1:].decode()
        if kind == _POSITION:
            self.positions[name] = int(write.value or 0)
        elif kind == _IN_A_ROW:
            self.in_a_row[name] = int(write.value or 0)
        elif kind == _CONTROL:
            self.controls = {n: at for n, at in self.controls.items() if n != name}
            if write.value is not None:
                self.controls[name] = int(write.value)
        elif kind == _EPOCH:
            self.epoch = int(write.value or 0)
        elif write.value is None:
            self.entities.pop(name, None)
        else:
            self.entities[name] = write.value

    def restore(self, settings: Settings, stage: str, partition: int) -> Restored:
        """Read the changelog from its start to its end. Raises ReadError."""
        started, read = time.monotonic(), 0
        for message in to_the_end(settings, settings.changelog(stage), range(partition, partition + 1)):
            self.apply(ChangelogRecord(key_of(message), message.value()))
            read += 1
        return Restored(read, time.monotonic() - started)


def entity_write(entity: str, value: bytes | None) -> ChangelogRecord:
    """The changelog record of an entity."""
    return ChangelogRecord(_ENTITY + entity.encode(), value)


def position_write(topic: str, position: int) -> ChangelogRecord:
    """The changelog record that says which offset of a topic comes next."""
    return ChangelogRecord(_POSITION + topic.encode(), str(position).encode())


def in_a_row_write(topic: str, count: int) -> ChangelogRecord:
    """The changelog record that says how many of the latest records of a topic could not be taken in."""
    return ChangelogRecord(_IN_A_ROW + topic.encode(), str(count).encode())


def epoch_write(epoch: int) -> ChangelogRecord:
    """The changelog record that says under which epoch the partition's cells are shared."""
    return ChangelogRecord(_EPOCH, str(epoch).encode())


def control_write(name: str, at: int | None) -> ChangelogRecord:
    """The changelog record of a note of control records; None: it goes away."""
    return ChangelogRecord(_CONTROL + name.encode(), None if at is None else str(at).encode())
