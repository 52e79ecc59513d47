"""What has changed from one period to another: each figure before and after, the change, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from processors.periods import clocks, decisions, friction, voices
from processors.periods.figures import LEVEL, RATE, VALUES, Figure, Figures, Key, Value, better
from processors.periods.intervals import NOTHING, Estimate, Rate, difference, rate_ratio, ratio
from processors.periods.period import Cells, Period
from processors.periods.survival import LogRank, logrank
from processors.policy import CLOCKS, Policies

_ABSENT = Figure(NOTHING)
_MEASURES = list(dict.fromkeys(measure for measure, _ in VALUES))
_PLACES = {name: place for place, name in enumerate(VALUES)}


class Change(NamedTuple):
    """One value of one measure in both periods.

    difference: after less before, in its unit. ratio: after / before, where its kind has a 0 that means none.
    test: of medians, whether the lengths differ at all. better: which way is the better one (1 up, -1 down, 0 neither).
    """

    key: Key
    before: Figure
    after: Figure
    difference: Estimate
    ratio: Estimate
    test: LogRank | None
    better: int

    @property
    def kind(self) -> str:
        return VALUES[self.key.measure, self.key.value].kind

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.key.labels)

    @property
    def direction(self) -> int | None:
        """1: clearly more, -1: clearly less, 0: it may be chance; None: nothing is said of chance."""
        for one, none in ((self.ratio, 1.0), (self.difference, 0.0)):
            if one.value is not None and (one.low is not None or one.high is not None):
                return (one.low is not None and one.low > none) - (one.high is not None and one.high < none)
        return None


def figures(cells: Cells, period: Period, policies: Policies, together: bool = False) -> Figures:
    """Everything that a period says. together: of clocks, friction and decisions only what all of them come to."""
    return {
        **clocks.figures(cells, period, together),
        **friction.figures(cells, period, together),
        **decisions.figures(cells, period, together),
        **voices.figures(cells, period, policies),
    }


def compare(before: Figures, after: Figures, days: tuple[float, float]) -> list[Change]:
    """Every figure that either period has, in the order of the table of values. days: the lengths of the periods."""
    return sorted(_changes(before, after, days), key=_order)


def _changes(before: Figures, after: Figures, days: tuple[float, float]) -> Iterator[Change]:
    for key in before.keys() | after.keys():
        value = VALUES[key.measure, key.value]
        was, now = (_figure(of, key, value, length) for of, length in zip((before, after), days, strict=True))
        if not was.n and not now.n and not _amount(was) and not _amount(now):
            continue
        test = logrank(was.days, now.days) if was.days and now.days else None
        way = better(key.measure, key.value, dict(key.labels))
        yield Change(key, was, now, difference(was.estimate, now.estimate), _ratio(was, now, value), test, way)


def _figure(figures: Figures, key: Key, value: Value, days: float) -> Figure:
    found = figures.get(key)
    if found is None:  # nothing happened: a rate of 0, and no other figure
        found = Figure(Estimate(0.0), 0, Rate(0.0, days, 0.0)) if value.kind == RATE else _ABSENT
    return found


def _amount(figure: Figure) -> float:
    return 0.0 if figure.rate is None else figure.rate.total


def _ratio(before: Figure, after: Figure, value: Value) -> Estimate:
    if value.kind == LEVEL:
        return NOTHING
    if before.rate is not None and after.rate is not None:
        return rate_ratio(before.rate, after.rate)
    return ratio(before.estimate, after.estimate)


def _order(change: Change) -> tuple[object, ...]:
    measure, labels, value = change.key
    named: Mapping[str, str] = dict(labels)
    place = CLOCKS.index(named["clock"]) if "clock" in named else 0
    return _MEASURES.index(measure), place, tuple(name for _, name in labels), _PLACES[measure, value]
