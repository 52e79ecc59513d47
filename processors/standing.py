"""What stands open now: counts of open and overdue cases and obstacles, kept as entities change.

An entity contributes to cells; when it changes, its old contribution is taken away and the new one added, so a
cell never drifts. What grows with time alone (how many are overdue, the oldest) is kept as sorted instants and
read off by bisection at the moment of reading. Derived: rebuilt from the entities, never stored.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from processors.clocks import RUNNING
from processors.enriched import Judged
from processors.obstacle import Episode


class CaseStanding(NamedTuple):
    """What an open case (or one whose customer waits to be told) adds. `received` is None when it is not open."""

    touchpoint: str
    severity: str
    received: int | None
    dues: tuple[tuple[str, int], ...]


class ObstacleStanding(NamedTuple):
    """What an obstacle that stands adds."""

    touchpoint: str
    cause: str
    raised: int


Standing = CaseStanding | ObstacleStanding
Cell = tuple[str, ...]


def of_case(judged: Sequence[Judged]) -> CaseStanding | None:
    """The contribution of a case, None when nothing of it runs with a due time or is open."""
    if not judged:
        return None
    last = judged[-1]
    cycle, now = last.cycle, last.cycle.classification
    dues = tuple((r.clock, r.due) for r in last.readings if r.outcome == RUNNING and r.due is not None)
    if not cycle.is_open and not dues:
        return None
    return CaseStanding(now.touchpoint, now.severity, cycle.received if cycle.is_open else None, dues)


def of_obstacle(episodes: Sequence[Episode]) -> ObstacleStanding | None:
    """The contribution of an obstacle, None when it does not stand."""
    if not episodes or episodes[-1].removed is not None:
        return None
    last = episodes[-1]
    return ObstacleStanding(last.touchpoint, last.cause, last.raised)


class Standings:
    """The cells of one partition. Reading is safe beside one writing thread: it works on snapshots."""

    def __init__(self) -> None:
        self._by_entity: dict[str, Standing] = {}
        self._open: dict[Cell, list[int]] = {}
        self._due: dict[Cell, list[int]] = {}

    def replace(self, entity: str, new: Standing | None) -> None:
        """Take the entity's old contribution away and add the new one."""
        old = self._by_entity.get(entity)
        if old == new:
            return
        if old is not None:
            for kept, cell, at in self._places(old):
                instants = kept[cell]
                del instants[bisect_left(instants, at)]
        if new is None:
            del self._by_entity[entity]
            return
        self._by_entity[entity] = new
        for kept, cell, at in self._places(new):
            insort(kept.setdefault(cell, []), at)

    def fill(self, standings: Mapping[str, Standing]) -> None:
        """Add the contributions of many entities that have none yet: sorted once, not shifted for each."""
        self._by_entity.update(standings)
        filled: dict[int, list[int]] = {}
        for standing in standings.values():
            for kept, cell, at in self._places(standing):
                instants = kept.setdefault(cell, [])
                instants.append(at)
                filled[id(instants)] = instants
        for instants in filled.values():
            instants.sort()

    def _places(self, standing: Standing) -> Iterator[tuple[dict[Cell, list[int]], Cell, int]]:
        if isinstance(standing, ObstacleStanding):
            yield self._open, (standing.touchpoint, standing.cause), standing.raised
            return
        if standing.received is not None:
            yield self._open, (standing.touchpoint, standing.severity), standing.received
        for clock, due in standing.dues:
            yield self._due, (standing.touchpoint, standing.severity, clock), due

    def open(self) -> dict[Cell, tuple[int, int | None]]:
        """By (touchpoint, severity or cause): how many are open, and the instant of the oldest."""
        return {cell: (len(at), at[0] if at else None) for cell, at in _snapshot(self._open)}

    def overdue(self, now: int, horizon: Callable[[str], int]) -> dict[Cell, tuple[int, int]]:
        """By (touchpoint, severity, clock): how many running clocks are past their due instant, and of how many more
        that cannot be known yet, because their instant lies behind the touchpoint's horizon.
        """
        found = {}
        for cell, at in _snapshot(self._due):
            known = bisect_left(at, min(now, horizon(cell[0])))
            found[cell] = known, bisect_left(at, now) - known
        return found


def _snapshot(cells: dict[Cell, list[int]]) -> list[tuple[Cell, list[int]]]:
    return [(cell, instants.copy()) for cell, instants in list(cells.items())]
