"""Which of what sources say counts: what each was last complete with; and as of when all of them are known.

A source is one partition of one kind of entities. What changed together it says together, and then a mark; only with a
complete one does all of it count, at once: what moves from one cell to another is never seen in both, or in neither.
When a source is taken over it is rebuilt, under a higher epoch. Until that is complete its old cells stand, and as of
when they did; then they give way at once. So nothing is ever counted twice, or too low.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from processors.measures.terms import Cell
from processors.measures.view import Source, View


class Mark(NamedTuple):
    """What a source says of itself. is_complete: with this, all is said that it knew. until: before when it knew
    everything; at: its time. Milliseconds.

    heard: when that was said, by the clock of the log.
    """

    epoch: int
    is_complete: bool
    until: int
    at: int
    heard: int


@dataclass(slots=True)
class _Said:
    """What a source has said. whole: its last complete mark; since: what it has said after that, None: nothing is left
    of the cell; epoch: under which it said that.
    """

    whole: Mark | None = None
    epoch: int = 0
    since: dict[Cell, bytes | None] = field(default_factory=dict)
    heard: int = 0
    is_doubtful: bool = False

    def under(self, epoch: int) -> bool:
        """Whether what is said under that epoch is of any use. Of a lower one than is heard already it is not; with a
        higher one, another owner has begun, and what the last one had no time to complete is void.
        """
        if epoch > self.epoch:
            self.epoch = epoch
            self.since.clear()
        return epoch == self.epoch


class Sources:
    """Takes what sources say in the order of the log, and gives the view what counts. Others than those expected are
    none any more, whatever of them is left in the log.
    """

    def __init__(self, expected: Iterable[Source], view: View) -> None:
        self._said = {source: _Said() for source in expected}
        self._view = view

    def cell(self, source: Source, epoch: int, where: Cell, packed: bytes) -> None:
        """A source says what a cell holds."""
        said = self._said.get(source)
        if said is not None and said.under(epoch):
            said.since[where] = packed

    def gone(self, source: Source, where: Cell) -> None:
        """A source says that nothing is left of a cell. It is the latest owner of the source that speaks."""
        said = self._said.get(source)
        if said is not None:
            said.since[where] = None

    def mark(self, source: Source, mark: Mark) -> None:
        """A source says how far it is."""
        said = self._said.get(source)
        if said is None or not said.under(mark.epoch):
            return
        said.heard = mark.heard
        if not mark.is_complete:
            return
        if said.whole is not None and said.whole.epoch < mark.epoch:
            for where in self._view.cells_of(source):
                if said.since.get(where) is None:
                    self._view.put(source, where, None)
        for where, packed in said.since.items():
            self._view.put(source, where, packed)
        said.since.clear()
        said.whole, said.is_doubtful = mark, False

    def read_to_the_end(self) -> None:
        """The log has been read from its start to its end.

        It is compacted: what a source has said since it was last complete may have taken away what it was complete
        with. Such a source is not counted on before it is complete again.
        """
        for said in self._said.values():
            said.is_doubtful = said.whole is not None and (bool(said.since) or said.epoch > said.whole.epoch)

    def missing(self, heard_since: int) -> list[Source]:
        """The sources that are not complete, or of which nothing was heard since an instant."""
        return [
            source
            for source, said in self._said.items()
            if said.whole is None or said.is_doubtful or said.heard < heard_since
        ]

    def known_until(self) -> int:
        """As of when the measures may be read, milliseconds: before that, every source knows everything. 0: never."""
        wholes = [said.whole for said in self._said.values() if said.whole is not None]
        if len(wholes) < len(self._said):
            return 0
        return min(*(mark.until for mark in wholes), max(mark.at for mark in wholes))
