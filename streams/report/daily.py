"""The daily report, for the stand-up: what is overdue, how long customers wait, what is in the way, what came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from processors.measures.terms import ALL
from processors.panes import DAY_MS
from processors.periods.figures import Figures, Key
from processors.policy import CLOCKS, OTHER
from streams.report import charts, periods
from streams.report.charts import Bar, Range, Strip, Words
from streams.report.material import Material, total
from streams.report.model import LATE, SOFT, Cell, Chart, Note, Part, Report, Table, Tile, cells
from streams.report.parts import Writer

DAY, WEEK = "1d", "7d"
_WEEKS_BACK = 4
_WORST_CAUSES = 3
_KINDS = ("complaint", "question", "suggestion", "praise", "none")
_CRITICAL = "critical"


def report(material: Material, writer: Writer) -> Report:
    """The daily report."""
    day = _Day(material, writer)
    t, at = writer.t, material.at
    return Report(
        kind="daily",
        title=t("daily.title"),
        subtitle=t("subtitle", day=t.day(at), at=t.instant(at), zone=str(t.zone)),
        sentences=list(day.sentences()),
        tiles=list(day.tiles()),
        sections=[
            writer.section("critical", "critical", day.critical()),
            writer.section("reaction", "reaction", day.reaction()),
            writer.section("friction", "worst", day.friction()),
            writer.section("came", "came", day.came()),
            writer.section("rhythm", "rhythm.daily", writer.rhythm(material, "daily")),
            writer.section("weekday", "weekday", day.weekday()),
        ],
        notes=writer.notes("note.waiting", "note.bins", "note.rhythm"),
    )


class _Day:
    def __init__(self, material: Material, writer: Writer) -> None:
        self.m, self.w, self.t = material, writer, writer.t
        self.overdue = material.overdue(_CRITICAL)
        self.acknowledge = material.clock(DAY, "acknowledge")
        self.earlier = [
            material.figures(span)
            for back in range(1, _WEEKS_BACK + 1)
            if material.is_known(span := material.span(DAY_MS, 7 * back * DAY_MS))
        ]

    # -- at its head

    def sentences(self) -> Iterator[str]:
        t, n = self.t, sum(self.overdue.values())
        by_unit = {unit: sum(k for (of, _), k in self.overdue.items() if of == unit) for unit, _ in self.overdue}
        if n:
            worst = max(sorted(by_unit), key=lambda unit: by_unit[unit])
            key = "daily.overdue" if len(by_unit) > 1 else "daily.overdue_all"
            yield t(key, n=n, unit=t.term("unit", worst), most=by_unit[worst])
        else:
            yield t("daily.nothing_overdue")
        came, complaints = self._came(), self._came("complaint")
        yield t("daily.came", n=came, complaints=complaints) if came else t("daily.nothing_came")
        if self.acknowledge:
            waiting = int(self.acknowledge["running"] or 0)
            p50 = self.acknowledge["p50_s"]
            key = "daily.reaction" if p50 is not None else "daily.no_reaction"
            yield t(key, n=waiting, p50=t.length(p50))
        yield from self.w.decided_sentence(self.m, "daily")

    def tiles(self) -> Iterator[Tile]:
        t, n = self.t, sum(self.overdue.values())
        yield Tile(t("tile.overdue"), t.number(n), t("tile.overdue.note"), LATE if n else "")
        usual = self._usual(Key("feedback", (("touchpoint", ALL), ("kind", ALL)), "count_per_day"))
        note = t("tile.usual", n=t.counted(usual)) if usual is not None else ""
        yield Tile(t("tile.came"), t.number(self._came()), note)
        completed = t("tile.completed", p50=t.length(self.acknowledge.get("completed_p50_s")))
        yield Tile(t("tile.reaction"), t.length(self.acknowledge.get("p50_s")), completed if self.acknowledge else "")
        yield self.w.decided_tile(self.m, "daily", "tile.within_day")

    def _came(self, kind: str | None = None, touchpoint: str = ALL) -> int:
        rows = self.m.rows("feedback", DAY)
        return total(
            row.values["count"]
            for row in rows
            if row.labels["touchpoint"] == touchpoint and kind in (None, row.labels["kind"])
        )

    def _usual(self, key: Key) -> float | None:
        """The mean of earlier weeks, those in which nothing happened counted; None where there is nothing to tell."""
        known = [x for figures in self.earlier if (x := _value(figures, key)) is not None]
        return sum(known) / len(known) if known else None

    # -- sections

    def critical(self) -> Iterator[Part]:
        t, rows = self.t, []
        sums = [0] * (len(CLOCKS) + 2)
        for unit in self.m.units:
            counts = [self.overdue.get((unit, name), 0) for name in CLOCKS]
            missed = self._missed(unit)
            numbers = [sum(counts), *counts, missed]
            sums = [a + b for a, b in zip(sums, numbers, strict=True)]
            if unit != OTHER or any(numbers):
                rows.append([Cell(t.term("unit", unit)), *map(self._late, numbers)])
        rows.append([Cell(t("all")), *map(self._late, sums)])
        head = [*t.head("unit", "overdue_now"), *(t.term("clock", name) for name in CLOCKS), *t.head("missed_day")]
        yield Table(t("critical.caption"), head, rows, total=True)

    def _missed(self, unit: str) -> int:
        return total(
            self.m.clock(DAY, name, touchpoint, _CRITICAL).get("missed")
            for touchpoint in self.m.touchpoints
            if self.m.unit(touchpoint) == unit
            for name in CLOCKS
        )

    def _late(self, n: int) -> Cell:
        return Cell(self.t.number(n), LATE if n else SOFT)

    def reaction(self) -> Iterator[Part]:
        t, rows, shown = self.t, [], []
        for touchpoint in [*self.m.touchpoints, ALL]:
            first, decide = (self.m.clock(window, name, touchpoint) for window, name in _REACTIONS)
            if first or decide:
                name = t.place(touchpoint)
                rows.append([Cell(name), *(one for values in (first, decide) for one in self.w.lengths(values))])
                if decide:
                    shown.append(Range(name, decide["p50_s"], decide["p90_s"], decide["completed_p50_s"]))
        if shown:
            words = Words("reaction-chart", t("reaction.chart"), t("reaction.desc"))
            svg = charts.ranges(words, shown, t.round_length, t("unreached"))
            yield Chart(
                words.title,
                svg,
                [
                    (charts.DOT, t("legend.p50")),
                    (charts.RANGE_END, t("legend.p90")),
                    (charts.DIAMOND, t("legend.completed")),
                ],
            )
        what = t.head("p50", "p90", "completed", "waiting")
        groups = [("", 1), (t("col.first"), len(what)), (t("col.decision"), len(what))]
        head = [t("col.touchpoint"), *what, *what]
        yield Table(t("reaction.caption"), head, rows, total=True, groups=groups) if rows else Note(t("nothing"))

    def friction(self) -> Iterator[Part]:
        t, rows, shown = self.t, [], []
        for row in self.w.worst_causes(self.m, DAY, _WORST_CAUSES):
            cause, values = row.labels["cause"], row.values
            places = [
                one.labels["touchpoint"]
                for one in self.m.rows("friction", DAY)
                if one.labels["cause"] == cause and one.labels["touchpoint"] != ALL and one.values["standing_mean"]
            ]
            shown.append(Bar(t.name(cause), values["standing_mean"], t.amount(values["standing_mean"])))
            rows.append([Cell(t.name(cause)), Cell(", ".join(map(t.place, sorted(places)))), *self.w.standing(values)])
        if not rows:
            yield Note(t("worst.nothing"))
            return
        yield Chart(t("worst.chart"), charts.bars(Words("friction-chart", t("worst.chart"), t("worst.desc")), shown))
        head = t.head("cause", "touchpoints", "standing_mean", "standing_now", "oldest", "blocked")
        yield Table(t("worst.caption"), head, rows, texts=(0, 1))

    def came(self) -> Iterator[Part]:
        t, rows = self.t, []
        for touchpoint in [*self.m.touchpoints, ALL]:
            counts = [self._came(None, touchpoint), *(self._came(kind, touchpoint) for kind in _KINDS)]
            if counts[0] or touchpoint == ALL:
                rows.append(cells(t.place(touchpoint), *map(t.number, counts)))
        head = [*t.head("touchpoint", "in_all"), *(t.term("kind", kind) for kind in _KINDS)]
        yield Table(t("came.caption"), head, rows, total=True)

    def weekday(self) -> Iterator[Part]:
        t = self.t
        if not self.earlier:
            yield Note(t("weekday.nothing"))
            return
        now = self.m.figures(self.m.span(DAY_MS))
        rows, strips = [], []
        for word in periods.DAY:
            name, key = t(f"fig.{word}"), periods.KEYS[word]
            write = periods.writing(t, key)
            earlier = [_value(figures, key) for figures in self.earlier]
            value = _value(now, key)
            rows.append(cells(name, write(value), write(self._usual(key)), *map(write, earlier)))
            strips.append(Strip(name, earlier, value, write(value)))
        words = Words("weekday-chart", t("weekday.chart"), t("weekday.desc"))
        yield Chart(
            words.title,
            charts.strips(words, strips),
            [(charts.DOT, t("legend.today")), (charts.RING, t("legend.earlier"))],
        )
        dates = [t.date(self.m.at - 7 * back * DAY_MS) for back in range(1, len(self.earlier) + 1)]
        yield Table(t("weekday.caption"), [*t.head("what", "today", "usual"), *dates], rows)


def _value(figures: Figures, key: Key) -> float | None:
    figure = figures.get(key)
    if figure is None:
        return 0.0 if key.value in _COUNTED else None
    return figure.estimate.value


_COUNTED = frozenset(("count_per_day", "received_per_day", "raised_per_day", "standing_mean"))
_REACTIONS: Sequence[tuple[str, str]] = ((DAY, "acknowledge"), (WEEK, "decide"))
