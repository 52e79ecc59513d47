"""The figures of a wall, from the workers' /metrics: the way that Prometheus would get them.

Gauges are summed over the workers. While partitions are on the move, nothing is said of cases rather than something
low: `Figures.places` is empty then. Counters start again with their process, so they are added up by their growth.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_TIMEOUT_SECONDS = 2.0
_RATE_OVER_SECONDS = 6.0
_LINKS = "rytmi.link.v1"  # ours, not the organisation's: not counted as events


@dataclass
class Place:
    """What stands at one touchpoint. `oldest_at`: seconds since the epoch, None with nothing open."""

    open: int = 0
    critical: int = 0
    oldest_at: float | None = None
    overdue: Counter[str] = field(default_factory=Counter)  # by clock
    critical_overdue: int = 0
    obstacles: int = 0


@dataclass(frozen=True)
class Figures:
    """One reading of all workers."""

    at: float  # seconds since the epoch
    workers: int  # that answer
    workers_of: int
    partitions: int  # owned complete, over all workers: of the stage that has the fewest
    partitions_of: int
    places: dict[str, Place]
    causes: Counter[str]
    events: int  # taken in since the first reading, repeats and dead letters among them
    rate: float  # of those, a second
    deadletters: Counter[str]  # by reason
    caught_up_at: float | None  # everything appended until then is in the figures; None: not known

    @property
    def complete(self) -> bool:
        """Whether every partition is owned by somebody, so that sums over workers are whole."""
        return self.partitions == self.partitions_of

    @property
    def open(self) -> int:
        """Open cases everywhere."""
        return sum(place.open for place in self.places.values())


class _Counted(NamedTuple):
    process: str
    values: dict[tuple[str, str, str], float]


Fetch = Callable[[str], str | None]


class Reader:
    """Reads the workers again and again. `fetch` gives the text at an address, None where nobody answers."""

    def __init__(self, addresses: Sequence[str], partitions: int, fetch: Fetch | None = None) -> None:
        self._addresses, self._partitions = tuple(addresses), partitions
        self._fetch = fetch or fetched
        self._last: dict[str, dict[tuple[str, str], float]] = {}
        self._grown: Counter[tuple[str, str]] = Counter()
        self._trail: deque[tuple[float, int]] = deque()

    def read(self, at: float) -> Figures:
        """All workers as they are now; `at` is the time, seconds since the epoch."""
        with ThreadPoolExecutor(len(self._addresses)) as pool:
            texts = dict(zip(self._addresses, pool.map(self._fetch, self._addresses), strict=True))
        samples: list[Sample] = []
        for address, text in texts.items():
            if text is not None:
                found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
                self._count(address, found)
                samples += found
        owned = self._owned(samples)
        events = sum(count for (name, _), count in self._grown.items() if name == "rytmi_events_total")
        return Figures(
            at=at,
            workers=sum(text is not None for text in texts.values()),
            workers_of=len(texts),
            partitions=owned,
            partitions_of=self._partitions,
            places=_places(samples) if owned == self._partitions else {},
            causes=_causes(samples) if owned == self._partitions else Counter(),
            events=int(events),
            rate=self._rate(at, int(events)),
            deadletters=Counter(
                {
                    reason: int(count)
                    for (name, reason), count in self._grown.items()
                    if name == "rytmi_deadletters_total"
                }
            ),
            caught_up_at=_caught_up(samples, self._partitions),
        )

    def _owned(self, samples: Iterable[Sample]) -> int:
        by_stage: Counter[str] = Counter()
        for sample in _named(samples, "rytmi_partitions_owned"):
            by_stage[sample.labels["stage"]] += int(sample.value)
        return min(by_stage.values(), default=0)

    def _count(self, address: str, samples: Iterable[Sample]) -> None:
        now: Counter[tuple[str, str]] = Counter()
        for sample in _named(samples, "rytmi_events_total"):
            if not sample.labels["topic"].endswith(_LINKS):
                now[sample.name, sample.labels["topic"]] += sample.value  # type: ignore[assignment]
        for sample in _named(samples, "rytmi_deadletters_total"):
            now[sample.name, sample.labels["reason"]] += sample.value  # type: ignore[assignment]
        before = self._last.get(address, {})
        begun_again = any(now[key] < value for key, value in before.items())
        for key, value in now.items():
            self._grown[key] += value if begun_again else value - before.get(key, 0)  # type: ignore[assignment]
        self._last[address] = dict(now)

    def _rate(self, at: float, events: int) -> float:
        self._trail.append((at, events))
        while at - self._trail[0][0] > _RATE_OVER_SECONDS and len(self._trail) > 2:
            self._trail.popleft()
        since, count = self._trail[0]
        return (events - count) / (at - since) if at > since else 0.0


def fetched(address: str) -> str | None:
    """The text at an HTTP address, None if there is no answer, or one that says no."""
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - ours, http
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return None


def _named(samples: Iterable[Sample], name: str) -> Iterable[Sample]:
    return (sample for sample in samples if sample.name == name)


def _places(samples: Sequence[Sample]) -> dict[str, Place]:
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
        elif sample.name == "rytmi_oldest_open_timestamp_seconds":
            place.oldest_at = value if place.oldest_at is None else min(value, place.oldest_at)
        elif sample.name == "rytmi_obstacles_open":
            place.obstacles += int(value)
    return places


def _causes(samples: Iterable[Sample]) -> Counter[str]:
    causes: Counter[str] = Counter()
    for sample in _named(samples, "rytmi_obstacles_open"):
        causes[sample.labels["cause"]] += int(sample.value)
    return causes


def _caught_up(samples: Iterable[Sample], partitions: int) -> float | None:
    """The earliest instant over all partitions; None while one of them is missing."""
    instants = {
        (sample.labels["topic"], sample.labels["partition"]): sample.value
        for sample in _named(samples, "rytmi_caught_up_timestamp_seconds")
    }
    topics = {topic for topic, _ in instants}
    if not instants or len(instants) < len(topics) * partitions:
        return None
    return min(instants.values())
