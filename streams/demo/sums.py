"""Sums over the samples of all workers. Instants are seconds since the epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prometheus_client.samples import Sample

CRITICAL = "critical"


@dataclass
class Place:
    """What stands at one touchpoint, or at several. Cases, but where clocks are counted, by clock."""

    open: int = 0
    critical: int = 0
    oldest_at: float | None = None  # seconds since the epoch, None with nothing open
    overdue: Counter[str] = field(default_factory=Counter)  # by clock
    unknown: Counter[str] = field(default_factory=Counter)  # by clock: overdue unless something not read says otherwise
    late: int = 0  # each case once, whichever of its clocks are overdue
    unsure: int = 0
    critical_overdue: Counter[str] = field(default_factory=Counter)  # by clock
    critical_late: int = 0
    critical_unsure: int = 0
    critical_due: Counter[str] = field(default_factory=Counter)  # not overdue yet, by within what time they will be
    obstacles: int = 0

    def add(self, other: Place) -> None:
        """Take another's in."""
        self.open += other.open
        self.critical += other.critical
        self.late += other.late
        self.unsure += other.unsure
        self.critical_late += other.critical_late
        self.critical_unsure += other.critical_unsure
        self.obstacles += other.obstacles
        self.overdue += other.overdue
        self.unknown += other.unknown
        self.critical_overdue += other.critical_overdue
        self.critical_due += other.critical_due
        if other.oldest_at is not None:
            self.oldest_at = other.oldest_at if self.oldest_at is None else min(self.oldest_at, other.oldest_at)

    def take(self, sample: Sample) -> None:
        """Take a sample of the place in."""
        value, is_critical = int(sample.value), sample.labels.get("severity") == CRITICAL
        match sample.name:
            case "rytmi_cases_open":
                self.open += value
                self.critical += value if is_critical else 0
            case "rytmi_cases_overdue":
                self.overdue[sample.labels["clock"]] += value
                self.critical_overdue[sample.labels["clock"]] += value if is_critical else 0
            case "rytmi_cases_unknown":
                self.unknown[sample.labels["clock"]] += value
            case "rytmi_cases_overdue_any":
                self.late += value
                self.critical_late += value if is_critical else 0
            case "rytmi_cases_unknown_any":
                self.unsure += value
                self.critical_unsure += value if is_critical else 0
            case "rytmi_cases_due_any":
                self.critical_due[sample.labels["within"]] += value if is_critical else 0
            case "rytmi_oldest_open_timestamp_seconds":
                self.oldest_at = sample.value if self.oldest_at is None else min(sample.value, self.oldest_at)
            case "rytmi_obstacles_open":
                self.obstacles += value


def named(samples: Iterable[Sample], name: str) -> Iterable[Sample]:
    """Those of one name."""
    return (sample for sample in samples if sample.name == name)


def places(samples: Iterable[Sample]) -> dict[str, Place]:
    """What stands, by touchpoint."""
    places: dict[str, Place] = {}
    for sample in samples:
        if "touchpoint" in sample.labels:
            places.setdefault(sample.labels["touchpoint"], Place()).take(sample)
    return places


def by_label(samples: Iterable[Sample], name: str, label: str) -> Counter[str]:
    """A gauge summed by one of its labels."""
    found: Counter[str] = Counter()
    for sample in named(samples, name):
        found[sample.labels[label]] += int(sample.value)
    return found


def decisions(samples: Iterable[Sample]) -> Counter[tuple[str, str]]:
    """Decisions in flight, by unit and level."""
    found: Counter[tuple[str, str]] = Counter()
    for sample in named(samples, "rytmi_decisions_in_flight"):
        found[sample.labels["unit"], sample.labels["level"]] += int(sample.value)
    return found


def read_past(samples: Iterable[Sample], partitions: int) -> float | None:
    """The earliest instant over all partitions and touchpoints; None while one says nothing, or is missing."""
    instants: dict[str, float] = {}
    for sample in named(samples, "rytmi_read_past_timestamp_seconds"):
        partition = sample.labels["partition"]
        instants[partition] = min(sample.value, instants.get(partition, sample.value))
    return (min(instants.values()) or None) if len(instants) == partitions else None


def caught_up(samples: Sequence[Sample], partitions: int) -> float | None:
    """The earliest instant over all partitions; None while one of them is missing."""
    instants = {
        (sample.labels["topic"], sample.labels["partition"]): sample.value
        for sample in named(samples, "rytmi_caught_up_timestamp_seconds")
    }
    topics = {topic for topic, _ in instants}
    if not instants or len(instants) < len(topics) * partitions:
        return None
    return min(instants.values())
