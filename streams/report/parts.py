"""Parts that several reports share: cells of lengths and of friction, and how much was decided within a rhythm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from processors.measures.terms import ALL, Row
from streams.report import charts
from streams.report.charts import Bar, Words
from streams.report.material import Material, Values
from streams.report.model import SOFT, Cell, Chart, Note, Part, Section, Table, Tile, cells
from streams.report.speech import NONE, Speech

_RHYTHMIC = ("decide", "effect")


class Writer:
    """Writes parts of reports in a language."""

    def __init__(self, speech: Speech) -> None:
        self.t = speech

    def notes(self, *keys: str) -> list[str]:
        return [self.t(key) for key in keys]

    def section(self, key: str, words: str, parts: Iterable[Part]) -> Section:
        """A section. key: its place in the page. words: the key of its title and lead."""
        return Section(key, self.t(f"{words}.title"), self.t(f"{words}.lead"), list(parts))

    def lengths(self, values: Values) -> list[Cell]:
        """p50, p90, p50 of the completed alone, and how many wait."""
        if not values:
            return cells(NONE, NONE, NONE, NONE)
        t, waiting = self.t, int(values["running"] or 0)
        p50, p90 = (
            Cell(t.length(values[name])) if values[name] is not None else Cell(t("unreached"), SOFT)
            for name in ("p50_s", "p90_s")
        )
        return [p50, p90, Cell(t.length(values["completed_p50_s"]), SOFT), Cell(t.number(waiting))]

    def reached(self, seconds: float | None, n: float | None) -> str:
        """A length; where there is none though something has begun, that it is not reached yet."""
        return self.t("unreached") if seconds is None and n else self.t.length(seconds)

    def standing(self, values: Values) -> list[Cell]:
        """Standing mean, now, the oldest, blocked case time."""
        t = self.t
        return cells(
            t.amount(values["standing_mean"]),
            t.number(values["standing_now"]),
            t.date(values["oldest_at"]),
            t.length(values["blocked_case_s"]),
        )

    def worst_causes(self, material: Material, window: str, most: int) -> list[Row]:
        """The rows of the causes that stand most, over all touchpoints."""
        rows = [
            row
            for row in material.rows("friction", window)
            if row.labels["touchpoint"] == ALL and row.labels["cause"] != ALL and row.values["standing_mean"]
        ]
        return sorted(rows, key=lambda row: (-(row.values["standing_mean"] or 0), row.labels["cause"]))[:most]

    def rhythm(self, material: Material, name: str) -> Iterator[Part]:
        """The share that was decided, and took effect, within a rhythm, by unit."""
        t = self.t
        found = {of: material.rhythm(name, of) for of in _RHYTHMIC}
        units = [
            unit for unit in [*material.units, ALL] if any(unit in found[of] and found[of][unit][1] for of in found)
        ]
        if not units:
            yield Note(t("nothing"))
            return
        names = {unit: t("all") if unit == ALL else t.term("unit", unit) for unit in units}
        shown = [Bar(names[unit], *_bar(found["decide"].get(unit, (0, 0)), t)) for unit in units]
        words = Words(f"rhythm-{name}", t(f"rhythm.{name}.chart"), t("rhythm.desc"))
        yield Chart(words.title, charts.bars(words, shown, 1.0))
        rows = [
            [Cell(names[unit]), *(one for of in _RHYTHMIC for one in self._kept(found[of].get(unit)))] for unit in units
        ]
        head = t.head("unit", *(what for _ in _RHYTHMIC for what in ("share", "of")))
        groups = [("", 1), *((t(f"col.{of}"), 2) for of in _RHYTHMIC)]
        yield Table(t(f"rhythm.{name}.caption"), head, rows, total=True, groups=groups)

    def _kept(self, pair: tuple[int, int] | None) -> list[Cell]:
        kept, eligible = pair or (0, 0)
        if not eligible:
            return cells(NONE, NONE)
        return cells(self.t.percent(kept / eligible), self.t("tile.of", kept=kept, eligible=eligible))

    def decided_sentence(self, material: Material, name: str) -> Iterator[str]:
        """How much was decided within a rhythm, unless there was nothing to decide."""
        kept, eligible = material.rhythm(name, "decide")[ALL]
        if eligible:
            yield self.t(f"{name}.rhythm", share=self.t.percent(kept / eligible))

    def decided_tile(self, material: Material, name: str, label: str) -> Tile:
        """The same as a figure at the head of the page."""
        return self.share_tile(label, *material.rhythm(name, "decide")[ALL])

    def share_tile(self, label: str, part: int, whole: int) -> Tile:
        """A share, and what it is of."""
        if not whole:
            return Tile(self.t(label), NONE)
        return Tile(self.t(label), self.t.percent(part / whole), self.t("tile.of", kept=part, eligible=whole))


def _bar(pair: tuple[int, int], t: Speech) -> tuple[float | None, str]:
    kept, eligible = pair
    return (kept / eligible, t.percent(kept / eligible)) if eligible else (None, NONE)
