"""From a broker through workers to a real Alertmanager, by the configuration that is shipped, to whoever is told.

Latencies are medians over twenty cases, each from the instant in its record: one slow moment of a machine proves
nothing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Event, Thread

import pytest
import requests

from processors.events import Action
from streams.local.monitoring import Monitoring
from streams.settings import Settings
from tests.live.alarms import CONFIG, HOUR, acknowledged, announced, feedback, now_ms, send
from tests.live.alertmanager import (
    PAGE_SECONDS,
    PROMPT_SECONDS,
    Webhook,
    active,
    alerts,
    configuration,
    listening,
    stop_alertmanager,
)
from tests.live.workers import Crew, WorkerProcess
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.usefixtures("monitoring_programs"), pytest.mark.alone]

SPREAD_MS = 250
CASES = 20
STORM = 500
# What the outage test needs. Longer ones by hand: RYTMI_TEST_OUTAGE_SECONDS=60
OUTAGE_SECONDS = float(os.environ.get("RYTMI_TEST_OUTAGE_SECONDS", "15"))


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as made:
        yield made


@pytest.fixture
def monitoring(tmp_path: Path, webhook: Webhook) -> Iterator[Monitoring]:
    config = configuration(tmp_path, webhook, group_interval="1s")
    with Monitoring(tmp_path, alertmanager_config=config) as running:
        yield running


@pytest.fixture
def telling(applied: Settings, monitoring: Monitoring) -> Settings:
    """Settings of workers that tell this Alertmanager."""
    return replace(
        applied,
        alertmanager_urls=(monitoring.alertmanager_url,),
        case_url="https://crm.example/cases/{case}",
        runbook_url="https://wiki.example/{page}.md",
    )


class Seen:
    """Who looks at Alertmanager all the time: when an alarm stood there for the first and for the last time."""

    def __init__(self, monitoring: Monitoring) -> None:
        self.first: dict[str, int] = {}  # milliseconds, by case and level; never earlier than it was
        self.gone: dict[str, int] = {}
        self.again: list[str] = []  # those that vanished and stood again
        self._monitoring, self._stopping = monitoring, Event()

    def look(self) -> None:
        """Once. While Alertmanager is away nothing is seen, and nothing said to be gone."""
        try:
            stand = active(self._monitoring).keys()
        except requests.RequestException:
            return
        at = now_ms()
        self.again += stand & self.gone.keys()
        for name in stand:
            self.first.setdefault(name, at)
            self.gone.pop(name, None)
        for name in self.first.keys() - stand - self.gone.keys():
            self.gone[name] = at

    def run(self) -> None:
        while not self._stopping.wait(0.02):
            self.look()

    def stop(self) -> None:
        self._stopping.set()


@contextmanager
def watching(monitoring: Monitoring) -> Iterator[Seen]:
    seen = Seen(monitoring)
    thread = Thread(target=seen.run)
    thread.start()
    try:
        yield seen
    finally:
        seen.stop()
        thread.join(30)


def working(crew: Crew, *options: str) -> WorkerProcess:
    """A worker that owns everything."""
    worker = crew.start(*options, config=crew.configured(CONFIG))
    worker.await_shards(16)
    return worker


def assigned(case: str, at: int, owner: str) -> Action:
    return Action(f"o-{case}", at, case, "assigned", owner=owner)


def figure(what: str, lengths_ms: list[int]) -> float:
    """Print it; the median in seconds."""
    print(f"{what}: {median(lengths_ms):.0f} ms in the middle, {max(lengths_ms)} ms at most, of {len(lengths_ms)}")
    return median(lengths_ms) / 1000


def test_alarms_stand_within_two_seconds_of_their_instant_and_are_gone_within_two_of_the_answer(
    telling: Settings, monitoring: Monitoring
) -> None:
    with Crew(telling) as crew, watching(monitoring) as seen:
        worker = working(crew)
        first = now_ms() + 3_000
        due = {f"c{n}": first + n * SPREAD_MS for n in range(CASES)}
        send(telling, (feedback(case, at) for case, at in due.items()))
        until(lambda: len(seen.first) == CASES, 60, "all stand")
        late = [seen.first[f"{case}-breach"] - at for case, at in due.items()]
        assert min(late) >= 0, "none before its time"
        answered = {}
        for case in due:
            answered[case] = now_ms()
            send(telling, [acknowledged(case, answered[case])])
            time.sleep(SPREAD_MS / 1000)
        until(lambda: len(seen.gone) == CASES, 60, "none stands")
        ended = [seen.gone[f"{case}-breach"] - at for case, at in answered.items()]
        assert worker.stop() == 0
    assert not seen.again
    assert figure("in Alertmanager after their due instant", late) <= PROMPT_SECONDS
    assert figure("resolved there after the acknowledgement was sent", ended) <= PROMPT_SECONDS


def test_an_alarm_says_what_it_is_about_and_who_is_told(
    telling: Settings, monitoring: Monitoring, webhook: Webhook
) -> None:
    with Crew(telling) as crew:
        worker = working(crew)
        due = now_ms() + 2_000  # its decision's; two seconds later the supervisor is told
        received = due - 2 * HOUR
        send(telling, [feedback("c1", received + HOUR, "critical"), assigned("c1", received + 60_000, "bob")])
        until(lambda: len(active(monitoring)) == 2, 20, "breach and escalation")
        found = active(monitoring)
        until(lambda: webhook.told(alertname="RytmiEscalation"), PAGE_SECONDS, "the supervisor's page")
        assert worker.stop() == 0
    about = {
        "service": "rytmi",
        "case": "c1",
        "cycle": "1",
        "touchpoint": "web",
        "severity": "critical",
        "clock": "decide",
        "unit": "online",
    }
    breach, escalation = found["c1-breach"], found["c1-escalation"]
    assert breach["labels"] == about | {"alertname": "RytmiBreach", "level": "breach", "to": "owner", "owner": "bob"}
    assert escalation["labels"] == about | {
        "alertname": "RytmiEscalation",
        "level": "escalation",
        "step": "1",
        "to": "supervisor",
        "supervisor": "sue",
    }
    assert breach["annotations"]["case_url"] == "https://crm.example/cases/c1"
    assert breach["annotations"]["runbook_url"] == "https://wiki.example/overdue.md"
    assert "nothing has been decided" in breach["annotations"]["summary"]
    (page,) = webhook.told(alertname="RytmiEscalation")
    assert (page["path"], page["groupLabels"]["supervisor"]) == ("/supervisors", "sue")


def test_cases_that_are_due_at_once_are_one_notification(
    telling: Settings, monitoring: Monitoring, webhook: Webhook
) -> None:
    with Crew(telling) as crew, watching(monitoring) as seen:
        config = crew.configured(CONFIG)
        workers = [crew.start(config=config) for _ in range(2)]
        until(lambda: sum(worker.shards() for worker in workers) == 16, 60, "all is owned")
        due = now_ms() + 5_000
        # Another unit's is due when all others have been told: its own page comes five group_intervals after that.
        marker = feedback("marker", due + 8_000)._replace(touchpoint="desk")
        send(telling, [*(feedback(f"c{n}", due) for n in range(STORM)), marker])
        until(lambda: webhook.told(unit="online"), 40, "the page")
        paged = now_ms()
        until(lambda: "marker" in webhook.firing(), 40, "the other unit's page")
        assert [worker.stop() for worker in workers] == [0, 0]
    (page,) = webhook.told(unit="online")
    assert page["path"] == "/units"
    assert {alert["labels"]["case"] for alert in page["alerts"]} == {f"c{n}" for n in range(STORM)}
    late = [seen.first[f"c{n}-breach"] - due for n in range(STORM)]
    figure(f"one page of {len(page['alerts'])} cases {(paged - due) / 1000:.1f} s after they were due; each", late)


def test_nothing_is_lost_while_alertmanager_is_away(
    telling: Settings, monitoring: Monitoring, webhook: Webhook
) -> None:
    with Crew(telling) as crew:
        worker = working(crew)
        due = now_ms() + 2_000
        send(telling, [feedback("stays", due), feedback("ends", due)])
        until(lambda: sorted(set(webhook.firing())) == ["ends", "stays"], 40, "people know of both")
        stop_alertmanager(monitoring)
        begun = time.monotonic()
        due = now_ms() + 2_000
        brief = feedback("brief", due)._replace(touchpoint="desk")
        send(telling, [feedback("new", due), brief, acknowledged("ends", now_ms())])
        until(lambda: len(announced(telling)) == 5, 20, "two more are announced, one is resolved")
        send(telling, [acknowledged("brief", now_ms())])
        until(lambda: len(announced(telling)) == 6, 20, "one of the two is over already")
        assert worker.metrics().sum("rytmi_alertmanager_waiting") == 3
        until(lambda: time.monotonic() - begun > OUTAGE_SECONDS, OUTAGE_SECONDS + 5, "an outage")
        failures = worker.metrics().sum("rytmi_alertmanager_failures_total")
        monitoring.revive()
        back = now_ms()
        until(lambda: set(active(monitoring)) == {"stays-breach", "new-breach"}, 20, "what stands")
        right = now_ms()
        until(lambda: "new" in webhook.firing(), PAGE_SECONDS, "people know of the new one")
        until(lambda: worker.metrics().sum("rytmi_alertmanager_waiting") == 0, 20, "all is delivered")
        assert set(active(monitoring)) == {"stays-breach", "new-breach"}
        resolved = {
            alert["labels"]["case"]
            for page in webhook.told(unit="online")
            for alert in page["alerts"]
            if alert["status"] == "resolved"
        }
        assert worker.stop() == 0
    print(f"{OUTAGE_SECONDS:.0f} s without Alertmanager, {failures} attempts; all right {right - back} ms after it")
    assert failures >= OUTAGE_SECONDS / 3
    assert resolved == {"ends"}
    told = {alert["labels"]["case"] for page in webhook.pages for alert in page["alerts"]}
    assert told == {"stays", "ends", "new"}, "what was over before anybody could be told pages nobody"


def test_alarms_stand_through_the_death_of_their_worker(
    telling: Settings, monitoring: Monitoring, webhook: Webhook
) -> None:
    """Beside the one that just stands: one over before, one answered and one due while nobody runs, one renamed."""
    with Crew(telling) as crew, watching(monitoring) as seen:
        worker = working(crew, "--session-timeout", "3")
        due = now_ms() + 2_000
        send(telling, [feedback(case, due) for case in ("stays", "over", "answered", "renamed")])
        until(lambda: len(set(webhook.firing())) == 4, 40, "people know of all")
        # Whom it was told to stays its name, although it is somebody else's by now.
        renamed = Action("r", now_ms(), "renamed", "reclassified", touchpoint="desk", owner="bob")
        send(telling, [acknowledged("over", now_ms()), renamed])
        until(lambda: "over-breach" in seen.gone, 20, "one is over")
        until(lambda: worker.metrics().sum("rytmi_entities", stage="cases") == 4, 20, "all is taken in")
        due = now_ms() + 2_000
        send(telling, [feedback("meanwhile", due)])
        until(lambda: worker.metrics().sum("rytmi_entities", stage="cases") == 5, 20, "one that will be due")
        worker.kill()
        killed = now_ms()
        assert killed < due
        send(telling, [acknowledged("answered", now_ms())])
        successor = working(crew, "--session-timeout", "3")
        until(lambda: "meanwhile-breach" in seen.first and "answered-breach" in seen.gone, 30, "it goes on")
        took = now_ms() - killed
        until(lambda: "meanwhile" in webhook.firing(), PAGE_SECONDS, "people know of the latest")
        standing = [(alert["labels"]["case"], alert["labels"]["level"]) for alert in alerts(monitoring)]
        said = [(one.says["case"], one.says["kind"]) for one in announced(telling)]
        assert successor.stop() == 0
    print(f"answered and due while nobody ran: both right {took} ms after the kill, start of the successor included")
    assert sorted(standing) == [(case, "breach") for case in ("meanwhile", "renamed", "stays")]
    assert not seen.again, "none vanished and came back"
    assert sorted(said) == [
        ("answered", "raised"),
        ("answered", "resolved"),
        ("meanwhile", "raised"),
        ("over", "raised"),
        ("over", "resolved"),
        ("renamed", "raised"),
        ("stays", "raised"),
    ]
