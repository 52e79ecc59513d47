"""The conditions of a mapping as functions of one moment: what holds of a row and of those before it in its case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streams.mapping.cells import CellError, Layout, Moment
from streams.mapping.rules import Condition

Test = Callable[[Moment], bool]


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
    for column, text in (declared.equals or {}).items():
        tests.append(_is_in(layout.index(column, path), frozenset((text,))))
    for column, texts in (declared.in_ or {}).items():
        tests.append(_is_in(layout.index(column, path), frozenset(texts)))
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
