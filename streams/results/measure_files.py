"""Files of measures: the rows of `measures.jsonl`, and the cells behind them in `cells.jsonl`.

The cells are what a comparison of periods and a report are made of: they say of any span what a view says of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.canonical import instant, rfc3339
from processors.measures.cells import Facts
from processors.measures.rows import order
from processors.measures.terms import Cell, Row
from streams import UserError
from streams.results.files import lines

_DIGITS = 6
CELLS, MEASURES = "cells.jsonl", "measures.jsonl"
_decode = msgspec.json.Decoder().decode


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


class SavedCells(NamedTuple):
    """The cells of a backtest: as of when (milliseconds), and the facts of each."""

    at: int
    cells: dict[Cell, Facts]


def cell_rows(at: int, cells: Mapping[Cell, Facts]) -> Iterator[dict[str, Any]]:
    """The objects of `cells.jsonl`: first the instant, then the cells, sorted."""
    yield {"at": rfc3339(at)}
    for where, facts in sorted(cells.items()):
        yield {"cell": where, "facts": facts}


def read_cells(folder: Path) -> SavedCells:
    """The cells that a backtest wrote. Raises UserError."""
    path = folder / CELLS
    rows = map(_decode, lines(str(path)))
    try:
        at = instant(next(rows)["at"])
        return SavedCells(at, {Cell(*row["cell"]): [(tuple(f), n) for f, n in row["facts"]] for row in rows})
    except (StopIteration, KeyError, TypeError, ValueError, msgspec.DecodeError) as wrong:
        raise UserError(f"{path}: is not the file of cells that `rytmi backtest` writes: {wrong}") from None
