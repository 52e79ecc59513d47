"""A real Prometheus and Alertmanager with the files of `deploy/` as they are: targets, rules, alerting, their ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
import requests

from streams.local.monitoring import Monitoring, MonitoringError, stack
from tests.processes import runs
from tests.waiting import until

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("monitoring_programs")


class Metrics(BaseHTTPRequestHandler):
    """A worker's /metrics."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(b"rytmi_entities 3\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def worker() -> Iterator[str]:
    """The address of something that answers as a worker does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def asked(monitoring: Monitoring, query: str) -> dict[str, float]:
    """Value by instance."""
    answer = requests.get(f"{monitoring.prometheus_url}/api/v1/query", params={"query": query}, timeout=5).json()
    return {found["metric"].get("instance", ""): float(found["value"][1]) for found in answer["data"]["result"]}


def known(monitoring: Monitoring, what: str) -> Any:
    return requests.get(f"{monitoring.prometheus_url}/api/v1/{what}", timeout=5).json()["data"]


def test_workers_are_scraped_and_alertmanager_is_found_with_the_shipped_files(tmp_path: Path) -> None:
    with worker() as first, worker() as second, Monitoring(tmp_path, targets=[first]) as monitoring:
        until(lambda: asked(monitoring, 'rytmi_entities{job="rytmi-worker"}') == {first: 3.0}, 30, "the first worker")
        monitoring.write_targets([second])
        until(lambda: asked(monitoring, "rytmi_entities").get(second) == 3.0, 30, "the second worker")
        alertmanagers = until(lambda: known(monitoring, "alertmanagers")["activeAlertmanagers"], 10, "Alertmanager")
        assert [found["url"] for found in alertmanagers] == [f"{monitoring.alertmanager_url}/api/v2/alerts"]
        up = {monitoring.alertmanager_url, monitoring.prometheus_url}
        until(
            lambda: {f"http://{name}" for name in asked(monitoring, 'up{job!="rytmi-worker"} == 1')} == up, 30, "both"
        )


def test_the_rules_beside_the_configuration_are_loaded(tmp_path: Path) -> None:
    shipped = {path.name for path in (ROOT / "deploy" / "prometheus" / "rules").glob("*.yml")}
    with Monitoring(tmp_path) as monitoring:
        groups = known(monitoring, "rules")["groups"]
    assert {Path(group["file"]).name for group in groups} == shipped
    assert not [rule for group in groups for rule in group["rules"] if rule["health"] == "err"]


def test_both_listen_on_loopback_alone_and_are_gone_afterwards(tmp_path: Path) -> None:
    with Monitoring(tmp_path) as monitoring:
        processes = [psutil.Process(child.pid) for child in monitoring.children]
        listening = {
            connection.laddr.ip
            for process in processes
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}
    assert not any(map(runs, processes))


def test_one_that_was_killed_is_started_again_at_its_address(tmp_path: Path) -> None:
    with Monitoring(tmp_path) as monitoring:
        assert monitoring.revive() == []
        url = monitoring.prometheus_url
        os.kill(monitoring.children[1].pid, signal.SIGKILL)
        until(lambda: monitoring.children[1].has_ended, 10, "it has ended")
        assert monitoring.revive() == ["Prometheus"]
        assert monitoring.prometheus_url == url
        assert requests.get(f"{url}/-/ready", timeout=5).ok


OWNER = """
import sys
from pathlib import Path
from streams.local.monitoring import Monitoring
with Monitoring(Path(sys.argv[1])) as monitoring:
    print(*(child.pid for child in monitoring.children), flush=True)
    sys.stdin.read()
"""


def test_they_end_when_their_owner_is_killed_and_the_next_one_takes_over(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    left = [psutil.Process(int(pid)) for pid in owner.stdout.readline().split()]
    assert len(left) == 2
    owner.kill()
    owner.communicate()
    with Monitoring(tmp_path) as monitoring:  # waits until what was left has let go of the data
        assert not any(map(runs, left))
        assert requests.get(f"{monitoring.prometheus_url}/-/ready", timeout=5).ok


def test_a_second_one_in_the_same_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "STOP_SECONDS", 0.2)
    with Monitoring(tmp_path), pytest.raises(MonitoringError, match="run already"), Monitoring(tmp_path):
        pass


def test_one_that_cannot_start_says_why_and_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("route: {receiver: nobody}\n")
    monitoring = Monitoring(tmp_path, alertmanager_config=broken)
    with pytest.raises(MonitoringError, match=r"(?s)Alertmanager ended while starting.*nobody"), monitoring:
        pass
    assert not any(child.pid and psutil.pid_exists(child.pid) for child in monitoring.children)
