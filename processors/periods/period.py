"""A period, the instant as of which it is read, and what the cells say of something by that instant.

Two periods are only comparable if both had as long to come to an end. So both are read as of the same time after they
ended, whatever has become known since: what ended later still runs then. Cells know the length of what has ended by its
bin alone; it counts as the middle of the bin, from the middle of the pane in which it started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from processors.lifetable import middle_s
from processors.measures.terms import Cell, Fact
from processors.panes import DAY_MS, HOUR_MS, PANE_MS, floor

Cells = Mapping[Cell, Iterable[tuple[Fact, int]]]
"""The facts of cells, with their amounts."""


class Period(NamedTuple):
    """Half-open, milliseconds. read_at: as of when it is read. known_at: as of when the cells are."""

    start: int
    end: int
    read_at: int
    known_at: int

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def days(self) -> int:
        """How many days it has, of 24 hours from its start; the last one may be shorter."""
        return -(-self.length // DAY_MS)

    @property
    def exact_days(self) -> float:
        return self.length / DAY_MS

    def day(self, at: int) -> int | None:
        """Which of its days an instant lies in; None: in none."""
        return (at - self.start) // DAY_MS if self.start <= at < self.end else None

    def meets(self, hour: int) -> bool:
        """Whether it has a part of an hour (hours since the Unix epoch)."""
        return self.start < (hour + 1) * HOUR_MS and hour * HOUR_MS < self.end

    def age(self, started: int, length: int | None) -> int | None:
        """How long something has lasted that is not over as of the reading; None if it is over. Milliseconds.

        started: the instant, or the middle of its pane. length: bin of the length; None: it is not over as yet.
        """
        if length is not None:
            is_over = self.read_at >= self.known_at or started + round(1000 * middle_s(length)) <= self.read_at
            if is_over:
                return None
        return max(0, self.read_at - started)


def aligned(start: int, end: int) -> tuple[int, int]:
    """The bounds of a period at the beginnings of the panes that hold them."""
    return floor(start, PANE_MS), floor(end, PANE_MS)


def both(before: tuple[int, int], after: tuple[int, int], known_before: int, known_after: int) -> tuple[Period, Period]:
    """Two periods, read as of the same time after their ends: the longest that what is known of both allows.

    known_before, known_after: as of when the cells of each are. No period ends later than that.
    """
    lag = min(known_before - before[1], known_after - after[1])
    return (
        Period(*before, before[1] + lag, known_before),
        Period(*after, after[1] + lag, known_after),
    )
