"""The view: sums over all cells of all sources, for the spans that roll.

A cell that changes moves every span that it lies in by the difference; when time moves on, what leaves a span (or
enters one that begins later) is taken by the hour in which it lies. So work follows what changed, not what is kept.
Time is an argument, and only moves forward; at 0 it has not begun, and nothing is summed yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from processors.measures.cells import Unpack, unpacked
from processors.measures.terms import Cell, Fact, Sum, pane_at
from processors.panes import HOUR_MS, Span

Source = str
Labels = tuple[str, str]
Changes = list[tuple[int, Fact, int]]
"""Facts with the beginning of their pane, and by how much each has changed."""


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
        # Most of the memory is here: by family and hour, what each source says of each pair of labels.
        self._said: defaultdict[str, dict[int, dict[tuple[Source, str, str], bytes]]] = defaultdict(dict)
        self._names: dict[str, str] = {}  # a record has its own copy of each, and there are few
        self._sums: dict[Kept, dict[Labels, Sum]] = {one: {} for one in kept}
        self._kept: defaultdict[str, list[Kept]] = defaultdict(list)
        for one in self._sums:
            self._kept[one.family].append(one)

    def put(self, source: Source, where: Cell, packed: bytes | None) -> None:
        """Replace what a source says of a cell; None: nothing any more."""
        family, a, b, hour = where
        hours = self._said[family]
        said = hours.get(hour)
        if said is None:
            said = hours[hour] = {}
        old = said.get((source, a, b))
        if packed is not None:
            same = self._names.setdefault
            said[same(source, source), same(a, a), same(b, b)] = packed
        elif old is not None:
            del said[source, a, b]
        if not said:
            del hours[hour]
        if old == packed or not self.at:
            return
        facts: Counter[Fact] = Counter()
        for content, sign in ((packed, 1), (old, -1)):
            if content is not None:
                for fact, amount in unpacked(content, self._unpack):
                    facts[fact] += sign * amount
        changes = _placed(hour, facts.items())
        if changes:
            for one in self._kept[family]:
                self._apply(one, (a, b), hour, one.span.start(self.at), one.span.end(self.at), changes)

    def advance(self, now: int) -> None:
        """Move every span on to an instant; one in the past changes nothing."""
        if now <= self.at:
            return
        for kept in self._sums:
            after, ends = kept.span.start(now), kept.span.end(now)
            if not self.at:
                self._move(kept, after, ends, 1)
                continue
            before, ended = kept.span.start(self.at), kept.span.end(self.at)
            # Only what is in leaves, and only what stays enters, however long the jump: a sum that is less than
            # nothing in between could look empty, and be dropped with what is in it.
            self._move(kept, before, after if ended is None else min(after, ended), -1)
            if ended is not None and ends is not None:
                self._move(kept, max(ended, after), ends, 1)
        self.at = now

    def _move(self, kept: Kept, start: int, end: int | None, sign: int) -> None:
        """Take in (or out) what lies in [start, end)."""
        if end is not None and end <= start:
            return
        hours = self._said[kept.family]
        first, last = start // HOUR_MS, None if end is None else (end - 1) // HOUR_MS
        if last is not None and last - first < len(hours):
            lying = [hour for hour in range(first, last + 1) if hour in hours]
        else:
            lying = [hour for hour in hours if first <= hour and (last is None or hour <= last)]
        for hour in lying:
            for (_, a, b), packed in hours[hour].items():
                facts = _placed(hour, ((fact, sign * n) for fact, n in unpacked(packed, self._unpack)))
                self._apply(kept, (a, b), hour, start, end, facts)

    def _apply(self, kept: Kept, labels: Labels, hour: int, start: int, end: int | None, changes: Changes) -> None:
        if (hour + 1) * HOUR_MS <= start or (end is not None and hour * HOUR_MS >= end):
            return
        sums = self._sums[kept]
        found = sums.get(labels)
        if found is None:
            found = sums[labels] = kept.make()
        for at, fact, amount in changes:
            if at >= start and (end is None or at < end):
                found.add(fact, amount)
        if found.is_empty():
            del sums[labels]

    def sums(self, family: str, span: Span, make: Callable[[], Any]) -> dict[Labels, Any]:
        """What is kept, by pair of labels."""
        return self._sums[Kept(family, span, make)]

    @property
    def size(self) -> int:
        """How many cells there are, one that two sources speak of twice."""
        return sum(len(said) for hours in self._said.values() for said in hours.values())

    def cells(self) -> Iterator[tuple[Cell, dict[Source, bytes]]]:
        """Everything that the sources say."""
        for family, hours in self._said.items():
            for hour, said in hours.items():
                by_labels: dict[Labels, dict[Source, bytes]] = {}
                for (source, a, b), packed in said.items():
                    by_labels.setdefault((a, b), {})[source] = packed
                for (a, b), by_source in by_labels.items():
                    yield Cell(family, a, b, hour), by_source

    def cells_of(self, source: Source) -> list[Cell]:
        """The cells of which a source says something."""
        return [
            Cell(family, a, b, hour)
            for family, hours in self._said.items()
            for hour, said in hours.items()
            for one, a, b in said
            if one == source
        ]


def _placed(hour: int, facts: Any) -> Changes:
    return [(pane_at(hour, fact), fact, amount) for fact, amount in facts if amount]
