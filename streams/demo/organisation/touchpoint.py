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
from processors.events import SEVERITIES, Event
from processors.policy import OTHER, Classification
from streams.config import Config
from streams.config.model import TouchpointSpec
from streams.demo.organisation.behaviour import FRICTION, HASTE, MOST_FRICTION, WEEK_MS, Behaviour, Delay, Odds, Plan
from streams.demo.organisation.chance import Chance, Draws
from streams.demo.organisation.modes import usual

Life = Iterator[Event | int]
Part = Generator[Event | int, None, int]
"""A part of a life; it returns the instant at which it is over."""

_SLACK = 1.05  # of the highest rate, against rounding


@dataclass(slots=True)
class Case:
    """A case. `hours` are those of the people who see to it, `hurry` how many times faster than usual all of it goes.

    since: when its cycle began. ease: factor on people's delays.
    """

    id: str
    touchpoint: str
    severity: str
    channel: str
    hours: Calendar
    hurry: float
    customer: str
    since: int
    ease: float = 1.0
    owner: str = ""
    answered: bool = False  # a decision on many cases has named it
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def event_id(self) -> str:
        """The id of its next event."""
        return f"{self.id}.{next(self.serial)}"


class Touchpoint:
    """The present of one touchpoint."""

    def __init__(self, spec: TouchpointSpec, config: Config, seed: int, run: str, plan: Plan) -> None:
        """`run` tells the ids of one beginning from those of another."""
        self.id = spec.id
        self.unit = spec.unit
        self.behaviour = usual(spec)
        self.chance = Chance(seed, spec.id)
        self.plan = plan
        self.desk = Desk(spec.id, config)
        self.open: dict[str, Case] = {}
        self.forgotten = 0  # cases that are open, and that nobody will ever look at
        self.standing: dict[str, str] = {}  # cause by obstacle
        self.unanswered: deque[Case] | None = None  # critical cases in an outage, the oldest first; None: there is none
        self.fades_from = plan.fades_from(spec.id)
        self._config = config
        self._run = run
        self._serial = count(1)
        self._elsewhere = tuple(one.id for one in config.file.touchpoints if one.id != spec.id) or (OTHER,)

    def new_id(self, letter: str = "") -> str:
        """A name for a case, or with its letter for an obstacle or a decision."""
        return f"{self.id}-{self._run}-{letter}{next(self._serial):05d}"

    def acknowledged_within(self, at_ms: int) -> int | None:
        """The target of critical feedback's acknowledgement, milliseconds of worked time; None: there is none."""
        policies = self._config.policies
        critical = Classification(self.id, "critical", self.behaviour.channels[0][0])
        return policies.match(policies.in_force(at_ms), critical).targets.get("acknowledge")

    def done_at(self, case: Case, at_ms: int, delay: Delay, pace: float = 1.0) -> int:
        """The instant by which somebody has got to something of that kind, from `at_ms` on."""
        factor = friction(len(self.standing)) * HASTE[case.severity] * case.ease * pace / case.hurry
        return self.chance.worked_until(case.hours, at_ms, delay, factor)

    def reacted_at(self, case: Case, at_ms: int) -> int:
        """The instant of the first reaction: a call is picked up whatever it is about."""
        if self.behaviour.picked_up is not None and picked_up(case.channel):
            return self.chance.worked_until(case.hours, at_ms, self.behaviour.picked_up, case.ease)
        return self.done_at(case, at_ms, self.behaviour.acknowledge)

    def customer_at(self, case: Case, at_ms: int, delay: Delay) -> int:
        """The instant by which the customer has."""
        return self.chance.worked_until(ALWAYS, at_ms, delay, 1 / case.hurry)

    def another(self) -> str:
        """Another touchpoint, to which a case may belong after all."""
        return self.chance.any(self._elsewhere)

    def arrivals(self, at_ms: int) -> Iterator[int]:
        """The instants at which new cases come: a Poisson process whose rate follows the hour and the weekday."""
        rates = weekly_rates(self.behaviour, self.plan.scale)
        highest = max(rates) * _SLACK
        zone = ZoneInfo(self._config.timezone)
        while True:
            at_ms += self.chance.until_next_ms(highest)
            local = datetime.fromtimestamp(at_ms / 1000, zone)
            if self.chance.happens(rates[local.weekday() * 24 + local.hour] / highest):
                yield at_ms


class Desk:
    """When the people of a touchpoint work."""

    def __init__(self, touchpoint: str, config: Config) -> None:
        self._touchpoint, self._policies = touchpoint, config.policies
        self._any = next((one for one in config.calendars.values() if one.hours is not None), ALWAYS)

    def seeing_to(self, at_ms: int, severity: str, channel: str, draws: Draws) -> Calendar:
        """Of who sees to such a case: for a critical one around the clock, if somebody is on call."""
        judging = self._judging(at_ms, severity, channel)
        if judging.hours is None and not (severity == "critical" and draws.happens(Odds.ON_CALL)):
            return self.hours(at_ms, channel)
        return judging

    def _judging(self, at_ms: int, severity: str, channel: str) -> Calendar:
        """The calendar of the policy that judges such a case."""
        dated = self._policies.in_force(at_ms)
        return self._policies.match(dated, Classification(self._touchpoint, severity, channel)).calendar

    def hours(self, at_ms: int, channel: str = "") -> Calendar:
        """Those of the policies that are not around the clock; where all are, the first calendar's that is not."""
        for severity in ("normal", *SEVERITIES):
            judging = self._judging(at_ms, severity, channel)
            if judging.hours is not None:
                return judging
        return self._any


def friction(standing: int) -> float:
    """Factor on people's delays while so many obstacles stand."""
    return 1 + min(MOST_FRICTION, FRICTION * standing)


def picked_up(channel: str) -> bool:
    """Whether somebody is there at once who speaks with the customer."""
    return channel == "counter" or channel.startswith("phone")


def weekly_rates(behaviour: Behaviour, scale: float) -> list[float]:
    """Cases a millisecond by hour of the week, Monday 0:00 first."""
    share = behaviour.cases_a_week * scale / sum(behaviour.weekdays) / sum(behaviour.hours) / (WEEK_MS / 168)
    return [share * day * hour for day in behaviour.weekdays for hour in behaviour.hours]
