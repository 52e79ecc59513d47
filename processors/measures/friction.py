"""Friction: what stands in the way, how much of it at once, and how long until it is removed.

The mean number standing comes from instants alone. Of an episode from a to b, the part after an instant w is
(b - w) less (a - w), each counted where it is positive: so over a window from w to T, the sum over all episodes takes
only those raised in it, those removed in it, and the number that stands at T. Nothing has to be spread over panes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from processors import lifetable, obstacle
from processors.ledger import Entry
from processors.lifetable import LifeTable, bin_of
from processors.measures.terms import ALL, Fact, Row, Share, cell, gather, ratio
from processors.panes import Span

FAMILY = "friction"
RAISED, REMOVED = range(2)
STANDS = -1


def facts(entries: Sequence[Entry]) -> Iterator[Share]:
    """What an obstacle contributes: (pane, RAISED, instant, cases, bin of its length or -1), (pane, REMOVED, instant,
    cases) for each episode.
    """
    named = len({case for e in entries for case in obstacle.cases(e)})
    for touchpoint, cause, raised, removed in obstacle.episodes(entries):
        where, pane = cell(FAMILY, touchpoint, cause, raised)
        length = STANDS if removed is None else bin_of(removed - raised)
        yield Share(where, (pane, RAISED, raised, named, length), 1)
        if removed is not None:
            where, pane = cell(FAMILY, touchpoint, cause, removed)
            yield Share(where, (pane, REMOVED, removed, named), 1)


class FrictionSum:
    """The episodes of one touchpoint and cause that were raised, or removed, in a span.

    `_instants` is the sum of their instants; `_blocked` the number of cases, `_blocked_instants` the sum of instants
    times cases. Each for RAISED and REMOVED.
    """

    def __init__(self) -> None:
        self._count = [0, 0]
        self._instants = [0, 0]
        self._blocked = [0, 0]
        self._blocked_instants = [0, 0]
        self._lengths: Counter[int] = Counter()
        self._standing: Counter[tuple[int, int]] = Counter()  # by instant of the raising and number of cases

    def add(self, fact: Fact, amount: int) -> None:
        kind, instant, cases = fact[1], fact[2], fact[3]
        self._count[kind] += amount
        self._instants[kind] += amount * instant
        self._blocked[kind] += amount * cases
        self._blocked_instants[kind] += amount * instant * cases
        if kind == RAISED:
            length = fact[4]
            if length != STANDS:
                self._lengths[length] += amount
                return
            self._standing[instant, cases] += amount
            if not self._standing[instant, cases]:
                del self._standing[instant, cases]

    def is_empty(self) -> bool:
        return self._count == [0, 0]

    @property
    def standing(self) -> tuple[int, int, int | None]:
        """Episodes of it that stand, the cases that they name, and when the oldest was raised."""
        number = sum(self._standing.values())
        cases = sum(n * cases for (_, cases), n in self._standing.items())
        return number, cases, min((raised for raised, _ in self._standing), default=None)

    def after(self, start: int) -> tuple[int, int]:
        """Obstacle time, and obstacle time x cases, by which ends lie after `start`, less that of the beginnings."""
        plain = [self._instants[kind] - self._count[kind] * start for kind in (RAISED, REMOVED)]
        blocked = [self._blocked_instants[kind] - self._blocked[kind] * start for kind in (RAISED, REMOVED)]
        return plain[REMOVED] - plain[RAISED], blocked[REMOVED] - blocked[RAISED]

    def lengths(self, now: int) -> LifeTable:
        """Of the episodes raised in the span."""
        table = LifeTable(Counter(self._lengths), Counter())
        for (raised, _), n in self._standing.items():
            table.censored[bin_of(max(0, now - raised))] += n
        return table

    @property
    def counts(self) -> tuple[int, int]:
        """(raised, removed) in the span."""
        return self._count[RAISED], self._count[REMOVED]


class Figures(NamedTuple):
    """At an instant. counts: raised, removed, standing now, obstacle time in the window, the same times cases (ms)."""

    counts: list[int]
    oldest: list[int]
    table: LifeTable

    def plus(self, other: Figures) -> None:
        for i, n in enumerate(other.counts):
            self.counts[i] += n
        self.oldest[:] = [min(self.oldest + other.oldest)] if self.oldest + other.oldest else []
        self.table.add(other.table)


def _nothing() -> Figures:
    return Figures([0] * 5, [], lifetable.empty())


Sums = Mapping[tuple[str, str], FrictionSum]


def figures(span: Span, sums: Sums, ever: Sums, now: int) -> Iterator[tuple[tuple[str, str], Figures]]:
    """By touchpoint and cause: those of one window. `ever`: the sums since ever, for what stands from long ago."""
    start = span.start(now)
    empty = FrictionSum()
    for key, all_of_it in ever.items():
        number, cases, oldest = all_of_it.standing
        within = sums.get(key, empty)
        plain, blocked = within.after(start)
        plain, blocked = plain + number * (now - start), blocked + cases * (now - start)
        counts = [*within.counts, number, plain, blocked]
        if any(counts):
            yield key, Figures(counts, [] if oldest is None else [oldest], within.lengths(now))


def rows(span: Span, sums: Sums, ever: Sums, now: int) -> Iterator[Row]:
    """The rows of one window."""
    found: dict[tuple[str, str], Any] = {}
    for (touchpoint, cause), one in figures(span, sums, ever, now):
        gather(found, product((touchpoint, ALL), (cause, ALL)), one, _nothing)
    for (touchpoint, cause), one in found.items():
        labels = {"touchpoint": touchpoint, "cause": cause}
        yield Row(FAMILY, labels, span.label, _values(one, now - span.start(now)))


def _values(found: Figures, length: int) -> dict[str, float | int | None]:
    raised, removed, standing, plain, blocked = found.counts
    p50, p90 = found.table.percentiles((0.5, 0.9))
    return {
        "raised": raised,
        "removed": removed,
        "standing_now": standing,
        "oldest_at": found.oldest[0] if found.oldest else None,
        "standing_mean": ratio(plain, length),
        "removal_p50_s": p50.seconds if p50 else None,
        "removal_p90_s": p90.seconds if p90 else None,
        "blocked_case_s": blocked / 1000,
    }
