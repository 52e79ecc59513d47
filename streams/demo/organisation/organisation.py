"""All touchpoints in one order of time: a heap of lives by the instant at which each goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush, heapreplace
from itertools import count
from zoneinfo import ZoneInfo

from processors.events import Event
from processors.policy import OTHER
from streams.config import Config
from streams.config.model import TouchpointSpec
from streams.demo.organisation import cases, leading, outage, reports
from streams.demo.organisation.behaviour import MINUTE_MS, Plan
from streams.demo.organisation.chance import Chance
from streams.demo.organisation.modes import usual
from streams.demo.organisation.touchpoint import Life, Touchpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Organisation:
    """The simulated organisation of a configuration, from an instant on at which nothing is open yet."""

    def __init__(self, config: Config, seed: int, from_ms: int, plan: Plan = Plan()) -> None:  # noqa: B008 - frozen
        self._seed = seed
        self._heap: list[tuple[int, int, Life]] = []
        self._order = count()  # of lives that go on at the same instant
        self._run = f"{seed}-{_EPOCH + timedelta(milliseconds=from_ms):%y%m%d}"
        self._places = [Touchpoint(spec, config, seed, self._run, plan) for spec in declared(config)]
        self._outage: outage.Outage | None = None
        for place in self._places:
            self._start(from_ms, self._customers(place, from_ms))
            self._start(from_ms, leading.obstacles(place, from_ms, self._start))
        self._start(from_ms, leading.strategy(self._places, Chance(seed, "strategy"), from_ms, self._start))
        self._employ(from_ms, plan.scale)
        self._report([function.id for function in config.file.functions], from_ms)

    def until(self, until_ms: int) -> Iterator[Event]:
        """What has not been told yet and happens up to that instant, in the order of `at`. Read it to its end."""
        heap, order = self._heap, self._order
        while heap and heap[0][0] <= until_ms:
            life = heap[0][2]  # stays the first until it is over or goes on later: what it starts comes after it
            for step in life:
                if isinstance(step, int):
                    heapreplace(heap, (step, next(order), life))
                    break
                yield step
            else:
                heappop(heap)

    def hasten(self, from_ms: int, cases_a_minute: float, hurry: float) -> None:
        """From then on, further cases come at a steady rate, and are seen to `hurry` times faster than the others.

        Somebody who watches for a few minutes, at night perhaps, sees cases go the whole way.
        """
        self._start(from_ms, self._visitors(from_ms, cases_a_minute / MINUTE_MS, hurry))

    def neglect(self, watched_from_ms: int) -> None:
        """Let an outage begin, about an hour before somebody starts to watch. To be called before anything is told.

        There is none where critical feedback has to be acknowledged soon nowhere.
        """
        self._outage = outage.planned(self._places, self._seed, watched_from_ms)
        if self._outage is not None:
            self._start(self._outage.since, outage.beginning(self._outage, self._start))

    @property
    def neglected(self) -> str | None:
        """The touchpoint of the outage."""
        return self._outage.place.id if self._outage is not None else None

    @property
    def neglected_since(self) -> int | None:
        """When the outage began, milliseconds."""
        return self._outage.since if self._outage is not None else None

    def relieve(self, from_ms: int, hurry: float) -> None:
        """From then on, somebody sees to what the outage has left."""
        if self._outage is not None:
            self._start(from_ms, outage.relief(self._outage, from_ms, hurry, self._start))

    def _employ(self, at: int, scale: float) -> None:
        for unit in reports.units(self._places):
            chance = Chance(self._seed, "pulse", unit.id)
            for level in reports.STAFF:
                for number in range(reports.staff(level, scale)):
                    self._start(at, reports.employee(unit, level, number, chance, at, self._run))

    def _report(self, functions: list[str], at: int) -> None:
        for index, name in enumerate(functions):
            places = reports.watched(self._places, len(functions), index)
            function = reports.Function(name, self._run, places, lacking=index == len(functions) - 1)
            chance = Chance(self._seed, "indicator", name)
            self._start(at, reports.operations(function, at))
            for indicator in reports.CUSTOMERS:
                self._start(at, reports.customers(function, indicator, chance, at))

    def _start(self, at: int, life: Life) -> None:
        heappush(self._heap, (at, next(self._order), life))

    def _customers(self, place: Touchpoint, at: int) -> Life:
        for at in place.arrivals(at):  # noqa: B020, PLR1704 - from the beginning to the next arrival, and so on
            yield at
            self._start(at, cases.life(place, at))

    def _visitors(self, at: int, a_ms: float, hurry: float) -> Life:
        chance = Chance(self._seed, "visitors")
        shares = tuple((str(i), place.behaviour.cases_a_week) for i, place in enumerate(self._places))
        while True:
            yield (at := at + chance.until_next_ms(a_ms))
            self._start(at, cases.life(self._places[int(chance.one_of(shares))], at, hurry))


def cases_a_day(config: Config) -> float:
    """How many cases come in a day at the usual size, on average over a week."""
    return sum(usual(spec).cases_a_week for spec in declared(config)) / 7


def declared(config: Config) -> list[TouchpointSpec]:
    """The touchpoints of a configuration; where there is none, `other` alone."""
    return config.file.touchpoints or [TouchpointSpec(id=OTHER)]


def beginning(until_ms: int, weeks: float, timezone: str) -> int:
    """Midnight, so many weeks before: whoever asks again on the same day gets the same history, and its sequel."""
    local = (_EPOCH + timedelta(milliseconds=until_ms)).astimezone(ZoneInfo(timezone)) - timedelta(weeks=weeks)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (midnight.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
