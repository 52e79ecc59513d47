"""The table of units: critical cases overdue and soon due, rhythm, alignment with its level, decisions in flight."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.text import Text

from processors.policy import OTHER
from streams.demo.figures import Figures
from streams.demo.grid import BLANK, Column, headings, line
from streams.demo.measured import Alignment
from streams.demo.status import Status
from streams.demo.sums import Place
from streams.demo.words import Length, Speaker
from streams.metrics.names import WITHIN

_NARROW = 80  # columns of the narrow table
_ALL_WIDE = 108  # of the wide one, which also has how soon decisions take effect, and how many cases are open
_MOST_NAME = 10  # columns more for the name
_RHYTHMS = ("daily", "weekly", "monthly")
_GOOD = 0.9  # a share below it is worth a look
_CRITICAL = "\N{BLACK UP-POINTING TRIANGLE}"


class Unit(NamedTuple):
    """One line. name: None for all units together. place: None while partitions are missing."""

    name: str | None
    place: Place | None
    flying: int


def table(status: Status, figures: Figures, width: int, rows: int) -> list[Text]:
    """The table in two lines of headings and at most so many rows, the last for all units."""
    found = units(status, figures)
    columns = _columns(status, figures, width)
    room = max(1, rows - 1)
    shown, more = (found, 0) if len(found) <= room else (found[: room - 1], len(found) - room + 1)
    lines = [*headings(columns), *(line(columns, unit) for unit in shown)]
    if more:
        lines.append(Text(f" {status.speaker.say('units.more', n=more)}"))
    return [*lines, line(columns, together(figures), "bold")]


def units(status: Status, figures: Figures) -> list[Unit]:
    """Every unit; what belongs to none only where there is any of it."""
    flying = {name: sum(n for (unit, _), n in figures.decisions.items() if unit == name) for name in status.unit_names}
    places: dict[str, Place] = {name: Place() for name in status.unit_names}
    for touchpoint, place in figures.places.items():
        places[status.units.get(touchpoint, OTHER)].add(place)
    return [
        Unit(name, place if figures.complete else None, flying[name])
        for name, place in places.items()
        if name != OTHER or OTHER in {status.units[one] for one in status.touchpoints} or place.open or flying[name]
    ]


def together(figures: Figures) -> Unit:
    """All units in one."""
    return Unit(None, everywhere(figures) if figures.complete else None, figures.decisions.total())


def everywhere(figures: Figures) -> Place:
    """All touchpoints in one."""
    every = Place()
    for place in figures.places.values():
        every.add(place)
    return every


def _columns(status: Status, figures: Figures, width: int) -> list[Column[Unit]]:
    speaker = status.speaker
    room = width - (_ALL_WIDE if width >= _ALL_WIDE else _NARROW)

    def count(key: str, width: int, of: Callable[[Place], int], **values: Length) -> Column[Unit]:
        return Column(speaker.say(key, **values), width, lambda unit: _number(speaker, unit.place, of))

    def due(within: str, length_ms: int) -> Column[Unit]:
        return count("units.within", 5, lambda place: place.critical_due[within], within=Length(length_ms / 1000))

    def share(clock: str, rhythm: str) -> Column[Unit]:
        width = 9 if rhythm == "daily" else 5
        return Column(speaker.say(f"units.{clock}.{rhythm}"), width, lambda unit: _share(figures, unit, rhythm, clock))

    columns: list[Column[Unit]] = [
        Column(
            speaker.say("units.unit"),
            11 + max(0, min(room, _MOST_NAME)),
            lambda unit: unit.name if unit.name is not None else speaker.say("units.every"),
            True,
        ),
        Column(speaker.say("units.late"), 9, lambda unit: _late(status, unit)),
        *(due(within, length) for within, length in WITHIN.items()),
        count("units.all_late", 9, lambda place: place.late),
        *(share("decide", rhythm) for rhythm in _RHYTHMS),
        Column(speaker.say("units.alignment"), 12, lambda unit: _alignment(speaker, figures, unit)),
        Column(speaker.say("units.flying"), 10, lambda unit: _number(speaker, unit.place, lambda _: unit.flying)),
    ]
    if width >= _ALL_WIDE:
        columns[-2:-2] = [share("effect", rhythm) for rhythm in _RHYTHMS]
        columns.append(count("units.open", 9, lambda place: place.open))
    return columns


def _number(speaker: Speaker, place: Place | None, of: Callable[[Place], int]) -> Text:
    if place is None:
        return Text(BLANK)
    count = of(place)
    return Text(speaker.number(count), "" if count else "dim")


def _late(status: Status, unit: Unit) -> Text:
    if unit.place is None:
        return Text(BLANK)
    speaker = status.speaker
    if not status.settled:
        return Text(speaker.number(unit.place.critical_late), "dim")
    late, unsure = unit.place.critical_late, unit.place.critical_unsure
    said = (f"{_CRITICAL} " if late else "") + speaker.number(late) + (f"+{speaker.number(unsure)}?" if unsure else "")
    return Text(said, "bold magenta" if unsure else "bold red" if late else "dim")


def _share(figures: Figures, unit: Unit, rhythm: str, clock: str) -> Text:
    share = figures.measures.share(unit.name, rhythm, clock) if figures.measures is not None else None
    if share is None:
        return Text(BLANK)
    return Text(str(whole_percent(share)), "yellow" if share < _GOOD else "green")


def whole_percent(ratio: float) -> int:
    """100 only where all is."""
    return 99 if 0.99 < ratio < 1 else round(ratio * 100)


def _alignment(speaker: Speaker, figures: Figures, unit: Unit) -> Text:
    if unit.name is None:
        return Text()
    if figures.measures is None or figures.measures.at is None:
        return Text(BLANK)
    found = figures.measures.alignment.get(unit.name, Alignment())
    return Text(aligned(speaker, found), "" if found.alignment is not None else "dim")


def aligned(speaker: Speaker, found: Alignment) -> str:
    """The alignment and, never apart from it, its level; else what it lacks."""
    if found.alignment is not None and found.level is not None:
        near, level = speaker.decimal(found.alignment, 2), speaker.decimal(found.level, 2)
        return speaker.say("alignment", alignment=near, level=level)
    if found.customer is None and found.employee is None:
        return speaker.say("alignment.nothing")
    return speaker.say("alignment.no_pulse" if found.employee is None else "alignment.no_score")
