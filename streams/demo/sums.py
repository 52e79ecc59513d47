"""Sums over the samples of all workers. Instants are seconds since the epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prometheus_client.samples import Sample


@dataclass
class Place:
    """What stands at one touchpoint. `oldest_at`: seconds since the epoch, None with nothing open."""

    open: int = 0
    critical: int = 0
    oldest_at: float | None = None
    overdue: Counter[str] = field(default_factory=Counter)  # by clock
    critical_overdue: int = 0
    unknown: Counter[str] = field(default_factory=Counter)  # by clock: overdue unless something not read says otherwise
    obstacles: int = 0


def named(samples: Iterable[Sample], name: str) -> Iterable[Sample]:
    """Those of one name."""
    return (sample for sample in samples if sample.name == name)


def places(samples: Sequence[Sample]) -> dict[str, Place]:
    """What stands, by touchpoint."""
    places: dict[str, Place] = {}
    for sample in samples:
        if "touchpoint" not in sample.labels:
            continue
        place, value = places.setdefault(sample.labels["touchpoint"], Place()), sample.value
        critical = sample.labels.get("severity") == "critical"
        if sample.name == "rytmi_cases_open":
            place.open += int(value)
            place.critical += int(value) if critical else 0
        elif sample.name == "rytmi_cases_overdue":
            place.overdue[sample.labels["clock"]] += int(value)
            place.critical_overdue += int(value) if critical else 0
        elif sample.name == "rytmi_cases_unknown":
            place.unknown[sample.labels["clock"]] += int(value)
        elif sample.name == "rytmi_oldest_open_timestamp_seconds":
            place.oldest_at = value if place.oldest_at is None else min(value, place.oldest_at)
        elif sample.name == "rytmi_obstacles_open":
            place.obstacles += int(value)
    return places


def causes(samples: Iterable[Sample]) -> Counter[str]:
    """Obstacles that stand, by cause."""
    causes: Counter[str] = Counter()
    for sample in named(samples, "rytmi_obstacles_open"):
        causes[sample.labels["cause"]] += int(sample.value)
    return causes


def standing(samples: Iterable[Sample]) -> Counter[str]:
    """Alarms that stand, by level."""
    levels: Counter[str] = Counter()
    for sample in named(samples, "rytmi_alarms_active"):
        levels[sample.labels["level"]] += int(sample.value)
    return levels


def read_past(samples: Iterable[Sample], partitions: int) -> float | None:
    """The earliest instant over all partitions and touchpoints; None while one says nothing, or is missing."""
    instants: dict[str, float] = {}
    for sample in named(samples, "rytmi_read_past_timestamp_seconds"):
        partition = sample.labels["partition"]
        instants[partition] = min(sample.value, instants.get(partition, sample.value))
    return (min(instants.values()) or None) if len(instants) == partitions else None


def caught_up(samples: Iterable[Sample], partitions: int) -> float | None:
    """The earliest instant over all partitions; None while one of them is missing."""
    instants = {
        (sample.labels["topic"], sample.labels["partition"]): sample.value
        for sample in named(samples, "rytmi_caught_up_timestamp_seconds")
    }
    topics = {topic for topic, _ in instants}
    if not instants or len(instants) < len(topics) * partitions:
        return None
    return min(instants.values())
