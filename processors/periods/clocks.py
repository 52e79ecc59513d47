"""The clocks that started in a period: how long they take, how they came out, what was decided within a day.

What is known of one that ended after the reading is taken back: it runs, and is late if it was due by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from processors import lifetable
from processors.clocks import MISSED
from processors.lifetable import LifeTable, bin_of
from processors.measures.clock import DONE, FAMILY, OUTCOMES, RUNNING
from processors.measures.terms import ALL, Fact, pane_at
from processors.panes import DAY_MS, PANE_MS
from processors.periods.figures import Figure, Figures, Key, counted, shared
from processors.periods.period import Cells, Period
from processors.periods.survival import completed, percentiles
from processors.policy import CLOCKS

_WITHIN = {"within_1d_share": DAY_MS, "within_7d_share": 7 * DAY_MS}  # of `decide` and `effect`, as the rhythms
_RHYTHMIC = ("decide", "effect")
_MET, _MISSED = OUTCOMES["met"], OUTCOMES[MISSED]


class Day(NamedTuple):
    """Those that started on one day. counts: received, met, missed, then eligible and kept within a day, a week."""

    counts: list[int]
    table: LifeTable

    def plus(self, other: Day) -> None:
        for place, n in enumerate(other.counts):
            self.counts[place] += n
        self.table.add(other.table)


def _nothing() -> Day:
    return Day([0] * 7, lifetable.empty())


Days = Sequence[Day]
Clock = tuple[str, str, str]
"""Touchpoint, severity, clock."""


def by_day(cells: Cells, period: Period, together: bool = False) -> dict[Clock, list[Day]]:
    """By touchpoint, severity and clock, with `*` for the first two. together: only with `*` for both."""
    found: dict[Clock, list[Day]] = {}
    for where, content in cells.items():
        if where.family == FAMILY and period.meets(where.hour):
            for fact, amount in content:
                at = pane_at(where.hour, fact)
                day = period.day(at)
                if day is not None:
                    key = (*((ALL, ALL) if together else (where.a, where.b)), CLOCKS[fact[1]])
                    if key not in found:
                        found[key] = [_nothing() for _ in range(period.days)]
                    _add(found[key][day], _read(at, fact, period), amount, period.read_at)
    return found if together else _with_totals(found)


class _Clock(NamedTuple):
    """As of the reading. length: the bin in which it ended; age: milliseconds, of one that runs, else None."""

    pane: int
    age: int | None
    is_late: bool
    length: int = 0
    is_done: bool = False
    is_met: bool = False
    slower: int = 0


def _read(at: int, fact: Fact, period: Period) -> _Clock:
    _, _, how, *rest = fact
    if how == RUNNING:
        started, due, *_ = rest
        return _Clock(at, period.age(started, None), due is not None and due < period.read_at)
    outcome, length, _, slower, *allowed = rest
    middle = at + PANE_MS // 2
    age = period.age(middle, length)
    if age is None:
        return _Clock(at, None, outcome == _MISSED, length, how == DONE, outcome == _MET, slower)
    return _Clock(at, age, bool(allowed) and period.age(middle, allowed[0]) is None)


def _add(day: Day, one: _Clock, amount: int, read_at: int) -> None:
    counts, table = day
    counts[0] += amount
    counts[1] += amount * one.is_met
    counts[2] += amount * one.is_late
    if one.age is not None:
        table.censored[bin_of(one.age)] += amount
    elif one.is_done:
        table.ends[one.length] += amount
    else:
        table.censored[one.length] += amount
    if one.is_done or one.age is not None:
        for place, length in enumerate(_WITHIN.values()):
            if one.pane + PANE_MS + length <= read_at:
                counts[3 + 2 * place] += amount
                counts[4 + 2 * place] += amount * (one.is_done and one.slower <= place)


def _with_totals(found: Mapping[Clock, Days]) -> dict[Clock, list[Day]]:
    totals: dict[Clock, list[Day]] = {}
    for (touchpoint, severity, clock), days in found.items():
        for key in product((touchpoint, ALL), (severity, ALL), (clock,)):
            sums = totals.setdefault(key, [_nothing() for _ in days])
            for mine, more in zip(sums, days, strict=True):
                mine.plus(more)
    return totals


def figures(cells: Cells, period: Period, together: bool = False) -> Figures:
    """The figures of all clocks. together: only over all touchpoints and severities."""
    found: Figures = {}
    for (touchpoint, severity, clock), days in by_day(cells, period, together).items():
        labels = (("touchpoint", touchpoint), ("severity", severity), ("clock", clock))
        for value, figure in _values(clock, days, period):
            found[Key(FAMILY, labels, value)] = figure
    return found


def _values(clock: str, days: Days, period: Period) -> Iterator[tuple[str, Figure]]:
    tables = [day.table for day in days]
    received, met, missed, *within = ([day.counts[place] for day in days] for place in range(7))
    n = sum(received)
    yield "received_per_day", counted(received, period.exact_days)
    p50, p90 = percentiles(tables, (0.5, 0.9))
    yield "p50_s", Figure(p50, n, days=tables)
    yield "p90_s", Figure(p90, n)
    (done_p50,) = percentiles(completed(tables), (0.5,))
    yield "completed_p50_s", Figure(done_p50, sum(sum(table.ends.values()) for table in tables))
    if any(met) or any(missed):  # else there is no target
        yield "met_share", shared(met, received)
        yield "missed_share", shared(missed, received)
    if clock in _RHYTHMIC:
        for place, name in enumerate(_WITHIN):
            yield name, shared(within[2 * place + 1], within[2 * place])
