"""Which entities are due: an index of the next instant of each, so that a sweep costs what is due, not what is open."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

_LEAST_COMPACTED = 1_000


class Deadlines:
    """The next instant (milliseconds) of each entity, by group: groups may have different horizons.

    A heap for each group. An entry that the entity has left behind stays in it until it comes up or there are as many
    of them as of others.
    """

    def __init__(self) -> None:
        self._next: dict[str, tuple[int, str]] = {}  # by entity: (instant, group)
        self._heaps: dict[str, list[tuple[int, str]]] = {}

    def __len__(self) -> int:
        return len(self._next)

    def set(self, entity: str, group: str, at: int | None) -> None:
        """Have the entity come up at that instant, or not at all."""
        if at is None:
            self._next.pop(entity, None)
            return
        if self._next.get(entity) == (at, group):
            return
        self._next[entity] = at, group
        heap = self._heaps.setdefault(group, [])
        heappush(heap, (at, entity))
        if len(heap) > _LEAST_COMPACTED and len(heap) > 2 * len(self._next):
            heap[:] = [one for one in heap if self._next.get(one[1]) == (one[0], group)]
            heapify(heap)

    def take(self, horizon: Callable[[str], int], most: int) -> list[tuple[str, str]]:
        """Take out those whose instant lies before their group's horizon, `most` of them at most: (entity, group)."""
        found: list[tuple[str, str]] = []
        for group, heap in self._heaps.items():
            limit = horizon(group)
            while heap and heap[0][0] < limit and len(found) < most:
                at, entity = heappop(heap)
                if self._next.get(entity) == (at, group):
                    del self._next[entity]
                    found.append((entity, group))
        return found
