"""Clocks by arrival, the waiting counted: how those that started in a window came out, and how long they take.

A clock is one fact in the cell of its touchpoint, severity and start: what is settled of one that has ended, by bins
of its lengths; of one that runs, the instants from which time alone makes its age, its worked time and its being late.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from processors import lifetable
from processors.calendar import Calendar
from processors.clocks import MET, MISSED, Pauses, Reading
from processors.enriched import Judged
from processors.lifetable import LifeTable, bin_of
from processors.measures.terms import ALL, Cell, Fact, Row, Shared, cell, gather
from processors.panes import DAY_MS, Span
from processors.policy import CLOCKS

FAMILY = "clock"
RHYTHMS = {"daily": DAY_MS, "weekly": 7 * DAY_MS, "monthly": 28 * DAY_MS}

RUNNING, DONE, WITHDRAWN = range(3)
_LENGTHS = list(RHYTHMS.values())
OUTCOMES = {MET: 1, MISSED: 2}
"""How an outcome stands in a fact; 0: neither."""
_INDEX = {clock: i for i, clock in enumerate(CLOCKS)}


def facts(judged: Sequence[Judged]) -> Iterator[Shared]:
    """What the clocks of a case contribute.

    Of one that has ended: (pane, clock, DONE or WITHDRAWN, outcome, bin of elapsed, bin of worked, how many of the
    rhythms are shorter than that), and where it was missed the bin of the time from its start to its due instant. Of
    one that runs: (pane, clock, RUNNING, started, due, calendar, worked in pauses, paused since).
    """
    for cycle, _, read in judged:
        touchpoint, severity, _ = cycle.classification
        start = -1
        for r in read:
            clock, started, ended, stopped, _, _, due, outcome, elapsed, worked = r
            if started != start:  # three of the five start together
                (where, pane), start = cell(FAMILY, touchpoint, severity, started), started
            if ended is None:
                yield where, (pane, _INDEX[clock], RUNNING, *_running(r, cycle.pauses)), 1
                continue
            assert elapsed is not None
            assert worked is not None
            how = DONE if stopped else WITHDRAWN
            long, long_worked, slow = bin_of(elapsed), bin_of(worked), bisect_left(_LENGTHS, elapsed)
            fact: Fact = (pane, _INDEX[clock], how, OUTCOMES.get(outcome, 0), long, long_worked, slow)
            if outcome == MISSED and due is not None:
                fact += (bin_of(max(0, due - started)),)
            yield where, fact, 1


def _running(r: Reading, pauses: Pauses) -> tuple[int, int | None, str, int, int | None]:
    away, since = 0, None
    if r.clock in r.policy.pausable:
        for begun, resumed in pauses:
            if resumed is None:
                since = max(begun, r.started)
            else:
                away += r.policy.calendar.worked(max(begun, r.started), max(resumed, r.started))
    return r.started, r.due, r.policy.hours, away, since


class Figures(NamedTuple):
    """Of one clock at an instant. counts: received, done, withdrawn, met, missed, overdue (missed and running)."""

    counts: list[int]
    elapsed: LifeTable
    worked: LifeTable

    def plus(self, other: Figures) -> None:
        for i, n in enumerate(other.counts):
            self.counts[i] += n
        self.elapsed.add(other.elapsed)
        self.worked.add(other.worked)


def _nothing() -> Figures:
    return Figures([0] * 6, lifetable.empty(), lifetable.empty())


RECEIVED, _DONE, _WITHDRAWN, _MET, _MISSED, OVERDUE = range(6)


class ClockSum:
    """The clocks of one touchpoint and severity that started in a span."""

    def __init__(self) -> None:
        self._settled: dict[int, Figures] = {}
        self._running: dict[int, Counter[Fact]] = {}

    def add(self, fact: Fact, amount: int) -> None:
        _, clock, how, *rest = fact
        figures = self._settled.get(clock)
        if figures is None:
            figures = self._settled[clock] = _nothing()
        counts = figures.counts
        counts[RECEIVED] += amount
        if how == RUNNING:
            running = self._running.setdefault(clock, Counter())
            key = tuple(rest)
            running[key] += amount
            if not running[key]:
                del running[key]
            return
        outcome, elapsed, worked = rest[:3]
        counts[how] += amount  # DONE and WITHDRAWN are the places of their counts
        if outcome:
            counts[_WITHDRAWN + outcome] += amount
        for table, length in ((figures.elapsed, elapsed), (figures.worked, worked)):
            lengths = table[how - 1]
            lengths[length] += amount
            if not lengths[length]:
                del lengths[length]

    def is_empty(self) -> bool:
        return all(figures.counts[RECEIVED] == 0 for figures in self._settled.values())

    def at(self, ages: Ages) -> Iterator[tuple[int, Figures]]:
        """By clock: all of it as of an instant; what runs is as old as it is by then. Not to be changed."""
        for clock, settled in self._settled.items():
            running = self._running.get(clock)
            if running:
                figures = _nothing()
                figures.plus(settled)
                for fact, n in running.items():
                    late, elapsed, worked = ages.of(fact)
                    if late:
                        figures.counts[_MISSED] += n
                        figures.counts[OVERDUE] += n
                    figures.elapsed.censored[elapsed] += n
                    figures.worked.censored[worked] += n
                yield clock, figures
            elif settled.counts[RECEIVED]:
                yield clock, settled


class Ages:
    """What an instant makes of clocks that run. Most run in several windows, so it is kept."""

    def __init__(self, now: int, calendars: Mapping[str, Calendar]) -> None:
        self._now, self._calendars = now, calendars
        self._known: dict[Fact, tuple[bool, int, int]] = {}

    def of(self, running: Fact) -> tuple[bool, int, int]:
        """Whether it is past its due instant, and the bins of its age and of the time worked."""
        known = self._known.get(running)
        if known is None:
            started, due, hours, away, since = running
            now = self._now
            worked = self._calendars[hours].worked(started, now if since is None else since) - away
            known = due is not None and due < now, bin_of(max(0, now - started)), bin_of(max(0, worked))
            self._known[running] = known
        return known


def rows(span: Span, sums: Mapping[tuple[str, str], ClockSum], ages: Ages) -> Iterator[Row]:
    """The rows of one window."""
    totals: dict[tuple[str, str, int], Any] = {}
    for (touchpoint, severity), one in sums.items():
        for clock, figures in one.at(ages):
            yield _row(span, touchpoint, severity, clock, figures)
            gather(totals, ((touchpoint, ALL, clock), (ALL, severity, clock)), figures, _nothing)
    for (touchpoint, _, clock), figures in list(totals.items()):
        if touchpoint == ALL:
            gather(totals, ((ALL, ALL, clock),), figures, _nothing)
    for key, figures in totals.items():
        yield _row(span, *key, figures)


def _row(span: Span, touchpoint: str, severity: str, clock: int, figures: Figures) -> Row:
    labels = {"touchpoint": touchpoint, "severity": severity, "clock": CLOCKS[clock]}
    return Row(FAMILY, labels, span.label, _values(figures))


_SHARES = (0.5, 0.9, 0.95)


def _values(figures: Figures) -> dict[str, float | int | None]:
    received, done, withdrawn, met, missed, overdue = figures.counts
    survival = figures.elapsed.survival()
    found = survival.percentiles(_SHARES)
    low, high = survival.bounds(0.5)
    worked = figures.worked.percentiles(_SHARES[:2])
    return {
        "received": received,
        "done": done,
        "withdrawn": withdrawn,
        "running": received - done - withdrawn,
        "met": met,
        "missed": missed,
        "overdue": overdue,
        **{f"p{round(100 * q)}_s": p.seconds if p else None for q, p in zip(_SHARES, found, strict=True)},
        **{f"p{round(100 * q)}_at_risk": p.at_risk if p else None for q, p in zip(_SHARES, found, strict=True)},
        "p50_low_s": low,
        "p50_high_s": high,
        "completed_p50_s": lifetable.median_of_completed(figures.elapsed.ends),
        **{f"worked_p{round(100 * q)}_s": p.seconds if p else None for q, p in zip(_SHARES, worked, strict=False)},
    }


__all__ = ["FAMILY", "RHYTHMS", "Cell", "ClockSum", "facts", "rows"]
