"""The simulated cluster and everybody on it: the log, the group of workers, the view's group, Alertmanager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from confluent_kafka import KafkaException

from streams.alertmanager.posting import Access
from streams.kafka.producer import Fenced
from streams.kafka.records import TopicPartition
from streams.kafka.topics import INPUTS
from streams.measures.publisher import TOPIC as CELLS
from tests.simulation.cluster import Alertmanager, Cluster
from tests.simulation.faults import Crash, SeededFaults
from tests.simulation.looks import Look, look_at
from tests.simulation.member import Member
from tests.simulation.setting import Clock, configuration, settings_of

SESSION_MS = 30_000


class World:
    """All of it. Whoever steps it decides what happens next; nothing happens by itself."""

    def __init__(self, dice: Random, partitions: int, fault_odds: int, creep_ms: int, has_sources: bool) -> None:
        self.dice = dice
        self.settings, self.config = settings_of(partitions), configuration(has_sources)
        self.done: Counter[str] = Counter()
        self.clock, self.faults = Clock(creep_ms), SeededFaults(dice, fault_odds, self.done)
        self.cluster = Cluster(self.settings, self.clock.wall_ms, self.faults)
        self.log = self.faults.log = self.cluster.log
        self.alertmanager = Alertmanager()
        self.members: list[Member] = []
        self.committed: dict[TopicPartition, int] = {}
        self.generation = 0
        self._moving: set[Member] | None = None  # those that have not revoked yet; None: nothing is moving
        self._told: set[Member] = set()  # those that have heard of it
        self._has_changed = False
        self.view: Member | None = None
        self._view_next = 0
        self.aside: list[tuple[Member, Callable[[], object]]] = []
        self.looks: list[Look] = []
        self._facts: dict[bytes, tuple[tuple[object, int], ...]] = {}
        self.inputs = [self.settings.topic(name) for name in INPUTS.values()]

    def poster(self, url: str, access: Access) -> Callable[[Sequence[dict[str, Any]]], None]:
        return self.alertmanager.post

    # -- workers

    @property
    def running(self) -> list[Member]:
        return [one for one in self.members if one.is_alive and not one.is_frozen]

    def start(self) -> Member:
        """Another worker joins."""
        member = Member(self, len(self.members))
        self.members.append(member)
        self._has_changed = True
        return member

    def kill(self, member: Member, why: str) -> None:
        """Its process is gone; the group hears of it."""
        member.is_alive = member.is_member = False
        self.done[f"deaths {why}"] += 1
        self._has_changed = True
        if self._moving is not None:
            self._moving.discard(member)

    def freeze(self, member: Member) -> None:
        member.is_frozen, member.frozen_at = True, self.clock.ms

    def thaw(self, member: Member) -> None:
        """It goes on where it was, a zombie if its session has ended meanwhile, until it hears of that."""
        member.is_frozen = False
        self.done["zombies"] += not member.is_member

    def rejoin(self, member: Member) -> None:
        """One that the group has given up hears of it, and asks to be a member again."""
        if not member.is_member and member.is_alive:
            member.is_fetching = False
            member.core.assignment.pause()
            member.is_member = True
            self._has_changed = True
            if self._moving is not None:  # it has to let go, like the others
                self._moving.add(member)
                self._told.discard(member)
            if self.view is member:
                self.lose_view()

    def work(self, member: Member) -> None:
        """One task of a worker; it dies of what it cannot handle, as its process would."""
        try:
            member.work()
        except Crash:
            self.kill(member, "crash")
        except Fenced:
            self.kill(member, "fenced")
        except KafkaException:  # it cannot know what became of an abort: it ends, and says so
            self.kill(member, "unanswered")

    def turn(self, member: Member) -> None:
        """A worker does all there is to do for it."""
        self._work_off(member)
        for place in sorted(member.next) if member.is_fetching else ():
            member.fetch(place, 1_000)
        member.deliver()
        self._work_off(member)
        while member.listen():
            pass
        member.tick()
        self._work_off(member)

    def _work_off(self, member: Member) -> None:
        while member.is_alive and member.tasks:
            self.work(member)

    def due(self) -> list[tuple[int, str]]:
        """When people are to be told of a case next, as its worker has it; the earliest first."""
        shards = [shard for member in self.running for shard in member.core.assignment.shards.values()]
        found = {(at, case) for shard in shards for case, (at, _) in shard.deadlines._next.items()}
        return sorted((at, case) for at, case in found if at > self.clock.ms)

    # -- the group

    def expire(self) -> None:
        """Sessions of those that stand still end."""
        for member in self.members:
            if member.is_frozen and member.is_member and self.clock.ms - member.frozen_at > SESSION_MS:
                member.is_member = False
                self._has_changed = True
                if self._moving is not None:
                    self._moving.discard(member)

    def rebalance(self) -> bool:
        """One step of a rebalance, if one is due; whether there was one."""
        self.expire()
        if self._moving is None:
            if not self._has_changed:
                return False
            self._has_changed, self._told = False, set()
            self._moving = {one for one in self.members if one.is_member}
        hearing = {one for one in self._moving - self._told if not one.is_frozen}
        for member in sorted(hearing, key=lambda one: one.number):
            member.revoke(lambda one=member: self._revoked(one))  # type: ignore[misc]
        self._told |= hearing
        if hearing:
            return True
        if self._moving or any(one.is_member and one.is_frozen for one in self.members):
            return False
        self._complete()
        return True

    def _revoked(self, member: Member) -> None:
        self.commit(member)
        if self._moving is not None:
            self._moving.discard(member)

    def _complete(self) -> None:
        """All have let go: partitions of a number go to one member, by range."""
        self._moving = None
        self.generation += 1
        self.done["rebalances"] += 1
        members = [one for one in self.members if one.is_member]
        count = self.settings.partitions
        for at, member in enumerate(members):
            first, behind = at * count // len(members), (at + 1) * count // len(members)
            places = [TopicPartition(topic, n) for topic in self.inputs for n in range(first, behind)]
            member.assign({place: self.committed.get(place, 0) for place in places}, self.generation)

    def commit(self, member: Member) -> None:
        """What a member's state holds becomes the group's offsets, if the group knows it in this generation."""
        if member.is_member and member.generation == self.generation:
            for place in member.next:
                offset = member.core.offset(place)
                if offset is not None:
                    self.committed[place] = offset

    # -- the view's group

    def move_view(self) -> None:
        """Whoever has the view keeps it, as long as it lives and its session lasts."""
        if self.view is not None and self.view.is_alive and self.view.is_member:
            return
        if self.view is not None and self.view.is_alive and not self.view.is_frozen:
            self.lose_view()
        candidates = [one for one in self.running if one.is_member]
        if candidates:
            self.view, self._view_next = self.dice.choice(candidates), 0
            self.done["view moves"] += 1
            self.view.core.view.listen()
            self.view.core.view.begin()

    def lose_view(self) -> None:
        if self.view is not None:
            self.view.core.view.lose()
            self.view = None

    def read_view(self, most: int | None) -> None:
        """The view reads on."""
        if self.view is None or not self.view.is_alive or self.view.is_frozen:
            return
        view = self.view.core.view
        view.polled()
        found = self.log.fetch(TopicPartition(self.settings.topic(CELLS), 0), self._view_next, most)
        for record in found.records:
            view.take(record)
        self._view_next = found.next
        if found.is_end:
            view.reach_end()

    def look(self) -> None:
        """The view says the measures."""
        if self.view is None or not self.view.is_alive or self.view.is_frozen:
            return
        view = self.view.core.view
        try:
            view.look()
        except Crash:
            self.kill(self.view, "crash")
            return
        said = look_at(view, self.clock.ms, self._facts)
        self.done["looks" if said is not None else "looks that said nothing"] += 1
        if said is not None:
            self.looks.append(said)

    # -- beside it

    def run_aside(self) -> None:
        """One of the tasks that workers have done in threads of their own."""
        if self.aside:
            member, work = self.aside.pop(self.dice.randrange(len(self.aside)))
            if member.is_alive:
                work()
