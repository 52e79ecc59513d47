"""The cells and the rows of measures that there are to read: those of a running system, or of a backtest's files.

The cells (`cells.jsonl`) are what a comparison of periods and a report are made of: they say of any span what a view
says of its own. The rows (`measures.jsonl`) are what they come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.canonical import instant, rfc3339
from processors.measures import indicators
from processors.measures.cells import Facts, added, unpacked
from processors.measures.rows import order
from processors.measures.terms import Cell, Frame, Row
from processors.panes import HOUR_MS
from streams import UserError
from streams.measures.subscriber import read_complete
from streams.results.files import lines
from streams.settings import Settings
from streams.shard.serde import decode as unpack

CELLS, MEASURES = "cells.jsonl", "measures.jsonl"
_DIGITS = 6
_decode = msgspec.json.Decoder().decode


class KnownCells(NamedTuple):
    """Cells, as of an instant, and since when they know what happened (None: nothing happened). Milliseconds."""

    origin: str
    at: int
    since: int | None
    cells: Mapping[Cell, Facts]


def of_results(folder: Path) -> KnownCells:
    """What a backtest wrote. Raises UserError."""
    path = folder / CELLS
    rows = map(_decode, lines(str(path)))
    try:
        at, cells = instant(next(rows)["at"]), cells_of(rows)
    except (StopIteration, KeyError, TypeError, ValueError, msgspec.DecodeError) as wrong:
        raise UserError(f"{path}: is not the file of cells that `rytmi backtest` writes: {wrong}") from None
    return KnownCells(str(folder), at, _first(cells), cells)


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


def cell_rows(cells: Mapping[Cell, Facts]) -> Iterator[dict[str, Any]]:
    """The objects of cells in files, sorted."""
    for where, facts in sorted(cells.items()):
        yield {"cell": where, "facts": facts}


def cells_of(rows: Iterable[Mapping[str, Any]]) -> dict[Cell, Facts]:
    """The cells that such objects hold. Raises KeyError, TypeError or ValueError."""
    return {Cell(*row["cell"]): [(tuple(fact), n) for fact, n in row["facts"]] for row in rows}


def measure_rows(rows: Iterable[Row], at: int) -> Iterator[dict[str, Any]]:
    """The objects of `measures.jsonl`, sorted. at: the instant of all of them, milliseconds."""
    when = rfc3339(at)
    for row in sorted(rows, key=order):
        values = {name: _shown(name, value) for name, value in row.values.items()}
        yield {"measure": row.measure, "labels": row.labels, "window": row.window, "at": when, "values": values}


def _shown(name: str, value: float | None) -> object:
    if value is None or isinstance(value, int):
        return rfc3339(value) if value is not None and name.endswith("_at") else value
    return round(value, _DIGITS)
