"""The table of touchpoints: what is open, overdue by clock, and in the way. Blank while partitions are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.text import Text

from processors.policy import CLOCKS
from streams.demo.figures import Figures
from streams.demo.grid import BLANK, Column, headings, line
from streams.demo.status import Status
from streams.demo.sums import Place
from streams.demo.units import everywhere
from streams.demo.words import Speaker


class _Row(NamedTuple):
    """place: None while partitions are missing."""

    name: str
    place: Place | None


_WIDE = 100  # columns from which there is room for what is critical, and for obstacles


def table(status: Status, figures: Figures, width: int, rows: int) -> list[Text]:
    """Two lines of headings and at most so many rows, the last for all touchpoints."""
    speaker, names = status.speaker, status.touchpoints
    columns = _columns(status, figures, width)
    room = max(1, rows - 1)
    shown, more = (names, 0) if len(names) <= room else (names[: room - 1], len(names) - room + 1)
    lines = headings(columns)
    for name in shown:
        place = figures.places.get(name, Place()) if figures.complete else None
        lines.append(line(columns, _Row(name, place)))
    if more:
        lines.append(Text(f" {speaker.say('places.more', n=more)}"))
    every = everywhere(figures) if figures.complete else None
    return [*lines, line(columns, _Row(speaker.say("units.every"), every), "bold")]


def known(speaker: Speaker, place: Place, clock: str) -> str:
    """How many are overdue, and with a question mark how many more may be."""
    more = f"+{speaker.number(place.unknown[clock])}?" if place.unknown[clock] else ""
    return f"{speaker.number(place.overdue[clock])}{more}"


def age(speaker: Speaker, place: Place, at: float) -> str:
    """That of the oldest open case."""
    return speaker.span(at - place.oldest_at) if place.oldest_at is not None else BLANK


def _columns(status: Status, figures: Figures, width: int) -> list[Column[_Row]]:
    speaker = status.speaker

    def overdue(clock: str) -> Column[_Row]:
        return Column(speaker.say(f"places.{clock}"), 9, lambda row: _overdue(speaker, row.place, clock))

    columns: list[Column[_Row]] = [
        Column(speaker.say("places.place"), 15, lambda row: row.name, True),
        Column(speaker.say("places.open"), 8, lambda row: _number(speaker, row.place, lambda place: place.open)),
        Column(speaker.say("places.oldest"), 11, lambda row: _age(speaker, row.place, figures.at)),
        *map(overdue, CLOCKS),
    ]
    if width >= _WIDE:
        critical = speaker.say("places.critical")
        columns.append(Column(critical, 10, lambda row: _number(speaker, row.place, lambda place: place.critical_late)))
        obstacles = speaker.say("places.obstacles")
        columns.append(Column(obstacles, 10, lambda row: _number(speaker, row.place, lambda place: place.obstacles)))
    return columns


def _number(speaker: Speaker, place: Place | None, of: Callable[[Place], int]) -> str:
    return BLANK if place is None else speaker.number(of(place))


def _age(speaker: Speaker, place: Place | None, at: float) -> str:
    return BLANK if place is None else age(speaker, place, at)


def _overdue(speaker: Speaker, place: Place | None, clock: str) -> Text:
    if place is None:
        return Text(BLANK)
    style = "bold magenta" if place.unknown[clock] else "yellow" if place.overdue[clock] else "dim"
    return Text(known(speaker, place, clock), style)
