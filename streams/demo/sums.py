"""What the workers' samples say: sums over all of them, and the measures. Instants are seconds since the epoch.

Measures are those of the one worker that is the view: how long clocks take, what stands in the way, rhythm, alignment.
While a view is on its way from one worker to another both may claim it; the one with the later instant is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from prometheus_client.samples import Sample

CRITICAL = "critical"
EVERYWHERE = "all"  # the label of rows over all touchpoints or severities
_QUANTILES = {"0.5": "half", "0.9": "most"}
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


@dataclass
class Lengths:
    """Of clocks that started in a window, seconds: those that wait counted; None where it is not reached."""

    half: float | None = None
    most: float | None = None  # nine in ten
    done: float | None = None  # half of those that have stopped, alone
    started: int = 0


@dataclass
class Share:
    """Of so many clocks that have had the length of a rhythm, the part that kept it."""

    ratio: float = 0.0
    eligible: float = 0.0


@dataclass
class Alignment:
    """Mean scores on 0..1 of a unit's customers and employees, and how near they are to one another."""

    customer: float | None = None
    employee: float | None = None
    alignment: float | None = None

    @property
    def level(self) -> float | None:
        """The lower of the two."""
        return None if self.customer is None or self.employee is None else min(self.customer, self.employee)


class Clocks(NamedTuple):
    """Whose lengths: `all` stands for every touchpoint and severity."""

    touchpoint: str
    severity: str
    clock: str
    window: str


@dataclass
class Measures:
    """What the view says. at: as of when; None while it says nothing. missing: sources that it lacks."""

    at: float | None = None
    missing: int = 0
    lengths: dict[Clocks, Lengths] = field(default_factory=dict)
    standing: Counter[tuple[str, str]] = field(default_factory=Counter)  # mean number, by (cause, window)
    rhythm: dict[tuple[str, str, str], Share] = field(default_factory=dict)  # by (unit, rhythm, clock)
    alignment: dict[str, Alignment] = field(default_factory=dict)  # by unit
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)  # decisions, by (stage, window)

    def of(self, touchpoint: str, severity: str, clock: str, window: str) -> Lengths:
        """How long these clocks take."""
        return self.lengths.get(Clocks(touchpoint, severity, clock, window), Lengths())

    def share(self, unit: str | None, rhythm: str, clock: str) -> float | None:
        """That of one unit, or of all; None where nothing has had the time."""
        shares = [one for key, one in self.rhythm.items() if key[1:] == (rhythm, clock) and unit in {None, key[0]}]
        eligible = sum(share.eligible for share in shares)
        return sum(share.ratio * share.eligible for share in shares) / eligible if eligible else None


def measures(by_worker: Iterable[Sequence[Sample]]) -> Measures | None:
    """What the view says; None while no worker is the view."""
    found: Measures | None = None
    chosen: Sequence[Sample] = ()
    for samples in by_worker:
        told = {s.name: s.value for s in samples if s.name.startswith("rytmi_view_")}
        if "rytmi_view_complete" not in told:
            continue
        at = told.get("rytmi_view_timestamp_seconds", 0.0) if told["rytmi_view_complete"] else None
        if found is None or (at or -1.0) > (found.at or -1.0):
            found, chosen = Measures(at, int(told.get("rytmi_view_sources_missing", 0))), samples
    if found is not None and found.at is not None:
        for sample in chosen:
            _take(found, sample)
    return found


def _take(found: Measures, sample: Sample) -> None:
    labels, value = sample.labels, sample.value
    match sample.name:
        case "rytmi_clock_seconds":
            if (name := _QUANTILES.get(labels["quantile"])) is not None:
                setattr(_lengths(found, labels), name, value)
        case "rytmi_clock_completed_seconds":
            _lengths(found, labels).done = value
        case "rytmi_clock_outcomes":
            for place in (labels["touchpoint"], EVERYWHERE):
                for severity in (labels["severity"], EVERYWHERE):
                    _lengths(found, labels | {"touchpoint": place, "severity": severity}).started += int(value)
        case "rytmi_friction_standing":
            found.standing[labels["cause"], labels["window"]] += value  # type: ignore[assignment]
        case "rytmi_rhythm_ratio" | "rytmi_rhythm_eligible":
            share = found.rhythm.setdefault((labels["unit"], labels["rhythm"], labels["clock"]), Share())
            setattr(share, sample.name.removeprefix("rytmi_rhythm_"), value)
        case "rytmi_customer_score_ratio" | "rytmi_employee_score_ratio" | "rytmi_alignment_ratio":
            name = sample.name.split("_")[1]
            setattr(found.alignment.setdefault(labels["unit"], Alignment()), name, value)
        case "rytmi_decisions":
            found.stages[labels["stage"], labels["window"]] += int(value)


def _lengths(found: Measures, labels: dict[str, str]) -> Lengths:
    where = Clocks(labels["touchpoint"], labels["severity"], labels["clock"], labels["window"])
    return found.lengths.setdefault(where, Lengths())
