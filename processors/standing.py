"""What stands open now: open and overdue cases, obstacles, decisions in flight, counted as entities change.

An entity contributes to cells; when it changes, its old contribution is taken away and the new one added, so a
cell never drifts. What grows with time alone (how many are overdue, or soon will be, the oldest) is kept as sorted
instants and read off by bisection at the moment of reading. Derived: rebuilt from the entities, never stored.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from processors import decision, obstacle
from processors.case import MADE
from processors.clocks import RUNNING
from processors.enriched import Judged
from processors.ledger import Entry
from processors.measures.terms import unit_label
from processors.policy import Policies


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
    cases: int = 0  # that it names


class DecisionStanding(NamedTuple):
    """What a decision in flight adds: made, and neither effective nor revoked. unit: as a label."""

    unit: str
    level: str
    made: int


Standing = CaseStanding | ObstacleStanding | DecisionStanding
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


def of_obstacle(entries: Sequence[Entry]) -> ObstacleStanding | None:
    """The contribution of an obstacle, None when it does not stand."""
    episodes = obstacle.episodes(entries)
    if not episodes or episodes[-1].removed is not None:
        return None
    last = episodes[-1]
    named = {case for e in entries for case in obstacle.cases(e)}
    return ObstacleStanding(last.touchpoint, last.cause, last.raised, len(named))


def of_decision(entries: Sequence[Entry], policies: Policies) -> DecisionStanding | None:
    """The contribution of a decision, None when it is not in flight. Unit and level are those of its earliest event."""
    made = next((e.at for e in entries if e.rank == MADE), None)
    if made is None or decision.settled_at(entries):
        return None
    level, unit = entries[0].facts[:2]
    return DecisionStanding(unit_label(unit, policies), str(level), made)  # type: ignore[arg-type]


class Standings:
    """The cells of one partition. Reading is safe beside one writing thread: it works on snapshots."""

    def __init__(self) -> None:
        self._by_entity: dict[str, Standing] = {}
        self._open: dict[Cell, list[int]] = {}
        self._due: dict[Cell, list[int]] = {}
        self._first: dict[Cell, list[int]] = {}  # of each case, the due instant that comes first
        self._named: Counter[Cell] = Counter()

    def replace(self, entity: str, new: Standing | None) -> None:
        """Take the entity's old contribution away and add the new one."""
        old = self._by_entity.get(entity)
        if old == new:
            return
        if old is not None:
            self._name(old, -1)
            for kept, cell, at in self._places(old):
                instants = kept[cell]
                del instants[bisect_left(instants, at)]
        if new is None:
            del self._by_entity[entity]
            return
        self._by_entity[entity] = new
        self._name(new, 1)
        for kept, cell, at in self._places(new):
            insort(kept.setdefault(cell, []), at)

    def fill(self, standings: Mapping[str, Standing]) -> None:
        """Add the contributions of many entities that have none yet: sorted once, not shifted for each."""
        self._by_entity.update(standings)
        filled: dict[int, list[int]] = {}
        for standing in standings.values():
            self._name(standing, 1)
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
        if isinstance(standing, DecisionStanding):
            yield self._open, (standing.unit, standing.level), standing.made
            return
        cell = standing.touchpoint, standing.severity
        if standing.received is not None:
            yield self._open, cell, standing.received
        for clock, due in standing.dues:
            yield self._due, (*cell, clock), due
        if standing.dues:
            yield self._first, cell, min(due for _, due in standing.dues)

    def _name(self, standing: Standing, sign: int) -> None:
        if isinstance(standing, ObstacleStanding):
            self._named[standing.touchpoint, standing.cause] += sign * standing.cases

    def open(self) -> dict[Cell, tuple[int, int | None]]:
        """By (touchpoint, severity or cause), or (unit, level): how many are open, and the instant of the oldest."""
        return {cell: (len(at), at[0] if at else None) for cell, at in _snapshot(self._open)}

    def named(self) -> dict[Cell, int]:
        """By (touchpoint, cause): how many cases the obstacles name that stand; one named by two counts twice."""
        return dict(self._named)

    def overdue(self, now: int, horizon: Callable[[str], int]) -> dict[Cell, tuple[int, int]]:
        """By (touchpoint, severity, clock): how many running clocks are past their due instant, and of how many more
        that cannot be known yet, because their instant lies behind the touchpoint's horizon.
        """
        return _past(self._due, now, horizon)

    def overdue_any(self, now: int, horizon: Callable[[str], int]) -> dict[Cell, tuple[int, int]]:
        """The same of cases, by (touchpoint, severity): each once, however many of its clocks are overdue."""
        return _past(self._first, now, horizon)

    def due(self, now: int, lengths: Sequence[int]) -> dict[Cell, list[int]]:
        """By (touchpoint, severity, clock): how many running clocks are not overdue yet and will be at `now` and so
        many milliseconds, if nothing happens; one number a length.
        """
        return _coming(self._due, now, lengths)

    def due_any(self, now: int, lengths: Sequence[int]) -> dict[Cell, list[int]]:
        """The same of cases of which nothing is overdue yet, by (touchpoint, severity): each once."""
        return _coming(self._first, now, lengths)


def _past(cells: dict[Cell, list[int]], now: int, horizon: Callable[[str], int]) -> dict[Cell, tuple[int, int]]:
    found = {}
    for cell, at in _snapshot(cells):
        known = bisect_left(at, min(now, horizon(cell[0])))
        found[cell] = known, bisect_left(at, now) - known
    return found


def _coming(cells: dict[Cell, list[int]], now: int, lengths: Sequence[int]) -> dict[Cell, list[int]]:
    found = {}
    for cell, at in _snapshot(cells):
        past = bisect_left(at, now)
        found[cell] = [bisect_left(at, now + length) - past for length in lengths]
    return found


def _snapshot(cells: dict[Cell, list[int]]) -> list[tuple[Cell, list[int]]]:
    return [(cell, instants.copy()) for cell, instants in list(cells.items())]
