"""A schedule: dice decide what happens next, until it ends; then everything comes to rest, and the verdict is asked.

A schedule is a function of its seed. Every step has dice of its own, by the seed and the step's number: dropped, it
changes none of the others, so that a schedule which fails can be made smaller (`shrink.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tests.simulation.evidence import Evidence
from tests.simulation.rest import rest
from tests.simulation.setting import SECOND
from tests.simulation.traffic import LAG_MS, LATE_MS, Traffic
from tests.simulation.verdict import check
from tests.simulation.world import World

STEPS = 500
_WEIGHTS = {
    "pass": 60, "happen": 40, "send": 50, "repeat": 4, "damage": 5, "backfill": 4, "heartbeat": 6,
    "fetch": 60, "deliver": 20, "work": 90, "tick": 30, "purge": 2, "listen": 30, "commit": 6, "rebalance": 30,
    "crash": 2, "start": 3, "freeze": 2, "thaw": 6, "rejoin": 6, "arrive": 6, "aside": 10, "turn": 40, "near": 25,
    "move_view": 6, "read_view": 15, "look": 6, "view": 12, "sink": 10, "sink_away": 2, "compact": 2,
}  # fmt: skip
_STEADY = ("work", "fetch", "send", "pass", "happen", "rebalance", "turn", "near")


class Step(NamedTuple):
    """number: which one of the schedule, by which its dice are thrown; name: what happens."""

    number: int
    name: str


class Schedule:
    """One schedule, made and not yet run. is_late: events may come long after they happened."""

    def __init__(self, seed: int) -> None:
        self.seed, dice = seed, Random(seed)
        self.is_late = dice.random() < 0.35
        has_sources, fills = dice.random() < 0.3, dice.random() < 0.25
        odds = dice.choice((0, 0, 12, 25, 60))
        self.world = World(dice, dice.choice((1, 2, 2, 3)), odds, dice.choice((0, 0, 5, 20)), has_sources)
        self.traffic = Traffic(self.world, dice, LATE_MS if self.is_late else LAG_MS)
        weights = dict(_WEIGHTS)
        if not fills:
            weights["backfill"] = 0
        if not has_sources:
            weights["heartbeat"] = 0
        for name in dice.sample([name for name in sorted(_WEIGHTS) if name not in _STEADY], 4):
            weights[name] *= dice.choice((0, 3))  # every schedule has a temper of its own
        self._weights = weights
        self._tail_hours = dice.choice((0, 0, 0, 0, 26))
        for _ in range(dice.choice((1, 2, 3))):
            self.world.start()

    def steps(self, count: int = STEPS) -> list[Step]:
        """The first steps of the schedule: fewer are the beginning of more."""
        names = Random(f"{self.seed}/steps").choices(list(self._weights), list(self._weights.values()), k=count)
        return [Step(number, name) for number, name in enumerate(names)]

    def run(self, steps: Sequence[tuple[int, str]] | None = None) -> Counter[str]:
        """Run it, and hold what came of it against a backtest; how often what was done.

        Raises Difference, or what no worker may raise. A schedule runs once.
        """
        world = self.world
        if world.config.file.sources:
            self.traffic.heartbeat()
        for number, name in self.steps() if steps is None else steps:
            world.dice.seed(f"{self.seed}/{number}")
            getattr(self, f"_{name}")()
        world.dice.seed(f"{self.seed}/rest")
        rest(world, self.traffic)
        evidence = Evidence(world, self.traffic)
        check(evidence)
        if self._tail_hours:
            world.clock.ms += self._tail_hours * 3600 * SECOND
            rest(world, self.traffic)
            evidence = Evidence(world, self.traffic)
            check(evidence)
            world.done["tails"] += 1
        return world.done + evidence.sums()

    def _pass(self) -> None:
        """Time passes; now and then much of it, as when all machines were asleep."""
        dice = self.world.dice
        seconds = dice.choice((0, 0, 0.001, 0.1, 1, 2, 5, 5, 15, 30, 90))
        if dice.random() < 0.01:
            seconds = 10 * 60
        self._until(self.world.clock.ms + int(seconds * SECOND))

    def _until(self, instant: int) -> None:
        if not self.is_late:
            self.traffic.send_before(instant)
        self.world.clock.ms = max(instant, self.world.clock.ms)

    def _near(self) -> None:
        """Somebody answers just before people would be told that nobody has; the answer is on its way."""
        dice = self.world.dice
        if due := self.world.due():
            at, case = dice.choice(due[:5])
            self._until(at + dice.randrange(LAG_MS - SECOND))
            self.traffic.answer(case, max(at - dice.randrange(1, 200), self.world.clock.ms - LAG_MS + SECOND))
            self.world.done["answers just before people are told"] += 1

    def _happen(self) -> None:
        for _ in range(self.world.dice.choice((1, 1, 2, 4))):
            self.traffic.happen()

    def _send(self) -> None:
        for _ in range(self.world.dice.choice((1, 1, 2, 6))):
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
        dice = self.world.dice
        members = [one for one in self.world.running if one.is_fetching and one.next]
        if members:
            member = dice.choice(members)
            places = sorted(member.next)
            for place in dice.sample(places, dice.choice((1, 2, len(places)))):
                member.fetch(place, dice.choice((1, 2, 5, 50)))

    def _deliver(self) -> None:
        if members := self.world.running:
            self.world.dice.choice(members).deliver()

    def _turn(self) -> None:
        """One of the workers does all there is to do for it."""
        if members := self.world.running:
            self.world.turn(self.world.dice.choice(members))

    def _view(self) -> None:
        """The view comes up with what has been shared."""
        self.world.move_view()
        self.world.read_view(None)
        self.world.look()

    def _work(self) -> None:
        members = [one for one in self.world.running if one.tasks]
        if members:
            self.world.work(self.world.dice.choice(members))

    def _tick(self) -> None:
        if members := self.world.running:
            self.world.dice.choice(members).tick()

    def _purge(self) -> None:
        if members := self.world.running:
            self.world.dice.choice(members).purge()

    def _listen(self) -> None:
        if members := self.world.running:
            self.world.dice.choice(members).listen()

    def _commit(self) -> None:
        if members := self.world.running:
            self.world.commit(self.world.dice.choice(members))

    def _rebalance(self) -> None:
        self.world.rebalance()

    def _crash(self) -> None:
        if members := self.world.running:
            self.world.kill(self.world.dice.choice(members), "killed")

    def _start(self) -> None:
        if len(self.world.running) < 3:
            self.world.start()

    def _freeze(self) -> None:
        if members := self.world.running:
            self.world.freeze(self.world.dice.choice(members))

    def _thaw(self) -> None:
        frozen = [one for one in self.world.members if one.is_alive and one.is_frozen]
        if frozen:
            self.world.thaw(self.world.dice.choice(frozen))

    def _rejoin(self) -> None:
        given_up = [one for one in self.world.running if not one.is_member]
        if given_up:
            self.world.rejoin(self.world.dice.choice(given_up))

    def _arrive(self) -> None:
        self.world.faults.arrive()

    def _aside(self) -> None:
        self.world.run_aside()

    def _move_view(self) -> None:
        self.world.move_view()

    def _read_view(self) -> None:
        self.world.read_view(self.world.dice.choice((1, 3, 20, None)))

    def _look(self) -> None:
        self.world.look()

    def _sink(self) -> None:
        if members := self.world.running:
            self.world.dice.choice(members).sink.step()

    def _sink_away(self) -> None:
        self.world.alertmanager.is_away = not self.world.alertmanager.is_away

    def _compact(self) -> None:
        cluster = self.world.cluster
        cluster.compact(self.world.dice.choice(cluster.compacted_topics))
        self.world.done["compactions"] += 1
