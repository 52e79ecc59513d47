"""Sections of the weekly and monthly reports: customers, employees, decisions by level, friction, indicators."""

from __future__ import annotations

from collections.abc import Iterator

from processors.events import INDICATOR_KINDS, PULSE_LEVELS
from processors.measures import people
from processors.measures.people import PulseSum
from processors.measures.terms import ALL, MONTH
from streams.report import charts
from streams.report.charts import Bar, Pair, Words
from streams.report.material import Material, Values, total
from streams.report.model import LATE, SOFT, Cell, Chart, Note, Part, Table, cells
from streams.report.parts import Writer
from streams.report.speech import NONE

_WEEK, _FOUR_WEEKS = "7d", "28d"
_LEVELS = ("strategic", "tactical", "operational")
_MOST_GAPS, _MOST_CAUSES = 8, 5


def customers(material: Material, writer: Writer) -> Iterator[Part]:
    """Emotion beside what is intended, complaints and scores, by touchpoint."""
    t, rows, pairs = writer.t, [], []
    for touchpoint in [*material.touchpoints, ALL]:
        felt = material.values("emotion", _WEEK, touchpoint=touchpoint)
        feedback = [row for row in material.rows("feedback", _WEEK) if row.labels["touchpoint"] == touchpoint]
        counts = {row.labels["kind"]: row.values["count"] for row in feedback}
        if not counts:
            continue
        meant = material.values("intended", _FOUR_WEEKS, touchpoint=touchpoint).get("emotion_intended")
        pairs.append(Pair(t.place(touchpoint), felt.get("mean"), meant))
        rows.append(
            cells(
                t.place(touchpoint),
                t.number(total(counts.values())),
                t.number(counts.get("complaint", 0)),
                t.signed(felt.get("mean"), 2),
                t.signed(meant, 2),
                t.percent(felt.get("negative_share")),
                _scores(material, writer, touchpoint),
            )
        )
    if not rows:
        yield Note(t("nothing"))
        return
    words = Words("customers-chart", t("customers.chart"), t("customers.desc"))
    ticks = [(x, t.signed(x, 1) if x else "0") for x in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    legend = [(charts.DOT, t("legend.emotion")), (charts.MEANT, t("legend.intended"))]
    yield Chart(words.title, charts.pairs(words, pairs, (-1.0, 1.0), ticks, meant=True), legend)
    head = t.head("touchpoint", "in_all", "complaints", "emotion", "intended", "negative", "scores")
    yield Table(t("customers.caption"), head, rows, total=True)


def _scores(material: Material, writer: Writer, touchpoint: str) -> str:
    """`NPS -52, CSAT 2.8`."""
    t, said = writer.t, []
    for row in material.rows("score", _WEEK):
        if row.labels["touchpoint"] == touchpoint:
            scale, values = row.labels["scale"], row.values
            value = t.signed(values["nps"] or 0.0) if scale == "nps" else t.number(values["mean"], 1)
            said.append(f"{t.term('scale', scale)} {value}")
    return ", ".join(said) or NONE


def employees(material: Material, writer: Writer) -> Iterator[Part]:
    """Means by level, and how far apart the levels see it."""
    t, rows, gaps = writer.t, [], []
    for (unit, question), one in sorted(material.sums(people.FAMILY, MONTH, PulseSum).items()):
        means = one.means()
        gap = material.values("perception_gap", _FOUR_WEEKS, unit=unit, question=question).get("gap")
        name, asked = t.term("unit", unit), t.term("question", question)
        shown = [t.of_hundred(means.get(level)) for level in PULSE_LEVELS]
        answers = Cell(t.number(sum(one.counts.values())), SOFT)
        rows.append([*cells(name, asked, *shown, t.of_hundred(gap)), answers])
        if gap is not None:
            gaps.append((gap, f"{name}: {asked}"))
    if not rows:
        yield Note(t("employees.nothing"))
        return
    widest = sorted(gaps, key=lambda one: (-one[0], one[1]))[:_MOST_GAPS]
    if widest:
        bars = [Bar(name, gap, t.of_hundred(gap)) for gap, name in widest]
        yield Chart(t("gap.chart"), charts.bars(Words("gap-chart", t("gap.chart"), t("gap.desc")), bars))
    levels = [t.term("pulse", level) for level in PULSE_LEVELS]
    head = [*t.head("unit", "question"), *levels, *t.head("gap", "answers")]
    yield Table(t("employees.caption"), head, rows, texts=(0, 1))


def decisions(material: Material, writer: Writer, window: str) -> Iterator[Part]:
    """The decisions of a window by level and unit."""
    t, rows = writer.t, []
    for level, row in ((level, row) for level in _LEVELS for row in material.rows("decision", window)):
        if row.labels["level"] == level:
            values = row.values
            begun = (values["made"] or 0) - (values["revoked"] or 0)
            rows.append(
                cells(
                    t.term("level", level),
                    t.term("unit", row.labels["unit"]),
                    *(t.number(values[name]) for name in ("made", "effective", "revoked")),
                    *(writer.reached(values[name], begun) for name in ("p50_s", "p90_s")),
                    *(t.number(values[name]) for name in ("cases", "reopened")),
                )
            )
    if not rows:
        yield Note(t("decisions.nothing"))
        return
    names = ("level_of", "unit", "made", "effective", "revoked", "p50_effect", "p90_effect", "cases", "reopened")
    yield Table(t("decisions.caption"), t.head(*names), rows, texts=(0, 1))


def friction(material: Material, writer: Writer) -> Iterator[Part]:
    """What stood in the way in a week, beside what is intended: by touchpoint, then the causes of most of it."""
    t, rows, bars = writer.t, [], []
    for touchpoint in material.touchpoints:
        values = material.values("friction", _WEEK, touchpoint=touchpoint, cause=ALL)
        meant = material.values("intended", _FOUR_WEEKS, touchpoint=touchpoint).get("standing_intended")
        if values or meant is not None:
            mean = values.get("standing_mean", 0.0)
            bars.append(Bar(t.place(touchpoint), mean, t.amount(mean), meant))
            rows.append(
                cells(
                    t.place(touchpoint),
                    t.amount(mean),
                    t.amount(meant),
                    t.number(values.get("standing_now", 0)),
                    t.date(values.get("oldest_at")),
                    t.number(values.get("raised", 0)),
                    t.number(values.get("removed", 0)),
                    writer.reached(values.get("removal_p50_s"), values.get("raised")),
                )
            )
    if not rows:
        yield Note(t("worst.nothing"))
        return
    words = Words("standing-chart", t("friction.chart"), t("friction.desc"))
    yield Chart(words.title, charts.bars(words, bars), [(charts.MEANT, t("legend.intended"))])
    names = ("touchpoint", "standing_mean", "intended", "standing_now", "oldest", "raised", "removed", "removal")
    yield Table(t("friction.caption"), t.head(*names), rows)
    causes = writer.worst_causes(material, _WEEK, _MOST_CAUSES)
    if causes:
        listed = [[Cell(t.name(row.labels["cause"])), *writer.standing(row.values)] for row in causes]
        head = t.head("cause", "standing_mean", "standing_now", "oldest", "blocked")
        yield Table(t("causes.caption"), head, listed)


def indicators(material: Material, writer: Writer) -> Iterator[Part]:
    """Customers' indicators beside the function's own; the declared functions in their order, then the others."""
    t = writer.t
    declared = {row.labels["function"]: row.values for row in material.rows("function", None)}
    heard = {row.labels["function"] for row in material.rows("indicator", None)}
    rows = [
        [Cell(t.name(function)), *(_indicators(material, writer, function, kind, fresh) for kind in INDICATOR_KINDS)]
        for function in [*material.frame.functions, *sorted(heard - declared.keys())]
        for fresh in [declared.get(function, {})]
    ]
    if not rows:
        yield Note(t("indicators.nothing"))
        return
    yield Table(t("indicators.caption"), t.head("function", *INDICATOR_KINDS), rows, texts=(0, 1, 2))


def _indicators(material: Material, writer: Writer, function: str, kind: str, fresh: Values) -> Cell:
    """The latest values of a kind; what is missing, or not fresh, is late."""
    t = writer.t
    said = [
        f"{t.name(row.labels['indicator'])} {t.counted(float(row.values['value'] or 0))} "
        f"({t.date(row.values['value_at'] or 0)})"
        for row in material.rows("indicator", None)
        if (row.labels["function"], row.labels["kind"]) == (function, kind)
    ]
    if not said:
        return Cell(t("indicators.missing"), LATE)
    is_stale = fresh.get(f"{kind}_fresh") == 0
    first, *also = sorted(said)
    return Cell(first, LATE if is_stale else "", t("indicators.stale") if is_stale else "", also)
