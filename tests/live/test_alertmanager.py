"""Alarms at a real Alertmanager, by the configuration that is shipped, and what its webhook is told."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from streams.alertmanager import Links, Sink
from streams.local.monitoring import Monitoring
from tests.live.alertmanager import (
    PAGE_SECONDS,
    PROMPT_SECONDS,
    Webhook,
    active,
    configuration,
    listening,
    seconds_until,
    stop_alertmanager,
)
from tests.waiting import until

ROOT = Path(__file__).parents[2]
SHARD = ("cases", 0)
PATIENT = 60.0  # slack of a sink whose standstills are not the test's subject

pytestmark = [pytest.mark.usefixtures("monitoring_programs"), pytest.mark.alone]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as made:
        yield made


@pytest.fixture
def monitoring(tmp_path: Path, webhook: Webhook) -> Iterator[Monitoring]:
    with Monitoring(tmp_path, alertmanager_config=configuration(tmp_path, webhook)) as running:
        yield running


@contextmanager
def telling(monitoring: Monitoring, resend_seconds: float = 30.0, others: tuple[str, ...] = ()) -> Iterator[Sink]:
    links = Links("https://crm.example/cases/{case}", "https://wiki.example/{page}.md")
    urls = [*others, monitoring.alertmanager_url]
    with Sink(urls, links, resend_seconds, ZoneInfo("Europe/Helsinki"), slack_seconds=PATIENT) as sink:
        yield sink


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def alarm(case: str, kind: str = "raised", level: str = "breach", **more: Any) -> dict[str, Any]:
    """An alarm of now, of a decision that is four hours late."""
    now = now_ms()
    return {
        "id": f"{case}-{level}",
        "about": "clock",
        "kind": kind,
        "level": level,
        "step": 0 if level == "breach" else 1,
        "case": case,
        "cycle": 1,
        "clock": "decide",
        "at": now,
        "announced_at": now,
        "touchpoint": "delivery",
        "severity": "critical",
        "unit": "logistics",
        "policy": "critical",
        "received_at": now - 14_400_000,
        "due_at": now,
        "target_ms": 14_400_000,
        "elapsed_ms": 14_400_000,
        "worked_ms": 14_400_000,
        "to": "owner",
        "recipient": "anna",
        **more,
    }


def post_alert(monitoring: Monitoring, **labels: str) -> None:
    """As Prometheus would."""
    url = f"{monitoring.alertmanager_url}/api/v2/alerts"
    requests.post(url, json=[{"labels": labels}], timeout=5).raise_for_status()


def test_an_alarm_stands_within_two_seconds_and_is_gone_within_two_of_its_end(monitoring: Monitoring) -> None:
    with telling(monitoring) as sink:
        sink.hold(SHARD, [])
        sink.change(SHARD, [alarm("c1"), alarm("c2")])
        raised = seconds_until(lambda: len(active(monitoring)) == 2, PROMPT_SECONDS, "both stand")
        assert active(monitoring)["c1-breach"]["labels"] == {
            "alertname": "RytmiBreach",
            "service": "rytmi",
            "level": "breach",
            "to": "owner",
            "owner": "anna",
            "case": "c1",
            "cycle": "1",
            "clock": "decide",
            "touchpoint": "delivery",
            "severity": "critical",
            "unit": "logistics",
        }
        assert active(monitoring)["c1-breach"]["annotations"]["case_url"] == "https://crm.example/cases/c1"
        # As a record of the end may be: classified otherwise by then, and its reason long past.
        end = alarm("c1", "resolved", touchpoint="billing", at=now_ms() - 3_600_000, reason="stopped")
        sink.change(SHARD, [end, alarm("c2", "retracted")])
        ended = seconds_until(lambda: not active(monitoring), PROMPT_SECONDS, "none stands")
        assert (sink.waiting, sink.failures, sink.alive) == (0, 0, True)
    print(f"raised after {raised * 1000:.0f} ms, gone after {ended * 1000:.0f} ms")


def test_labels_stay_while_an_alarm_is_told_again_with_other_facts(monitoring: Monitoring) -> None:
    with telling(monitoring) as sink:
        sink.change(SHARD, [alarm("c1")])
        until(lambda: active(monitoring), PROMPT_SECONDS)
        before = active(monitoring)["c1-breach"]
        sink.change(SHARD, [alarm("c1", touchpoint="billing", recipient="ben", last_kind="paused", last_at=now_ms())])
        until(lambda: active(monitoring)["c1-breach"]["annotations"]["last"].startswith("paused"), PROMPT_SECONDS)
        (after,) = active(monitoring).values()
        assert after["labels"] == before["labels"]
        assert after["startsAt"] == before["startsAt"], "Alertmanager keeps the earliest"


def test_a_storm_of_500_cases_is_one_page(tmp_path: Path, webhook: Webhook) -> None:
    config = configuration(tmp_path, webhook, group_interval="1s")
    with Monitoring(tmp_path, alertmanager_config=config) as monitoring, telling(monitoring) as sink:
        begun = time.monotonic()
        for shard in range(4):  # as it comes: from several shards, in several batches, some of it late
            for part in range(5):
                cases = range(shard * 125 + part * 25, shard * 125 + part * 25 + 25)
                sink.change(("cases", shard), [alarm(f"c{n}", at=now_ms() - 600_000) for n in cases])
        until(lambda: webhook.told(unit="logistics"), PAGE_SECONDS, "the page")
        took = time.monotonic() - begun
        # Another unit's alarm, raised after the page, is told a whole group_wait later: five group_intervals.
        sink.change(SHARD, [alarm("other", unit="care")])
        until(lambda: webhook.told(unit="care"), PAGE_SECONDS, "the other unit's page")
    (page,) = webhook.told(unit="logistics")
    assert page["path"] == "/logistics"
    assert {alert["labels"]["case"] for alert in page["alerts"]} == {f"c{n}" for n in range(500)}
    assert webhook.told(unit="care")[0]["path"] == "/units"
    print(f"one page of {len(page['alerts'])} cases, {took:.1f} s after the first alarm")


def test_a_storm_after_an_outage_is_one_page_and_what_is_over_by_then_is_none(
    monitoring: Monitoring, webhook: Webhook
) -> None:
    """More than goes into one POST, and Alertmanager pages at once for an alert that began before group_wait."""
    with telling(monitoring) as sink:
        stop_alertmanager(monitoring)
        long_ago = now_ms() - 600_000
        storm = [alarm(f"c{n}", at=long_ago, announced_at=long_ago) for n in range(1200)]
        sink.change(SHARD, storm)
        sink.change(SHARD, [alarm(f"c{n}", "resolved", at=long_ago + 1) for n in range(100)])
        until(lambda: sink.failures >= 2, 20, "an outage")
        monitoring.revive()
        until(lambda: len(active(monitoring)) == 1100, 5, "all that stands")
        until(lambda: webhook.told(unit="logistics"), PAGE_SECONDS, "the page")
    page = webhook.told(unit="logistics")[0]
    firing = {alert["labels"]["case"] for alert in page["alerts"] if alert["status"] == "firing"}
    assert firing == {f"c{n}" for n in range(100, 1200)}


def test_nothing_is_lost_while_alertmanager_is_dead(monitoring: Monitoring, webhook: Webhook) -> None:
    with telling(monitoring) as sink:
        sink.hold(SHARD, [alarm("stays"), alarm("ends")])
        until(lambda: len(active(monitoring)) == 2, PROMPT_SECONDS)
        until(lambda: webhook.told(unit="logistics"), PAGE_SECONDS, "the first page")
        stop_alertmanager(monitoring)
        sink.change(SHARD, [alarm("ends", "resolved"), alarm("new")])
        sink.change(SHARD, [alarm("brief", unit="care"), alarm("brief", "resolved", unit="care")])
        until(lambda: sink.failures >= 3, 20, "it is tried again and again")
        assert sink.waiting == 3
        assert sink.alive
        assert monitoring.revive() == ["Alertmanager"]
        back = seconds_until(lambda: set(active(monitoring)) == {"stays-breach", "new-breach"}, 5, "what stands")
        until(lambda: sink.waiting == 0, 5)

        def told_anew() -> bool:
            firing = [a for page in webhook.told(unit="logistics") for a in page["alerts"] if a["status"] == "firing"]
            return any(alert["labels"]["case"] == "new" for alert in firing)

        until(told_anew, PAGE_SECONDS, "the page for what came meanwhile")
    last = webhook.told(unit="logistics")[-1]
    assert {alert["labels"]["case"]: alert["status"] for alert in last["alerts"]} == {
        "stays": "firing",
        "new": "firing",
        "ends": "resolved",
    }
    assert webhook.told(unit="care") == [], "what was over before anybody could be told pages nobody"
    print(f"everything right {back:.1f} s after Alertmanager was back")


def test_a_member_of_the_cluster_that_is_away_holds_up_no_other(monitoring: Monitoring) -> None:
    nobody = "http://127.0.0.1:9"
    with telling(monitoring, others=(nobody,)) as sink:
        sink.change(SHARD, [alarm("c1")])
        until(lambda: active(monitoring), PROMPT_SECONDS)
        until(lambda: sink.failures, 5)
        assert sink.waiting == 0
        assert sink.succeeded_at == pytest.approx(time.time(), abs=30)


def test_alarms_are_kept_alive_and_vanish_when_every_worker_is_dead(monitoring: Monitoring) -> None:
    with telling(monitoring, resend_seconds=0.5) as sink:
        sink.change(SHARD, [alarm("c1")])
        until(lambda: active(monitoring), PROMPT_SECONDS)
        first = ends_at(monitoring)
        until(lambda: ends_at(monitoring) - first > 4, 20, "kept alive for longer than one keep-alive lasts")
    assert active(monitoring), "stopping resolves nothing"
    until(lambda: not active(monitoring), 10, "it vanishes")


def ends_at(monitoring: Monitoring) -> float:
    return datetime.fromisoformat(active(monitoring)["c1-breach"]["endsAt"]).timestamp()


def test_a_breach_silences_its_warnings_and_blindness_the_cases_of_its_touchpoint(monitoring: Monitoring) -> None:
    with telling(monitoring) as sink:
        sink.change(SHARD, [alarm("c1"), alarm("c1", level="warning"), alarm("c1", level="escalation")])
        sink.change(SHARD, [alarm("c2", level="warning"), alarm("c3", touchpoint="billing")])
        post_alert(monitoring, alertname="RytmiStuck", severity="page")
        until(lambda: silenced(monitoring) == {"c1-warning"}, 10, "the warning of the breach")
        post_alert(monitoring, alertname="RytmiBlind", severity="page", touchpoint="delivery")
        cases = {"c1-warning", "c1-breach", "c1-escalation", "c2-warning"}
        until(lambda: silenced(monitoring) == cases, 10, "the cases at delivery")
        post_alert(monitoring, alertname="RytmiBlind", severity="page")
        until(lambda: silenced(monitoring) == cases | {"c3-breach"}, 10, "all cases, and nothing else")


def silenced(monitoring: Monitoring) -> set[str]:
    return {name for name, found in active(monitoring).items() if found["status"]["state"] == "suppressed"}


WORKER = """
import sys
from streams.alertmanager import Links, Sink
from tests.live.test_alertmanager import SHARD, alarm
from tests.waiting import until
sink = Sink([sys.argv[1]], Links(), resend_seconds=0.5)
sink.start()
sink.hold(SHARD, [alarm("c1")])
until(lambda: sink.doubtful, 60)
print("in doubt", flush=True)
for _ in range(4):
    before = sink.succeeded_at
    until(lambda: sink.succeeded_at != before, 60)
print("it has posted without its alarm", flush=True)
sys.stdin.readline()
sink.confirm()
print("confirmed", flush=True)
sys.stdin.readline()
"""


def test_a_worker_that_was_stopped_does_not_bring_back_what_another_resolved(monitoring: Monitoring) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, monitoring.alertmanager_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        until(lambda: active(monitoring), 30, "its alarm")
        worker.send_signal(signal.SIGSTOP)
        stopped_at = time.monotonic()
        with telling(monitoring) as successor:
            successor.hold(SHARD, [alarm("c1")])
            successor.change(SHARD, [alarm("c1", "resolved")])
            until(lambda: not active(monitoring) and not successor.waiting, 10, "resolved by the successor")
        had = received(monitoring)
        until(lambda: time.monotonic() - stopped_at > 4, 10, "a standstill")
        worker.send_signal(signal.SIGCONT)
        assert worker.stdout.readline() == "in doubt\n"
        assert worker.stdout.readline() == "it has posted without its alarm\n"
        assert received(monitoring) == had, "it has told Alertmanager of an alarm that may not be its own"
        assert not active(monitoring)
        worker.stdin.write("\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "confirmed\n"
        until(lambda: active(monitoring), 10, "only then is it kept alive again")
    finally:
        worker.kill()
        worker.communicate()


def received(monitoring: Monitoring) -> float:
    """How many alerts Alertmanager has been sent."""
    lines = requests.get(f"{monitoring.alertmanager_url}/metrics", timeout=5).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("alertmanager_alerts_received_total"))
