"""Sums over the samples of all workers. Instants are seconds since the epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from prometheus_client.samples import Sample

CRITICAL = "critical"
_ADDED = {  # by gauge: to what it adds, to what if the cases are critical, and by which label that is counted
    "rytmi_cases_open": ("open", "critical", None),
    "rytmi_cases_overdue": ("overdue", "critical_overdue", "clock"),
    "rytmi_cases_unknown": ("unknown", None, "clock"),
    "rytmi_cases_overdue_any": ("late", "critical_late", None),
    "rytmi_cases_unknown_any": ("unsure", "critical_unsure", None),
    "rytmi_cases_due_any": (None, "critical_due", "within"),
    "rytmi_obstacles_open": ("obstacles", None, None),
}


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
        for name in (one.name for one in fields(self) if one.name != "oldest_at"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self._keep_oldest(other.oldest_at)

    def take(self, sample: Sample) -> None:
        """Take a sample of the place in."""
        if sample.name == "rytmi_oldest_open_timestamp_seconds":
            self._keep_oldest(sample.value)
        every, critical, label = _ADDED.get(sample.name, (None, None, None))
        for name in (every, critical if sample.labels.get("severity") == CRITICAL else None):
            if name is not None and label is not None:
                getattr(self, name)[sample.labels[label]] += int(sample.value)
            elif name is not None:
                setattr(self, name, getattr(self, name) + int(sample.value))

    def _keep_oldest(self, at: float | None) -> None:
        self.oldest_at = min((one for one in (self.oldest_at, at) if one is not None), default=None)


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
