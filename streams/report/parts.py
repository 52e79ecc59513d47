"""What several reports say in the same way: rows of lengths, of friction, of a rhythm; changes and their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from processors.measures.terms import ALL, Row
from processors.periods.changes import Change
from processors.periods.figures import LENGTH, RATE, SHARE, VALUES, Key
from streams.language.locales import NO_BREAK
from streams.report import charts
from streams.report.charts import Bar, Span, Words
from streams.report.material import Material, Values
from streams.report.model import GOOD, LATE, SOFT, Cell, Chart, Note, Part, Section, Table, Tile, cell, cells
from streams.report.speech import NONE, Speech

_RHYTHMIC = ("decide", "effect")
_RATES_OF_TIME = frozenset(("blocked_case_s_per_day",))
_COUNTED = frozenset(("count_per_day", "raised_per_day", "received_per_day", "made_per_day"))
_EVERYTHING = (("touchpoint", ALL), ("severity", ALL))


class Compared(NamedTuple):
    """A value that periods are compared by: its key in the words, and in the figures."""

    word: str
    key: Key


def _clock(name: str, value: str, word: str) -> Compared:
    return Compared(word, Key("clock", (*_EVERYTHING, ("clock", name)), value))


_CAME = Compared("came", Key("feedback", (("touchpoint", ALL), ("kind", ALL)), "count_per_day"))
_COMPLAINTS = Compared("complaints", Key("feedback", (("touchpoint", ALL), ("kind", "complaint")), "count_per_day"))
_FIRST, _REACTION = _clock("acknowledge", "p50_s", "first"), _clock("decide", "p50_s", "decision")
_WITHIN, _RESOLVE = _clock("decide", "within_1d_share", "within_1d"), _clock("resolve", "p50_s", "resolve")
_MISSED = _clock("resolve", "missed_share", "missed")
_FIRST_MISSED = _clock("acknowledge", "missed_share", "first_missed")
_STANDING = Compared("standing", Key("friction", (("touchpoint", ALL), ("cause", ALL)), "standing_mean"))
_RAISED = Compared("raised", Key("friction", (("touchpoint", ALL), ("cause", ALL)), "raised_per_day"))
_BLOCKED = Compared("blocked", Key("friction", (("touchpoint", ALL), ("cause", ALL)), "blocked_case_s_per_day"))
_EFFECT = Compared("effect", Key("decision", (("unit", ALL), ("level", ALL)), "p50_s"))
_REOPENED = Compared("reopened", Key("decision", (("unit", ALL), ("level", ALL)), "reopened_share"))
_EMOTION = Compared("emotion", Key("emotion", (("touchpoint", ALL),), "mean"))
_NEGATIVE = Compared("negative", Key("emotion", (("touchpoint", ALL),), "negative_share"))
_NPS = Compared("nps", Key("score", (("touchpoint", ALL), ("scale", "nps")), "nps"))

DAY = (_CAME, _COMPLAINTS, _FIRST, _FIRST_MISSED, _RAISED, _STANDING, _EMOTION, _NEGATIVE)
PERIOD = (
    *(_CAME, _COMPLAINTS, _FIRST, _REACTION, _WITHIN, _RESOLVE, _MISSED, _EFFECT, _REOPENED),
    *(_STANDING, _RAISED, _BLOCKED, _EMOTION, _NEGATIVE, _NPS),
)
OF_A_DECISION = (_REACTION, _RESOLVE, _STANDING, _COMPLAINTS, _EMOTION)


class Writer:
    """Writes parts of reports in a language."""

    def __init__(self, speech: Speech) -> None:
        self.t = speech

    def notes(self, *keys: str) -> list[str]:
        return [self.t(key) for key in keys]

    def head(self, *columns: str) -> list[str]:
        """The headings of a table."""
        return [self.t(f"col.{name}") for name in columns]

    def section(self, key: str, words: str, parts: Iterable[Part]) -> Section:
        """A section. key: its place in the page. words: the key of its title and lead."""
        return Section(key, self.t(f"{words}.title"), self.t(f"{words}.lead"), list(parts))

    # -- measures

    def lengths(self, values: Values) -> list[Cell]:
        """p50, p90, p50 of the completed alone, and how many wait."""
        if not values:
            return cells(NONE, NONE, NONE, NONE)
        t, waiting = self.t, int(values["running"] or 0)
        p50, p90 = (
            cell(t.length(values[name])) if values[name] is not None else cell(t("unreached"), SOFT)
            for name in ("p50_s", "p90_s")
        )
        return [p50, p90, cell(t.length(values["completed_p50_s"]), SOFT), cell(t.number(waiting))]

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
            [cell(names[unit]), *(one for of in _RHYTHMIC for one in self._kept(found[of].get(unit)))] for unit in units
        ]
        head = self.head("unit", *(what for _ in _RHYTHMIC for what in ("share", "of")))
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

    # -- periods

    def day_figures(self) -> list[tuple[str, Key, Callable[[float | None], str]]]:
        """What a day is compared by: its name, its key, how it is written."""
        return [(self.t(f"fig.{word}"), key, self._writing(key)) for word, key in DAY]

    def _writing(self, key: Key) -> Callable[[float | None], str]:
        t, kind = self.t, VALUES[key.measure, key.value].kind
        if kind == LENGTH or key.value in _RATES_OF_TIME:
            return t.length
        if kind == SHARE:
            return t.percent
        if kind == RATE:
            return t.counted if key.value in _COUNTED else t.amount
        return lambda x: t.signed(x, 1 if key.value == "nps" else 2)

    def change(self, change: Change) -> str:
        """`-17 % (-30 … -9)`; of what may be below 0, the difference."""
        t = self.t
        bound: Callable[[float], str]
        if change.ratio.value is not None:
            value, low, high = (None if x is None else 100 * (x - 1) for x in change.ratio)
            said, bound = t.signed_percent(value or 0.0), lambda x: t.signed(x, int(0 < abs(x) < 9.95))
        elif change.difference.value is not None:
            digits = 1 if change.key.value == "nps" else 2
            value, low, high = change.difference
            said, bound = t.signed(value or 0.0, digits), lambda x: t.signed(x, digits)
        else:
            return NONE
        if low is None and high is None:
            return said
        ends = (t("unknown") if x is None else bound(x) for x in (low, high))
        return f"{said}{NO_BREAK}({f'{NO_BREAK}…{NO_BREAK}'.join(ends)})"

    def verdict(self, change: Change) -> Cell:
        """Whether it is better or worse, or may be chance."""
        direction = change.direction
        if direction is None:
            return cell(self.t("verdict.unsaid"), SOFT)
        if not direction:
            return cell(self.t("verdict.unclear"), SOFT)
        if not change.better:
            return cell(self.t("verdict.more" if direction > 0 else "verdict.less"))
        is_better = direction == change.better
        return cell(self.t("verdict.better" if is_better else "verdict.worse"), GOOD if is_better else LATE)

    def beside(
        self, changes: Sequence[Change], values: Sequence[Compared], key: str, place: str = ""
    ) -> Iterator[Part]:
        """Two periods: the changes in percent as a chart, and all of them as a table. key: of their words. place: what
        tells one chart from others with the same words.
        """
        t, by_key = self.t, {change.key: change for change in changes}
        rows, spans = [], []
        for word, of in values:
            change = by_key.get(of)
            if change is None:
                continue
            name, write = t(f"fig.{word}"), self._writing(of)
            before, after = (write(figure.estimate.value) for figure in (change.before, change.after))
            rows.append([*cells(name, before, after, self.change(change)), self.verdict(change)])
            if change.ratio.value is not None:
                spans.append(self.span(name, change))
        if not rows:
            yield Note(t("nothing"))
            return
        if spans:
            words = Words(f"{key}{place}-chart", t(f"{key}.chart"), t("changes.desc"))
            yield self.intervals(words, spans)
        head = self.head("what", "before", "after", "change", "says")
        yield Table(t(f"{key}.caption"), head, rows, texts=(0, 4))

    def span(self, name: str, change: Change) -> Span:
        """A change in percent, for a chart."""
        value, low, high = (None if x is None else 100 * (x - 1) for x in change.ratio)
        return Span(name, value or 0.0, low, high, self.verdict(change).text)

    def intervals(self, words: Words, spans: Sequence[Span]) -> Chart:
        legend = [(charts.DOT, self.t("legend.change")), (charts.INTERVAL, self.t("legend.interval"))]
        return Chart(words.title, charts.changes(words, spans, self.t.signed_percent), legend)


def _bar(pair: tuple[int, int], t: Speech) -> tuple[float | None, str]:
    kept, eligible = pair
    return (kept / eligible, t.percent(kept / eligible)) if eligible else (None, NONE)
