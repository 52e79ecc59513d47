"""The cells of one partition: what its entities contribute, kept as they change.

An entity contributes to cells; when it changes, its old contribution is taken away and the new one added, so a cell
never drifts. Derived: rebuilt from the entities, never stored. What is at rest is kept packed, as there is much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from processors.measures.terms import Cell, Contribution, Fact

Pack = Callable[[Any], bytes]
Unpack = Callable[[bytes], Any]
Facts = list[tuple[Fact, int]]
"""The facts of a cell with their amounts, none of them 0; packed and unpacked by the shell."""


class Cells:
    """Contributions by entity, facts by cell; what has changed since it was last taken."""

    def __init__(self, pack: Pack, unpack: Unpack) -> None:
        self._pack, self._unpack = pack, unpack
        self._entities: dict[str, bytes] = {}
        self._cells: dict[Cell, bytes] = {}
        self._changes: dict[Cell, dict[Fact, int]] = {}
        self._names: dict[str, str] = {}  # every event has its own copy of each, and there are few

    def __contains__(self, entity: str) -> bool:
        return entity in self._entities

    def replace(self, entity: str, new: Contribution) -> None:
        """Take the entity's old contribution away and add the new one. An empty one is remembered, too."""
        old = self._entities.get(entity)
        packed = self._pack(new)
        if old == packed:
            return
        self._entities[entity] = packed
        if old is not None:
            for where, fact, amount in self._unpack(old):
                self._change(Cell(*where), tuple(fact), -amount)
        for where, fact, amount in new:
            self._change(where, fact, amount)

    def forget(self, entity: str) -> None:
        """Take an entity away altogether."""
        self.replace(entity, ())
        self._entities.pop(entity, None)

    def _change(self, where: Cell, fact: Fact, amount: int) -> None:
        changes = self._changes.get(where)
        if changes is None:
            changes = self._changes[where] = {}
        changes[fact] = changes.get(fact, 0) + amount

    def take(self) -> dict[Cell, bytes | None]:
        """The cells that have changed since the last call, packed; None: nothing is left of it."""
        changes, self._changes = self._changes, {}
        found: dict[Cell, bytes | None] = {}
        for where, changed in changes.items():
            old = self._cells.get(where)
            facts = added(self.facts(where), changed.items())
            if facts:
                packed = self._pack(facts)
                if packed != old:
                    kept = self._named(where) if old is None else where
                    found[kept] = self._cells[kept] = packed
            elif old is not None:
                del self._cells[where]
                found[where] = None
        return found

    def _named(self, where: Cell) -> Cell:
        same = self._names.setdefault
        return Cell(where.family, same(where.a, where.a), same(where.b, where.b), where.hour)

    def cells(self) -> dict[Cell, bytes]:
        """All of them, as last taken."""
        return dict(self._cells)

    def has(self, where: Cell) -> bool:
        """Whether there is anything in a cell, as last taken."""
        return where in self._cells

    def facts(self, where: Cell) -> Facts:
        """What a cell holds, as last taken."""
        packed = self._cells.get(where)
        return [] if packed is None else unpacked(packed, self._unpack)

    @property
    def size(self) -> tuple[int, int, int]:
        """(cells, their bytes, bytes of the contributions by entity)."""
        return len(self._cells), sum(map(len, self._cells.values())), sum(map(len, self._entities.values()))


def unpacked(packed: bytes, unpack: Unpack) -> Facts:
    """The facts of a packed cell."""
    return [(tuple(fact), amount) for fact, amount in unpack(packed)]


def added(facts: Iterable[tuple[Fact, int]], changes: Iterable[tuple[Fact, int]]) -> Facts:
    """Facts and changes together."""
    sums: dict[Fact, int] = {}
    for fact, amount in chain(facts, changes):
        sums[fact] = sums.get(fact, 0) + amount
    return [(fact, amount) for fact, amount in sums.items() if amount]
