"""The monthly report, for the review from which an organisation learns: what was decided, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from processors.lifetable import middle_s
from processors.measures.terms import ALL
from processors.panes import DAY_MS
from processors.periods import decisions
from processors.periods.figures import Key
from processors.periods.period import Period
from streams.report import sections
from streams.report.deciding import Decisions
from streams.report.material import Material, total
from streams.report.model import LATE, SOFT, Cell, Note, Part, Report, Table, Tile, cells
from streams.report.parts import Writer
from streams.report.periods import PERIOD, beside

MONTH = "28d"
_MONTH_MS = 28 * DAY_MS
_MOST_OBSTACLES = 10


def report(material: Material, writer: Writer) -> Report:
    """The monthly report."""
    month = _Month(material, writer)
    t, at = writer.t, material.at
    return Report(
        kind="monthly",
        title=t("monthly.title"),
        subtitle=t("subtitle.span", start=t.day(at - _MONTH_MS), at=t.instant(at), zone=str(t.zone)),
        sentences=list(month.sentences()),
        tiles=list(month.tiles()),
        sections=[
            writer.section("decided", "decided", month.decisions.listed()),
            writer.section("farthest", "farthest", month.decisions.farthest()),
            writer.section("waiting", "waiting", month.decisions.waiting()),
            writer.section("levels", "levels", sections.decisions(material, writer, MONTH)),
            writer.section("before", "month_before", month.before()),
            writer.section("rhythm", "rhythm.monthly", writer.rhythm(material, "monthly")),
            writer.section("lasting", "lasting", month.lasting()),
        ],
        notes=writer.notes("note.moved", "note.intervals", "note.waiting", "note.rhythm"),
    )


class _Month:
    def __init__(self, material: Material, writer: Writer) -> None:
        self.m, self.w, self.t = material, writer, writer.t
        self.start = material.span(_MONTH_MS)[0]
        self.decisions = Decisions(material, writer.t, self.start)

    # -- at its head

    def sentences(self) -> Iterator[str]:
        t, found = self.t, self.decisions
        made, effective = self._counts()
        yield t("monthly.made", n=made, effective=effective) if made else t("monthly.nothing")
        if found.weighty:
            better, worse = found.moves(1), found.moves(-1)
            key = "monthly.moved" if better or worse else "monthly.unmoved"
            yield t(key, n=len(found.weighty), better=better, worse=worse)
        if found.in_flight:
            oldest = min(one.made_at or 0 for one in found.in_flight)
            yield t("monthly.waiting", n=len(found.in_flight), day=t.date(oldest))
        yield from self.w.decided_sentence(self.m, "monthly")

    def _counts(self) -> tuple[int, int]:
        """Decisions made, and in effect, in the month."""
        rows = self.m.rows("decision", MONTH)
        return total(row.values["made"] for row in rows), total(row.values["effective"] for row in rows)

    def tiles(self) -> Iterator[Tile]:
        t, found = self.t, self.decisions
        yield Tile(t("tile.made"), t.number(self._counts()[0]), t("tile.weighty", n=len(found.weighty)))
        yield Tile(t("tile.effect"), t.length(self._effect()), t("tile.effect.note"))
        cases = sum(one.cases for one in found.of_month)
        yield self.w.share_tile("tile.reopened", sum(one.reopened for one in found.of_month), cases)
        yield Tile(t("tile.waiting"), t.number(len(found.in_flight)), t("tile.waiting.note"))

    def _effect(self) -> float | None:
        """Half of the decisions made in the month take effect within this, seconds; those that wait are counted in."""
        period = Period(*self.m.span(_MONTH_MS), self.m.at, self.m.known.at)
        found = decisions.figures(self.m.known.cells, period, together=True)
        figure = found.get(Key("decision", (("unit", ALL), ("level", ALL)), "p50_s"))
        return None if figure is None else figure.estimate.value

    # -- sections

    def before(self) -> Iterator[Part]:
        before, after = self.m.span(_MONTH_MS, _MONTH_MS), self.m.span(_MONTH_MS)
        if not self.m.is_known(before):
            yield Note(self.t("month_before.nothing"))
            return
        yield from beside(self.t, self.m.changes((before[0], after[0]), after), PERIOD, "month_before")

    def lasting(self) -> Iterator[Part]:
        """Of the obstacles that stood in the month, those that stood longest."""
        t, at = self.t, self.m.at
        stood = []
        for touchpoint, cause, raised, length, named in self.m.episodes():
            lasted = (at - raised) / 1000 if length is None else middle_s(length)
            if length is None or raised + 1000 * lasted >= self.start:
                stood.append((lasted, touchpoint, cause, raised, length is None, named))
        if not stood:
            yield Note(t("worst.nothing"))
            return
        rows = [
            [
                *cells(t.name(cause), t.place(touchpoint), t.date(raised), t.length(lasted)),
                Cell(t("stands"), LATE) if stands else Cell(t("gone"), SOFT),
                Cell(t.number(named)),
            ]
            for lasted, touchpoint, cause, raised, stands, named in sorted(stood, reverse=True)[:_MOST_OBSTACLES]
        ]
        head = t.head("cause", "touchpoint", "raised_at", "stood", "now", "cases_named")
        yield Table(t("lasting.caption"), head, rows, texts=(0, 1, 4))
