"""A view the slow way: nothing is kept, every sum is made from all there is, for the instant at which it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from processors.measures.rows import order, rows
from processors.measures.terms import Cell, Fact, Frame, Row
from processors.panes import Span

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
Source = str
Said = Mapping[tuple[Source, Cell], Mapping[Fact, int]]
"""What each source says of each cell."""


class Scratch:
    """What `processors.measures.rows` reads of a view."""

    def __init__(self, said: Said, at: int) -> None:
        self._said, self.at = said, at

    def sums(self, family: str, span: Span, make: Callable[[], Any]) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        for (_, where), facts in self._said.items():
            for fact, amount in facts.items():
                happened = where.hour * HOUR + fact[0] * 5 * MINUTE
                if where.family == family and _lies_in(span, happened, self.at):
                    found.setdefault((where.a, where.b), make()).add(fact, amount)
        return found


def _lies_in(span: Span, happened: int, now: int) -> bool:
    """By panes counted from the epoch: the one that holds the instant `back` before now is in, and all later ones, up
    to that which holds the instant `until` before now, which is not.
    """
    if span.back is None:
        return True
    pane = happened // span.pane
    return (now - span.back) // span.pane <= pane and (span.until is None or pane < (now - span.until) // span.pane)


def said_by(view: Any, frame: Frame) -> list[Row]:
    """The rows of a view, in order."""
    return sorted(rows(view, frame), key=order)


def from_scratch(said: Said, at: int, frame: Frame) -> list[Row]:
    """The rows that there should be."""
    return said_by(Scratch(said, at), frame)


def without_sources(cells: Iterable[tuple[Cell, Mapping[Fact, int]]]) -> Said:
    """Cells of one source."""
    return {("", where): facts for where, facts in cells}
