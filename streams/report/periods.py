"""Two periods side by side: by which figures, how each of them changed, and how a decision's touchpoints moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from processors.decided import Decided
from processors.measures.terms import ALL
from processors.panes import DAY_MS
from processors.periods.changes import Change
from processors.periods.figures import LENGTH, RATE, SHARE, VALUES, Key
from processors.periods.period import aligned
from streams.language.locales import NO_BREAK
from streams.report import charts
from streams.report.charts import Span, Words
from streams.report.compare import figures
from streams.report.material import Material
from streams.report.model import GOOD, LATE, SOFT, Cell, Chart, Note, Part, Table, cells
from streams.report.speech import NONE, Speech

_WEEK_MS = 7 * DAY_MS
_MOST_WEEKS = 4
_COUNTED = frozenset(("count_per_day", "raised_per_day", "received_per_day", "made_per_day"))


def _key(measure: str, value: str, **labels: str) -> Key:
    return Key(measure, tuple(labels.items()), value)


def _clock(name: str, value: str) -> Key:
    return _key("clock", value, touchpoint=ALL, severity=ALL, clock=name)


KEYS = {
    "came": _key("feedback", "count_per_day", touchpoint=ALL, kind=ALL),
    "complaints": _key("feedback", "count_per_day", touchpoint=ALL, kind="complaint"),
    "first": _clock("acknowledge", "p50_s"),
    "first_missed": _clock("acknowledge", "missed_share"),
    "decision": _clock("decide", "p50_s"),
    "within_1d": _clock("decide", "within_1d_share"),
    "resolve": _clock("resolve", "p50_s"),
    "missed": _clock("resolve", "missed_share"),
    "effect": _key("decision", "p50_s", unit=ALL, level=ALL),
    "reopened": _key("decision", "reopened_share", unit=ALL, level=ALL),
    "standing": _key("friction", "standing_mean", touchpoint=ALL, cause=ALL),
    "raised": _key("friction", "raised_per_day", touchpoint=ALL, cause=ALL),
    "blocked": _key("friction", "blocked_case_s_per_day", touchpoint=ALL, cause=ALL),
    "emotion": _key("emotion", "mean", touchpoint=ALL),
    "negative": _key("emotion", "negative_share", touchpoint=ALL),
    "nps": _key("score", "nps", touchpoint=ALL, scale="nps"),
}
"""The figures that periods are compared by, as the words of reports name them."""

DAY = ("came", "complaints", "first", "first_missed", "raised", "standing", "emotion", "negative")
PERIOD = tuple(word for word in KEYS if word != "first_missed")
OF_A_DECISION = ("decision", "resolve", "standing", "complaints", "emotion")


def writing(t: Speech, key: Key) -> Callable[[float | None], str]:
    """How the values of a figure are written."""
    kind = VALUES[key.measure, key.value].kind
    if kind == LENGTH or key.value in figures.TIMES:
        return t.length
    if kind == SHARE:
        return t.percent
    if kind == RATE:
        return t.counted if key.value in _COUNTED else t.amount
    return lambda x: t.signed(x, 1 if key.value == "nps" else 2)


def told(t: Speech, change: Change) -> str:
    """`-17 % (-30 … -9)`; of what may be below 0, the difference."""
    bound: Callable[[float], str]
    if figures.has_percent(change):
        value, low, high = figures.percent(change)
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


def verdict(t: Speech, change: Change) -> Cell:
    """Whether it is better or worse, or may be chance."""
    if not change.direction:
        return Cell(t("verdict.unsaid" if change.direction is None else "verdict.unclear"), SOFT)
    word = figures.verdict(change)
    return Cell(t(f"verdict.{word}"), {"better": GOOD, "worse": LATE}.get(word, ""))


def beside(t: Speech, changes: Iterable[Change], words: Sequence[str], key: str, place: str = "") -> Iterator[Part]:
    """Two periods: the changes in percent as a chart, and all of them as a table. words: of the figures. key: of the
    titles. place: what tells one chart from others with the same titles.
    """
    by_key = {change.key: change for change in changes}
    rows, spans = [], []
    for word, change in ((word, by_key[KEYS[word]]) for word in words if KEYS[word] in by_key):
        name, write, says = t(f"fig.{word}"), writing(t, change.key), verdict(t, change)
        before, after = (write(figure.estimate.value) for figure in (change.before, change.after))
        rows.append([*cells(name, before, after, told(t, change)), says])
        value, low, high = figures.percent(change)
        if value is not None:
            spans.append(Span(name, value, low, high, says.text))
    if not rows:
        yield Note(t("nothing"))
        return
    if spans:
        chart = Words(f"{key}{place}-chart", t(f"{key}.chart"), t("changes.desc"))
        legend = [(charts.DOT, t("legend.change")), (charts.INTERVAL, t("legend.interval"))]
        yield Chart(chart.title, charts.changes(chart, spans, t.signed_percent), legend)
    yield Table(t(f"{key}.caption"), t.head("what", "before", "after", "change", "says"), rows, texts=(0, 4))


class Moved(NamedTuple):
    """weeks: how long before and after; 0: it cannot be told, and `why` is a key of the words. changes: by word."""

    weeks: int
    why: str
    changes: dict[str, Change]


def moved(material: Material, decided: Decided) -> Moved:
    """What has changed at the touchpoints of a decision with its effect, over whole weeks, four at most."""
    effective, since = decided.effective_at, material.known.since
    if effective is None or since is None:
        return Moved(0, "moved.no_effect", {})
    if not decided.touchpoints:
        return Moved(0, "moved.nowhere", {})
    after, before = (max(0, length // _WEEK_MS) for length in (material.at - effective, effective - since + DAY_MS))
    weeks = min(after, before, _MOST_WEEKS)
    if not weeks:
        return Moved(0, "moved.early" if not after else "moved.unknown", {})
    length = weeks * _WEEK_MS
    spans = aligned(effective - length, effective), aligned(effective, effective + length)
    by_key = {change.key: change for change in material.changes(*spans, of=decided.touchpoints)}
    return Moved(weeks, "", {word: by_key[KEYS[word]] for word in OF_A_DECISION if KEYS[word] in by_key})
