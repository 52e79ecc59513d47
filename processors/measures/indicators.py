"""Indicators: the latest value of each, and which functions say nothing, or nothing fresh, of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from processors.events import INDICATOR_KINDS
from processors.ledger import Entry
from processors.measures.terms import Cell, Fact, Frame, Row, Share

FAMILY = "indicator"


def facts(e: Entry) -> Iterator[Share]:
    """What an indicator contributes: its latest value (pane 0, kind, instant, value), in one cell for all time."""
    function, indicator, kind, _, value, _ = e.facts
    where = Cell(FAMILY, str(function), str(indicator), 0)
    yield Share(where, (0, kind, e.at, float(value)), 1)  # type: ignore[arg-type]


class IndicatorSum:
    """The latest values of one indicator of one function, by kind."""

    def __init__(self) -> None:
        self._facts: Counter[Fact] = Counter()

    def add(self, fact: Fact, amount: int) -> None:
        self._facts[fact] += amount
        if not self._facts[fact]:
            del self._facts[fact]

    def is_empty(self) -> bool:
        return not self._facts

    def latest(self) -> dict[str, tuple[int, float]]:
        """(instant, value) by kind."""
        return {kind: (at, value) for _, kind, at, value in sorted(self._facts)}


Sums = Mapping[tuple[str, str], IndicatorSum]


def rows(sums: Sums, now: int, frame: Frame) -> Iterator[Row]:
    """The latest value of each indicator; and of each declared function how many it has, and how many are fresh."""
    known: Counter[tuple[str, str]] = Counter()
    fresh: Counter[tuple[str, str]] = Counter()
    for (function, indicator), one in sums.items():
        stale_after = frame.functions.get(function)
        for kind, (at, value) in one.latest().items():
            labels = {"function": function, "indicator": indicator, "kind": kind}
            yield Row("indicator", labels, None, {"value": value, "value_at": at})
            known[function, kind] += 1
            fresh[function, kind] += stale_after is None or now - at <= stale_after
    for function in frame.functions:
        counts = {kind: known[function, kind] for kind in INDICATOR_KINDS}
        counts |= {f"{kind}_fresh": fresh[function, kind] for kind in INDICATOR_KINDS}
        yield Row("function", {"function": function}, None, dict(counts))
