"""The rhythm: whether what a day, a week, a month brought was decided, and took effect, within a day, a week, a month.

It is read from the cells of the clocks, over the spans between two lengths of the rhythm ago and one: whatever started
then has had its time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from processors.measures.clock import DONE, RHYTHMS, WITHDRAWN
from processors.measures.terms import Fact, Frame, Row, unit_label
from processors.panes import HOUR_MS, PANE_MS, Span
from processors.policy import CLOCKS

FAMILY = "rhythm"
_COUNTED = {CLOCKS.index(clock): clock for clock in ("decide", "effect")}
_WINDOWS = {"daily": "1d", "weekly": "7d", "monthly": "28d"}
_ORDER = list(RHYTHMS)


def spans() -> list[Span]:
    """One for each rhythm, labelled with its name. Daily ones move by 5 minutes, the others by the hour."""
    return [Span(name, 2 * length, length, PANE_MS if name == "daily" else HOUR_MS) for name, length in RHYTHMS.items()]


class RhythmSum:
    """Of the clocks of one touchpoint and severity: how many count, and by how many rhythms they were too slow."""

    def __init__(self) -> None:
        self._eligible: Counter[int] = Counter()
        self._stopped: Counter[tuple[int, int]] = Counter()  # by clock and number of rhythms that are shorter

    def add(self, fact: Fact, amount: int) -> None:
        _, clock, how, *rest = fact
        if clock not in _COUNTED or how == WITHDRAWN:
            return
        self._eligible[clock] += amount
        if how == DONE:
            self._stopped[clock, rest[3]] += amount

    def is_empty(self) -> bool:
        return not any(self._eligible.values())

    def kept(self, clock: int, rhythm: int) -> int:
        """How many stopped within the rhythm (its place among them)."""
        return sum(n for (one, slower), n in self._stopped.items() if one == clock and slower <= rhythm)

    def eligible(self, clock: int) -> int:
        return self._eligible[clock]


def rows(span: Span, sums: Mapping[tuple[str, str], RhythmSum], frame: Frame) -> Iterator[Row]:
    """The rows of one rhythm, by unit."""
    eligible: Counter[tuple[str, int]] = Counter()
    kept: Counter[tuple[str, int]] = Counter()
    for (touchpoint, _), one in sums.items():
        unit = unit_label(frame.policies.unit(touchpoint), frame.policies)
        for clock in _COUNTED:
            eligible[unit, clock] += one.eligible(clock)
            kept[unit, clock] += one.kept(clock, _ORDER.index(span.label))
    for (unit, clock), n in eligible.items():
        if n:
            labels = {"unit": unit, "rhythm": span.label, "clock": _COUNTED[clock]}
            k = kept[unit, clock]
            yield Row(FAMILY, labels, _WINDOWS[span.label], {"eligible": n, "kept": k, "ratio": k / n})
