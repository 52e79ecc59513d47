"""What a shard shares of its cells, through `rytmi.partial.v1`.

The last record of a (source, cell) stands, so a repeat is harmless. A shard that was opened begins a new epoch: its
cells are rebuilt from its entities, a little at a time beside the work on events, and are all sent under that epoch;
a mark then says that they are complete, and whoever reads drops what the source said under lower epochs. From then on
what has changed is taken together and sent together, with a mark that says when all of it is sent, and as of when it
was taken: a mark never claims to know what is not in the topic yet. Marks go on being sent, so that a source which has
nothing new is told from one that is dead.

A key is MessagePack: [source, family, a, b, hour] of a cell, [source] of a mark. A cell is its epoch in 8 bytes,
then its facts as they are packed; a mark is MessagePack: [epoch, complete, until, at], as in
`processors.measures.sources.Mark`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from processors.measures.terms import Cell
from streams.kafka.log import Log
from streams.kafka.reader import key_of
from streams.kafka.records import ProducerRecord
from streams.settings import Settings
from streams.shard.serde import decode as unpack_cells
from streams.shard.serde import encode as pack
from streams.shard.serde import unpack
from streams.shard.shard import Shard, ShardId
from streams.shard.store import epoch_write

TOPIC = "rytmi.partial.v1"
EVERY_SECONDS = 1.0  # at most so often what has changed is sent
WHILE_BUSY_SECONDS = 10.0  # the same while a backfill or a backlog changes everything again and again
MARK_SECONDS = 5.0  # so often at least a source says that it lives
_MOST_AT_ONCE = 5_000  # cells of one transaction
_EPOCH_BYTES = 8
_LOOK_EVERY = 16  # entities between two looks at the clock


class CellPublisher:
    """The cells of one shard on their way to the view. Used from the pipeline's thread."""

    def __init__(self, shard: Shard, monotonic: Callable[[], float]) -> None:
        self.shard, self._monotonic = shard, monotonic
        self.source = source_name(shard.id.stage, shard.partition)
        self._epoch = shard.store.epoch + 1
        self._left: Iterator[str] | None = iter(list(shard.store.entities))
        self._stale: Sequence[Cell] = ()
        self._unsent: dict[Cell, bytes | None] = {}
        self._said_all = False
        self._until = self._at = 0  # as of when what is sent was taken
        self._taken_at = self._marked_at = float("-inf")

    @property
    def is_rebuilt(self) -> bool:
        """Whether all entities have contributed."""
        return self._left is None

    def rebuild(self, until: float) -> None:
        """Let entities contribute that have not yet, until an instant of the monotonic clock."""
        shard = self.shard
        while self._left is not None and self._monotonic() < until:
            for _ in range(_LOOK_EVERY):
                entity = next(self._left, None)
                if entity is None:
                    self._left = None
                    break
                if entity not in shard.cells and entity in shard.store.entities:
                    shard.cells.replace(entity, shard.stage.contribution(unpack(shard.store.entities[entity])))

    def tombstone(self, standing: Sequence[Cell]) -> None:
        """After the rebuild, tombstone those of the cells that stand in the topic which this shard does not have."""
        self._stale = standing

    def publish(self, until: int, at: int, is_busy: bool) -> None:
        """Send what is due. until, at: as in Mark. May block for minutes; raises what `Shard.commit` raises."""
        now = self._monotonic()
        says_all = self.is_rebuilt and not self._said_all
        if says_all or now - self._taken_at >= (WHILE_BUSY_SECONDS if is_busy else EVERY_SECONDS):
            self._taken_at, self._until, self._at = now, until, at
            self._take()
        if not self._unsent and not says_all and now - self._marked_at < MARK_SECONDS:
            return
        some = [(where, self._unsent.pop(where)) for where in list(self._unsent)[:_MOST_AT_ONCE]]
        self._said_all = self._said_all or (says_all and not self._unsent)
        outputs = [
            ProducerRecord(
                TOPIC, cell_key(self.source, where), None if facts is None else cell_value(self._epoch, facts), [], 0
            )
            for where, facts in some
        ]
        mark = [self._epoch, self._said_all and not self._unsent, self._until, self._at]
        outputs.append(ProducerRecord(TOPIC, pack([self.source]), pack(mark), [], 0))
        states = None if self.shard.store.epoch == self._epoch else [epoch_write(self._epoch)]
        self.shard.commit(outputs, states)
        self._marked_at = now

    def _take(self) -> None:
        """What has changed is to be sent."""
        self._unsent |= self.shard.cells.take()
        if self.is_rebuilt and self._stale:
            gone = [where for where in self._stale if where not in self._unsent and not self.shard.cells.has(where)]
            self._unsent |= dict.fromkeys(gone)
            self._stale = ()


class CellPublishers:
    """The publishers of all shards of a worker. Used from the pipeline's thread, `standing` excepted."""

    def __init__(self, log: Log, settings: Settings, monotonic: Callable[[], float]) -> None:
        self._log, self._topic, self._monotonic = log, settings.topic(TOPIC), monotonic
        self._by_shard: dict[ShardId, CellPublisher] = {}

    def keep(self, shards: Mapping[ShardId, Shard]) -> list[str]:
        """Publish the cells of these shards and of no others; the sources that are new."""
        kept = {name: one for name, one in self._by_shard.items() if shards.get(name) is one.shard}
        new = {name: CellPublisher(shard, self._monotonic) for name, shard in shards.items() if name not in kept}
        self._by_shard = kept | new
        return [one.source for one in new.values()]

    def rebuild(self, seconds: float) -> None:
        """Let entities contribute that have not yet, for so long at most."""
        until = self._monotonic() + seconds
        for one in self._by_shard.values():
            one.rebuild(until)

    def publish(self, shard: Shard, until: int, at: int, is_busy: bool) -> None:
        """Send what is due of a shard."""
        self._by_shard[shard.id].publish(until, at, is_busy)

    def standing(self, sources: Sequence[str]) -> dict[str, list[Cell]]:
        """The cells that stand in the topic, by source: what a former owner may have left.

        Reads the topic to its end: not for the pipeline's thread. Raises ReadError.
        """
        found: dict[str, dict[Cell, bool]] = {source: {} for source in sources}
        for record in self._log.read(self._topic, (0,)):
            source, *where = unpack_cells(key_of(record))
            if where and source in found:
                found[source][Cell(*where)] = record.value is not None
        return {source: [where for where, stands in cells.items() if stands] for source, cells in found.items()}

    def tombstone(self, standing: Mapping[str, Sequence[Cell]]) -> None:
        """Have cells that nothing is left of leave the topic."""
        for one in self._by_shard.values():
            if one.source in standing:
                one.tombstone(standing[one.source])


def source_name(stage: str, partition: int) -> str:
    """What a shard is called as a source."""
    return f"{stage}/{partition}"


def cell_value(epoch: int, packed: bytes) -> bytes:
    """The value of a cell."""
    return epoch.to_bytes(_EPOCH_BYTES, "big") + packed


def cell_of(value: bytes) -> tuple[int, bytes]:
    """(epoch, packed facts) of a cell's value."""
    return int.from_bytes(value[:_EPOCH_BYTES], "big"), value[_EPOCH_BYTES:]


def cell_key(source: str, where: Cell) -> bytes:
    """The key of a source's cell."""
    return pack([source, *where])
