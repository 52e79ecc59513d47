"""One server as a child process, under the broker's keeper: it ends with us, even after `kill -9`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import psutil

from streams import UserError
from streams.broker import keeper

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
        self._keeper: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        with self.log.open("a") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", keeper.__file__, str(STOP_SECONDS), *self._command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=(self._lock,),
                start_new_session=True,  # Ctrl-C in the terminal is for whoever started us, who then ends this
            )
        assert self._keeper.stdout is not None  # noqa: S101 - as it was asked for
        self.pid = int(self._keeper.stdout.readline() or 0)

    def await_ready(self) -> None:
        """Raises MonitoringError with the end of its log if it ends before, or takes too long."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self.has_ended or time.monotonic() > deadline:
                how = "ended while starting" if self.has_ended else "is not ready"
                raise MonitoringError(f"{self.name} {how}; the end of {self.log}:\n{self._last_lines()}")
            time.sleep(_POLL_SECONDS)

    @property
    def has_ended(self) -> bool:
        """By itself, or because somebody killed it."""
        return self._keeper is not None and self._keeper.poll() is not None

    def stop(self) -> None:
        """Ask it to end and wait until it has; kill it if it does not."""
        if self._keeper is None:
            return
        with suppress(ProcessLookupError):
            self._keeper.send_signal(signal.SIGTERM)
        try:
            self._keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(psutil.Error):
                psutil.Process(self.pid).kill()  # its keeper follows
            self._keeper.wait(STOP_SECONDS)
        self._keeper.communicate()
        self._keeper = None

    def _is_ready(self) -> bool:
        try:
            with _direct.open(f"{self.url}/-/ready", timeout=_ANSWER_SECONDS) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _last_lines(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join(f"  {line}" for line in lines) or "  (nothing)"
