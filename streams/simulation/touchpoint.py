"""One touchpoint: what is open there, who works when, and how feedback comes in.

Everything that happens is told as *lives*: of cases, of obstacles, of decisions. A life is an iterator. It yields an
event, which happens in the life's own present, or an instant (int): go on with me then. So each reads as a story, and
sees of the others only what has happened by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from processors.calendar import ALWAYS, Calendar
from processors.events import Event
from processors.policy import OTHER, Classification
from streams.config import Config
from streams.config.model import TouchpointSpec
from streams.simulation.behaviour import FRICTION, HASTE, MOST_FRICTION, WEEK_MS, Delay, Odds, behaviour
from streams.simulation.chance import Chance

Life = Iterator[Event | int]
Part = Generator[Event | int, None, int]
"""A part of a life; it returns the instant at which it is over."""

_SLACK = 1.05  # of the highest rate, against rounding


@dataclass
class Case:
    """A case. `hours` are those of the people who see to it, `hurry` how many times faster than usual they are."""

    id: str
    touchpoint: str
    severity: str
    channel: str
    hours: Calendar
    hurry: float
    customer: str
    owner: str = ""
    answered: bool = False  # a decision on many cases has named it
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def event_id(self) -> str:
        """The id of its next event."""
        return f"{self.id}.{next(self.serial)}"


class Touchpoint:
    """The present of one touchpoint."""

    def __init__(self, spec: TouchpointSpec, config: Config, seed: int, run: str) -> None:
        """`run` tells the ids of one beginning from those of another."""
        self.id = spec.id
        self.unit = spec.unit
        self.behaviour = behaviour(spec.id, spec.mode)
        self.chance = Chance(seed, spec.id)
        self.open: dict[str, Case] = {}
        self.standing: dict[str, str] = {}  # cause by obstacle
        self.unanswered: deque[Case] | None = None  # critical cases in an outage, the oldest first; None: there is none
        self._config = config
        self._zone = ZoneInfo(config.timezone)
        self._run = run
        self._serial = count(1)
        self._elsewhere = tuple(one.id for one in config.file.touchpoints if one.id != spec.id) or (OTHER,)

    def new_id(self, letter: str = "") -> str:
        """A name for a case, or with its letter for an obstacle or a decision."""
        return f"{self.id}-{self._run}-{letter}{next(self._serial):05d}"

    def hours(self, at_ms: int, severity: str, channel: str) -> Calendar:
        """When the people work who see to such a case: what the policies count, if somebody is there then."""
        policies = self._config.policies
        dated = policies.in_force(at_ms)
        judging = policies.match(dated, Classification(self.id, severity, channel)).calendar
        if judging.hours is None and not self.chance.happens(Odds.ON_CALL):
            return policies.match(dated, Classification(self.id, "normal", channel)).calendar
        return judging

    def acknowledged_within(self, at_ms: int) -> int | None:
        """The target of critical feedback's acknowledgement, milliseconds of worked time; None: there is none."""
        policies = self._config.policies
        critical = Classification(self.id, "critical", self.behaviour.channels[0][0])
        return policies.match(policies.in_force(at_ms), critical).targets.get("acknowledge")

    def done_at(self, case: Case, at_ms: int, delay: Delay) -> int:
        """The instant by which somebody has got to something of that kind, from `at_ms` on."""
        friction = 1 + min(MOST_FRICTION, FRICTION * len(self.standing))
        return self.chance.worked_until(case.hours, at_ms, delay, friction * HASTE[case.severity] / case.hurry)

    def customer_at(self, case: Case, at_ms: int, delay: Delay) -> int:
        """The instant by which the customer has."""
        return self.chance.worked_until(ALWAYS, at_ms, delay, 1 / case.hurry)

    def another(self) -> str:
        """Another touchpoint, to which a case may belong after all."""
        return self.chance.any(self._elsewhere)

    def arrivals(self, at_ms: int) -> Iterator[int]:
        """The instants at which new cases come: a Poisson process whose rate follows the hour and the weekday."""
        rates = _rates(self.behaviour.cases_a_week, self.behaviour.weekdays, self.behaviour.hours)
        highest = max(max(day) for day in rates) * _SLACK
        while True:
            at_ms += self.chance.until_next_ms(highest)
            local = datetime.fromtimestamp(at_ms / 1000, self._zone)
            if self.chance.happens(rates[local.weekday()][local.hour] / highest):
                yield at_ms


def _rates(a_week: float, weekdays: tuple[int, ...], hours: tuple[int, ...]) -> list[list[float]]:
    """Cases a millisecond by weekday and hour."""
    hour_ms = WEEK_MS / 168
    share = a_week / sum(weekdays) / sum(hours) / hour_ms
    return [[share * day * hour for hour in hours] for day in weekdays]
