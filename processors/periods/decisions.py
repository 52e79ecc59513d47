"""Decisions made in a period: how many, how long until they take effect, and how many of their cases came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from processors import lifetable
from processors.lifetable import LifeTable, bin_of
from processors.measures.decision import ENDED, FAMILY, KINDS, RUNNING
from processors.measures.terms import ALL, Fact, pane_at
from processors.panes import PANE_MS
from processors.periods.figures import Figure, Figures, Key, counted, shared
from processors.periods.period import Cells, Period
from processors.periods.survival import percentiles

_MADE, _CASES, _REOPENED = (KINDS.index(kind) for kind in ("made", "cases", "reopened"))


@dataclass
class Decisions:
    """Of one unit and level, by day."""

    made: list[int]
    cases: list[int]
    reopened: list[int]
    tables: Sequence[LifeTable]

    @classmethod
    def nothing(cls, days: int) -> Decisions:
        return cls([0] * days, [0] * days, [0] * days, [lifetable.empty() for _ in range(days)])

    def add(self, at: int, day: int, fact: Fact, amount: int, period: Period) -> None:
        kind = fact[1]
        if kind == _CASES:
            self.cases[day] += amount
        elif kind == _REOPENED:
            self.reopened[day] += amount
        elif kind == _MADE:
            self.made[day] += amount
            how, length = fact[2:4]
            table = self.tables[day]
            age = period.age(length, None) if how == RUNNING else period.age(at + PANE_MS // 2, length)
            if age is not None:
                table.censored[bin_of(age)] += amount
            else:
                (table.ends if how == ENDED else table.censored)[length] += amount

    def plus(self, other: Decisions) -> None:
        for mine, more in ((self.made, other.made), (self.cases, other.cases), (self.reopened, other.reopened)):
            mine[:] = [a + b for a, b in zip(mine, more, strict=True)]
        for table, also in zip(self.tables, other.tables, strict=True):
            table.add(also)


def figures(cells: Cells, period: Period, together: bool = False) -> Figures:
    """By unit and level, with `*` for both; together: only that."""
    found: dict[tuple[str, str], Decisions] = {}
    for where, content in cells.items():
        if where.family != FAMILY or not period.meets(where.hour):
            continue
        keys = [(ALL, ALL)] if together else list(product((where.a, ALL), (where.b, ALL)))
        for fact, amount in content:
            at = pane_at(where.hour, fact)
            day = period.day(at)
            if day is not None:
                for key in keys:
                    if key not in found:
                        found[key] = Decisions.nothing(period.days)
                    found[key].add(at, day, fact, amount, period)
    return {
        Key(FAMILY, (("unit", unit), ("level", level)), value): figure
        for (unit, level), one in found.items()
        for value, figure in _values(one, period)
    }


def _values(one: Decisions, period: Period) -> Iterator[tuple[str, Figure]]:
    yield "made_per_day", counted(one.made, period.exact_days)
    (p50,) = percentiles(one.tables, (0.5,))
    yield "p50_s", Figure(p50, sum(one.made), days=one.tables)
    yield "reopened_share", shared(one.reopened, one.cases)
