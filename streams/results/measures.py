"""The measures of a backtest: cells of all its entities, and the files that come of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from prometheus_client.core import Metric

from processors.canonical import rfc3339
from processors.measures.rows import kept, order, rows
from processors.measures.terms import Cell, Contribution, Fact, Frame
from processors.measures.view import View
from processors.standing import Standings
from streams.metrics.cases import PartitionStanding, cases_standing, decisions_in_flight, obstacles_standing
from streams.metrics.exposition import text_of
from streams.metrics.measures import MeasureMetrics
from streams.results.cells import CELLS, MEASURES, cell_rows, measure_rows
from streams.results.files import write_lines
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack

METRICS = "metrics.prom"


CellsSoFar = dict[Cell, Counter[Fact]]


def add(cells: CellsSoFar, contribution: Contribution) -> None:
    """Add the contribution of an entity."""
    for where, fact, amount in contribution:
        found = cells.get(where)
        if found is None:
            found = cells[where] = Counter()
        found[fact] += amount


class Results:
    """What entities contribute. Nothing is ever taken away here, so nothing need be remembered of an entity."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._cells: CellsSoFar = {}
        self.cases, self.obstacles, self.decisions = Standings(), Standings(), Standings()

    def merge(self, cells: CellsSoFar) -> None:
        """Take what several entities contribute."""
        for where, facts in cells.items():
            self._cells.setdefault(where, Counter()).update(facts)

    def write(self, out: Path, at: int) -> None:
        """Write cells.jsonl, measures.jsonl and metrics.prom as of an instant, milliseconds."""
        cells = {where: list(facts.items()) for where, facts in self._cells.items()}
        write_lines(out / CELLS, chain([{"at": rfc3339(at)}], cell_rows(cells)))
        view = View(kept(self._frame), 0, unpack)
        for where, facts in cells.items():
            view.put("", where, pack(facts))
        view.advance(at)
        found = sorted(rows(view, self._frame), key=order)
        write_lines(out / MEASURES, measure_rows(found, at))
        families = (*self._standing(at), *MeasureMetrics(self._frame).families(found))
        (out / METRICS).write_bytes(text_of(families))

    def _standing(self, at: int) -> Iterator[Metric]:
        """Everything has been read, so all that is overdue may be claimed to be."""
        policies = self._frame.policies
        cases = PartitionStanding(self.cases, at, lambda _: at + 1)
        yield from cases_standing([cases], list(policies.touchpoints))
        yield from obstacles_standing([self.obstacles])
        yield decisions_in_flight([self.decisions], policies.units)
