"""What the tests of Alertmanager share: the shipped configuration with a webhook of the test's own, and what stands.

Of the shipped file only the webhooks' address is another one, and where a test asks for it group_interval is short, so
that a second page, were there one, would come at once.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import requests

from streams.local.monitoring import Monitoring
from tests.waiting import until

SHIPPED = Path(__file__).parents[2] / "deploy" / "alertmanager"
PROMPT_SECONDS = 2.0
PAGE_SECONDS = 20.0  # the shipped group_wait of 5 s, and a machine that is busy


class Webhook:
    """A receiver of Alertmanager's notifications."""

    def __init__(self) -> None:
        self.pages: list[dict[str, Any]] = []
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                pages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def told(self, **labels: str) -> list[dict[str, Any]]:
        """The pages whose group has these labels."""
        return [page for page in list(self.pages) if labels.items() <= page["groupLabels"].items()]

    def firing(self, **labels: str) -> list[str]:
        """The cases that those pages call people to, once for each time."""
        alerts = [alert for page in self.told(**labels) for alert in page["alerts"]]
        return [alert["labels"]["case"] for alert in alerts if alert["status"] == "firing"]


@contextmanager
def listening() -> Iterator[Webhook]:
    """A webhook that takes notifications."""
    made = Webhook()
    thread = Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


def configuration(directory: Path, webhook: Webhook, group_interval: str | None = None) -> Path:
    """The shipped files with the webhooks here."""
    text = (SHIPPED / "alertmanager.yml").read_text()
    assert "http://127.0.0.1:9095/" in text
    text = text.replace("http://127.0.0.1:9095/", f"{webhook.address}/")
    if group_interval is not None:
        text = text.replace("group_interval: 2m", f"group_interval: {group_interval}")
    (directory / "templates").symlink_to(SHIPPED / "templates")
    path = directory / "alertmanager.yml"
    path.write_text(text)
    return path


def alerts(monitoring: Monitoring) -> list[dict[str, Any]]:
    """All that stand."""
    found: list[dict[str, Any]] = requests.get(f"{monitoring.alertmanager_url}/api/v2/alerts", timeout=5).json()
    return found


def active(monitoring: Monitoring) -> dict[str, dict[str, Any]]:
    """The alerts that stand, by case and level."""
    return {f"{found['labels'].get('case')}-{found['labels'].get('level')}": found for found in alerts(monitoring)}


def stop_alertmanager(monitoring: Monitoring) -> None:
    """As when its machine is gone."""
    os.kill(monitoring.children[0].pid, signal.SIGKILL)
    until(lambda: monitoring.children[0].has_ended, 10, "Alertmanager is dead")


def seconds_until(condition: Callable[[], object], limit: float, what: str) -> float:
    begun = time.monotonic()
    until(condition, limit, what)
    return time.monotonic() - begun
