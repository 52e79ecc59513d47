"""A board as the process that it is, and a real browser to look at it with."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError

import psutil
from playwright.sync_api import Browser, sync_playwright

from streams.demo.workers import free_ports
from streams.local.child import ChildProcess
from streams.settings import Settings
from tests.live.workers import ROOT, environment
from tests.waiting import until

_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


class BoardProcess:
    """`rytmi board` at a free port; it ends with the test process."""

    def __init__(self, settings: Settings, config: Path, port: int, *options: str, **env: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = settings.home / f"board-{port}.log"
        command = [sys.executable, "-m", "streams.cli.main", "board", "--config", str(config), "--port", str(port)]
        with self.log.open("ab") as out:
            self._process = ChildProcess([*command, *options], out, 5, environment(settings) | env, ROOT)
        self.pid = self._process.pid
        assert self.pid, self.log.read_text()

    def get(self, page: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page; raises OSError while nobody answers."""
        request = urllib.request.Request(f"{self.address}{page}", headers=headers)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def is_ready(self) -> bool:
        """Whether it has read everything."""
        assert self._process.status is None, self.log.read_text()
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False

    def await_ready(self) -> None:
        until(self.is_ready, 90, "the board has read the topics")

    def shows(self, page: str, pattern: str, seconds: float = 60) -> str:
        """Wait until a page has the pattern; its text."""

        def found() -> str | None:
            assert self._process.status is None, self.log.read_text()
            text = self.get(page)[1]
            return text if re.search(pattern, text) else None

        return until(found, seconds, f"{page} shows {pattern!r}") or ""

    def busy_seconds(self) -> float:
        """Processor time that it has taken."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def close(self) -> int:
        """End it; its exit status."""
        self._process.ask_to_end()
        return self._process.wait(20)


@contextmanager
def board(settings: Settings, config: Path, *options: str, port: int = 0, **env: str) -> Iterator[BoardProcess]:
    """A board that has read everything."""
    made = BoardProcess(settings, config, port or free_ports(1, 18_080)[0], *options, **env)
    try:
        made.await_ready()
        yield made
    finally:
        made.close()


class Called:
    """Takes alerts as Alertmanager does, and keeps them."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        alerts = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                alerts.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def link(self, case: str) -> str | None:
        """Where the alert about a case leads."""
        links = [one["annotations"]["case_url"] for one in list(self.alerts) if one["labels"].get("case") == case]
        return links[0] if links else None


@contextmanager
def called() -> Iterator[Called]:
    made = Called()
    thread = Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


@contextmanager
def browser(program: Path) -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, headless=True, args=list(_ARGUMENTS))
        try:
            yield made
        finally:
            made.close()
