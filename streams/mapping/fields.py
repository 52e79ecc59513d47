"""The fields of events as functions of one moment, in the types that events have them in."""

from __future__ import annotations

from collections.abc import Callable

from streams.mapping.cells import CellError, Compute, Layout, Moment, TimeReader, value
from streams.mapping.model import TableMapping
from streams.mapping.rules import Value

_TIMES, _NUMBERS, _LISTS = ("at", "due_at"), ("score", "emotion", "value"), ("cases", "obstacles")


class Fields:
    """Makes the functions for fields, with the maps and time formats of one mapping."""

    def __init__(self, mapping: TableMapping, layout: Layout) -> None:
        self._maps, self._zone, self._layout = mapping.values, mapping.time.zone, layout
        self.times = TimeReader(mapping.time.formats, mapping.time.zone)

    def compute(self, name: str, declared: Value, path: str) -> Compute:
        """The function for a field of an event, in the type that the event has it in."""
        compute = value(declared, self._maps, self._layout, path)
        if name in _TIMES:
            return self._time(name, compute, declared)
        if name in _NUMBERS:
            return _converted(compute, name, float, "a number")
        if name == "taken":
            return _converted(compute, name, _truth, "true or false")
        if name in _LISTS:
            return lambda moment: _names(compute(moment))
        return lambda moment: cell if (cell := compute(moment)) is None or isinstance(cell, str) else str(cell)

    def _time(self, name: str, compute: Compute, declared: Value) -> Compute:
        times = self.times
        if declared.formats:
            times = TimeReader(declared.formats, self._zone)

        def time(moment: Moment) -> object:
            cell = compute(moment)
            try:
                return None if cell is None else times.ms(cell)
            except CellError as wrong:
                raise CellError(f"{name}: {wrong}") from None

        return time


def _names(cell: object) -> object:
    return tuple(cell) if isinstance(cell, list) else () if cell is None else (str(cell),)


def _truth(cell: object) -> bool:
    return {"true": True, "false": False}[str(cell).lower()]


def _converted(compute: Compute, name: str, convert: Callable[[str], object], wanted: str) -> Compute:
    def converted(moment: Moment) -> object:
        cell = compute(moment)
        if cell is None:
            return None
        try:
            return convert(str(cell))
        except (ValueError, KeyError):
            remedy = "give a `map`, or its mark under `input.missing`"
            raise CellError(f"{name}: {cell!r} is not {wanted}; {remedy}") from None

    return converted
