"""Which of what sources say counts: each source's latest complete epoch; and as of when all of them are known.

A source is one partition of one kind of entities. When it is taken over it is rebuilt, under a higher epoch. Until that
is complete its old cells stand; then they give way at once, so nothing is ever counted twice, or too low.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from processors.measures.terms import Cell
from processors.measures.view import Source, View


class Mark(NamedTuple):
    """What a source says of itself. until: before when it knows everything; at: its time. Milliseconds.

    heard: when that was said, by the clock of the log.
    """

    epoch: int
    is_complete: bool
    until: int
    at: int
    heard: int


class Sources:
    """Takes what sources say in the order of the log, and gives the view what counts."""

    def __init__(self, expected: Iterable[Source], view: View) -> None:
        self._expected = tuple(expected)
        self._view = view
        self._epochs: dict[Source, int] = {}  # of what stands in the view
        self._rebuilt: dict[Source, tuple[int, dict[Cell, bytes]]] = {}  # under which epoch, and what so far
        self._marks: dict[Source, Mark] = {}

    def cell(self, source: Source, epoch: int, where: Cell, packed: bytes) -> None:
        """A source says what a cell holds."""
        if epoch == self._epochs.get(source):
            self._view.put(source, where, packed)
        elif cells := self._cells_of(source, epoch):
            cells[1][where] = packed

    def gone(self, source: Source, where: Cell) -> None:
        """A source says that nothing is left of a cell. It is the latest owner of the source that speaks."""
        rebuilt = self._rebuilt.get(source)
        if rebuilt is not None:
            rebuilt[1].pop(where, None)
        else:
            self._view.put(source, where, None)

    def mark(self, source: Source, mark: Mark) -> None:
        """A source says how far it is."""
        if mark.epoch < self._epochs.get(source, 0):
            return
        self._marks[source] = mark
        if mark.epoch > self._epochs.get(source, 0):
            rebuilt = self._cells_of(source, mark.epoch)
            if mark.is_complete and rebuilt is not None:
                self._replace(source, *rebuilt)

    def _cells_of(self, source: Source, epoch: int) -> tuple[int, dict[Cell, bytes]] | None:
        """What a source has said under an epoch that is not complete; None where that is over already."""
        if epoch < self._epochs.get(source, 0):
            return None
        rebuilt = self._rebuilt.get(source)
        if rebuilt is None or rebuilt[0] < epoch:
            rebuilt = self._rebuilt[source] = epoch, {}
        return rebuilt if rebuilt[0] == epoch else None

    def _replace(self, source: Source, epoch: int, cells: dict[Cell, bytes]) -> None:
        for where in self._view.cells_of(source):
            if where not in cells:
                self._view.put(source, where, None)
        for where, packed in cells.items():
            self._view.put(source, where, packed)
        self._epochs[source] = epoch
        del self._rebuilt[source]

    def missing(self, heard_since: int) -> list[Source]:
        """The sources that are not complete, or of which nothing was heard since an instant."""
        return [
            source for source in self._expected if source not in self._epochs or self._marks[source].heard < heard_since
        ]

    def known_until(self) -> int:
        """As of when the measures may be read, milliseconds: before that, every source knows everything. 0: never."""
        marks = [self._marks[source] for source in self._expected if source in self._marks]
        if len(marks) < len(self._expected):
            return 0
        return min(*(mark.until for mark in marks), max(mark.at for mark in marks))
