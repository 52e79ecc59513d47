"""What the functions of the organisation report: how customers see it, late, and how the work stands, at once.

Every declared function watches some of the touchpoints, dealt out one by one. Its customer indicators are lagging:
satisfaction every morning, NPS every four weeks; both are the lower the more obstacles stand. Its operational ones are
there every hour: the open cases of its touchpoints, and the obstacles in their way. The function declared last has no
customer indicator at times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from processors.events import Indicator
from streams.demo.organisation.behaviour import DAY_MS, HOUR_MS
from streams.demo.organisation.chance import Chance
from streams.demo.organisation.touchpoint import Life, Touchpoint


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
