"""The weekly report, for joint interpretation: leadership's, employees' and customers' figures in one picture."""

from __future__ import annotations

from collections.abc import Iterator

from processors.events import INDICATOR_KINDS, PULSE_LEVELS
from processors.measures import people
from processors.measures.people import PulseSum
from processors.measures.terms import ALL, MONTH, NANO, Row
from processors.panes import DAY_MS
from processors.periods.changes import Change
from streams.report import charts, marks
from streams.report.charts import Bar, Pair, Words
from streams.report.material import Material, Values, total
from streams.report.model import LATE, SOFT, Cell, Chart, Note, Part, Report, Section, Table, Tile, cell, cells
from streams.report.parts import PERIOD, Writer
from streams.report.speech import NONE

WEEK, FOUR_WEEKS = "7d", "28d"
_WEEK_MS = 7 * DAY_MS
_MOST_CAUSES, _MOST_GAPS = 5, 8
_LEVELS = ("strategic", "tactical", "operational")


def report(material: Material, writer: Writer) -> Report:
    """The weekly report."""
    week = _Week(material, writer)
    t, at = writer.t, material.at
    return Report(
        kind="weekly",
        title=t("weekly.title"),
        subtitle=t("subtitle.span", start=t.day(at - _WEEK_MS), at=t.instant(at), zone=t.zone.key),
        sentences=list(week.sentences()),
        tiles=list(week.tiles()),
        sections=[
            Section("picture", t("picture.title"), t("picture.lead"), list(week.picture())),
            Section("customers", t("customers.title"), t("customers.lead"), list(week.customers())),
            Section("employees", t("employees.title"), t("employees.lead"), list(week.employees())),
            Section("decisions", t("decisions.title"), t("decisions.lead"), list(levels(material, writer, WEEK))),
            Section(
                "rhythm", t("rhythm.weekly.title"), t("rhythm.weekly.lead"), list(writer.rhythm(material, "weekly"))
            ),
            Section("friction", t("friction.title"), t("friction.lead"), list(week.friction())),
            Section("indicators", t("indicators.title"), t("indicators.lead"), list(week.indicators())),
            Section("before", t("week_before.title"), t("week_before.lead"), list(week.before())),
        ],
        notes=writer.notes("note.alignment", "note.waiting", "note.intervals", "note.rhythm"),
    )


class _Week:
    def __init__(self, material: Material, writer: Writer) -> None:
        self.m, self.w, self.t = material, writer, writer.t
        self.units = [unit for unit in material.units if material.values("alignment", FOUR_WEEKS, unit=unit)]
        self.changes = self._changes()

    def _changes(self) -> list[Change]:
        before, after = self.m.span(_WEEK_MS, _WEEK_MS), self.m.span(_WEEK_MS)
        return self.m.changes((before[0], after[0]), after) if self.m.is_known(before) else []

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
        kept, eligible = self.m.rhythm("weekly", "decide")[ALL]
        if eligible:
            yield t("weekly.rhythm", share=t.percent(kept / eligible))

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
        note = t("tile.oldest", day=t.date(int(oldest))) if oldest is not None else ""
        yield Tile(t("tile.standing"), t.amount(standing.get("standing_mean", 0.0)), note)
        kept, eligible = self.m.rhythm("weekly", "decide")[ALL]
        of = t("tile.of", kept=t.number(kept), eligible=t.number(eligible)) if eligible else ""
        yield Tile(t("tile.within_week"), t.percent(kept / eligible if eligible else None), of)

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
        legend = [(marks.dot(), t("legend.customers")), (marks.square(), t("legend.employees"))]
        yield Chart(words.title, charts.pairs(words, pairs, (0.0, 1.0), ticks, meant=False), legend)
        names = ("unit", "customers", "employees", "alignment", "level", "within_week", "standing_mean")
        yield Table(t("picture.caption"), [t(f"col.{name}") for name in names], rows)

    def _standing(self, unit: str) -> float:
        return sum(
            self.m.values("friction", WEEK, touchpoint=touchpoint, cause=ALL).get("standing_mean") or 0.0
            for touchpoint in self.m.touchpoints
            if self.m.unit(touchpoint) == unit
        )

    def customers(self) -> Iterator[Part]:
        t, rows, pairs = self.t, [], []
        for touchpoint in [*self.m.touchpoints, ALL]:
            felt = self.m.values("emotion", WEEK, touchpoint=touchpoint)
            counts = {row.labels["kind"]: row.values["count"] for row in self._feedback(touchpoint)}
            if not counts:
                continue
            name = t("all") if touchpoint == ALL else t.place(touchpoint)
            meant = self.m.values("intended", FOUR_WEEKS, touchpoint=touchpoint).get("emotion_intended")
            mean = felt.get("mean")
            pairs.append(Pair(name, mean, meant))
            rows.append(
                cells(
                    name,
                    t.number(total(counts.values())),
                    t.number(counts.get("complaint", 0)),
                    NONE if mean is None else t.signed(mean, 2),
                    NONE if meant is None else t.signed(meant, 2),
                    t.percent(felt.get("negative_share")),
                    self._scores(touchpoint),
                )
            )
        if not rows:
            yield Note(t("nothing"))
            return
        words = Words("customers-chart", t("customers.chart"), t("customers.desc"))
        ticks = [(x, t.signed(x, 1) if x else "0") for x in (-1.0, -0.5, 0.0, 0.5, 1.0)]
        legend = [(marks.dot(), t("legend.emotion")), (marks.meant(), t("legend.intended"))]
        yield Chart(words.title, charts.pairs(words, pairs, (-1.0, 1.0), ticks, meant=True), legend)
        names = ("touchpoint", "in_all", "complaints", "emotion", "intended", "negative", "scores")
        yield Table(t("customers.caption"), [t(f"col.{name}") for name in names], rows, total=True)

    def _feedback(self, touchpoint: str) -> list[Row]:
        return [row for row in self.m.rows("feedback", WEEK) if row.labels["touchpoint"] == touchpoint]

    def _scores(self, touchpoint: str) -> str:
        """`NPS -52, CSAT 2.8`."""
        t, said = self.t, []
        for row in self.m.rows("score", WEEK):
            if row.labels["touchpoint"] == touchpoint:
                scale, values = row.labels["scale"], row.values
                value = t.signed(values["nps"] or 0.0) if scale == "nps" else t.number(values["mean"], 1)
                said.append(f"{t.term('scale', scale)} {value}")
        return ", ".join(said) or NONE

    def employees(self) -> Iterator[Part]:
        """Means by level, and how far apart the levels see it."""
        t, rows, gaps = self.t, [], []
        for (unit, question), one in sorted(self.m.sums(people.FAMILY, MONTH, PulseSum).items()):
            means = {level: one.sums[level] / NANO / one.counts[level] for level in PULSE_LEVELS if one.counts[level]}
            gap = self.m.values("perception_gap", FOUR_WEEKS, unit=unit, question=question).get("gap")
            name, asked = t.term("unit", unit), t.term("question", question)
            shown = [t.of_hundred(means.get(level)) for level in PULSE_LEVELS]
            rows.append(
                [*cells(name, asked, *shown), cell(t.of_hundred(gap)), cell(t.number(sum(one.counts.values())), SOFT)]
            )
            if gap is not None:
                gaps.append((gap, f"{name}: {asked}"))
        if not rows:
            yield Note(t("employees.nothing"))
            return
        widest = sorted(gaps, key=lambda one: (-one[0], one[1]))[:_MOST_GAPS]
        if widest:
            bars = [Bar(name, gap, t.of_hundred(gap)) for gap, name in widest]
            yield Chart(t("gap.chart"), charts.bars(Words("gap-chart", t("gap.chart"), t("gap.desc")), bars))
        head = [t("col.unit"), t("col.question"), *(t.term("pulse", level) for level in PULSE_LEVELS)]
        yield Table(t("employees.caption"), [*head, t("col.gap"), t("col.answers")], rows, texts=(0, 1))

    def friction(self) -> Iterator[Part]:
        t, rows, bars = self.t, [], []
        for touchpoint in self.m.touchpoints:
            values = self.m.values("friction", WEEK, touchpoint=touchpoint, cause=ALL)
            meant = self.m.values("intended", FOUR_WEEKS, touchpoint=touchpoint).get("standing_intended")
            if values or meant is not None:
                mean = values.get("standing_mean", 0.0)
                bars.append(Bar(t.place(touchpoint), mean, t.amount(mean), meant))
                number = t.number(values.get("standing_now", 0))
                oldest = values.get("oldest_at")
                rows.append(
                    cells(
                        t.place(touchpoint),
                        t.amount(mean),
                        NONE if meant is None else t.amount(meant),
                        number,
                        NONE if oldest is None else t.date(int(oldest)),
                        t.number(values.get("raised", 0)),
                        t.number(values.get("removed", 0)),
                        _unless(t.length(values.get("removal_p50_s")), values.get("raised"), self.w),
                    )
                )
        if not rows:
            yield Note(t("worst.nothing"))
            return
        words = Words("standing-chart", t("friction.chart"), t("friction.desc"))
        yield Chart(words.title, charts.bars(words, bars), [(marks.meant(), t("legend.intended"))])
        names = ("touchpoint", "standing_mean", "intended", "standing_now", "oldest", "raised", "removed", "removal")
        yield Table(t("friction.caption"), [t(f"col.{name}") for name in names], rows)
        causes = self.w.worst_causes(self.m, WEEK, _MOST_CAUSES)
        if causes:
            listed = [[cell(t.name(row.labels["cause"])), *self.w.standing(row.values)] for row in causes]
            head = [t(f"col.{name}") for name in ("cause", "standing_mean", "standing_now", "oldest", "blocked")]
            yield Table(t("causes.caption"), head, listed)

    def indicators(self) -> Iterator[Part]:
        t, rows = self.t, []
        declared = {row.labels["function"]: row.values for row in self.m.rows("function", None)}
        functions = sorted({row.labels["function"] for row in self.m.rows("indicator", None)} | declared.keys())
        for function in [*(f for f in self.m.frame.functions if f in functions), *functions]:
            if any(row[0].text == t.name(function) for row in rows):
                continue
            shown = [self._indicators(function, kind, declared.get(function, {})) for kind in INDICATOR_KINDS]
            rows.append([cell(t.name(function)), *shown])
        if not rows:
            yield Note(t("indicators.nothing"))
            return
        head = [t("col.function"), *(t(f"col.{kind}") for kind in INDICATOR_KINDS)]
        yield Table(t("indicators.caption"), head, rows, texts=(0, 1, 2))

    def _indicators(self, function: str, kind: str, fresh: Values) -> Cell:
        t = self.t
        said = [
            f"{t.name(row.labels['indicator'])} {t.count(float(row.values['value'] or 0))} "
            f"({t.date(int(row.values['value_at'] or 0))})"
            for row in self.m.rows("indicator", None)
            if (row.labels["function"], row.labels["kind"]) == (function, kind)
        ]
        if not said:
            return cell(t("indicators.missing"), LATE)
        is_stale = fresh.get(f"{kind}_fresh") == 0
        first, *also = sorted(said)
        return Cell(first, LATE if is_stale else "", t("indicators.stale") if is_stale else "", also)

    def before(self) -> Iterator[Part]:
        if self.changes:
            yield from self.w.beside(self.changes, PERIOD, "week_before")
        else:
            yield Note(self.t("week_before.nothing"))


def _unless(said: str, n: float | None, writer: Writer) -> str:
    """A length; where there is none though something has begun, that it is not reached yet."""
    return writer.t("unreached") if said == NONE and n else said


def levels(material: Material, writer: Writer, window: str) -> Iterator[Part]:
    """The decisions of a window by level and unit."""
    t, rows = writer.t, []
    for level in _LEVELS:
        for row in material.rows("decision", window):
            if row.labels["level"] == level:
                values = row.values
                counts = [t.number(values[name]) for name in ("made", "effective", "revoked")]
                p50, p90 = (_unless(t.length(values[name]), values["made"], writer) for name in ("p50_s", "p90_s"))
                unit = t.term("unit", row.labels["unit"])
                rows.append(
                    cells(
                        t.term("level", level),
                        unit,
                        *counts,
                        p50,
                        p90,
                        t.number(values["cases"]),
                        t.number(values["reopened"]),
                    )
                )
    if not rows:
        yield Note(t("decisions.nothing"))
        return
    names = ("level_of", "unit", "made", "effective", "revoked", "p50_effect", "p90_effect", "cases", "reopened")
    yield Table(t("decisions.caption"), [t(f"col.{name}") for name in names], rows, texts=(0, 1))
