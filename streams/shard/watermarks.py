"""Watermarks: until when each input partition is known, and every place that could hold something missing of a case.

Instants are milliseconds since the epoch; None: not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from streams.kafka import topics
from streams.kafka.records import TopicPartition
from streams.settings import Settings
from streams.shard.clock import Clock
from streams.shard.progress import DecisionProgress
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import Stage


class End(NamedTuple):
    """Everything of a partition has been fetched that was there when it was asked (milliseconds); the last offset."""

    asked: int
    last: int | None


class Watermarks:
    """shards: those owned, asked for at each call. end: what fetching has seen of a partition's end, None: nothing."""

    def __init__(
        self,
        settings: Settings,
        stages: Iterable[Stage],
        progress: DecisionProgress,
        clock: Clock,
        shards: Callable[[], Mapping[ShardId, Shard]],
        end: Callable[[TopicPartition], End | None],
    ) -> None:
        self._settings, self._progress, self._clock = settings, progress, clock
        self._shards, self._end = shards, end
        self._appended: dict[TopicPartition, int] = {}
        self._topics_of = {stage.name: [settings.topic(topics.INPUTS[r]) for r in stage.records] for stage in stages}
        self._stage_of = {topic: stage for stage, fed_by in self._topics_of.items() for topic in fed_by}

    @property
    def topics(self) -> list[str]:
        """The input topics, those first that tell others."""
        return list(self._stage_of)

    def note(self, place: TopicPartition, appended: int) -> None:
        """A record has been taken in that was appended then. In the pipeline's thread."""
        self._appended[place] = appended

    def place(self, record: str, partition: int) -> TopicPartition:
        """The input partition of a kind of record."""
        return TopicPartition(self._settings.topic(topics.INPUTS[record]), partition)

    def inputs(self, shard: ShardId) -> list[TopicPartition]:
        """All that feed a shard."""
        return [TopicPartition(topic, shard.partition) for topic in self._topics_of[shard.stage]]

    def complete(self, assigned: Iterable[tuple[str, int]]) -> set[ShardId]:
        """The shards all of whose input partitions are among these."""
        every = (ShardId(stage, n) for stage in self._topics_of for n in range(self._settings.partitions))
        given = set(assigned)
        return {shard for shard in every if given.issuperset(self.inputs(shard))}

    def shard_of(self, place: TopicPartition) -> Shard | None:
        """Whose input a partition is; None if not owned."""
        return self._shards().get(ShardId(self._stage_of.get(place.topic, ""), place.partition))

    def ended_at(self, place: TopicPartition) -> int | None:
        """When everything that the partition held was durable in the state; None where it is not."""
        end = self._end(place)
        if end is None:
            return None
        if end.last is not None:
            shard = self.shard_of(place)
            if shard is None or shard.store.offsets.get(place.topic, 0) <= end.last:
                return None
        return end.asked

    def read_until(self, place: TopicPartition) -> int | None:
        """Until when all that was appended to a partition is in the durable state."""
        ended = self.ended_at(place)
        if ended is not None:
            return ended
        appended = self._appended.get(place)
        return appended - 1 if appended is not None else None  # of that very millisecond there may be more

    def until(self, place: TopicPartition) -> int | None:
        """Until when a partition's events are known, in the time that the worker runs on."""
        shard = self.shard_of(place)
        latest = shard.event_times.get(place.topic) if shard is not None else None
        return self._clock.watermark(self.read_until(place), self.ended_at(place) is not None, latest)

    def of_cases(self, partition: int) -> list[int | None]:
        """Until when each place has been read that could hold an event missing from a case of this partition."""
        links = self.read_until(self.place("link", partition))
        found = [self.until(self.place(record, partition)) for record in ("feedback", "action")]
        if links is None:
            return [*found, None]
        return found + [self._progress.watermark(decisions, links) for decisions in range(self._settings.partitions)]
