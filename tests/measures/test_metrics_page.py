"""docs/metrics.md: every metric with its labels, and how many series it has, held against the text of real scrapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from processors.alarms import LEVELS
from processors.backtest import Backtest
from processors.events import (
    DECISION_LEVELS,
    FEEDBACK_KINDS,
    INDICATOR_KINDS,
    SCALES,
    SEVERITIES,
    Action,
    Decision,
    Event,
    Feedback,
    Indicator,
    Obstacle,
    Pulse,
)
from processors.measures.rows import kept, rows
from processors.measures.view import View
from processors.policy import CLOCKS, OTHER
from processors.standing import CaseStanding, DecisionStanding, ObstacleStanding, Standing
from streams.config import Config, parse
from streams.kafka.records import TopicPartition
from streams.kafka.topics import CHANGELOGS, INPUTS
from streams.measures.subscriber import frame
from streams.measures.view import Snapshot
from streams.metrics.capped import MOST_NAMES
from streams.metrics.measures import MeasureMetrics
from streams.results.measures import CellsSoFar, add
from streams.shard.counters import Counters
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import Stage
from streams.worker.metrics import WorkerCollector, view_families
from tests.contributions import contributions
from tests.measures.contents import NOW
from tests.measures.scratch import DAY, HOUR, MINUTE
from tests.screens.exported import exported
from tests.shards import core_of, memory_log, shard_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
_LINE = re.compile(r"\| `(rytmi_\w+)` \|([\w, ]*)\| (.*) \| ([^|]+) \|")
RAISED = {"about": "clock", "kind": "raised"}
REASONS = ("undecodable", "invalid", "id_conflict")


class Metric(NamedTuple):
    """A line of the page."""

    labels: frozenset[str]
    says: str
    series: str


def page() -> dict[str, Metric]:
    found = [_LINE.fullmatch(line) for line in PAGE.read_text().splitlines() if line.startswith("| `rytmi_")]
    assert None not in found, "a line of another form"
    lines = [match.groups() for match in found if match is not None]
    assert len({name for name, *_ in lines}) == len(lines), "named twice"
    return {name: Metric(frozenset(labels.replace(",", " ").split()), says, n) for name, labels, says, n in lines}


def series(formula: str, letters: Mapping[str, int]) -> int:
    """What a formula says: a product of numbers, letters and (letter + number)."""
    factors = [factor.strip("() ").split(" + ") for factor in formula.split("*")]
    return prod(sum(letters[term] if term in letters else int(term) for term in terms) for terms in factors)


class Size(NamedTuple):
    """A configuration, and how many names producers use."""

    touchpoints: int
    units: int
    windows: tuple[str, ...]
    functions: int
    intended: int
    causes: int
    questions: int
    indicators: int
    partitions: int

    @property
    def letters(self) -> dict[str, int]:
        return {
            "T": self.touchpoints + 1,
            "U": self.units + 1,
            "W": len(self.windows),
            "P": self.partitions,
            "C": min(self.causes, MOST_NAMES),
            "Q": min(self.questions, MOST_NAMES),
            "I": min(self.indicators, MOST_NAMES),
            "F": self.functions,
            "N": self.intended,
            "R": len(REASONS),
        }

    def config(self) -> Config:
        units = [f"u{n}" for n in range(self.units)]
        places: list[dict[str, Any]] = [
            {"id": f"t{n}", "unit": units[n % len(units)]} if n < self.units else {"id": f"t{n}"}
            for n in range(self.touchpoints)
        ]
        for place in places[: self.intended]:
            place["intended"] = {"emotion": 0.5, "score": 0.5, "standing": 1}
        return parse(
            {
                "units": [{"id": unit} for unit in units],
                "touchpoints": places,
                "functions": [{"id": f"f{n}"} for n in range(self.functions)],
                "policies": [{"name": "all", "targets": dict.fromkeys(CLOCKS, "1h")}],
                "windows": list(self.windows),
            }
        )


SIZES = [
    Size(3, 2, ("15m", "1d"), 2, 2, 2, 3, 2, 4),
    Size(6, 6, ("1h", "7d", "28d"), 1, 1, 60, 60, 60, 2),
    Size(1, 1, ("15m", "1h", "1d", "7d", "28d"), 1, 1, 1, 1, 1, 1),
]


def everything(size: Size, config: Config) -> Iterator[Event]:
    """All that can happen at every place, within the last minutes; and in the rhythms' time."""
    for place in [*(one.id for one in config.file.touchpoints), OTHER]:
        yield from _at(place, size)
    for unit in [*(one.id for one in config.file.units), "unheard of"]:
        for level in DECISION_LEVELS:
            for stage, at in (("made", NOW - 2 * MINUTE), ("effective", NOW - MINUTE)):
                yield Decision(stage, at, f"{unit}-{level}", stage, level, unit, ("c",))
        for question in range(size.questions):
            for pulse in ("top", "front"):
                yield Pulse(f"{question}-{pulse}", NOW - MINUTE, unit, None, pulse, f"question {question}", 0.5)
    for function in [*(one.id for one in config.file.functions), "undeclared"]:
        for n in range(size.indicators):
            for kind in INDICATOR_KINDS:
                yield Indicator(f"{n}-{kind}", NOW - HOUR, function, f"indicator {n}", kind, "lagging", 1.0)


def _at(place: str, size: Size) -> Iterator[Event]:
    for severity in SEVERITIES:
        yield from _whole_case(f"{place}-{severity}", place, severity, NOW - 4 * MINUTE)
    for days in (1.5, 10, 40):
        yield from _whole_case(f"{place}-{days}", place, "low", NOW - int(days * DAY))
    for kind in (None, *FEEDBACK_KINDS):
        yield Feedback(f"k-{kind}", NOW - MINUTE, f"{place}-said", place, "low", kind, emotion=0.5)
    for scale in SCALES:
        yield Feedback(f"s-{scale}", NOW - MINUTE, f"{place}-said", place, "low", score=3, scale=scale)
    for kind in ("told", "closed"):  # else somebody would wait, and the ninth of ten would be unknown
        yield Action(kind, NOW - MINUTE, f"{place}-said", kind)
    for cause in [*(f"cause {i}" for i in range(size.causes)), OTHER]:
        obstacle = f"{place}-{cause}"
        yield Obstacle("r", NOW - 2 * MINUTE, obstacle, "raised", place, cause, ("c",))
        yield Obstacle("d", NOW - MINUTE, obstacle, "removed", place, cause)


def _whole_case(name: str, place: str, severity: str, at: int) -> Iterator[Event]:
    yield Feedback("f", at, name, place, severity)
    for stage, seconds in (("made", 2), ("effective", 3)):
        yield Decision(f"{name}-{stage}", at + seconds * 1000, f"d-{name}", stage, "tactical", None, (name,))
    for kind, seconds in (("acknowledged", 1), ("told", 4), ("closed", 5)):
        yield Action(kind, at + seconds * 1000, name, kind)


def measures(size: Size) -> Counter[str]:
    """Samples by name of a text of the measures."""
    config = size.config()
    backtest = Backtest(config.policies)
    for event in everything(size, config):
        backtest.add(event)
    assert not list(backtest.finish())
    cells: CellsSoFar = {}
    for share in contributions(backtest):
        add(cells, share)
    view = View(kept(frame(config)), NOW, unpack)
    for where, facts in cells.items():
        view.put("", where, pack(list(facts.items())))
    found = list(rows(view, frame(config)))
    return _counted(MeasureMetrics(frame(config)).families(found))


def _counted(families: Any) -> Counter[str]:
    return Counter(sample.name for family in families for sample in family.samples)


def own(size: Size) -> Counter[str]:
    """Samples by name of what a worker says that owns all, when all has happened."""
    config = size.config()
    places = [*(one.id for one in config.file.touchpoints), OTHER]
    standing: dict[str, list[Standing]] = {stage: [] for stage in CHANGELOGS}
    alarms: list[dict[str, Any]] = []
    for place in places:
        for severity in SEVERITIES:
            standing["cases"].append(CaseStanding(place, severity, 1, tuple((clock, 2) for clock in CLOCKS)))
            alarms += [
                {**RAISED, "touchpoint": place, "severity": severity, "clock": clock, "level": level}
                for clock in CLOCKS
                for level in LEVELS
            ]
        for cause in [*(f"cause {i}" for i in range(size.causes)), OTHER]:
            standing["obstacles"].append(ObstacleStanding(place, cause, 1, 1))
    for unit in [*(one.id for one in config.file.units), OTHER]:
        standing["decisions"] += [DecisionStanding(unit, level, 1) for level in DECISION_LEVELS]
    core = core_of(config, size.partitions)
    core.assignment.shards = {
        ShardId(stage.name, n): _shard(stage, n, standing[stage.name], alarms)
        for stage in core.stages
        for n in range(size.partitions)
    }
    core.pipeline.counters = _counters(places)
    places_of_topics = [TopicPartition(topic, n) for topic in INPUTS.values() for n in range(size.partitions)]
    core.committed_at.update(dict.fromkeys(places_of_topics, 1))
    health: Any = SimpleNamespace(partitions=lambda: places_of_topics, caught_up_at=lambda place: 1.0)
    return _counted(WorkerCollector(core, health).collect())


def _shard(stage: Stage, partition: int, found: list[Standing], alarms: list[dict[str, Any]]) -> Shard:
    shard = shard_of(memory_log(), stage, partition)
    shard.standings.fill({str(n): one for n, one in enumerate(found)})
    shard.alarms.take({**alarm, "id": str(n)} for n, alarm in enumerate(alarms))
    return shard


def _counters(places: list[str]) -> Counters:
    counters = Counters()
    counters.events.update((t, r) for t in INPUTS.values() for r in ("folded", "repeated", "deadletter", "control"))
    counters.deadletters.update(REASONS)
    counters.ahead.update(INPUTS.values())
    counters.misplaced.update(INPUTS.values())
    counters.purged.update(CHANGELOGS)
    counters.alarms.update((level, kind) for level in LEVELS for kind in ("raised", "resolved", "retracted"))
    counters.feedback.update(places)
    counters.last_feedback.update(dict.fromkeys(places, 1))
    return counters


def test_every_metric_is_on_the_page_with_its_labels_and_no_other_is() -> None:
    assert {name: metric.labels for name, metric in page().items()} == exported()


def test_a_metric_in_seconds_says_so() -> None:
    for name, metric in page().items():
        assert name.endswith("_seconds") == metric.says.removesuffix("; 0: not known").removesuffix(
            "; none before"
        ).endswith("seconds"), name


@pytest.mark.parametrize("size", SIZES)
def test_series_are_as_many_as_the_page_says_when_everything_has_happened(size: Size) -> None:
    found = measures(size) + own(size) + _counted(view_families(Snapshot((), b"", 0, (), 0, 0.0)))
    expected = {name: series(metric.series, size.letters) for name, metric in page().items()}
    assert dict(found) == expected


def test_a_formula_is_read_as_it_is_written() -> None:
    assert series("(T + 1) * 2 * W", {"T": 3, "W": 5}) == 40
    assert series("7", {}) == 7
