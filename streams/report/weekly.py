"""The weekly report, for joint interpretation: leadership's, employees' and customers' figures in one picture."""

from __future__ import annotations

from collections.abc import Iterator

from processors.measures.terms import ALL
from processors.panes import DAY_MS
from streams.report import charts, sections
from streams.report.charts import Pair, Words
from streams.report.material import Material, Values
from streams.report.model import Chart, Note, Part, Report, Table, Tile, cells
from streams.report.parts import Writer
from streams.report.periods import PERIOD, beside
from streams.report.speech import NONE

WEEK, FOUR_WEEKS = "7d", "28d"
_WEEK_MS = 7 * DAY_MS


def report(material: Material, writer: Writer) -> Report:
    """The weekly report."""
    week = _Week(material, writer)
    t, at = writer.t, material.at
    return Report(
        kind="weekly",
        title=t("weekly.title"),
        subtitle=t("subtitle.span", start=t.day(at - _WEEK_MS), at=t.instant(at), zone=str(t.zone)),
        sentences=list(week.sentences()),
        tiles=list(week.tiles()),
        sections=[
            writer.section("picture", "picture", week.picture()),
            writer.section("customers", "customers", sections.customers(material, writer)),
            writer.section("employees", "employees", sections.employees(material, writer)),
            writer.section("decisions", "decisions", sections.decisions(material, writer, WEEK)),
            writer.section("rhythm", "rhythm.weekly", writer.rhythm(material, "weekly")),
            writer.section("friction", "friction", sections.friction(material, writer)),
            writer.section("indicators", "indicators", sections.indicators(material, writer)),
            writer.section("before", "week_before", week.before()),
        ],
        notes=writer.notes("note.alignment", "note.waiting", "note.intervals", "note.rhythm"),
    )


class _Week:
    def __init__(self, material: Material, writer: Writer) -> None:
        self.m, self.w, self.t = material, writer, writer.t
        self.units = [unit for unit in material.units if material.values("alignment", FOUR_WEEKS, unit=unit)]

    def _alignment(self, unit: str) -> Values:
        return self.m.values("alignment", FOUR_WEEKS, unit=unit)

    # -- at its head

    def sentences(self) -> Iterator[str]:
        t = self.t
        both = [unit for unit in self.units if self._alignment(unit)["alignment"] is not None]
        if both:
            apart = min(both, key=lambda unit: (self._alignment(unit)["alignment"], unit))
            lowest = min(both, key=lambda unit: (self._alignment(unit)["level"], unit))
            values = self._alignment(apart)
            yield t(
                "weekly.apart",
                unit=t.term("unit", apart),
                customer=t.of_hundred(values["customer"]),
                employee=t.of_hundred(values["employee"]),
            )
            yield t("weekly.lowest", unit=t.term("unit", lowest), level=t.of_hundred(self._alignment(lowest)["level"]))
        else:
            yield t("weekly.no_alignment")
        standing = self.m.values("friction", WEEK, touchpoint=ALL, cause=ALL)
        if standing:
            yield t(
                "weekly.friction", standing=t.amount(standing["standing_mean"]), removed=t.number(standing["removed"])
            )
        yield from self.w.decided_sentence(self.m, "weekly")

    def tiles(self) -> Iterator[Tile]:
        t = self.t
        emotion = self.m.values("emotion", WEEK, touchpoint=ALL)
        shown = NONE if not emotion else t.signed(emotion["mean"] or 0.0, 2)
        negative = t("tile.negative", share=t.percent(emotion["negative_share"])) if emotion else ""
        yield Tile(t("tile.emotion"), shown, negative)
        both = [self._alignment(unit)["alignment"] for unit in self.units]
        known = [x for x in both if x is not None]
        yield Tile(
            t("tile.alignment"), t.of_hundred(sum(known) / len(known) if known else None), t("tile.alignment.note")
        )
        standing = self.m.values("friction", WEEK, touchpoint=ALL, cause=ALL)
        oldest = standing.get("oldest_at")
        note = t("tile.oldest", day=t.date(oldest)) if oldest is not None else ""
        yield Tile(t("tile.standing"), t.amount(standing.get("standing_mean", 0.0)), note)
        yield self.w.decided_tile(self.m, "weekly", "tile.within_week")

    # -- sections

    def picture(self) -> Iterator[Part]:
        t = self.t
        if not self.units:
            yield Note(t("picture.nothing"))
            return
        pairs, rows = [], []
        weekly = self.m.rhythm("weekly", "decide")
        for unit in self.units:
            values, name = self._alignment(unit), t.term("unit", unit)
            kept, eligible = weekly.get(unit, (0, 0))
            pairs.append(Pair(name, values["customer"], values["employee"]))
            hundredths = [t.of_hundred(values[of]) for of in ("customer", "employee", "alignment", "level")]
            decided = t.percent(kept / eligible if eligible else None)
            rows.append(cells(name, *hundredths, decided, t.amount(self._standing(unit))))
        words = Words("picture-chart", t("picture.chart"), t("picture.desc"))
        ticks = [(share, t.number(100 * share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
        legend = [(charts.DOT, t("legend.customers")), (charts.SQUARE, t("legend.employees"))]
        yield Chart(words.title, charts.pairs(words, pairs, (0.0, 1.0), ticks, meant=False), legend)
        head = t.head("unit", "customers", "employees", "alignment", "level", "within_week", "standing_mean")
        yield Table(t("picture.caption"), head, rows)

    def _standing(self, unit: str) -> float:
        return sum(
            self.m.values("friction", WEEK, touchpoint=touchpoint, cause=ALL).get("standing_mean") or 0.0
            for touchpoint in self.m.touchpoints
            if self.m.unit(touchpoint) == unit
        )

    def before(self) -> Iterator[Part]:
        before, after = self.m.span(_WEEK_MS, _WEEK_MS), self.m.span(_WEEK_MS)
        changes = self.m.changes((before[0], after[0]), after) if self.m.is_known(before) else ()
        yield from beside(self.t, changes, PERIOD, "week_before") if changes else [Note(self.t("week_before.nothing"))]
