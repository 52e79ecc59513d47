"""A worker under simulation: the product's core, with tasks in the order of a serial executor, and what it fetches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from streams.alertmanager.sink import Sink
from streams.alertmanager.text import Links
from streams.kafka.records import TopicPartition
from streams.kafka.topics import INPUTS
from streams.shard.clock import Time, WallClock
from streams.shard.intake import Batch
from streams.shard.shard import ShardId
from streams.shard.watermarks import End
from streams.worker.core import build_worker
from streams.worker.executor import QueuedBatch
from streams.worker.options import Options

if TYPE_CHECKING:
    from tests.simulation.world import World

OPTIONS = Options(session_timeout=30.0, most_deadletters_in_a_row=0, opened_at_once=1)
Task = Callable[[], object]


class Member:
    """One process. is_member: whether the group counts it; generation: in which it was last given partitions."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        time = Time(world.clock.wall_ms, world.clock.monotonic)
        self.sink = Sink(["http://alertmanager"], Links(), clock=time, poster=world.poster, slack_seconds=20.0)
        self.core = build_worker(
            world.settings,
            world.config,
            OPTIONS,
            log=world.log,
            clock=WallClock(time),
            sink=self.sink,
            ends=lambda place: self.ends.get(place),  # noqa: PLW0108 - `ends` is another one after each fetch
        )
        self.tail = world.log.tail(world.settings.topic("rytmi.progress.v1"))
        self.tasks: deque[Task] = deque()
        self._fetched: deque[tuple[ShardId, QueuedBatch]] = deque()
        self._is_held_up = False  # what was fetched before a rebalance comes to be queued after it
        self.ends: dict[TopicPartition, End] = {}
        self.next: dict[TopicPartition, int] = {}
        self._last: dict[TopicPartition, int] = {}
        self.generation = -1
        self.is_alive = self.is_member = True
        self.is_frozen = self.is_fetching = self.is_ticking = False
        self.frozen_at = 0
        self._stage_of = {
            world.settings.topic(INPUTS[record]): (stage.name, record)
            for stage in self.core.stages
            for record in stage.records
        }

    def __repr__(self) -> str:
        return f"worker {self.number}"

    # -- what its threads do

    def fetch(self, place: TopicPartition, most: int) -> None:
        """Fetch from a partition, and queue what came."""
        found = self.world.log.fetch(place, self.next[place], most)
        asked, follows = self.world.clock.ms, self._last.get(place)
        if found.records:
            stage, record = self._stage_of[place.topic]
            batch = Batch(record, place.topic, found.records, follows)
            queued = QueuedBatch(batch, self.generation, _nothing, 1)
            self._fetched.append((ShardId(stage, place.partition), queued))
            self._last[place] = found.records[-1].offset
        self.next[place] = found.next
        ends = {name: end for name, end in self.ends.items() if name != place}
        self.ends = ends | ({place: End(asked, self._last.get(place))} if found.is_end else {})

    def deliver(self) -> None:
        """What was fetched comes to be queued: also what was before a rebalance, if it was on its way by then."""
        while self._fetched and not self._is_held_up:
            self.core.buffer.add(*self._fetched.popleft())
            self.tasks.append(self.core.fold)

    def work(self) -> None:
        """Run the next task of the pipeline's thread."""
        self.tasks.popleft()()

    def tick(self) -> None:
        """The timer: a tick is queued unless one is."""
        if not self.is_ticking:
            self.is_ticking = True
            self.tasks.append(self._tick)

    def purge(self) -> None:
        self.tasks.append(self.core.schedule.purge)

    def listen(self) -> bool:
        """Take the next mark of progress; whether there was one."""
        record = self.tail.poll()
        if record is not None:
            self.core.progress.take(record)
        return record is not None

    # -- what the group has it do

    def revoke(self, then: Task) -> None:
        """Partitions are being revoked: nothing more is begun, and when the executor has come so far, they are."""
        self.core.assignment.pause()
        self.is_fetching = False
        while self._fetched and self.world.dice.random() < 0.3:  # the consumer throws some of it away
            self._fetched.popleft()
        self._is_held_up = self.world.dice.random() < 0.7
        self.tasks.append(partial(self._revoke, then))

    def assign(self, places: dict[TopicPartition, int], generation: int) -> None:
        """Partitions were given, with the offsets that the group has committed."""
        self.generation, self.next, self._last, self.ends = generation, dict(places), {}, {}
        self.is_fetching = True
        self.tasks.append(partial(self._assign, list(places), generation))

    def _assign(self, places: list[TopicPartition], generation: int) -> None:
        before = self.core.assignment.shards
        self.core.assign(places, generation, self._aside, self._later)
        self._is_held_up = False
        for name, shard in self.core.assignment.shards.items():
            is_new = before.get(name) is not shard
            self.world.done[
                "shards kept" if not is_new else "restores" if shard.store.entities else "empty shards"
            ] += 1

    def _revoke(self, then: Task) -> None:
        self.core.assignment.revoke()
        then()

    def _tick(self) -> None:
        self.is_ticking = False
        self.core.schedule.tick()

    def _later(self, work: Callable[..., object], *arguments: object) -> None:
        self.tasks.append(partial(work, *arguments))

    def _aside(self, work: Task) -> None:
        self.world.aside.append((self, work))


def _nothing() -> None:
    """Nobody waits for room."""
