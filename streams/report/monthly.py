"""The monthly report, for the review from which an organisation learns: what was decided, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from processors.decided import Decided
from processors.lifetable import middle_s
from processors.measures.terms import ALL
from processors.panes import DAY_MS
from processors.periods import decisions
from processors.periods.changes import Change
from processors.periods.figures import Key
from processors.periods.period import Period
from streams.report.material import Material
from streams.report.model import LATE, SOFT, Cell, Heading, Note, Part, Report, Section, Table, Tile, cell, cells
from streams.report.moved import Moved, moved
from streams.report.parts import OF_A_DECISION, PERIOD, Compared, Writer
from streams.report.speech import NONE
from streams.report.weekly import levels

MONTH = "28d"
_MONTH_MS = 28 * DAY_MS
_FEW_CASES = 10  # an operational decision without a title on fewer cases is daily work, and only counted
_MOST_DECISIONS, _MOST_SHOWN, _MOST_WAITING, _MOST_OBSTACLES = 60, 4, 10, 10
_ORDER = {"strategic": 0, "tactical": 1, "operational": 2}


def report(material: Material, writer: Writer) -> Report:
    """The monthly report."""
    month = _Month(material, writer)
    t, at = writer.t, material.at
    return Report(
        kind="monthly",
        title=t("monthly.title"),
        subtitle=t("subtitle.span", start=t.day(at - _MONTH_MS), at=t.instant(at), zone=t.zone.key),
        sentences=list(month.sentences()),
        tiles=list(month.tiles()),
        sections=[
            Section("decided", t("decided.title"), t("decided.lead"), list(month.listed())),
            Section("farthest", t("farthest.title"), t("farthest.lead"), list(month.farthest())),
            Section("waiting", t("waiting.title"), t("waiting.lead"), list(month.waiting())),
            Section("levels", t("levels.title"), t("levels.lead"), list(levels(material, writer, MONTH))),
            Section("before", t("month_before.title"), t("month_before.lead"), list(month.before())),
            Section(
                "rhythm", t("rhythm.monthly.title"), t("rhythm.monthly.lead"), list(writer.rhythm(material, "monthly"))
            ),
            Section("lasting", t("lasting.title"), t("lasting.lead"), list(month.lasting())),
        ],
        notes=writer.notes("note.moved", "note.intervals", "note.waiting", "note.rhythm"),
    )


class _Month:
    def __init__(self, material: Material, writer: Writer) -> None:
        self.m, self.w, self.t = material, writer, writer.t
        self.start = material.span(_MONTH_MS)[0]
        known = list(material.decisions())
        self.of_month = [one for one in known if self._lies_in(one.made_at) or self._lies_in(one.effective_at)]
        weighty = [one for one in self.of_month if _is_weighty(one)]
        self.weighty = sorted(weighty, key=lambda one: (_ORDER.get(one.level, 3), -one.cases, one.decision))
        self.shown = [(one, moved(material, one)) for one in self.weighty[:_MOST_DECISIONS]]
        self.in_flight = [one for one in known if _is_weighty(one) and one.made_at is not None and _is_open(one)]

    def _lies_in(self, at: int | None) -> bool:
        return at is not None and self.start <= at <= self.m.at

    # -- at its head

    def sentences(self) -> Iterator[str]:
        t, made = self.t, sum(self._lies_in(one.made_at) for one in self.of_month)
        effective = sum(self._lies_in(one.effective_at) for one in self.of_month)
        yield t.many("monthly.made", made, effective=t.number(effective)) if made else t("monthly.nothing")
        if self.weighty:
            better, worse = (sum(self._moves(found, way) for _, found in self.shown) for way in (1, -1))
            key = "monthly.moved" if better or worse else "monthly.unmoved"
            yield t.many(key, len(self.weighty), better=t.number(better), worse=t.number(worse))
        waiting = len(self.in_flight)
        if waiting:
            oldest = min(self.in_flight, key=lambda one: one.made_at or 0)
            yield t.many("monthly.waiting", waiting, day=t.date(oldest.made_at or 0))
        kept, eligible = self.m.rhythm("monthly", "decide")[ALL]
        if eligible:
            yield t("monthly.rhythm", share=t.percent(kept / eligible))

    def _moves(self, found: Moved, way: int) -> bool:
        """Whether anything at its touchpoints has clearly become better (1), or worse (-1)."""
        return any(
            bool(change.direction) and change.direction * change.better == way for change in found.changes.values()
        )

    def tiles(self) -> Iterator[Tile]:
        t, of = self.t, self.of_month
        yield Tile(
            t("tile.made"),
            t.number(sum(self._lies_in(one.made_at) for one in of)),
            t("tile.weighty", n=t.number(len(self.weighty))),
        )
        lengths = self._effect()
        yield Tile(t("tile.effect"), t.length(lengths), t("tile.effect.note"))
        cases = sum(one.cases for one in of)
        again = sum(one.reopened for one in of)
        share = t.percent(again / cases if cases else None)
        yield Tile(
            t("tile.reopened"), share, t("tile.of", kept=t.number(again), eligible=t.number(cases)) if cases else ""
        )
        yield Tile(t("tile.waiting"), t.number(len(self.in_flight)), t("tile.waiting.note"))

    def _effect(self) -> float | None:
        """Half of the decisions made in the month take effect within this, seconds; those that wait are counted in."""
        period = Period(*self.m.span(_MONTH_MS), self.m.at, self.m.known.at)
        found = decisions.figures(self.m.known.cells, period, together=True)
        figure = found.get(Key("decision", (("unit", ALL), ("level", ALL)), "p50_s"))
        return None if figure is None else figure.estimate.value

    # -- sections

    def listed(self) -> Iterator[Part]:
        t = self.t
        if not self.weighty:
            yield Note(t("decisions.nothing"))
            return
        head = [
            t(f"col.{name}")
            for name in ("decision_title", "made_at", "effective_at", "took", "cases", "reopened", "moved")
        ]
        yield Table(
            t("decided.caption"), head, [self._row(one, found) for one, found in self.shown], texts=(0, 6), wide=6
        )
        beyond = len(self.weighty) - len(self.shown)
        if beyond:
            yield Note(t.many("decided.beyond", beyond))
        daily = len(self.of_month) - len(self.weighty)
        if daily:
            yield Note(t.many("decided.daily", daily, few=t.number(_FEW_CASES)))

    def _row(self, one: Decided, found: Moved) -> list[Cell]:
        t = self.t
        made = NONE if one.made_at is None else t.date(one.made_at)
        return [
            cell(self._title(one), more=self._of(one)),
            cell(made),
            self._effective(one),
            self._took(one),
            cell(t.number(one.cases)),
            cell(t.number(one.reopened), LATE if one.reopened else SOFT),
            self._moved(found),
        ]

    def _title(self, one: Decided) -> str:
        return self.t.name(one.title or one.decision)

    def _of(self, one: Decided) -> str:
        """Level, unit and touchpoints."""
        t = self.t
        said = [t.term("level", one.level), t.name(one.unit) if one.unit else t("organisation")]
        return " · ".join([*said, ", ".join(map(t.place, one.touchpoints)) or t("no_touchpoint")])

    def _effective(self, one: Decided) -> Cell:
        t = self.t
        if one.effective_at is not None:
            return cell(t.date(one.effective_at))
        if one.revoked_at is not None:
            return cell(t("never.revoked"), SOFT, t.date(one.revoked_at))
        return cell(t("never.yet"), self._patience(one))

    def _patience(self, one: Decided) -> str:
        """A decision that has waited longer than the longest rhythm is late."""
        return LATE if one.made_at is not None and self.m.at - one.made_at > _MONTH_MS else SOFT

    def _took(self, one: Decided) -> Cell:
        """From being made to its effect."""
        t = self.t
        if one.made_at is None or _is_revoked(one):
            return cell(NONE)
        if one.effective_at is not None:
            return cell(t.length(max(0, one.effective_at - one.made_at) / 1000))
        return cell(t.length((self.m.at - one.made_at) / 1000), SOFT, t("so_far"))

    def _moved(self, found: Moved) -> Cell:
        """What has clearly moved, in words."""
        t = self.t
        if not found.weeks:
            return cell(t(found.why), SOFT)
        clear = [(word, change) for word, change in found.changes.items() if change.direction and change.better]
        weeks = t.many("moved.weeks", found.weeks)
        if not clear:
            return cell(t("moved.nothing"), SOFT, weeks)
        first, *also = (self._clearly(word, change) for word, change in clear)
        return Cell(first, "", weeks, also)

    def _clearly(self, word: str, change: Change) -> str:
        t = self.t
        return t("moved.clearly", what=t(f"fig.{word}"), change=self.w.change(change), says=self.w.verdict(change).text)

    def farthest(self) -> Iterator[Part]:
        """The decisions that reach farthest, each with how its touchpoints moved."""
        t = self.t
        told = [(one, found) for one, found in self.shown if found.weeks][:_MOST_SHOWN]
        if not told:
            yield Note(t("farthest.nothing"))
        for place, (one, found) in enumerate(told, 1):
            effective = t.day(one.effective_at or 0)
            weeks = t.many("moved.weeks", found.weeks)
            yield Heading(self._title(one), t("farthest.of", of=self._of(one), day=effective, weeks=weeks))
            yield from self.w.beside(list(found.changes.values()), _compared(found), "moved", str(place))

    def waiting(self) -> Iterator[Part]:
        t = self.t
        if not self.in_flight:
            yield Note(t("waiting.nothing"))
            return
        oldest = sorted(self.in_flight, key=lambda one: (one.made_at or 0, one.decision))[:_MOST_WAITING]
        rows = [
            [
                cell(self._title(one), more=self._of(one)),
                cell(t.date(one.made_at or 0)),
                cell(t.length((self.m.at - (one.made_at or 0)) / 1000), self._patience(one)),
                cell(t.number(one.cases)),
            ]
            for one in oldest
        ]
        yield Table(
            t("waiting.caption"), [t(f"col.{name}") for name in ("decision_title", "made_at", "waited", "cases")], rows
        )

    def before(self) -> Iterator[Part]:
        before, after = self.m.span(_MONTH_MS, _MONTH_MS), self.m.span(_MONTH_MS)
        if not self.m.is_known(before):
            yield Note(self.t("month_before.nothing"))
            return
        yield from self.w.beside(self.m.changes((before[0], after[0]), after), PERIOD, "month_before")

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
                cell(t("stands"), LATE) if stands else cell(t("gone"), SOFT),
                cell(t.number(named)),
            ]
            for lasted, touchpoint, cause, raised, stands, named in sorted(stood, reverse=True)[:_MOST_OBSTACLES]
        ]
        head = [t(f"col.{name}") for name in ("cause", "touchpoint", "raised_at", "stood", "now", "cases_named")]
        yield Table(t("lasting.caption"), head, rows, texts=(0, 1, 4))


def _is_weighty(one: Decided) -> bool:
    return one.level != "operational" or one.title is not None or one.cases >= _FEW_CASES


def _is_open(one: Decided) -> bool:
    return one.effective_at is None and one.revoked_at is None


def _is_revoked(one: Decided) -> bool:
    return one.effective_at is None and one.revoked_at is not None


def _compared(found: Moved) -> list[Compared]:
    return [one for one in OF_A_DECISION if one.word in found.changes]
