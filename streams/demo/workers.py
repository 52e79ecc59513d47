"""The workers of the demo and its board: child processes that end with it, and are started again if they end before.

Nothing stays behind, not even after `kill -9` of the demo.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

from streams import UserError
from streams.demo.figures import fetched
from streams.demo.words import Said
from streams.local.broker.address import is_free
from streams.local.child import ChildProcess, last_lines

HOST = "127.0.0.1"
FIRST_PORT, BOARD_PORT = 6066, 8080
_STOP_SECONDS = 75.0  # a worker gives itself 60 to finish what is under way
_KEPT_SECONDS = 20.0  # what the keeper grants it when the demo was killed
_START_SECONDS = 60.0
_QUICK_SECONDS = 20.0  # a worker that ends sooner than this has not got going
_MOST_QUICK_ENDS = 3
_LOG_LINES = 15


class DemoError(UserError):
    """The demo cannot go on."""


class Worker:
    """One worker process, at one port, over all its restarts."""

    ready_page = "/ready"
    revived = "notice.worker"  # what is said when it runs again

    def __init__(self, number: int, port: int, config: Path, env: Mapping[str, str], log: Path) -> None:
        self.number, self.log = number, log
        self.name = f"worker {number}"
        self.target = f"{HOST}:{port}"  # as Prometheus names it
        self.address = f"http://{self.target}"
        self.pid = 0
        self._env = dict(env)
        self._command = [sys.executable, "-m", "streams.cli.main", "worker", "--config", str(config)]
        self._command += ["--host", HOST, "--port", str(port), "--session-timeout", "6"]
        self._process: ChildProcess | None = None
        self._started = 0.0
        self._quick_ends = 0

    def start(self) -> None:
        """Start the process. It is not ready yet."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            self._process = ChildProcess(self._command, log, _KEPT_SECONDS, self._env)
        self.pid = self._process.pid
        self._started = time.monotonic()

    def revive(self) -> Said | None:
        """Start it again if it has ended; what happened. Raises DemoError if it ends again and again."""
        if self._process is None or (status := self._process.status) is None:
            return None
        self.stop()
        self._quick_ends = self._quick_ends + 1 if time.monotonic() - self._started < _QUICK_SECONDS else 0
        if self._quick_ends >= _MOST_QUICK_ENDS:
            end = last_lines(_LOG_LINES, self.log)
            raise DemoError(f"{self.name} ends again and again; the end of {self.log}:\n{end}")
        self.start()
        values: dict[str, Said | str] = {"number": str(self.number), "manner": _manner(status), "pid": str(self.pid)}
        return Said(self.revived, values)

    def is_ready(self) -> bool:
        """Whether it says so itself."""
        return fetched(f"{self.address}{self.ready_page}") is not None

    def ask_to_stop(self) -> None:
        """Let it finish its batch, commit and leave the group."""
        if self._process is not None:
            self._process.ask_to_end()

    def stop(self) -> None:
        """Wait until it has; kill it if it does not."""
        if self._process is not None:
            self._process.end(_STOP_SECONDS)
            self._process = None


class Board(Worker):
    """`rytmi board`: one more process over the same topics, open to whoever is at this machine, watched as they are."""

    ready_page = "/health"
    revived = "notice.board"

    def __init__(self, port: int, config: Path, env: Mapping[str, str], log: Path) -> None:
        super().__init__(0, port, config, env, log)
        self.name = "the board"
        self._command = [sys.executable, "-m", "streams.cli.main", "board", "--config", str(config)]
        self._command += ["--host", HOST, "--port", str(port)]


def await_ready(workers: list[Worker], poll_seconds: float = 0.1) -> None:
    """Wait until every worker is ready. Raises DemoError if one ends before, or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    for worker in workers:
        while not worker.is_ready():
            worker.revive()
            if time.monotonic() > deadline:
                raise DemoError(f"{worker.name} is not ready after {_START_SECONDS:.0f} s; see {worker.log}")
            time.sleep(poll_seconds)


def free_ports(wanted: int, first: int = FIRST_PORT) -> list[int]:
    """The first free ports from `first` on."""
    return list(islice(filter(is_free, count(first)), wanted))


def _manner(status: int) -> Said:
    signalled = -status if status < 0 else 256 - status  # the keeper hands a signal on as an exit status of 256 less it
    with suppress(ValueError):
        return Said("manner.signal", {"name": signal.Signals(signalled).name})
    return Said("manner.status", {"status": str(status)})
