"""The fields and conditions of a mapping as functions of one moment.

Fields are in the types that events have them in; a condition is what holds of a row and of those before it in its case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streams.mapping.cells import CellError, Compute, Layout, Moment, TimeReader, value
from streams.mapping.model import TableMapping
from streams.mapping.rules import Condition, Value

Test = Callable[[Moment], bool]

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


def condition(declared: Condition, layout: Layout, path: str) -> Test:
    """The function for a condition: whether everything that it names holds."""
    tests = list(_tests(declared, layout, path))
    if len(tests) == 1:
        return tests[0]
    return lambda moment: all(test(moment) for test in tests)


def _tests(declared: Condition, layout: Layout, path: str) -> Sequence[Test]:
    def indexes(columns: Sequence[str] | None) -> list[int]:
        return [layout.index(column, path) for column in columns or ()]

    tests: list[Test] = []
    if declared.first_row is not None:
        tests.append(lambda moment: (moment.previous is None) is declared.first_row)
    wanted = [*((column, [text]) for column, text in (declared.equals or {}).items()), *(declared.in_ or {}).items()]
    tests.extend(_is_in(layout.index(column, path), frozenset(texts)) for column, texts in wanted)
    tests.extend(_present(i) for i in indexes(declared.present))
    if changed := indexes(declared.changed):
        tests.append(lambda m: m.previous is not None and any(m.row[i] != m.previous[i] for i in changed))
    if new := indexes(declared.new):
        tests.append(
            lambda m: any(m.row[i] is not None and (m.previous is None or m.row[i] != m.previous[i]) for i in new)
        )
    tests.extend(_rises(layout.index(column, path), column) for column in declared.rises or ())
    if declared.not_ is not None:
        inner = condition(declared.not_, layout, path)
        tests.append(lambda moment: not inner(moment))
    if declared.any is not None:
        inners = [condition(each, layout, path) for each in declared.any]
        tests.append(lambda moment: any(each(moment) for each in inners))
    return tests


def _is_in(index: int, texts: frozenset[str]) -> Test:
    return lambda moment: moment.row[index] in texts


def _present(index: int) -> Test:
    return lambda moment: moment.row[index] is not None


def _rises(index: int, column: str) -> Test:
    def number(cell: str) -> float:
        try:
            return float(cell)
        except ValueError:
            raise CellError(f"{{{column}}}: {cell!r} is not a number, so it cannot rise") from None

    def rises(moment: Moment) -> bool:
        before, now = (moment.previous or moment.row)[index], moment.row[index]
        return before != now and before is not None and now is not None and number(now) > number(before)

    return rises
