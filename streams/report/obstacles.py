"""What stood in the way in a week, beside what is intended, and the causes of most of it."""

from __future__ import annotations

from collections.abc import Iterator

from processors.measures.terms import ALL
from streams.report import charts, marks
from streams.report.charts import Bar, Words
from streams.report.material import Material
from streams.report.model import Chart, Note, Part, Table, cell, cells
from streams.report.parts import Writer
from streams.report.speech import NONE

WEEK, FOUR_WEEKS = "7d", "28d"
_MOST_CAUSES = 5


def friction(material: Material, writer: Writer) -> Iterator[Part]:
    """By touchpoint, then by cause."""
    t, rows, bars = writer.t, [], []
    for touchpoint in material.touchpoints:
        values = material.values("friction", WEEK, touchpoint=touchpoint, cause=ALL)
        meant = material.values("intended", FOUR_WEEKS, touchpoint=touchpoint).get("standing_intended")
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
                    writer.reached(values.get("removal_p50_s"), values.get("raised")),
                )
            )
    if not rows:
        yield Note(t("worst.nothing"))
        return
    words = Words("standing-chart", t("friction.chart"), t("friction.desc"))
    yield Chart(words.title, charts.bars(words, bars), [(marks.meant(), t("legend.intended"))])
    names = ("touchpoint", "standing_mean", "intended", "standing_now", "oldest", "raised", "removed", "removal")
    yield Table(t("friction.caption"), [t(f"col.{name}") for name in names], rows)
    causes = writer.worst_causes(material, WEEK, _MOST_CAUSES)
    if causes:
        listed = [[cell(t.name(row.labels["cause"])), *writer.standing(row.values)] for row in causes]
        head = [t(f"col.{name}") for name in ("cause", "standing_mean", "standing_now", "oldest", "blocked")]
        yield Table(t("causes.caption"), head, listed)
