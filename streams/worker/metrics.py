"""The metrics of a worker, read at the scrape from what it owns and has complete.

Labels come from the configuration alone. Known series exist from the start, with 0 where 0 is true. Instants are
exported as timestamps, so that an age goes on growing when nobody scrapes. While partitions are moving, or a shard is
being read back, nothing is said of cases rather than something low.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from processors.alarms import LEVELS
from processors.policy import CLOCKS, OTHER
from processors.standing import Cell
from streams.alertmanager.sinks import AlarmSink
from streams.config import Config
from streams.kafka.records import TopicPartition
from streams.measures.view import Snapshot
from streams.metrics.cases import PartitionStanding, cases_standing, cells, decisions_in_flight, obstacles_standing
from streams.metrics.exposition import GaugeTable, text_of
from streams.shard.claims import backfill
from streams.shard.counters import Counters
from streams.shard.shard import Shard, ShardId
from streams.worker.core import WorkerCore
from streams.worker.health import Health


class WorkerCollector:
    """Reads a worker."""

    def __init__(self, core: WorkerCore, health: Health) -> None:
        self._core, self._health = core, health

    def collect(self) -> Iterator[Metric]:
        worker = self._core
        shards = worker.assignment.shards if worker.assignment.ready else {}
        yield from standing(shards, worker.config, worker.assignment.now_ms)
        yield touchpoints(worker.config)
        yield from counted(worker.pipeline.counters)
        yield from telling(worker.sink)
        yield GaugeMetricFamily("rytmi_partitions", "Partitions of cases that there are.", worker.settings.partitions)
        owned = GaugeMetricFamily(
            "rytmi_partitions_owned", "Partitions that this worker owns complete.", labels=["stage"]
        )
        for stage in worker.stages:
            owned.add_metric([stage.name], sum(name.stage == stage.name for name in shards))
        yield owned
        entities = GaugeMetricFamily("rytmi_entities", "Entities kept, at rest or not.", labels=["stage"])
        for stage in worker.stages:
            entities.add_metric(
                [stage.name], sum(len(s.store.entities) for n, s in shards.items() if n.stage == stage.name)
            )
        yield entities
        yield _instants(
            "rytmi_caught_up_timestamp_seconds",
            "Until when everything appended to the partition has been taken in.",
            {tp: at for tp in self._health.partitions() if (at := self._health.caught_up_at(tp)) is not None},
        )
        yield _instants(
            "rytmi_commit_timestamp_seconds",
            "When a batch of the partition was last made durable.",
            {place: at / 1000 for place, at in dict(worker.committed_at).items()},
        )


def standing(shards: dict[ShardId, Shard], config: Config, now_ms: Callable[[Shard], int]) -> Iterator[Metric]:
    """What stands: cases, obstacles, decisions in flight, and alarms, summed over shards."""
    cases, obstacles, decisions = (
        [s for name, s in shards.items() if name.stage == stage] for stage in ("cases", "obstacles", "decisions")
    )
    places = list(config.policies.touchpoints)
    yield from cases_standing([PartitionStanding(s.standings, now_ms(s), s.claims.horizon) for s in cases], places)
    yield from _read_past(cases, places)
    yield _alarms(cells(places) if cases else [], cases)
    yield from obstacles_standing([s.standings for s in obstacles])
    yield decisions_in_flight([s.standings for s in decisions], config.policies.units)


def touchpoints(config: Config) -> Metric:
    """What rytmi.yaml says of touchpoints, so that screens need not be told: every worker says the same."""
    family = GaugeMetricFamily(
        "rytmi_touchpoint_place",
        "Where the touchpoint stands in the order of the configuration, from 1, and what it belongs to.",
        labels=["touchpoint", "path", "stage", "unit"],
    )
    declared = {one.id: (one.path or "-", one.stage or "-", one.unit or OTHER) for one in config.file.touchpoints}
    declared.setdefault(OTHER, ("-", "-", OTHER))
    for place, (name, belongs) in enumerate(declared.items(), 1):
        family.add_metric([name, *belongs], place)
    return family


def _read_past(shards: Sequence[Shard], places: Sequence[str]) -> Iterator[Metric]:
    read = GaugeMetricFamily(
        "rytmi_read_past_timestamp_seconds",
        "Until when all is read that could prove a claim about absence wrong; 0: not known.",
        labels=["partition", "touchpoint"],
    )
    filling = GaugeMetricFamily(
        "rytmi_backfill_active", "1 while a backfill is announced: nobody is alarmed.", labels=["partition"]
    )
    for shard in shards:
        for place in places:
            read.add_metric([str(shard.partition), place], shard.claims.horizon(place) / 1000)
        filling.add_metric([str(shard.partition)], backfill(shard.store.controls))
    yield read
    yield filling


def _alarms(places: Sequence[Cell], shards: Sequence[Shard]) -> Metric:
    active: Counter[Cell] = Counter(
        {(*cell, clock, level): 0 for cell in places for clock in CLOCKS for level in LEVELS}
    )
    for shard in shards:
        active.update(shard.alarms.counts())
    labels = ["touchpoint", "severity", "clock", "level"]
    return GaugeTable("rytmi_alarms_active", "Alarms that stand.", labels, active.items())


def counted(counters: Counters) -> Iterator[Metric]:
    """The counters of this process."""
    events = CounterMetricFamily(
        "rytmi_events", "Records taken in, by what became of them.", labels=["topic", "result"]
    )
    for (topic, result), count in list(counters.events.items()):
        events.add_metric([topic, result], count)
    yield events
    for name, help_, label, counts in (
        ("rytmi_deadletters", "Records set aside, by reason.", "reason", counters.deadletters),
        ("rytmi_ahead", "Instants ahead of their arrival, taken as their arrival.", "topic", counters.ahead),
        ("rytmi_misplaced", "Entities first seen in a partition that is not their key's.", "topic", counters.misplaced),
        ("rytmi_purged", "Entities purged after their retention.", "stage", counters.purged),
        ("rytmi_feedback", "Feedback taken in.", "touchpoint", counters.feedback),
    ):
        family = CounterMetricFamily(name, help_, labels=[label])
        for value, count in list(counts.items()):
            family.add_metric([value], count)
        yield family

    alarms = CounterMetricFamily("rytmi_alarms", "Alarms announced and ended.", labels=["level", "kind"])
    for level_and_kind, count in list(counters.alarms.items()):
        alarms.add_metric(level_and_kind, count)
    yield alarms
    last = GaugeMetricFamily(
        "rytmi_last_feedback_timestamp_seconds", "When feedback was last appended.", labels=["touchpoint"]
    )
    for touchpoint, at in list(counters.last_feedback.items()):
        last.add_metric([touchpoint], at / 1000)
    yield last


def telling(sink: AlarmSink) -> Iterator[Metric]:
    """Whether those who are to be told can be."""
    if sink.succeeded_at is not None:
        yield GaugeMetricFamily(
            "rytmi_alertmanager_success_timestamp_seconds", "When Alertmanager last took alarms.", sink.succeeded_at
        )
    yield GaugeMetricFamily("rytmi_alertmanager_waiting", "Alarms whose latest change is not delivered.", sink.waiting)
    yield GaugeMetricFamily(
        "rytmi_alertmanager_unproven",
        "Shards whose alarms are held back, since this process stood still and may have lost them.",
        len(sink.doubtful),
    )
    yield CounterMetricFamily("rytmi_alertmanager_failures", "Requests to Alertmanager that failed.", sink.failures)


def viewing(seen: Snapshot | None) -> bytes:
    """The text of what this worker says as the view: whether it is complete, what it knows, the measures; nothing where
    it is not the view. All of it is of one look: figures beside "complete: 0", or none beside 1, would be neither.
    """
    return b"" if seen is None else text_of(view_families(seen)) + seen.metrics


def view_families(seen: Snapshot) -> Iterator[Metric]:
    """Whether the view is complete, and as of when, as metrics."""
    yield GaugeMetricFamily(
        "rytmi_view_complete", "1 if every source is in the view; else the measures are silent.", seen.rows is not None
    )
    yield GaugeMetricFamily("rytmi_view_sources_missing", "Sources that are not in the view.", len(seen.missing))
    yield GaugeMetricFamily("rytmi_view_timestamp_seconds", "As of when the measures are.", seen.at / 1000)
    yield GaugeMetricFamily("rytmi_view_cells", "Cells in the view.", seen.cells)
    yield GaugeMetricFamily("rytmi_view_look_seconds", "How long it took to say the measures once.", seen.seconds)


def _instants(name: str, help_: str, at_by_partition: dict[TopicPartition, float]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=["topic", "partition"])
    for tp, at in at_by_partition.items():
        family.add_metric([tp.topic, str(tp.partition)], at)
    return family
