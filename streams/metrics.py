"""The metrics of a worker, read at the scrape from what it owns and has complete.

Labels come from the configuration alone. Known series exist from the start, with 0 where 0 is true. Instants are
exported as timestamps, so that an age goes on growing when nobody scrapes. While partitions are moving, or a shard is
being read back, nothing is said of cases rather than something low.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from faust.types.tuples import TP
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from processors.alarms import LEVELS
from processors.events import SEVERITIES
from processors.policy import CLOCKS, OTHER
from processors.standing import Cell, Standings
from streams.alarming import AlarmSink
from streams.config import Config
from streams.health import Health
from streams.reach import backfill
from streams.shard import Shard, ShardId
from streams.tally import Tally
from streams.viewing import Seen
from streams.worker import Worker

_MOST_CAUSES = 50  # obstacle causes are free text: beyond this many, the rest is `other`


class WorkerCollector(Collector):
    """Reads a worker."""

    def __init__(self, worker: Worker, health: Health) -> None:
        self._worker, self._health = worker, health

    def collect(self) -> Iterator[Metric]:
        worker = self._worker
        shards = worker.shards if worker.ready else {}
        yield from standing(shards, worker.config, worker.now_ms)
        yield from counted(worker.tally)
        yield from telling(worker.sink)
        yield from viewing(worker.viewing.seen)
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
            dict(worker.committed_at),
        )


def standing(shards: dict[ShardId, Shard], config: Config, now_ms: Callable[[Shard], int]) -> Iterator[Metric]:
    """Open and overdue cases, the oldest, and obstacles, summed over shards."""
    cases = [s for name, s in shards.items() if name.stage == "cases"]
    obstacles = [s.standings for name, s in shards.items() if name.stage == "obstacles"]
    places = list(config.policies.touchpoints)
    yield from open_and_overdue([Standing(s.standings, now_ms(s), s.reach.horizon) for s in cases], places)
    yield from _reach(cases, places)
    yield _alarms(_cells(places) if cases else [], cases)
    yield obstacles_open(obstacles)


class Standing(NamedTuple):
    """What stands open in one partition, at an instant (milliseconds), and the horizon of what may be claimed by it."""

    standings: Standings
    now: int
    horizon: Callable[[str], int]


def open_and_overdue(partitions: Sequence[Standing], places: Sequence[str]) -> Iterator[Metric]:
    """Open and overdue cases and the oldest, summed over partitions; nothing where there is none."""
    cells = _cells(places) if partitions else []
    yield from _open(cells, [one.standings for one in partitions])
    yield from _overdue(cells, partitions)


def _cells(places: Sequence[str]) -> list[Cell]:
    return [(place, severity) for place in places for severity in SEVERITIES]


def _overdue(cells: Sequence[Cell], partitions: Sequence[Standing]) -> Iterator[Metric]:
    labels = ["touchpoint", "severity", "clock"]
    overdue = GaugeMetricFamily(
        "rytmi_cases_overdue", "Cases whose clock runs and is known to be past its due time.", labels=labels
    )
    unknown = GaugeMetricFamily(
        "rytmi_cases_unknown",
        "Cases whose clock ran past its due time unless something says otherwise that has not been read yet.",
        labels=labels,
    )
    late: Counter[Cell] = Counter({(*cell, clock): 0 for cell in cells for clock in CLOCKS})
    unsure: Counter[Cell] = Counter(late)
    for one in partitions:
        for cell, (known, further) in one.standings.overdue(one.now, one.horizon).items():
            late[cell] += known
            unsure[cell] += further
    for cell, count in late.items():
        overdue.add_metric(cell, count)
        unknown.add_metric(cell, unsure[cell])
    yield overdue
    yield unknown


def _reach(shards: Sequence[Shard], places: Sequence[str]) -> Iterator[Metric]:
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
            read.add_metric([str(shard.partition), place], shard.reach.horizon(place) / 1000)
        filling.add_metric([str(shard.partition)], backfill(shard.store.controls))
    yield read
    yield filling


def _alarms(cells: Sequence[Cell], shards: Sequence[Shard]) -> Metric:
    active: Counter[Cell] = Counter(
        {(*cell, clock, level): 0 for cell in cells for clock in CLOCKS for level in LEVELS}
    )
    for shard in shards:
        active.update(shard.alarms.counts())
    family = GaugeMetricFamily(
        "rytmi_alarms_active", "Alarms that stand.", labels=["touchpoint", "severity", "clock", "level"]
    )
    for cell, count in active.items():
        family.add_metric(cell, count)
    return family


def _open(cells: Iterable[Cell], standings: Iterable[Standings]) -> Iterator[Metric]:
    labels = ["touchpoint", "severity"]
    opened = GaugeMetricFamily("rytmi_cases_open", "Cases received and neither closed nor withdrawn.", labels=labels)
    oldest = GaugeMetricFamily(
        "rytmi_oldest_open_timestamp_seconds", "When the oldest open case was received.", labels=labels
    )
    counts: Counter[Cell] = Counter(dict.fromkeys(cells, 0))
    first: dict[Cell, int] = {}
    for one in standings:
        for cell, (count, at) in one.open().items():
            counts[cell] += count
            if at is not None:
                first[cell] = min(at, first.get(cell, at))
    for cell, count in counts.items():
        opened.add_metric(cell, count)
    for cell, at in first.items():
        oldest.add_metric(cell, at / 1000)
    yield opened
    yield oldest


def obstacles_open(standings: Iterable[Standings]) -> Metric:
    """Obstacles that stand, by touchpoint and cause."""
    counts: Counter[Cell] = Counter()
    for one in standings:
        counts.update({cell: count for cell, (count, _) in one.open().items()})
    told = {cause for cause, _ in _by_cause(counts).most_common(_MOST_CAUSES)}
    opened: Counter[Cell] = Counter()
    for (touchpoint, cause), count in counts.items():
        opened[touchpoint, cause if cause in told else OTHER] += count
    family = GaugeMetricFamily("rytmi_obstacles_open", "Obstacles that stand.", labels=["touchpoint", "cause"])
    for cell, count in opened.items():
        family.add_metric(cell, count)
    return family


def _by_cause(counts: Counter[Cell]) -> Counter[str]:
    by_cause: Counter[str] = Counter()
    for (_, cause), count in counts.items():
        by_cause[cause] += count
    return by_cause


def counted(tally: Tally) -> Iterator[Metric]:
    """The counters of this process."""
    events = CounterMetricFamily(
        "rytmi_events", "Records taken in, by what became of them.", labels=["topic", "result"]
    )
    for (topic, result), count in list(tally.events.items()):
        events.add_metric([topic, result], count)
    yield events
    for name, help_, label, counts in (
        ("rytmi_deadletters", "Records set aside, by reason.", "reason", tally.deadletters),
        ("rytmi_ahead", "Instants ahead of their arrival, taken as their arrival.", "topic", tally.ahead),
        ("rytmi_misplaced", "Entities first seen in a partition that is not their key's.", "topic", tally.misplaced),
        ("rytmi_purged", "Entities purged after their retention.", "stage", tally.purged),
        ("rytmi_feedback", "Feedback taken in.", "touchpoint", tally.feedback),
    ):
        family = CounterMetricFamily(name, help_, labels=[label])
        for value, count in list(counts.items()):
            family.add_metric([value], count)
        yield family

    alarms = CounterMetricFamily("rytmi_alarms", "Alarms announced and ended.", labels=["level", "kind"])
    for level_and_kind, count in list(tally.alarms.items()):
        alarms.add_metric(level_and_kind, count)
    yield alarms
    last = GaugeMetricFamily(
        "rytmi_last_feedback_timestamp_seconds", "When feedback was last appended.", labels=["touchpoint"]
    )
    for touchpoint, at in list(tally.last_feedback.items()):
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


def viewing(seen: Seen | None) -> Iterator[Metric]:
    """Whether this worker is the view, and what it knows; nothing where it is not."""
    if seen is None:
        return
    yield GaugeMetricFamily(
        "rytmi_view_complete", "1 if every source is in the view; else the measures are silent.", seen.rows is not None
    )
    yield GaugeMetricFamily("rytmi_view_sources_missing", "Sources that are not in the view.", len(seen.missing))
    yield GaugeMetricFamily("rytmi_view_timestamp_seconds", "As of when the measures are.", seen.at / 1000)
    yield GaugeMetricFamily("rytmi_view_cells", "Cells in the view.", seen.cells)
    yield GaugeMetricFamily("rytmi_view_look_seconds", "How long it took to say the measures once.", seen.seconds)


def _instants(name: str, help_: str, at_by_partition: dict[TP, float]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=["topic", "partition"])
    for tp, at in at_by_partition.items():
        family.add_metric([tp.topic, str(tp.partition)], at)
    return family


def registry(worker: Worker, health: Health) -> CollectorRegistry:
    """A registry of this worker alone."""
    own = CollectorRegistry(auto_describe=False)
    own.register(WorkerCollector(worker, health))
    return own
