"""Decisions: made, effective, revoked; how long from being made to taking effect; what they answered, and what failed.

Two kinds of entities contribute: the decision itself, and every case that was reopened after the effect of a decision
that had answered it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from processors import decision
from processors.case import EFFECTIVE, MADE, REVOKED
from processors.enriched import Judged
from processors.ledger import Entry
from processors.lifetable import LifeTable, bin_of
from processors.measures.terms import Fact, Row, Share, cell, unit_label
from processors.panes import Span
from processors.policy import Policies

FAMILY = "decision"
KINDS = ("made", "effective", "revoked", "cases", "reopened")
RUNNING, ENDED, CENSORED = range(3)
_LINKS = frozenset((MADE, EFFECTIVE, REVOKED))


def _first(entries: Sequence[Entry], rank: int) -> int | None:
    return next((e.at for e in entries if e.rank == rank), None)


def instants(entries: Sequence[Entry]) -> tuple[int | None, int | None, int | None]:
    """When it was made, took effect (None if it was revoked before), was revoked."""
    made, effective, revoked = (_first(entries, rank) for rank in (MADE, EFFECTIVE, REVOKED))
    if effective is not None and revoked is not None and revoked < effective:
        effective = None
    return made, effective, revoked


def links(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """What a case was told, by decision."""
    told: dict[str, list[Entry]] = {}
    for e in entries:
        if e.rank in _LINKS:
            told.setdefault(str(e.facts[0]), []).append(e)
    return told


def facts(entries: Sequence[Entry], policies: Policies) -> Iterator[Share]:
    """What a decision contributes: (pane, 0, how it went on, bin of its length or when it was made), (pane, 1)
    effective, (pane, 2) revoked, (pane, 3) once for each case.
    """
    level, unit = entries[0].facts[:2]
    labels = unit_label(unit, policies), str(level)  # type: ignore[arg-type]
    made, effective, revoked = instants(entries)
    if made is not None:
        where, pane = cell(FAMILY, *labels, made)
        ended = effective if effective is not None else revoked
        if ended is None:
            yield Share(where, (pane, 0, RUNNING, made), 1)
        else:
            how = CENSORED if effective is None else ENDED
            yield Share(where, (pane, 0, how, bin_of(max(0, ended - made))), 1)
    named = len({case for e in entries for case in decision.cases(e)})
    for kind, at, amount in ((1, effective, 1), (2, revoked, 1), (3, entries[0].at, named)):
        if at is not None and amount:
            where, pane = cell(FAMILY, *labels, at)
            yield Share(where, (pane, kind), amount)


def reopenings(entries: Sequence[Entry], judged: Sequence[Judged], policies: Policies) -> Iterator[Share]:
    """What a case contributes: (pane, 4) for each decision after whose effect it was reopened, at the first time."""
    reopened = [cycle.received for cycle, _, _ in judged if cycle.reopened]
    if not reopened:
        return
    for told in links(entries).values():
        _, effective, _ = instants(told)
        at = None if effective is None else next((one for one in reopened if one > effective), None)
        if at is not None:
            _, level, unit, *_ = told[0].facts
            where, pane = cell(FAMILY, unit_label(unit, policies), str(level), at)  # type: ignore[arg-type]
            yield Share(where, (pane, 4), 1)


class DecisionSum:
    """The decisions of one unit and level in a span."""

    def __init__(self) -> None:
        self.counts = [0] * len(KINDS)
        self._ends: Counter[int] = Counter()
        self._censored: Counter[int] = Counter()
        self._running: Counter[int] = Counter()

    def add(self, fact: Fact, amount: int) -> None:
        self.counts[fact[1]] += amount
        if fact[1] == 0:
            kept = (self._running, self._ends, self._censored)[fact[2]]
            kept[fact[3]] += amount
            if not kept[fact[3]]:
                del kept[fact[3]]

    def is_empty(self) -> bool:
        return not any(self.counts)

    def lengths(self, now: int) -> LifeTable:
        """From made to effective."""
        table = LifeTable(Counter(self._ends), Counter(self._censored))
        for made, n in self._running.items():
            table.censored[bin_of(max(0, now - made))] += n
        return table


def rows(span: Span, sums: Mapping[tuple[str, str], DecisionSum], now: int) -> Iterator[Row]:
    """The rows of one window."""
    for (unit, level), one in sums.items():
        p50, p90 = one.lengths(now).percentiles((0.5, 0.9))
        values: dict[str, float | int | None] = dict(zip(KINDS, one.counts, strict=True))
        values |= {"p50_s": p50.seconds if p50 else None, "p90_s": p90.seconds if p90 else None}
        yield Row(FAMILY, {"unit": unit, "level": level}, span.label, values)
