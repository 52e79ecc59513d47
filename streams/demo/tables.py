"""The tables of units and of touchpoints: what is open, overdue and soon due. Blank while partitions are missing.

Of a unit also rhythm, alignment with its level, and decisions in flight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rich.text import Text

from processors.policy import CLOCKS, OTHER
from streams.demo.figures import Figures
from streams.demo.grid import BLANK, Column, headings, line
from streams.demo.sums import Alignment, Place
from streams.demo.words import Length, Speaker, Status
from streams.metrics.names import WITHIN

_NARROW = 80  # columns of the narrow table of units
_ALL_WIDE = 108  # of the wide one, which also has how soon decisions take effect, and how many cases are open
_MOST_NAME = 10  # columns more for the name
_WIDE = 100  # columns from which touchpoints have room for what is critical, and for obstacles
_RHYTHMS = ("daily", "weekly", "monthly")
_GOOD = 0.9  # a share below it is worth a look
_CRITICAL = "\N{BLACK UP-POINTING TRIANGLE}"


class Row(NamedTuple):
    """A unit or a touchpoint. name: None for all units together. place: None while partitions are missing."""

    name: str | None
    place: Place | None
    flying: int = 0


def by_unit(status: Status, figures: Figures, width: int, rows: int) -> list[Text]:
    """Two lines of headings and at most so many rows, the last for all units."""
    found = units(status, figures)
    columns = _of_units(status, figures, width)
    room = max(1, rows - 1)
    shown, more = (found, 0) if len(found) <= room else (found[: room - 1], len(found) - room + 1)
    lines = [*headings(columns), *(line(columns, unit) for unit in shown)]
    if more:
        lines.append(Text(f" {status.speaker.say('units.more', n=more)}"))
    return [*lines, line(columns, together(figures), "bold")]


def by_touchpoint(status: Status, figures: Figures, width: int) -> list[Text]:
    """Two lines of headings, a row for each, and the last for all touchpoints."""
    columns = _of_touchpoints(status, figures, width)
    places = {name: figures.places.get(name, Place()) if figures.complete else None for name in status.touchpoints}
    rows = [line(columns, Row(name, place)) for name, place in places.items()]
    return [*headings(columns), *rows, line(columns, together(figures), "bold")]


def units(status: Status, figures: Figures) -> list[Row]:
    """Every unit; what belongs to none only where there is any of it."""
    flying = {name: sum(n for (unit, _), n in figures.decisions.items() if unit == name) for name in status.unit_names}
    places: dict[str, Place] = {name: Place() for name in status.unit_names}
    for touchpoint, place in figures.places.items():
        places[status.units.get(touchpoint, OTHER)].add(place)
    return [
        Row(name, place if figures.complete else None, flying[name])
        for name, place in places.items()
        if name != OTHER or OTHER in {status.units[one] for one in status.touchpoints} or place.open or flying[name]
    ]


def together(figures: Figures) -> Row:
    """All units in one."""
    return Row(None, everywhere(figures) if figures.complete else None, figures.decisions.total())


def everywhere(figures: Figures) -> Place:
    """All touchpoints in one."""
    every = Place()
    for place in figures.places.values():
        every.add(place)
    return every


def known(speaker: Speaker, place: Place, clock: str) -> str:
    """How many are overdue, and with a question mark how many more may be."""
    more = f"+{speaker.number(place.unknown[clock])}?" if place.unknown[clock] else ""
    return f"{speaker.number(place.overdue[clock])}{more}"


def age(speaker: Speaker, place: Place, at: float) -> str:
    """That of the oldest open case."""
    return speaker.span(at - place.oldest_at) if place.oldest_at is not None else BLANK


def _name(speaker: Speaker, key: str, width: int) -> Column[Row]:
    return Column(
        speaker.say(key), width, lambda row: row.name if row.name is not None else speaker.say("units.every"), True
    )


def _standing(heading: str, width: int, cell: Callable[[Place], Text | str]) -> Column[Row]:
    """What is to be said of the place, where it is known."""
    return Column(heading, width, lambda row: BLANK if row.place is None else cell(row.place))


def _of_units(status: Status, figures: Figures, width: int) -> list[Column[Row]]:
    speaker = status.speaker
    room = width - (_ALL_WIDE if width >= _ALL_WIDE else _NARROW)

    def count(key: str, width: int, of: Callable[[Place], int], **values: Length) -> Column[Row]:
        return _standing(speaker.say(key, **values), width, lambda place: _dimmed(speaker, of(place)))

    def due(within: str, length_ms: int) -> Column[Row]:
        return count("units.within", 5, lambda place: place.critical_due[within], within=Length(length_ms / 1000))

    def share(clock: str, rhythm: str) -> Column[Row]:
        width = 9 if rhythm == "daily" else 5
        return Column(speaker.say(f"units.{clock}.{rhythm}"), width, lambda unit: _share(figures, unit, rhythm, clock))

    def flying(unit: Row) -> Text | str:
        return BLANK if unit.place is None else _dimmed(speaker, unit.flying)

    columns: list[Column[Row]] = [
        _name(speaker, "units.unit", 11 + max(0, min(room, _MOST_NAME))),
        _standing(speaker.say("units.late"), 9, lambda place: _late(status, place)),
        *(due(within, length) for within, length in WITHIN.items()),
        count("units.all_late", 9, lambda place: place.late),
        *(share("decide", rhythm) for rhythm in _RHYTHMS),
        Column(speaker.say("units.alignment"), 12, lambda unit: _alignment(speaker, figures, unit)),
        Column(speaker.say("units.flying"), 10, flying),
    ]
    if width >= _ALL_WIDE:
        columns[-2:-2] = [share("effect", rhythm) for rhythm in _RHYTHMS]
        columns.append(count("units.open", 9, lambda place: place.open))
    return columns


def _of_touchpoints(status: Status, figures: Figures, width: int) -> list[Column[Row]]:
    speaker = status.speaker

    def count(key: str, width: int, of: Callable[[Place], int]) -> Column[Row]:
        return _standing(speaker.say(key), width, lambda place: speaker.number(of(place)))

    def overdue(clock: str) -> Column[Row]:
        return _standing(speaker.say(f"places.{clock}"), 9, lambda place: _overdue(speaker, place, clock))

    columns: list[Column[Row]] = [
        _name(speaker, "places.place", 15),
        count("places.open", 8, lambda place: place.open),
        _standing(speaker.say("places.oldest"), 11, lambda place: age(speaker, place, figures.at)),
        *map(overdue, CLOCKS),
    ]
    if width >= _WIDE:
        columns.append(count("places.critical", 10, lambda place: place.critical_late))
        columns.append(count("places.obstacles", 10, lambda place: place.obstacles))
    return columns


def _dimmed(speaker: Speaker, count: int) -> Text:
    return Text(speaker.number(count), "" if count else "dim")


def _overdue(speaker: Speaker, place: Place, clock: str) -> Text:
    style = "bold magenta" if place.unknown[clock] else "yellow" if place.overdue[clock] else "dim"
    return Text(known(speaker, place, clock), style)


def _late(status: Status, place: Place) -> Text:
    speaker = status.speaker
    if not status.settled:
        return Text(speaker.number(place.critical_late), "dim")
    late, unsure = place.critical_late, place.critical_unsure
    said = (f"{_CRITICAL} " if late else "") + speaker.number(late) + (f"+{speaker.number(unsure)}?" if unsure else "")
    return Text(said, "bold magenta" if unsure else "bold red" if late else "dim")


def _share(figures: Figures, unit: Row, rhythm: str, clock: str) -> Text:
    share = figures.measures.share(unit.name, rhythm, clock) if figures.measures is not None else None
    if share is None:
        return Text(BLANK)
    return Text(str(whole_percent(share)), "yellow" if share < _GOOD else "green")


def whole_percent(ratio: float) -> int:
    """100 only where all is."""
    return 99 if 0.99 < ratio < 1 else round(ratio * 100)


def _alignment(speaker: Speaker, figures: Figures, unit: Row) -> Text:
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
