"""One server as a child process: it ends with us, even after `kill -9`."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from streams import UserError
from streams.local.child import ChildProcess, last_lines

_START_SECONDS = 30.0
STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 2.0
_LOG_LINES = 10
_direct = build_opener(ProxyHandler({}))  # whatever proxy the environment names: this is loopback


class MonitoringError(UserError):
    """Prometheus or Alertmanager cannot be had, or does not run."""


class Child:
    """A server at one address, over all its restarts.

    lock: an open file whose lock is ours; the keeper holds it too, so that it is free only when the server has ended.
    """

    def __init__(self, name: str, command: list[str], url: str, log: Path, lock: int) -> None:
        self.name, self.url, self.log = name, url, log
        self.pid = 0
        self._command, self._lock = command, lock
        self._process: ChildProcess | None = None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        with self.log.open("a") as log:
            self._process = ChildProcess(self._command, log, STOP_SECONDS, descriptors=(self._lock,))
        self.pid = self._process.pid

    def await_ready(self) -> None:
        """Raises MonitoringError with the end of its log if it ends before, or takes too long."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self.has_ended or time.monotonic() > deadline:
                how = "ended while starting" if self.has_ended else "is not ready"
                end = last_lines(_LOG_LINES, self.log)
                raise MonitoringError(f"{self.name} {how}; the end of {self.log}:\n{end}")
            time.sleep(_POLL_SECONDS)

    @property
    def has_ended(self) -> bool:
        """By itself, or because somebody killed it."""
        return self._process is not None and self._process.status is not None

    def stop(self) -> None:
        """Ask it to end and wait until it has; kill it if it does not."""
        if self._process is not None:
            self._process.ask_to_end()
            self._process.end(STOP_SECONDS)
            self._process = None

    def _is_ready(self) -> bool:
        try:
            with _direct.open(f"{self.url}/-/ready", timeout=_ANSWER_SECONDS) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False
