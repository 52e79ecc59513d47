"""What employees say and what functions report: how the world looks to them, and where obstacles show.

Each employee answers one question every few weeks, and the higher, the better the world looks. The mean answer is the
level's own to that question, less what the obstacles that stand at the unit's touchpoints take from it: much at the
front, where they are met, and little at the top. Answers lie around it, normally distributed and held to 0..1.

Every declared function watches some of the touchpoints, dealt out one by one. Its customer indicators are lagging:
satisfaction every morning, NPS every four weeks; both are the lower the more obstacles stand. Its operational ones are
there every hour: the open cases of its touchpoints, and the obstacles in their way. The function declared last has no
customer indicator at times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from processors.events import Indicator, Pulse
from streams.demo.organisation.behaviour import DAY_MS, HOUR_MS, WEEK_MS, Delay
from streams.demo.organisation.chance import Chance
from streams.demo.organisation.touchpoint import Life, Touchpoint

QUESTIONS: dict[str, dict[str, float]] = {
    "heard": {"top": 0.75, "middle": 0.60, "front": 0.47},  # executives and others in Gartner's survey of 2021
    "decided-in-time": {"top": 0.70, "middle": 0.55, "front": 0.45},
    "obstacles-removed": {"top": 0.72, "middle": 0.62, "front": 0.55},
}
"""The mean answer where no obstacle stands, by level."""
OBSTRUCTED = {"top": 0.01, "middle": 0.03, "front": 0.05}
"""Less for every obstacle that stands at the unit's touchpoints, up to MOST_OBSTRUCTED."""
MOST_OBSTRUCTED = 5
STAFF = {"top": 6, "middle": 12, "front": 40}
"""Of a unit, at the usual size."""
SPREAD = 0.08
ANSWERS_EVERY = Delay(20 * DAY_MS, 0.3)
WITHIN_MS = 3 * HOUR_MS  # of working time, after the question has come


class Unit(NamedTuple):
    """A unit of the organisation with its touchpoints."""

    id: str
    places: Sequence[Touchpoint]

    def standing(self) -> int:
        """How many obstacles stand in its way."""
        return sum(len(place.standing) for place in self.places)


def units(places: Sequence[Touchpoint]) -> list[Unit]:
    """The units that have a touchpoint, in the order of the configuration."""
    names = dict.fromkeys(place.unit for place in places if place.unit is not None)
    return [Unit(name, [place for place in places if place.unit == name]) for name in names]


def staff(level: str, scale: float) -> int:
    """How many of a level a unit has."""
    return max(1, round(STAFF[level] * scale))


def mean_answer(question: str, level: str, standing: int) -> float:
    """The mean, before it is held to 0..1."""
    return QUESTIONS[question][level] - OBSTRUCTED[level] * min(standing, MOST_OBSTRUCTED)


def employee(unit: Unit, level: str, number: int, chance: Chance, at: int, run: str) -> Life:
    """One employee's answers, to one question after the other. The first is asked within three weeks."""
    names = tuple(QUESTIONS)
    at += chance.number(3 * WEEK_MS)
    turn = number
    while True:
        office = unit.places[0].desk.hours(at)
        yield (answering := office.after(at, 60_000 + chance.number(WITHIN_MS)) or at)
        question = names[turn % len(names)]
        score = round(chance.around(mean_answer(question, level, unit.standing()), SPREAD, 0.0, 1.0), 2)
        place = unit.places[turn % len(unit.places)].id
        yield Pulse(f"{unit.id}-{run}-{level}{number}.{turn}", answering, unit.id, place, level, question, score)
        turn += 1
        at += chance.length_ms(ANSWERS_EVERY)


class Customers(NamedTuple):
    """A customer indicator: its mean without an obstacle, and how much less for each that stands, by touchpoint."""

    mean: float
    less: float
    spread: float
    every_ms: int
    unit_of_measure: str


CUSTOMERS = {
    "satisfaction": Customers(3.8, 0.2, 0.12, DAY_MS, "1..5"),
    "nps": Customers(35.0, 8.0, 4.0, 28 * DAY_MS, "points"),
}
REPORTED_AFTER_MS = 6 * HOUR_MS  # local midnight: before the morning's meeting
SILENT_FROM_MS, SILENT_EVERY_MS = 21 * DAY_MS, 35 * DAY_MS
"""From the fourth week of every five on, the function declared last reports no customer indicator."""


def watched(places: Sequence[Touchpoint], functions: int, index: int) -> list[Touchpoint]:
    """The touchpoints of a function: every so many; where there are fewer than functions, one all the same."""
    return list(places[index::functions]) or [places[index % len(places)]]


def silent(since_beginning_ms: int) -> bool:
    """Whether the function declared last reports no customer indicator then."""
    return since_beginning_ms % SILENT_EVERY_MS >= SILENT_FROM_MS


class Function(NamedTuple):
    """A function of the organisation. `lacking`: its customer indicators are silent at times."""

    id: str
    run: str
    places: list[Touchpoint]
    lacking: bool


def customers(function: Function, name: str, chance: Chance, begin: int) -> Life:
    """One customer indicator of a function."""
    kind, places = CUSTOMERS[name], function.places
    at = begin + REPORTED_AFTER_MS
    while True:
        yield at
        standing = sum(len(place.standing) for place in places) / len(places)
        value = round(chance.around(kind.mean - kind.less * standing, kind.spread, -100.0, 100.0), 2)
        if not (function.lacking and silent(at - begin)):
            yield _indicator(function, name, at, "customer", "lagging", value, kind.unit_of_measure)
        at += kind.every_ms


def operations(function: Function, begin: int) -> Life:
    """The operational indicators of a function."""
    at, places = begin, function.places
    while True:
        yield (at := at + HOUR_MS)
        cases = sum(len(place.open) + place.forgotten for place in places)
        yield _indicator(function, "open-cases", at, "operational", "realtime", float(cases), "cases")
        if (at - begin) % (6 * HOUR_MS) == 0:
            count = sum(len(place.standing) for place in places)
            yield _indicator(function, "obstacles", at, "operational", "realtime", float(count), "obstacles")


def _indicator(function: Function, name: str, at: int, kind: str, timing: str, value: float, of: str) -> Indicator:
    return Indicator(f"{function.id}-{function.run}.{name}.{at}", at, function.id, name, kind, timing, value, of)
