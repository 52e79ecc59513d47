"""Until when what a worker has read is known: each input partition, and all that could say something of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from faust.types.tuples import TP

from streams.kafka import topics
from streams.settings import Settings
from streams.shard.claims import FOREVER
from streams.shard.progress import DecisionProgress
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import Stage


class Watermarks:
    """What follows from how far the partitions have been read. Instants: milliseconds since the epoch; None: not known.

    shards: those owned. ended_at: until when a partition has been read to its end, as far as that was seen.
    """

    def __init__(
        self,
        settings: Settings,
        stages: Iterable[Stage],
        progress: DecisionProgress,
        event_clock: bool,
        shards: Callable[[], Mapping[ShardId, Shard]],
        ended_at: Callable[[TP], int | None],
    ) -> None:
        self._settings, self._progress, self._event_clock = settings, progress, event_clock
        self._shards, self._ended_at = shards, ended_at
        self._appended: dict[TP, int] = {}
        self._topics_of = {stage.name: [settings.topic(topics.INPUTS[r]) for r in stage.records] for stage in stages}
        self._stage_of = {topic: stage for stage, fed_by in self._topics_of.items() for topic in fed_by}

    @property
    def topics(self) -> list[str]:
        """The input topics, those first that tell others."""
        return list(self._stage_of)

    def note(self, tp: TP, appended: int) -> None:
        """A record has been taken in that was appended then."""
        self._appended[tp] = appended

    def tp(self, record: str, partition: int) -> TP:
        """The input partition of a kind of record."""
        return TP(self._settings.topic(topics.INPUTS[record]), partition)

    def inputs(self, shard: ShardId) -> list[TP]:
        """All that feed a shard."""
        return [TP(topic, shard.partition) for topic in self._topics_of[shard.stage]]

    def complete(self, assigned: set[TP]) -> set[ShardId]:
        """The shards all of whose input partitions are among these."""
        every = (ShardId(stage, n) for stage in self._topics_of for n in range(self._settings.partitions))
        return {shard for shard in every if assigned.issuperset(self.inputs(shard))}

    def shard_of(self, tp: TP) -> Shard | None:
        """Whose input a partition is; None if not owned."""
        return self._shards().get(ShardId(self._stage_of.get(tp.topic, ""), tp.partition))

    def read_until(self, tp: TP) -> int | None:
        """Until when all that was appended to a partition is in the durable state."""
        ended = self._ended_at(tp)
        if ended is not None:
            return ended
        appended = self._appended.get(tp)
        return appended - 1 if appended is not None else None  # of that very millisecond there may be more

    def until(self, tp: TP) -> int | None:
        """Until when a partition's events are known, in the time that the worker runs on."""
        if not self._event_clock:
            return self.read_until(tp)
        if self._ended_at(tp) is not None:
            return FOREVER
        shard = self.shard_of(tp)
        return shard.event_times.get(tp.topic) if shard is not None else None

    def of_cases(self, partition: int) -> list[int | None]:
        """Until when each place has been read that could hold an event missing from a case of this partition."""
        links = self.read_until(self.tp("link", partition))
        found = [self.until(self.tp(record, partition)) for record in ("feedback", "action")]
        if links is None:
            return [*found, None]
        return found + [self._progress.until(decisions, links) for decisions in range(self._settings.partitions)]
