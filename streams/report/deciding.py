"""The decisions of a month: what each took, what it answered, what came back, and what moved where it took effect."""

from __future__ import annotations

from collections.abc import Iterator

from processors.decided import Decided
from processors.panes import DAY_MS
from processors.periods.changes import Change
from streams.report.material import Material
from streams.report.model import LATE, SOFT, Cell, Heading, Note, Part, Table
from streams.report.periods import Moved, beside, moved, told, verdict
from streams.report.speech import NONE, Speech

MONTH_MS = 28 * DAY_MS
_FEW_CASES = 10  # an operational decision without a title on fewer cases is daily work, and only counted
_MOST_LISTED, _MOST_SHOWN, _MOST_WAITING = 60, 4, 10
_ORDER = {"strategic": 0, "tactical": 1, "operational": 2}


class Decisions:
    """of_month: made, or in effect, since `start`. weighty: those of them beyond daily work, the farthest-reaching
    first. told: those that are listed, with what moved. in_flight: weighty ones that wait for their effect, whenever
    made.
    """

    def __init__(self, material: Material, speech: Speech, start: int) -> None:
        self._m, self.t, self._start = material, speech, start
        known = list(material.decisions())
        self.of_month = [one for one in known if self.lies_in(one.made_at) or self.lies_in(one.effective_at)]
        weighty = [one for one in self.of_month if _is_weighty(one)]
        self.weighty = sorted(weighty, key=lambda one: (_ORDER.get(one.level, 3), -one.cases, one.decision))
        self.told = [(one, moved(material, one)) for one in self.weighty[:_MOST_LISTED]]
        self.in_flight = [one for one in known if _is_weighty(one) and one.made_at is not None and _is_open(one)]

    def lies_in(self, at: int | None) -> bool:
        """Whether an instant is one of the month."""
        return at is not None and self._start <= at <= self._m.at

    def moves(self, way: int) -> int:
        """After how many of those listed something has clearly become better (1), or worse (-1)."""
        return sum(
            any((change.direction or 0) * change.better == way for change in found.changes.values())
            for _, found in self.told
        )

    def listed(self) -> Iterator[Part]:
        """One row each; daily work is counted."""
        t = self.t
        if not self.weighty:
            yield Note(t("decisions.nothing"))
            return
        head = t.head("decision_title", "made_at", "effective_at", "took", "cases", "reopened", "moved")
        rows = [self._row(one, found) for one, found in self.told]
        yield Table(t("decided.caption"), head, rows, texts=(0, 6), wide=6)
        beyond = len(self.weighty) - len(self.told)
        if beyond:
            yield Note(t("decided.beyond", n=beyond))
        daily = len(self.of_month) - len(self.weighty)
        if daily:
            yield Note(t("decided.daily", n=daily, few=_FEW_CASES))

    def _row(self, one: Decided, found: Moved) -> list[Cell]:
        t = self.t
        return [
            Cell(self._title(one), more=self._of(one)),
            Cell(t.date(one.made_at)),
            self._effective(one),
            self._took(one),
            Cell(t.number(one.cases)),
            Cell(t.number(one.reopened), LATE if one.reopened else SOFT),
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
        """When it took effect, or why it did not."""
        t = self.t
        if one.effective_at is not None:
            return Cell(t.date(one.effective_at))
        if one.revoked_at is not None:
            return Cell(t("never.revoked"), SOFT, t.date(one.revoked_at))
        return Cell(t("never.yet"), self._patience(one))

    def _patience(self, one: Decided) -> str:
        """A decision that has waited longer than the longest rhythm is late."""
        return LATE if one.made_at is not None and self._m.at - one.made_at > MONTH_MS else SOFT

    def _took(self, one: Decided) -> Cell:
        """From being made to its effect."""
        t = self.t
        if one.made_at is None or _is_revoked(one):
            return Cell(NONE)
        if one.effective_at is not None:
            return Cell(t.length(max(0, one.effective_at - one.made_at) / 1000))
        return Cell(t.length((self._m.at - one.made_at) / 1000), SOFT, t("so_far"))

    def _moved(self, found: Moved) -> Cell:
        """What has clearly moved, in words."""
        t = self.t
        if not found.weeks:
            return Cell(t(found.why), SOFT)
        clear = [(word, change) for word, change in found.changes.items() if change.direction and change.better]
        weeks = t("moved.weeks", n=found.weeks)
        if not clear:
            return Cell(t("moved.nothing"), SOFT, weeks)
        first, *also = (self._clearly(word, change) for word, change in clear)
        return Cell(first, "", weeks, also)

    def _clearly(self, word: str, change: Change) -> str:
        t = self.t
        return t("moved.clearly", what=t(f"fig.{word}"), change=told(t, change), says=verdict(t, change).text)

    def farthest(self) -> Iterator[Part]:
        """The decisions that reach farthest, each with how its touchpoints moved."""
        t = self.t
        told = [(one, found) for one, found in self.told if found.weeks][:_MOST_SHOWN]
        if not told:
            yield Note(t("farthest.nothing"))
        for place, (one, found) in enumerate(told, 1):
            effective = t.day(one.effective_at or 0)
            weeks = t("moved.weeks", n=found.weeks)
            yield Heading(self._title(one), t("farthest.of", of=self._of(one), day=effective, weeks=weeks))
            yield from beside(t, found.changes.values(), list(found.changes), "moved", str(place))

    def waiting(self) -> Iterator[Part]:
        """Those that are not in effect, the oldest first."""
        t = self.t
        if not self.in_flight:
            yield Note(t("waiting.nothing"))
            return
        oldest = sorted(self.in_flight, key=lambda one: (one.made_at or 0, one.decision))[:_MOST_WAITING]
        rows = [
            [
                Cell(self._title(one), more=self._of(one)),
                Cell(t.date(one.made_at or 0)),
                Cell(t.length((self._m.at - (one.made_at or 0)) / 1000), self._patience(one)),
                Cell(t.number(one.cases)),
            ]
            for one in oldest
        ]
        yield Table(t("waiting.caption"), t.head("decision_title", "made_at", "waited", "cases"), rows)


def _is_weighty(one: Decided) -> bool:
    return one.level != "operational" or one.title is not None or one.cases >= _FEW_CASES


def _is_open(one: Decided) -> bool:
    return one.effective_at is None and one.revoked_at is None


def _is_revoked(one: Decided) -> bool:
    return one.effective_at is None and one.revoked_at is not None
