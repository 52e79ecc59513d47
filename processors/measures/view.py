"""The view: sums over all cells of all sources, for the spans that roll.

A cell that changes moves every span that it lies in by the difference; when time moves on, what leaves a span (or
enters one that begins later) is taken by the hour in which it lies. So work follows what changed, not what is kept.
Time is an argument, and only moves forward.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from processors.measures.cells import Unpack, unpacked
from processors.measures.terms import Cell, Fact, Sum, pane_at
from processors.panes import HOUR_MS, Span

Source = str


class Kept(NamedTuple):
    """What is summed: the cells of a family over a span."""

    family: str
    span: Span
    make: Callable[[], Sum]


class View:
    """Sums by Kept and pair of labels."""

    def __init__(self, kept: list[Kept], now: int, unpack: Unpack) -> None:
        self.at = now
        self._unpack = unpack
        self._cells: dict[Cell, dict[Source, bytes]] = {}
        self._by_hour: defaultdict[tuple[str, int], set[Cell]] = defaultdict(set)
        self._hours: defaultdict[str, set[int]] = defaultdict(set)
        self._sums: dict[tuple[str, Span, Callable[[], Sum]], dict[tuple[str, str], Sum]] = {
            (one.family, one.span, one.make): {} for one in kept
        }
        self._kept: defaultdict[str, list[Kept]] = defaultdict(list)
        for one in self._sums:
            self._kept[one[0]].append(Kept(*one))

    def put(self, source: Source, where: Cell, packed: bytes | None) -> None:
        """Replace what a source says of a cell; None: nothing any more."""
        by_source = self._cells.setdefault(where, {})
        old = by_source.pop(source, None)
        if packed is not None:
            by_source[source] = packed
        if by_source:
            self._by_hour[where.family, where.hour].add(where)
            self._hours[where.family].add(where.hour)
        else:
            self._drop(where)
        if old == packed:
            return
        changes: Counter[Fact] = Counter()
        for content, sign in ((packed, 1), (old, -1)):
            if content is not None:
                for fact, amount in unpacked(content, self._unpack):
                    changes[fact] += sign * amount
        for one in self._kept[where.family]:
            start, end = one.span.start(self.at), one.span.end(self.at)
            if (where.hour + 1) * HOUR_MS > start and (end is None or where.hour * HOUR_MS < end):
                self._apply(one, where, start, end, changes, 1)

    def _drop(self, where: Cell) -> None:
        del self._cells[where]
        cells = self._by_hour[where.family, where.hour]
        cells.discard(where)
        if not cells:
            del self._by_hour[where.family, where.hour]
            self._hours[where.family].discard(where.hour)

    def advance(self, now: int) -> None:
        """Move every span on to an instant; one in the past changes nothing."""
        if now <= self.at:
            return
        for family, kept in self._kept.items():
            for one in kept:
                before, after = one.span.start(self.at), one.span.start(now)
                ended, ends = one.span.end(self.at), one.span.end(now)
                # Only what is in leaves, and only what stays enters, however long the jump: a sum that is less than
                # nothing in between could look empty, and be dropped with what is in it.
                self._move(one, family, before, after if ended is None else min(after, ended), -1)
                if ended is not None and ends is not None:
                    self._move(one, family, max(ended, after), ends, 1)
        self.at = now

    def _move(self, one: Kept, family: str, start: int, end: int, sign: int) -> None:
        """Take in (or out) what lies in [start, end)."""
        if end <= start:
            return
        first, last = start // HOUR_MS, (end - 1) // HOUR_MS
        hours = self._hours[family]
        # Usually an hour or none; after a long pause, or for a replayed log, those that there are.
        lying = range(first, last + 1) if last - first < len(hours) else [h for h in hours if first <= h <= last]
        for hour in lying:
            for where in self._by_hour.get((family, hour), ()):
                for packed in self._cells[where].values():
                    facts = Counter(dict(unpacked(packed, self._unpack)))
                    self._apply(one, where, start, end, facts, sign)

    def _apply(self, one: Kept, where: Cell, start: int, end: int | None, facts: Counter[Fact], sign: int) -> None:
        sums = self._sums[one]
        key = where.a, where.b
        found = sums.get(key)
        if found is None:
            found = sums[key] = one.make()
        for fact, amount in facts.items():
            at = pane_at(where.hour, fact)
            if amount and at >= start and (end is None or at < end):
                found.add(at, fact, sign * amount)
        if found.is_empty():
            del sums[key]

    def sums(self, family: str, span: Span, make: Callable[[], Any]) -> dict[tuple[str, str], Any]:
        """What is kept, by pair of labels."""
        return self._sums[family, span, make]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return len(self._cells)

    def cells(self) -> Iterator[tuple[Cell, dict[Source, bytes]]]:
        """Everything that the sources say."""
        yield from self._cells.items()

    def cells_of(self, source: Source) -> list[Cell]:
        """The cells of which a source says something."""
        return [where for where, by_source in self._cells.items() if source in by_source]
