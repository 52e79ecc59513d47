"""Every query of every panel, asked of a real Prometheus that scrapes a running demo; strategic decisions as marks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import requests

from dashboards.building import built
from dashboards.model import Query, Target
from dashboards.publish import Access, Grafana, Plan, publish
from dashboards.rules.rhythm import KEPT
from dashboards.screens import screens
from processors.events import Decision, Indicator, Pulse
from schemas.codec import Codec
from streams.config import load
from streams.demo.conductor import Conductor
from streams.demo.organisation import beginning
from streams.demo.outside import MACHINE, outside
from streams.demo.stack import Stack
from streams.demo.words import speaker, status_of
from streams.kafka.sender import Sender
from streams.pseudonym import Pseudonym
from streams.results.grafana import marks_of
from streams.settings import Settings
from tests.live.test_demo import Nowhere, Recorded
from tests.screens.exported import EXAMPLE
from tests.screens.fake_grafana import TOKEN, FakeGrafana
from tests.screens.test_queries import plain
from tests.waiting import until

WEEKS = 2.2  # so that a weekly rhythm has clocks that have had their week
MOST_SECONDS = 0.2
_TIMES = 5  # asked; the least counts, as this machine does other things meanwhile
_SECONDS = {"h": 3_600, "d": 86_400}


class Answer(NamedTuple):
    """seconds: the least of several."""

    rows: int
    labels: set[tuple[str, ...]]
    seconds: float


class Prometheus:
    """Its HTTP API."""

    def __init__(self, url: str) -> None:
        self._url, self._session = url, requests.Session()
        self._session.trust_env = False

    def value(self, expr: str) -> float | None:
        """Of a query with one result."""
        found = self._ask("query", query=expr)
        return float(found[0]["value"][1]) if found else None

    def ask(self, target: Target, seconds: int, most_points: int) -> Answer:
        """As the panel would, over so long, with so many points."""
        expr, now = plain(target.query.expr), time.time()
        step = max(15, seconds // most_points)
        points = seconds // step
        over = {"start": now - points * step, "end": now, "step": step} if target.over_time else {"time": now}
        took = []
        for _ in range(_TIMES):
            began = time.perf_counter()
            found = self._ask("query_range" if target.over_time else "query", query=expr, **over)
            took.append(time.perf_counter() - began)
        labels = {tuple(sorted(one["metric"])) for one in found}
        return Answer(len(found), labels, min(took))

    def _ask(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        answer = self._session.post(f"{self._url}/api/v1/{path}", data=asked, timeout=30).json()
        assert answer["status"] == "success", f"{answer.get('error')}: {asked}"
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result


def people(at: int) -> Iterator[Pulse | Indicator]:
    """What employees and functions say, for two units and two functions; one function hears no customers."""
    for unit, touchpoint in (("logistics", "delivery"), ("care", "support")):
        for i, level in enumerate(("top", "middle", "front")):
            yield Pulse(f"p-{unit}-{i}", at - i, unit, touchpoint, level, "we decide in time", 0.9 - 0.2 * i)
    for function, indicator, kind in (
        ("sales", "nps", "customer"),
        ("sales", "orders", "operational"),
        ("warehouse", "picking errors", "operational"),
    ):
        yield Indicator(f"i-{function}-{kind}", at, function, indicator, kind, "realtime", 42.0)


@pytest.fixture
def demo(settings: Settings) -> Iterator[tuple[Stack, Recorded]]:
    """A demo with history, employees and functions, that has been scraped and judged by the rules."""
    config = load(EXAMPLE)
    organisation = Recorded(config, 5, beginning(MACHINE.now_ms(), WEEKS, config.timezone))
    with Stack(settings, EXAMPLE, 2, print) as stack:
        assert stack.monitoring is not None
        status = status_of(config, speaker("en"), [worker.address for worker in stack.workers])
        with Conductor(outside(stack, status), organisation, Nowhere(), status, time.monotonic()) as conductor:
            conductor.load()
            sender = Sender(
                stack.settings,
                Codec(stack.settings.schema_registry_url, Pseudonym(stack.settings.pseudonym_key)),
                "test",
            )
            for event in people(MACHINE.now_ms() - 60_000):
                sender.send(event)
            sender.close()
            conductor.catch_up()
            prometheus = Prometheus(stack.monitoring.prometheus_url)
            until(lambda: prometheus.value("rytmi:complete:bool") == 1, 180, "the rules say that all is seen")
            until(lambda: prometheus.value("sum(rytmi_alignment_ratio)"), 180, "employees are in the measures")
            until(lambda: prometheus.value("min(rate(rytmi_events_total[1m]))") is not None, 120, "there are rates")
            until(lambda: prometheus.value(f"count({KEPT})"), 180, "rhythm is recorded, which is done seldom")
            yield stack, organisation


def _shape(query: Query, answer: Answer) -> str | None:
    """What is wrong with an answer."""
    if not answer.rows:
        return None if query.quiet else "nothing, and no reason why"
    if answer.labels != {tuple(sorted(query.labels))}:
        return f"labels {sorted(answer.labels)}, not {query.labels}"
    if not query.labels and answer.rows != 1:
        return f"{answer.rows} results where the panel shows one"
    return None


@pytest.mark.alone
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("monitoring_programs")
def test_every_query_is_answered_as_its_panel_needs_it_and_in_time(demo: tuple[Stack, Recorded]) -> None:
    stack, organisation = demo
    assert stack.monitoring is not None
    prometheus = Prometheus(stack.monitoring.prometheus_url)
    faults, lines, slowest, said = [], [], 0.0, 0
    for screen in screens():
        seconds = int(screen.since[4:-1]) * _SECONDS[screen.since[-1]]
        panels = [panel for panel in built(screen)["panels"] if panel["type"] != "row"]
        for tile, panel in zip(screen.tiles, panels, strict=True):
            for number, target in enumerate(tile.targets):
                answer = prometheus.ask(target, seconds, panel.get("maxDataPoints", 1))
                where = f"{screen.uid:<19}{tile.key:<24}{chr(65 + number)}"
                shape = f"{answer.rows:>4} x ({', '.join(target.query.labels)})"
                why = "" if answer.rows else f"  {target.query.quiet}"
                lines.append(f"{where}  {answer.seconds * 1000:>6.1f} ms  {shape}{why}")
                wrong = _shape(target.query, answer)
                if wrong is not None:
                    faults.append(f"{where}: {wrong}\n{plain(target.query.expr)}")
                if answer.seconds > MOST_SECONDS:
                    faults.append(f"{where}: {answer.seconds:.3f} s")
                slowest, said = max(slowest, answer.seconds), said + bool(answer.rows)
    print("\n".join(lines))
    print(f"{len(lines)} queries, {said} with data, the slowest {slowest * 1000:.0f} ms")
    assert not faults, "\n".join(faults)
    told = {(e.decision, e.stage) for e in organisation.told if isinstance(e, Decision) and e.level == "strategic"}
    marks = marks_of(stack.settings)
    assert {(mark.decision, mark.stage) for mark in marks} == told
    assert [mark.at for mark in marks] == sorted(mark.at for mark in marks)
    with FakeGrafana() as fake:
        grafana = Grafana(Access(fake.url, TOKEN))
        for _ in range(2):
            done = list(publish(grafana, Plan(stack.monitoring.prometheus_url, marks=marks)))
        assert {one.outcome for one in done} == {"unchanged"}
        assert len(fake.annotations) == len(marks)
    print(f"{len(marks)} marks of strategic decisions")
