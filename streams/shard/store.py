"""The store of one partition: key to bytes in memory, behind a compacted changelog.

Keys of the changelog carry a first byte: `e` an entity, `p` how far an input topic has been taken in. The latter is
written in the same transaction as the state, so that after a crash it is known exactly which records the state holds:
one delivered again is passed over, not even counted twice. `r` is how many records of an input topic could not be
taken in one after another up to there, so that starting a worker again and again does not set them all aside. `c` is
what control records have said (see streams/shard/claims.py). `n` is the epoch under which the partition's cells are
shared (see streams/measures/publisher.py). Numbers of transactions (see streams/kafka/numbering.py) stand between them.
"""

from __future__ import annotations

from streams.kafka.numbering import KEY as NUMBER
from streams.kafka.records import ChangelogRecord

_ENTITY, _OFFSET, _REFUSED, _CONTROL, _EPOCH = b"e", b"p", b"r", b"c", b"n"


class Store:
    """Entities as stored bytes; by topic, offsets and dead letters in a row; notes of control records by name."""

    def __init__(self) -> None:
        self.entities: dict[str, bytes] = {}
        self.offsets: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.controls: dict[str, int] = {}
        self.epoch = 0

    def apply(self, write: ChangelogRecord) -> None:
        """Take over a record of the changelog."""
        if write.key == NUMBER:
            return
        kind, name = write.key[:1], write.key[1:].decode()
        if kind == _OFFSET:
            self.offsets[name] = int(write.value or 0)
        elif kind == _REFUSED:
            self.refused[name] = int(write.value or 0)
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


def entity_write(entity: str, value: bytes | None) -> ChangelogRecord:
    """The changelog record of an entity."""
    return ChangelogRecord(_ENTITY + entity.encode(), value)


def offset_write(topic: str, offset: int) -> ChangelogRecord:
    """The changelog record that says which offset of a topic comes next."""
    return ChangelogRecord(_OFFSET + topic.encode(), str(offset).encode())


def refused_write(topic: str, count: int) -> ChangelogRecord:
    """The changelog record that says how many of the latest records of a topic could not be taken in."""
    return ChangelogRecord(_REFUSED + topic.encode(), str(count).encode())


def epoch_write(epoch: int) -> ChangelogRecord:
    """The changelog record that says under which epoch the partition's cells are shared."""
    return ChangelogRecord(_EPOCH, str(epoch).encode())


def control_write(name: str, at: int | None) -> ChangelogRecord:
    """The changelog record of a note of control records; None: it goes away."""
    return ChangelogRecord(_CONTROL + name.encode(), None if at is None else str(at).encode())
