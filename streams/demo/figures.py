"""The figures of a wall, from the workers' /metrics, the way that Prometheus would get them, and from Alertmanager.

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
from math import inf

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from processors.alarms import WARNING
from streams.demo import alarms, sums
from streams.demo.alarms import Alarms
from streams.demo.sums import Place

_TIMEOUT_SECONDS = 2.0
_RATE_OVER_SECONDS = 6.0
_LINKS = "rytmi.link.v1"  # ours, not the organisation's: not counted as events
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

    alertmanager: its address, None where there is none.
    """

    def __init__(
        self, addresses: Sequence[str], partitions: int, fetch: Fetch | None = None, alertmanager: str | None = None
    ) -> None:
        self._addresses, self._partitions = tuple(addresses), partitions
        self._fetch = fetch or fetched
        self._alertmanager = alertmanager
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
            places=sums.places(samples) if owned == self._partitions else {},
            causes=sums.causes(samples) if owned == self._partitions else Counter(),
            events=int(events),
            rate=self._rate(at, int(events)),
            deadletters=Counter(
                {
                    reason: int(count)
                    for (name, reason), count in self._grown.items()
                    if name == "rytmi_deadletters_total"
                }
            ),
            caught_up_at=sums.caught_up(samples, self._partitions),
            read_past_at=sums.read_past(samples, self._partitions),
            standing=sums.standing(samples),
            over=int(sum(count for (name, _), count in self._grown.items() if name == "rytmi_alarms_total")),
            alarms=alarms.read(self._alertmanager, self._fetch) if self._alertmanager is not None else None,
        )

    def _owned(self, samples: Iterable[Sample]) -> int:
        by_stage: Counter[str] = Counter()
        for sample in sums.named(samples, "rytmi_partitions_owned"):
            by_stage[sample.labels["stage"]] += int(sample.value)
        return min(by_stage.values(), default=0)

    def _count(self, address: str, samples: Iterable[Sample]) -> None:
        now: Counter[tuple[str, str]] = Counter()
        for sample in sums.named(samples, "rytmi_events_total"):
            if not sample.labels["topic"].endswith(_LINKS) and sample.labels["result"] != "control":
                now[sample.name, sample.labels["topic"]] += sample.value  # type: ignore[assignment]
        for sample in sums.named(samples, "rytmi_deadletters_total"):
            now[sample.name, sample.labels["reason"]] += sample.value  # type: ignore[assignment]
        for sample in sums.named(samples, "rytmi_alarms_total"):
            if sample.labels["level"] != WARNING and sample.labels["kind"] != "raised":
                now[sample.name, sample.labels["kind"]] += sample.value  # type: ignore[assignment]
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
        with _direct.open(address, timeout=_TIMEOUT_SECONDS) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return None
