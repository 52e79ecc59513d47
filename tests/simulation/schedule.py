"""A schedule: dice decide what happens next, until it ends; then everything comes to rest, and the verdict is asked.

A schedule is a function of its seed. Printed, the seed replays it:

    python -m tests.simulation SEED [STEPS]
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from processors.backtest import Backtest
from tests.simulation.member import Member
from tests.simulation.setting import MINUTE, SECOND
from tests.simulation.traffic import LAG_MS, Traffic
from tests.simulation.verdict import check
from tests.simulation.world import World

STEPS = 500
_REST_ROUNDS = 60
_WEIGHTS = {
    "pass": 60, "happen": 40, "send": 50, "repeat": 4, "damage": 2, "backfill": 1, "heartbeat": 6,
    "fetch": 130, "work": 160, "tick": 45, "purge": 2, "listen": 50, "commit": 10, "rebalance": 30,
    "crash": 2, "start": 3, "freeze": 2, "thaw": 6, "rejoin": 6, "arrive": 6, "aside": 10,
    "move_view": 6, "read_view": 25, "look": 8, "sink": 20, "sink_away": 2, "compact": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a schedule did."""

    steps: int
    events: int
    deaths: dict[str, int]
    faults: dict[str, int]
    alarms: int


class Schedule:
    """One schedule. is_late: events may come long after they happened."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.is_late = self.dice.random() < 0.35
        has_sources, fills = self.dice.random() < 0.3, self.dice.random() < 0.25
        odds = self.dice.choice((0, 0, 12, 25, 60))
        self.world = World(
            self.dice, self.dice.choice((1, 2, 2, 3)), odds, self.dice.choice((0, 0, 5, 20)), has_sources
        )
        late_ms = 20 * MINUTE if self.is_late else LAG_MS
        self.traffic = Traffic(self.world, self.dice, late_ms)
        self._weights = dict(_WEIGHTS)
        if not fills:
            self._weights["backfill"] = 0
        if not has_sources:
            self._weights["heartbeat"] = 0
        for name in self.dice.sample(sorted(_WEIGHTS), 4):  # every schedule has a temper of its own
            self._weights[name] *= (
                self.dice.choice((0, 3)) if name not in ("work", "fetch", "send", "pass", "happen", "rebalance") else 1
            )
        for _ in range(self.dice.choice((1, 2, 3))):
            self.world.start()

    def run(self, steps: int = STEPS) -> Done:
        """Run it, and hold what came of it against a backtest. Raises Difference, or what no worker may raise."""
        names, weights = list(self._weights), list(self._weights.values())
        if self.world.config.file.sources:
            self.traffic.heartbeat()
        for name in self.dice.choices(names, weights, k=steps):
            getattr(self, f"_{name}")()
        self._rest()
        check(self.world, self.traffic)
        alarms = sum(1 for _ in self.world.log.read("rytmi.alarm.v1", range(self.world.settings.partitions)))
        return Done(steps, len(self.traffic.sent), self.world.deaths, self.world.faults.done, alarms)

    # -- steps

    def _pass(self) -> None:
        """Time passes; now and then much of it, as when all machines were asleep."""
        seconds = self.dice.choice((0, 0, 0.001, 0.1, 1, 2, 5, 5, 15, 30, 90))
        if self.dice.random() < 0.01:
            seconds = 10 * 60
        while self.traffic.overdue() and not self.is_late:
            self.traffic.send()
        self.world.clock.ms += int(seconds * SECOND)
        while self.traffic.overdue() and not self.is_late:
            self.traffic.send()

    def _happen(self) -> None:
        self.traffic.happen()

    def _send(self) -> None:
        self.traffic.send()

    def _repeat(self) -> None:
        self.traffic.repeat()

    def _damage(self) -> None:
        self.traffic.damage()

    def _backfill(self) -> None:
        self.traffic.backfill()

    def _heartbeat(self) -> None:
        self.traffic.heartbeat()

    def _fetch(self) -> None:
        members = [one for one in self.world.running if one.is_fetching and one.next]
        if members:
            member = self.dice.choice(members)
            member.fetch(self.dice.choice(sorted(member.next)), self.dice.choice((1, 2, 5, 50)))

    def _work(self) -> None:
        members = [one for one in self.world.running if one.tasks]
        if members:
            self.world.work(self.dice.choice(members))

    def _tick(self) -> None:
        if members := self.world.running:
            self.dice.choice(members).tick()

    def _purge(self) -> None:
        if members := self.world.running:
            self.dice.choice(members).purge()

    def _listen(self) -> None:
        if members := self.world.running:
            self.dice.choice(members).listen()

    def _commit(self) -> None:
        if members := self.world.running:
            self.world.commit(self.dice.choice(members))

    def _rebalance(self) -> None:
        self.world.rebalance()

    def _crash(self) -> None:
        if members := self.world.running:
            self.world.kill(self.dice.choice(members), "killed")

    def _start(self) -> None:
        if len(self.world.running) < 3:
            self.world.start()

    def _freeze(self) -> None:
        if members := self.world.running:
            self.world.freeze(self.dice.choice(members))

    def _thaw(self) -> None:
        frozen = [one for one in self.world.members if one.is_alive and one.is_frozen]
        if frozen:
            self.world.thaw(self.dice.choice(frozen))

    def _rejoin(self) -> None:
        given_up = [one for one in self.world.running if not one.is_member]
        if given_up:
            self.world.rejoin(self.dice.choice(given_up))

    def _arrive(self) -> None:
        self.world.faults.arrive()

    def _aside(self) -> None:
        if self.world.aside:
            member, work = self.world.aside.pop(self.dice.randrange(len(self.world.aside)))
            if member.is_alive:
                work()

    def _move_view(self) -> None:
        self.world.move_view()

    def _read_view(self) -> None:
        self.world.read_view(self.dice.choice((1, 3, 20, None)))

    def _look(self) -> None:
        self.world.look()

    def _sink(self) -> None:
        if members := self.world.running:
            self.dice.choice(members).sink.step()

    def _sink_away(self) -> None:
        self.world.alertmanager.is_away = not self.world.alertmanager.is_away

    def _compact(self) -> None:
        topic = self.dice.choice([*self.world.changelogs, self.world.settings.topic("rytmi.partial.v1")])
        self.world.log.compact(topic)

    # -- the end

    def _rest(self) -> None:
        """Nothing goes wrong any more: who stood still goes on, all that was sent is read, and all is said."""
        world = self.world
        world.faults.odds, world.alertmanager.is_away = 0, False
        self.traffic.flush()
        for member in world.members:
            if member.is_alive and member.is_frozen:
                world.thaw(member)
        while world.faults.late:
            world.faults.arrive()
        self._settle(8)
        for _ in range(_REST_ROUNDS):
            if not self._is_due():
                return
            world.clock.ms += 2 * MINUTE
            self._settle(6)
        raise AssertionError("something is due at every minute: the schedule never comes to rest")

    def _settle(self, rounds: int) -> None:
        """Have everybody do all there is to do, again and again for some seconds."""
        world = self.world
        if world.config.file.sources:
            self.traffic.heartbeat()
        for _ in range(rounds):
            world.clock.ms += 4 * SECOND
            for member in [one for one in world.running if not one.is_member]:
                world.rejoin(member)
            if not world.running:
                world.start()
            for _ in range(3):
                is_moving = world.rebalance()
                for member in world.running:
                    self._do_all(member)
                if not is_moving:
                    break
            for member in world.running:
                world.commit(member)
                member.sink.step()
            while world.aside:
                self._aside()
            world.move_view()
            world.read_view(None)
        world.look()

    def _do_all(self, member: Member) -> None:
        while member.is_alive and member.tasks:
            self.world.work(member)
        for place in sorted(member.next) if member.is_fetching else ():
            member.fetch(place, 1_000)
        while member.listen():
            pass
        member.tick()
        while member.is_alive and member.tasks:
            self.world.work(member)

    def _is_due(self) -> bool:
        """Whether a level is reached in the last minute, of which nobody can know everything yet."""
        truth, now = Backtest(self.world.config.policies), self.world.clock.ms
        for event in self.traffic.events:
            truth.add(event)
        list(truth.finish())
        for name, entries, judged in truth.cases():
            before, after = (
                [alarm["id"] for alarm in truth.alarms(name, entries, judged, until)] for until in (now - MINUTE, now)
            )
            if before != after:
                return True
        return False
