"""The cells that there are to read: those of a backtest, or of a running system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from processors.measures import indicators
from processors.measures.cells import Facts, added, unpacked
from processors.measures.terms import Cell, Frame
from processors.panes import HOUR_MS
from streams.measures.subscriber import read_complete
from streams.results.measure_files import read_cells
from streams.settings import Settings
from streams.shard.packing import unpack


class KnownCells(NamedTuple):
    """Cells, as of an instant, and since when they know what happened (None: nothing happened). Milliseconds."""

    origin: str
    at: int
    since: int | None
    cells: Mapping[Cell, Facts]


def of_results(folder: Path) -> KnownCells:
    """What a backtest wrote. Raises UserError."""
    saved = read_cells(folder)
    return KnownCells(str(folder), saved.at, _first(saved.cells), saved.cells)


def of_topics(settings: Settings, frame: Frame, retention_ms: int) -> KnownCells:
    """What the workers share. What is older than the retention may have been purged. Raises UserError."""
    partials = read_complete(settings, frame)
    cells: dict[Cell, Facts] = {}
    for where, by_source in partials.view.cells():
        facts: Facts = []
        for packed in by_source.values():
            facts = added(facts, unpacked(packed, unpack))
        cells[where] = facts
    at = partials.sources.known_until()
    first = _first(cells)
    return KnownCells("the topics", at, None if first is None else max(first, at - retention_ms), cells)


def _first(cells: Mapping[Cell, Facts]) -> int | None:
    """The first hour of which a cell knows something."""
    return min((where.hour * HOUR_MS for where in cells if where.family != indicators.FAMILY), default=None)
