"""The measures as metrics: which values of which rows, under which names and labels.

Labels come from the configuration; causes, questions and indicators are capped, other causes are `other`. Additive
figures never carry totals beside their parts; what cannot be added (quantiles, means) has rows for `all`, and clocks
by severity for `critical` alone. How many series there are follows from the configuration: docs/metrics.md has the
formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.core import Metric

from processors.measures.terms import ALL, Frame, Row
from processors.policy import OTHER
from streams.metrics.capped import Capped
from streams.metrics.exposition import GaugeTable, Line

EVERYTHING = "all"  # what `*` is called in a label
OUTCOMES = ("met", "missed", "running", "none")
_MEDIAN = {"completed_p50_s": "0.5"}
_QUANTILES = {"p50_s": "0.5", "p90_s": "0.9", "p95_s": "0.95"}
_TWO = {"p50_s": "0.5", "p90_s": "0.9"}
_CLOCK = ("touchpoint", "severity", "clock", "window")


class Series(NamedTuple):
    """A metric made of values of the rows of a measure.

    labels: of the row (and its window). values: names in the row; where `label` is given, to what that label says.
    """

    measure: str
    name: str
    help: str
    labels: tuple[str, ...]
    values: Mapping[str, str]
    label: str | None = None


def _one(measure: str, name: str, help_: str, labels: tuple[str, ...], value: str) -> Series:
    return Series(measure, name, help_, labels, {value: ""})


_STAGES = ("made", "effective", "revoked", "cases", "reopened")
_KINDS = ("customer", "operational", "customer_fresh", "operational_fresh")
_WHAT = ("emotion", "score", "standing")
_PLACE, _LEVEL = ("touchpoint", "window"), ("unit", "level", "window")
_RHYTHM, _INDICATOR = ("unit", "rhythm", "clock"), ("function", "indicator", "kind")
_AGE = "those that wait counted with their age"
_ALONE = "The same over those that have stopped, alone: it looks better the longer the queue."
_KEPT = "Share of clocks that stopped within the length of the rhythm, of those that have had it."
_DECISIONS = "Decisions by stage, cases that they answer, cases reopened after their effect."
_COUNTED = "Indicators of a function by kind, and how many of them are fresh."
_INTENDED = "What a touchpoint is meant to be: emotion, score on 0..1, mean number of obstacles standing."
TABLE = (
    Series("clock", "rytmi_clock_seconds", f"How long clocks take, {_AGE}.", _CLOCK, _QUANTILES, "quantile"),
    Series("clock", "rytmi_clock_completed_seconds", _ALONE, _CLOCK, _MEDIAN, "quantile"),
    Series(
        "removal",
        "rytmi_obstacle_removal_seconds",
        f"How long obstacles stand, {_AGE}.",
        _PLACE,
        {"removal_p50_s": "0.5", "removal_p90_s": "0.9"},
        "quantile",
    ),
    _one("rhythm", "rytmi_rhythm_ratio", _KEPT, _RHYTHM, "ratio"),
    _one("rhythm", "rytmi_rhythm_eligible", "How many clocks that share is of.", _RHYTHM, "eligible"),
    Series("decision", "rytmi_decision_effect_seconds", f"From made to effective, {_AGE}.", _LEVEL, _TWO, "quantile"),
    Series("decision", "rytmi_decisions", _DECISIONS, _LEVEL, {name: name for name in _STAGES}, "stage"),
    _one("emotion", "rytmi_emotion_mean", "Mean emotion, -1 to 1.", _PLACE, "mean"),
    _one(
        "emotion",
        "rytmi_emotion_negative_ratio",
        "Share of feedback with an emotion below 0.",
        _PLACE,
        "negative_share",
    ),
    _one("score", "rytmi_score_mean", "Mean score, on its scale.", ("touchpoint", "scale", "window"), "mean"),
    _one("score", "rytmi_nps", "Promoters less detractors, in percent.", _PLACE, "nps"),
    _one("feedback", "rytmi_feedback_received", "Feedback by kind.", ("touchpoint", "kind", "window"), "count"),
    _one("alignment", "rytmi_alignment_ratio", "1 less the difference of the two scores.", ("unit",), "alignment"),
    _one("alignment", "rytmi_customer_score_ratio", "Mean score of customers, on 0..1.", ("unit",), "customer"),
    _one("alignment", "rytmi_employee_score_ratio", "Mean pulse of employees, on 0..1.", ("unit",), "employee"),
    _one(
        "perception_gap",
        "rytmi_perception_gap_ratio",
        "Highest less lowest mean of the levels that answered.",
        ("unit", "question"),
        "gap",
    ),
    _one("indicator", "rytmi_indicator_value", "The latest value.", _INDICATOR, "value"),
    _one("indicator", "rytmi_indicator_timestamp_seconds", "When that was so.", _INDICATOR, "value_at"),
    Series("function", "rytmi_function_indicators", _COUNTED, ("function",), {name: name for name in _KINDS}, "kind"),
    Series(
        "intended",
        "rytmi_intended",
        _INTENDED,
        ("touchpoint",),
        {f"{what}_intended": what for what in _WHAT},
        "what",
    ),
    Series(
        "intended", "rytmi_actual", "What it is, over 28 days.", ("touchpoint",), {what: what for what in _WHAT}, "what"
    ),
)
_BY_MEASURE = {measure: [one for one in TABLE if one.measure == measure] for measure in {one.measure for one in TABLE}}
_CANNOT_BE_ADDED = frozenset(("clock", "removal", "emotion"))


class Names(NamedTuple):
    """Which of the names that producers choose have series of their own."""

    questions: set[str]
    indicators: set[str]


class MeasureMetrics:
    """Makes metrics of rows. It remembers which causes, questions and indicators have series of their own."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._causes = Capped()
        self._questions = Capped()
        self._indicators = Capped()

    def families(self, rows: Sequence[Row]) -> Iterator[Metric]:
        """The families of metrics, in the order of the table."""
        found: dict[str, list[Line]] = {one.name: [] for one in TABLE}
        names = Names(
            self._questions.choose(_counted(rows, "perception_gap", "question", "levels")),
            self._indicators.choose(Counter(row.labels["indicator"] for row in _indicators(rows, self._frame))),
        )
        for row in rows:
            for measure in _read_as(row, names, self._frame):
                for series in _BY_MEASURE.get(measure, ()):
                    found[series.name] += _lines(series, row)
        about = {one.name: one for one in TABLE}
        for name, lines in found.items():
            yield GaugeTable(name, about[name].help, _labels(about[name]), lines)
        yield _outcomes(rows, self._frame)
        yield from self._friction(rows)

    def _friction(self, rows: Sequence[Row]) -> Iterator[Metric]:
        causes = self._causes.choose(_counted(rows, "friction", "cause", "raised"))
        labels = ("touchpoint", "cause", "window")
        standing = "rytmi_friction_standing", "Mean number of obstacles standing at once in the window."
        blocked = "rytmi_friction_blocked_case_seconds", "Obstacle time in the window, times cases named."
        for (name, about), value in ((standing, "standing_mean"), (blocked, "blocked_case_s")):
            sums: Counter[tuple[str, str, str]] = Counter()
            for row in _parts(rows, "friction"):
                cause = row.labels["cause"]
                place = row.labels["touchpoint"], cause if cause in causes else OTHER, row.window or ""
                sums[place] += row.values[value] or 0  # type: ignore[assignment]
            yield GaugeTable(name, about, labels, sums.items())


def _labels(series: Series) -> list[str]:
    return [*series.labels, *([series.label] if series.label else [])]


def _read_as(row: Row, names: Names, frame: Frame) -> Iterator[str]:
    """Under which names of measures a row is looked up in the table; none where it has no metric."""
    measure, labels = row.measure, row.labels
    if measure == "friction":
        if labels["cause"] == ALL:
            yield "removal"
    elif measure == "perception_gap":
        if labels["question"] in names.questions:
            yield measure
    elif measure == "indicator":
        if labels["function"] in frame.functions and labels["indicator"] in names.indicators:
            yield measure
    elif measure == "clock":
        if labels["severity"] in (ALL, "critical"):
            yield measure
    elif measure in _CANNOT_BE_ADDED or ALL not in labels.values():
        yield measure


def _lines(series: Series, row: Row) -> Iterator[Line]:
    where = tuple([_label(row, name) for name in series.labels])
    for name, label in series.values.items():
        value = row.values.get(name)
        if value is not None:
            said = value / 1000 if name.endswith("_at") else value
            yield (*where, label) if series.label else where, said


def _label(row: Row, name: str) -> str:
    value = row.window or "" if name == "window" else row.labels[name]
    return EVERYTHING if value == ALL else value


def _parts(rows: Iterable[Row], measure: str) -> Iterator[Row]:
    """The rows of a measure that are no totals."""
    return (row for row in rows if row.measure == measure and ALL not in row.labels.values())


def _indicators(rows: Iterable[Row], frame: Frame) -> Iterator[Row]:
    """Those of declared functions."""
    return (row for row in rows if row.measure == "indicator" and row.labels["function"] in frame.functions)


def _counted(rows: Iterable[Row], measure: str, label: str, value: str) -> Counter[str]:
    """How often each name was seen, over the windows together."""
    counts: Counter[str] = Counter()
    for row in _parts(rows, measure):
        counts[row.labels[label]] += row.values[value] or 0  # type: ignore[assignment]
    return counts


def _outcomes(rows: Iterable[Row], frame: Frame) -> Metric:
    """Every clock that started in a window once: a cell that has any in one window has its zeros in all."""
    lines: list[Line] = []
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in _parts(rows, "clock"):
        found.setdefault(tuple(row.labels.values()), {})[row.window or ""] = row
    for cell, by_window in found.items():
        for window in frame.windows:
            counts = _came_out(by_window.get(window))
            lines += [((*cell, window, outcome), n) for outcome, n in zip(OUTCOMES, counts, strict=True)]
    about = "Clocks that started in the window, by how they came out: none is without a target, or cancelled."
    return GaugeTable("rytmi_clock_outcomes", about, [*_CLOCK, "outcome"], lines)


def _came_out(row: Row | None) -> tuple[int, int, int, int]:
    if row is None:
        return 0, 0, 0, 0
    received, met, missed, running, overdue = (
        int(row.values[name] or 0) for name in ("received", "met", "missed", "running", "overdue")
    )
    in_time = running - overdue
    return met, missed, in_time, received - met - missed - in_time
