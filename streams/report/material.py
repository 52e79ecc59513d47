"""What a report is made of: the rows of all measures as of an instant, the cells behind them, the decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from processors.canonical import rfc3339
from processors.decided import Decided
from processors.measures import clock, friction, rhythm, voice
from processors.measures.clock import ClockSum
from processors.measures.rows import kept, order, rows
from processors.measures.terms import ALL, Frame, Row, unit_label
from processors.measures.view import Kept, View
from processors.panes import DAY_MS, EVER, HOUR_MS, PANE_MS, Span, floor
from processors.periods.changes import Change, compare, figures
from processors.periods.figures import Figures
from processors.periods.period import Cells, Period, both
from processors.policy import CLOCKS
from streams import UserError
from streams.config import Config
from streams.measures.subscriber import frame
from streams.results.cells import KnownCells
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack

WINDOWS = {"1d": DAY_MS, "7d": 7 * DAY_MS, "28d": 28 * DAY_MS}
RHYTHM_WINDOWS = {"daily": "1d", "weekly": "7d", "monthly": "28d"}
_MOST_BEFORE_MS = HOUR_MS
_OF_TOUCHPOINTS = frozenset((clock.FAMILY, friction.FAMILY, voice.FAMILY))
Values = Mapping[str, float | int | None]


@dataclass
class Material:
    """config: of the organisation. known: the cells. at: the instant of the report, milliseconds.

    decisions: asked when they are needed; reading them from topics takes a while.
    """

    config: Config
    known: KnownCells
    at: int
    decisions: Callable[[], Sequence[Decided]]
    _view: View = field(init=False)
    _rows: dict[tuple[str, str | None], list[Row]] = field(init=False)
    _by_touchpoints: dict[tuple[str, ...], Cells] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        kept_for_all = [*kept(self.frame), Kept(clock.FAMILY, EVER, ClockSum)]
        self._view = View(kept_for_all, self.at, unpack)
        for where, facts in self.known.cells.items():
            self._view.put("", where, pack(facts))
        by_kind: defaultdict[tuple[str, str | None], list[Row]] = defaultdict(list)
        for row in sorted(rows(self._view, self.frame), key=order):
            by_kind[row.measure, row.window].append(row)
        self._rows = dict(by_kind)

    @cached_property
    def frame(self) -> Frame:
        """With the windows that reports are of, whatever others are configured."""
        return replace(frame(self.config), windows=WINDOWS)

    @property
    def touchpoints(self) -> list[str]:
        """As configured, `other` last."""
        declared = [place.id for place in self.config.file.touchpoints]
        return [*declared, *(name for name in self.config.policies.touchpoints if name not in declared)]

    @property
    def units(self) -> list[str]:
        """Of the touchpoints, in their order."""
        return list(dict.fromkeys(self.unit(touchpoint) for touchpoint in self.touchpoints))

    def unit(self, touchpoint: str) -> str:
        """The unit that answers for a touchpoint, as a label."""
        return unit_label(self.config.policies.unit(touchpoint), self.config.policies)

    def sums(self, family: str, span: Span, make: Callable[[], Any]) -> Mapping[tuple[str, str], Any]:
        """Sums of a family over a window, by their labels."""
        return self._view.sums(family, span, make)

    def rows(self, measure: str, window: str | None) -> Sequence[Row]:
        """All rows of a measure."""
        return self._rows.get((measure, window), ())

    def values(self, measure: str, window: str | None, **labels: str) -> Values:
        """The values of one row; empty where there is none."""
        return next((row.values for row in self.rows(measure, window) if row.labels == labels), {})

    def clock(self, window: str, name: str, touchpoint: str = ALL, severity: str = ALL) -> Values:
        """The values of a clock."""
        return self.values("clock", window, touchpoint=touchpoint, severity=severity, clock=name)

    def overdue(self, severity: str) -> dict[tuple[str, str], int]:
        """Clocks that run and are overdue, since whenever, by unit and clock."""
        found: defaultdict[tuple[str, str], int] = defaultdict(int)
        ages = clock.Ages(self.at, self.frame.calendars)
        for (touchpoint, of), one in self._view.sums(clock.FAMILY, EVER, ClockSum).items():
            if of == severity:
                for index, figure in one.at(ages):
                    found[self.unit(touchpoint), CLOCKS[index]] += figure.counts[clock.OVERDUE]
        return {where: n for where, n in found.items() if n}

    def rhythm(self, name: str, of: str) -> dict[str, tuple[int, int]]:
        """(kept, eligible) of a clock by unit, and by `*` for all of them."""
        found = {
            row.labels["unit"]: (int(row.values["kept"] or 0), int(row.values["eligible"] or 0))
            for row in self.rows(rhythm.FAMILY, RHYTHM_WINDOWS[name])
            if row.labels["rhythm"] == name and row.labels["clock"] == of
        }
        kept_, eligible = (sum(pair[place] for pair in found.values()) for place in (0, 1))
        return {**found, ALL: (kept_, eligible)}

    # -- periods

    def span(self, length: int, back: int = 0) -> tuple[int, int]:
        """The window of a length as of `back` milliseconds before the report."""
        return floor(self.at - length, PANE_MS) - back, self.at - back

    def is_known(self, span: tuple[int, int]) -> bool:
        """Whether the cells know what happened in a window; one that is longer may begin with an idle day."""
        start, end = span
        idle = DAY_MS if end - start > DAY_MS else HOUR_MS
        return self.known.since is not None and start >= self.known.since - idle

    def figures(self, span: tuple[int, int]) -> Figures:
        """What all of it came to in a window, as it was read when that ended."""
        return figures(self.known.cells, Period(*span, span[1], self.known.at), self.config.policies, together=True)

    def changes(self, before: tuple[int, int], after: tuple[int, int], of: Sequence[str] | None = None) -> list[Change]:
        """What has changed from one window to another, over all or over some touchpoints; a fair comparison, as that of
        `rytmi compare`.
        """
        cells = self.known.cells if of is None else self._at(tuple(of))
        periods = both(before, after, self.at, self.at)
        was, now = (figures(cells, period, self.config.policies, together=True) for period in periods)
        return compare(was, now, (periods[0].exact_days, periods[1].exact_days))

    def _at(self, touchpoints: tuple[str, ...]) -> Cells:
        """The cells of some touchpoints, of the families that have them."""
        found = self._by_touchpoints.get(touchpoints)
        if found is None:
            wanted = frozenset(touchpoints)
            found = self._by_touchpoints[touchpoints] = {
                where: facts
                for where, facts in self.known.cells.items()
                if where.family in _OF_TOUCHPOINTS and where.a in wanted
            }
        return found

    def episodes(self) -> Iterator[tuple[str, str, int, int | None, int]]:
        """Every episode of an obstacle: touchpoint, cause, raised, bin of its length (None: it stands), cases."""
        for where, facts in self.known.cells.items():
            if where.family == friction.FAMILY:
                for fact, amount in facts:
                    if fact[1] == friction.RAISED:
                        length = None if fact[4] == friction.STANDS else fact[4]
                        for _ in range(amount):
                            yield where.a, where.b, fact[2], length, fact[3]


def gather(
    config: Config, known: KnownCells, until: int | None, decisions: Callable[[], Sequence[Decided]]
) -> Material:
    """What a report as of an instant is made of; None: as of when the cells are. Raises UserError.

    Cells cannot be taken back far: what has ended since would seem to have ended then.
    """
    at = known.at if until is None else until
    if not known.at - _MOST_BEFORE_MS <= at <= known.at:
        raise UserError(
            f"{known.origin} says what is known as of {rfc3339(known.at)}; a report of another instant, "
            f"{rfc3339(at)}, comes of a backtest of the events until then: rytmi backtest --until ..."
        )
    return Material(config, known, at, decisions)


def total(values: Iterable[Any]) -> int:
    """A sum of counts, None as nothing."""
    return sum(int(value or 0) for value in values)
