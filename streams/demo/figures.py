"""The figures of a wall, from the workers' /metrics, the way that Prometheus would get them, and from Alertmanager.

Gauges are summed over the workers. While partitions are on the move, nothing is said of cases rather than something
low: `Figures.places` is empty then. Counters start again with their process, so they are added up by their growth.
Only lines that a wall shows are parsed: a worker that is the view has thousands of others.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import inf

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from processors.alarms import WARNING
from streams.demo import alarms, sums
from streams.demo.alarms import Alarms
from streams.demo.sums import Measures, Place

_TIMEOUT_SECONDS = 2.0
_RATE_OVER_SECONDS = 6.0
_TREND_OVER_SECONDS = 60.0
_TREND_AFTER_SECONDS = 20.0  # before, there is nothing to compare with
_LINKS = "rytmi.link.v1"  # ours, not the organisation's: not counted as events
_COUNTED: dict[str, tuple[str, Callable[[Mapping[str, str]], bool]]] = {  # by which label, and which of them
    "rytmi_events_total": ("topic", lambda of: not of["topic"].endswith(_LINKS) and of["result"] != "control"),
    "rytmi_deadletters_total": ("reason", lambda _: True),
    "rytmi_alarms_total": ("kind", lambda of: of["level"] != WARNING and of["kind"] != "raised"),
}
_SHOWN = frozenset(
    f"rytmi_{name}"
    for name in (
        *("cases_open", "cases_overdue", "cases_overdue_any", "cases_unknown", "cases_unknown_any", "cases_due_any"),
        *("oldest_open_timestamp_seconds", "obstacles_open", "obstacle_cases", "decisions_in_flight"),
        *("partitions_owned", "caught_up_timestamp_seconds", "read_past_timestamp_seconds"),
        *("events_total", "deadletters_total", "alarms_total", "alarms_active"),
        *("view_complete", "view_sources_missing", "view_timestamp_seconds"),
        *("clock_seconds", "clock_completed_seconds", "clock_outcomes", "friction_standing", "decisions"),
        *("rhythm_ratio", "rhythm_eligible", "alignment_ratio", "customer_score_ratio", "employee_score_ratio"),
    )
)
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # all addresses are of this machine


@dataclass(frozen=True)
class Figures:
    """One reading of all workers, and of Alertmanager."""

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
    read_past_at: float | None = None  # what was due before is known to be overdue or not; None: nothing is known
    standing: Counter[str] = field(default_factory=Counter)  # alarms by level, as the workers say
    over: int = 0  # breaches and escalations that have ended since the first reading
    alarms: Alarms | None = None  # None: there is no Alertmanager, or it does not answer
    blocked: Counter[str] = field(default_factory=Counter)  # cases that standing obstacles name, by cause
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)  # in flight, by unit and level
    before: Mapping[str, int] | None = None  # critical cases overdue by touchpoint, a minute ago; None: not known
    measures: Measures | None = None  # None: no worker is the view

    @property
    def complete(self) -> bool:
        """Whether every partition is owned by somebody, so that sums over workers are whole."""
        return self.partitions == self.partitions_of

    @property
    def blind_for(self) -> float:
        """Seconds by which what is known of overdue cases lags behind; infinite while nothing is."""
        return self.at - self.read_past_at if self.read_past_at is not None else inf


Fetch = Callable[[str], str | None]


class Reader:
    """Reads the workers again and again. `fetch` gives the text at an address, None where nobody answers.

    alertmanager: its address, None where there is none. windows: labels of those that the wall shows; None: of all.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        partitions: int,
        fetch: Fetch | None = None,
        alertmanager: str | None = None,
        windows: Collection[str] | None = None,
    ) -> None:
        self._addresses, self._partitions = tuple(addresses), partitions
        self._fetch = fetch or fetched
        self._alertmanager = alertmanager
        self._last: dict[str, Counter[tuple[str, str]]] = {}
        self._grown: Counter[tuple[str, str]] = Counter()
        self._trail: deque[tuple[float, int]] = deque()
        self._late: deque[tuple[float, dict[str, int]]] = deque()
        self._windows = None if windows is None else {f'window="{label}"' for label in windows}

    def read(self, at: float) -> Figures:
        """All workers as they are now; `at` is the time, seconds since the epoch."""
        with ThreadPoolExecutor(len(self._addresses)) as pool:
            texts = dict(zip(self._addresses, pool.map(self._fetch, self._addresses), strict=True))
        by_worker = {address: self._parsed(text) for address, text in texts.items() if text is not None}
        for address, found in by_worker.items():
            self._count(address, found)
        samples = [sample for found in by_worker.values() for sample in found]
        owned = min(sums.by_label(samples, "rytmi_partitions_owned", "stage").values(), default=0)
        is_complete = owned == self._partitions
        places = sums.places(samples) if is_complete else {}
        events = self._growth("rytmi_events_total").total()
        return Figures(
            at=at,
            workers=sum(text is not None for text in texts.values()),
            workers_of=len(texts),
            partitions=owned,
            partitions_of=self._partitions,
            places=places,
            causes=sums.by_label(samples, "rytmi_obstacles_open", "cause") if is_complete else Counter(),
            events=events,
            rate=self._rate(at, events),
            deadletters=self._growth("rytmi_deadletters_total"),
            caught_up_at=sums.caught_up(samples, self._partitions),
            read_past_at=sums.read_past(samples, self._partitions),
            standing=sums.by_label(samples, "rytmi_alarms_active", "level"),
            over=self._growth("rytmi_alarms_total").total(),
            alarms=alarms.read(self._alertmanager, self._fetch) if self._alertmanager is not None else None,
            blocked=sums.by_label(samples, "rytmi_obstacle_cases", "cause") if is_complete else Counter(),
            decisions=sums.decisions(samples) if is_complete else Counter(),
            before=self._before(at, {name: place.critical_late for name, place in places.items()}),
            measures=sums.measures(by_worker.values()),
        )

    def begin_trends(self) -> None:
        """What was before is of another time, and nothing to compare with."""
        self._late.clear()

    def _parsed(self, text: str) -> list[Sample]:
        lines = "\n".join(line for line in text.splitlines() if self._is_shown(line))
        return [sample for family in text_string_to_metric_families(lines + "\n") for sample in family.samples]

    def _is_shown(self, line: str) -> bool:
        if line.partition("{")[0].partition(" ")[0] not in _SHOWN:
            return False
        return self._windows is None or "window=" not in line or any(label in line for label in self._windows)

    def _count(self, address: str, samples: Iterable[Sample]) -> None:
        now: Counter[tuple[str, str]] = Counter()
        for sample in samples:
            label, is_counted = _COUNTED.get(sample.name, ("", None))
            if is_counted is not None and is_counted(sample.labels):
                now[sample.name, sample.labels[label]] += int(sample.value)
        before = self._last.get(address, Counter())
        begun_again = any(now[key] < value for key, value in before.items())
        for key, value in now.items():
            self._grown[key] += value if begun_again else value - before[key]
        self._last[address] = now

    def _growth(self, counter: str) -> Counter[str]:
        """Of all workers together, since the first reading."""
        return Counter({key: count for (name, key), count in self._grown.items() if name == counter})

    def _rate(self, at: float, events: int) -> float:
        self._trail.append((at, events))
        while at - self._trail[0][0] > _RATE_OVER_SECONDS and len(self._trail) > 2:
            self._trail.popleft()
        since, count = self._trail[0]
        return (events - count) / (at - since) if at > since else 0.0

    def _before(self, at: float, late: dict[str, int]) -> dict[str, int] | None:
        """What was known a minute ago, or when something first was; None where that is too short a while ago."""
        if late:
            self._late.append((at, late))
        while len(self._late) > 1 and at - self._late[1][0] >= _TREND_OVER_SECONDS:
            self._late.popleft()
        if not self._late or at - self._late[0][0] < _TREND_AFTER_SECONDS:
            return None
        return self._late[0][1]


def fetched(address: str) -> str | None:
    """The text at an HTTP address, None if there is no answer, or one that says no."""
    try:
        with _direct.open(address, timeout=_TIMEOUT_SECONDS) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return None
