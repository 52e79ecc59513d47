"""Friction in a period: how much stands in the way at once, how much comes, how long until it is removed.

What stands at one instant mostly stands at the next, so instants, and even days, say little of chance. Episodes do:
they come one by one. The time that they stand in a period is a sum over a Poisson process of episodes, whose variance
is the sum of the squares (Campbell's theorem; Kingman 1993, "Poisson Processes", section 3.2), times the dispersion of
what is raised by day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from processors import lifetable
from processors.lifetable import LifeTable, bin_of, middle_s
from processors.measures.friction import FAMILY, RAISED, STANDS
from processors.measures.terms import ALL, Fact
from processors.panes import DAY_MS
from processors.periods.days import dispersion
from processors.periods.figures import Figure, Figures, Key, counted, rated
from processors.periods.period import Cells, Period
from processors.periods.survival import percentiles


@dataclass
class Friction:
    """Of one touchpoint and cause. standing, blocked: obstacle time in the period, and the same times cases, ms.

    squares: the sums of the squares of what each episode adds to the two.
    """

    raised: list[int]
    tables: Sequence[LifeTable]
    standing: int = 0
    blocked: int = 0
    squares: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @classmethod
    def nothing(cls, days: int) -> Friction:
        return cls([0] * days, [lifetable.empty() for _ in range(days)])

    def add(self, fact: Fact, amount: int, period: Period) -> None:
        _, kind, instant, cases, *rest = fact
        if instant >= period.end:
            return
        within = period.end - max(instant, period.start)  # the part of the period that comes after the instant
        sign = 1 if kind == RAISED else -1
        self.standing += sign * amount * within
        self.blocked += sign * amount * within * cases
        if kind != RAISED:
            return
        length = None if rest[0] == STANDS else rest[0]
        stood = within if length is None else _stood(instant, length, period)
        self.squares[0] += amount * stood**2
        self.squares[1] += amount * (stood * cases) ** 2
        day = period.day(instant)
        if day is not None:
            self.raised[day] += amount
            age = period.age(instant, length)
            if age is not None:
                self.tables[day].censored[bin_of(age)] += amount
            elif length is not None:
                self.tables[day].ends[length] += amount

    def plus(self, other: Friction) -> None:
        self.raised = [mine + more for mine, more in zip(self.raised, other.raised, strict=True)]
        for mine, more in zip(self.tables, other.tables, strict=True):
            mine.add(more)
        self.standing += other.standing
        self.blocked += other.blocked
        self.squares = [mine + more for mine, more in zip(self.squares, other.squares, strict=True)]


def _stood(raised: int, length: int, period: Period) -> float:
    """How long an episode stood inside the period, as its bin tells."""
    removed = raised + 1000 * middle_s(length)
    return max(0.0, min(removed, period.end) - max(raised, period.start))


def figures(cells: Cells, period: Period, together: bool = False) -> Figures:
    """By touchpoint and cause, with `*` for both; together: only that. It takes the cells since ever, for what stands
    from long ago.
    """
    found: dict[tuple[str, str], Friction] = {}
    for where, content in cells.items():
        if where.family == FAMILY:
            for fact, amount in content:
                key = (ALL, ALL) if together else (where.a, where.b)
                if key not in found:
                    found[key] = Friction.nothing(period.days)
                found[key].add(fact, amount, period)
    return {
        Key(FAMILY, (("touchpoint", touchpoint), ("cause", cause)), value): figure
        for (touchpoint, cause), one in (found if together else _with_totals(found, period)).items()
        if one.standing or any(one.raised)
        for value, figure in _values(one, period)
    }


def _with_totals(found: Mapping[tuple[str, str], Friction], period: Period) -> dict[tuple[str, str], Friction]:
    totals: dict[tuple[str, str], Friction] = {}
    for (touchpoint, cause), one in found.items():
        for key in product((touchpoint, ALL), (cause, ALL)):
            if key not in totals:
                totals[key] = Friction.nothing(period.days)
            totals[key].plus(one)
    return totals


def _values(one: Friction, period: Period) -> Iterator[tuple[str, Figure]]:
    n, over = sum(one.raised), dispersion(one.raised)
    standing, blocked = (_worth(*sums, over) for sums in zip((one.standing, one.blocked), one.squares, strict=True))
    yield "standing_mean", rated(n, one.standing / DAY_MS, period.exact_days, standing)
    yield "raised_per_day", counted(one.raised, period.exact_days)
    (p50,) = percentiles(one.tables, (0.5,))
    yield "removal_p50_s", Figure(p50, n, days=one.tables)
    yield "blocked_case_s_per_day", rated(n, one.blocked / 1000, period.exact_days, blocked)


def _worth(amount: float, squares: float, over: float | None) -> float | None:
    """How many independent episodes a sum over them is worth."""
    if over is None:
        return None
    return amount * amount / (squares * over) if squares else 0.0
