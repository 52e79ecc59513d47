"""What customers felt and scored, and how the levels of each unit answered, in a week's report."""

from __future__ import annotations

from collections.abc import Iterator

from processors.events import PULSE_LEVELS
from processors.measures import people
from processors.measures.people import PulseSum
from processors.measures.terms import ALL, MONTH, NANO, Row
from streams.report import charts, marks
from streams.report.charts import Bar, Pair, Words
from streams.report.material import Material, total
from streams.report.model import SOFT, Chart, Note, Part, Table, cell, cells
from streams.report.parts import Writer
from streams.report.speech import NONE

WEEK, FOUR_WEEKS = "7d", "28d"
_MOST_GAPS = 8


def customers(material: Material, writer: Writer) -> Iterator[Part]:
    """Emotion beside what is intended, complaints and scores, by touchpoint."""
    t, rows, pairs = writer.t, [], []
    for touchpoint in [*material.touchpoints, ALL]:
        felt = material.values("emotion", WEEK, touchpoint=touchpoint)
        counts = {row.labels["kind"]: row.values["count"] for row in _feedback(material, touchpoint)}
        if not counts:
            continue
        name = t("all") if touchpoint == ALL else t.place(touchpoint)
        meant = material.values("intended", FOUR_WEEKS, touchpoint=touchpoint).get("emotion_intended")
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
                _scores(material, writer, touchpoint),
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


def _feedback(material: Material, touchpoint: str) -> list[Row]:
    return [row for row in material.rows("feedback", WEEK) if row.labels["touchpoint"] == touchpoint]


def _scores(material: Material, writer: Writer, touchpoint: str) -> str:
    """`NPS -52, CSAT 2.8`."""
    t, said = writer.t, []
    for row in material.rows("score", WEEK):
        if row.labels["touchpoint"] == touchpoint:
            scale, values = row.labels["scale"], row.values
            value = t.signed(values["nps"] or 0.0) if scale == "nps" else t.number(values["mean"], 1)
            said.append(f"{t.term('scale', scale)} {value}")
    return ", ".join(said) or NONE


def employees(material: Material, writer: Writer) -> Iterator[Part]:
    """Means by level, and how far apart the levels see it."""
    t, rows, gaps = writer.t, [], []
    for (unit, question), one in sorted(material.sums(people.FAMILY, MONTH, PulseSum).items()):
        means = {level: one.sums[level] / NANO / one.counts[level] for level in PULSE_LEVELS if one.counts[level]}
        gap = material.values("perception_gap", FOUR_WEEKS, unit=unit, question=question).get("gap")
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
