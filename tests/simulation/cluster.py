"""What workers talk to: the cluster, which remembers what it has compacted away, and Alertmanager."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from processors.canonical import instant
from streams.alertmanager.posting import Unreachable
from streams.kafka.records import ConsumerRecord
from streams.kafka.topics import CHANGELOGS
from streams.measures.publisher import TOPIC as CELLS
from streams.measures.windows import TOPIC as WINDOWS
from streams.settings import Settings
from tests.memory.log import Faults, MemoryLog
from tests.simulation.setting import partitions_of


class Alertmanager:
    """Keeps alerts by their labels, as the real one does. is_away: it answers nobody."""

    def __init__(self) -> None:
        self.is_away = False
        self.ends: dict[tuple[tuple[str, str], ...], int] = {}

    def post(self, alerts: Sequence[dict[str, Any]]) -> None:
        if self.is_away:
            raise Unreachable("away")
        for alert in alerts:
            self.ends[tuple(sorted(alert["labels"].items()))] = instant(alert["endsAt"])


class Cluster:
    """The log with its topics. now: append time, milliseconds."""

    def __init__(self, settings: Settings, now: Callable[[], int], faults: Faults) -> None:
        self.partitions = partitions_of(settings)
        self.log = MemoryLog(self.partitions.__getitem__, now, faults)
        self.compacted_topics = [
            *map(settings.changelog, CHANGELOGS),
            *map(settings.topic, (CELLS, WINDOWS, "rytmi.case.v1")),
        ]
        self._compacted: defaultdict[str, dict[tuple[int, int], ConsumerRecord]] = defaultdict(dict)

    def compact(self, topic: str) -> None:
        """Compact a topic; what was in it stays known to `history`."""
        for record in self.log.read(topic, range(self.partitions[topic])):
            self._compacted[topic][record.partition, record.offset] = record
        self.log.compact(topic)

    def history(self, topic: str, partition: int) -> list[ConsumerRecord]:
        """Every committed record that a partition has had."""
        gone = {at: record for (where, at), record in self._compacted[topic].items() if where == partition}
        found = gone | {record.offset: record for record in self.log.read(topic, (partition,))}
        return [found[at] for at in sorted(found)]

    def digest(self) -> str:
        """Of every record that the log holds."""
        found = blake2b()
        for topic in sorted(self.partitions):
            for record in self.log.read(topic, range(self.partitions[topic])):
                found.update(repr(record).encode())
        return found.hexdigest()
