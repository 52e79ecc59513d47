"""Prometheus and Alertmanager of one home directory, with the files of `deploy/` as they are.

prometheus.yml names everything by paths beside it. So it is given a directory of its own, `HOME/monitoring/prometheus`,
in which it and its rules are links to `deploy/`, and the addresses of this run are files. Alertmanager needs none.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from streams.local.broker.address import free_port
from streams.local.broker.configuration import HOST
from streams.local.monitoring.child import STOP_SECONDS, Child, MonitoringError
from streams.local.monitoring.programs import provide

_RETENTION = "40d"  # more than the longest window
_POLL_SECONDS = 0.05


class Monitoring:
    """A context manager: both run and are ready inside it. targets: workers, as `127.0.0.1:6066`.

    alertmanager_config: another file than the one of `deploy/`, for tests of it.
    """

    def __init__(
        self,
        home: Path,
        say: Callable[[str], None] = lambda _: None,
        targets: Sequence[str] = (),
        alertmanager_config: Path | None = None,
    ) -> None:
        self._home, self._say, self._targets = home.absolute(), say, list(targets)
        self._directory = self._home / "monitoring"
        self._deploy = Path(str(files("deploy")))
        self._alertmanager_config = alertmanager_config or self._deploy / "alertmanager" / "alertmanager.yml"
        self._ends = ExitStack()
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        """Raises MonitoringError."""
        programs = provide(self._say)
        self._say("starting Prometheus and Alertmanager on this machine")
        with self._ends:  # what was started before a failure is ended
            self._prepare()
            lock = self._ends.enter_context(_only_one(self._directory))
            alertmanager, prometheus = _addresses()
            self._add("Alertmanager", alertmanager, self._alertmanager(programs.alertmanager), lock)
            self._add("Prometheus", prometheus, self._prometheus(programs.prometheus), lock)
            self._write("alertmanagers", [alertmanager])
            self._write("prometheus", [prometheus])
            self.write_targets(self._targets)
            for child in self.children:
                child.start()
            for child in self.children:
                child.await_ready()
            self._ends = self._ends.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.__exit__(kind, error, trace)
        self.children = []

    @property
    def alertmanager_url(self) -> str:
        """As in `http://127.0.0.1:21234`."""
        return self.children[0].url

    @property
    def prometheus_url(self) -> str:
        """As in `http://127.0.0.1:21234`."""
        return self.children[1].url

    def write_targets(self, workers: Sequence[str]) -> None:
        """From now on, these are scraped: host:port each. Prometheus sees it within a moment."""
        self._targets = list(workers)
        self._write("workers", self._targets)

    def revive(self) -> list[str]:
        """Start again what has ended, at its address and with its data; the names of those."""
        ended = [child for child in self.children if child.has_ended]
        for child in ended:
            child.stop()
            child.start()
            child.await_ready()
        return [child.name for child in ended]

    def _prepare(self) -> None:
        for directory in ("prometheus/targets", "data", "log"):
            (self._directory / directory).mkdir(parents=True, exist_ok=True)
        for name in ("prometheus.yml", "rules"):
            link = self._directory / "prometheus" / name
            link.unlink(missing_ok=True)
            link.symlink_to(self._deploy / "prometheus" / name)

    def _alertmanager(self, program: Path) -> list[str]:
        # No peers: without the last option it would listen for some on every address of this machine.
        return [
            str(program),
            f"--config.file={self._alertmanager_config}",
            f"--storage.path={self._directory / 'data' / 'alertmanager'}",
            "--cluster.listen-address=",
        ]

    def _prometheus(self, program: Path) -> list[str]:
        return [
            str(program),
            f"--config.file={self._directory / 'prometheus' / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._directory / 'data' / 'prometheus'}",
            f"--storage.tsdb.retention.time={_RETENTION}",
        ]

    def _add(self, name: str, address: str, command: list[str], lock: IO[str]) -> None:
        url, log = f"http://{address}", self._directory / "log" / f"{name.lower()}.log"
        command = [*command, f"--web.listen-address={address}", f"--web.external-url={url}"]
        child = Child(name, command, url, log, lock.fileno())
        self.children.append(child)
        self._ends.callback(child.stop)

    def _write(self, name: str, addresses: list[str]) -> None:
        path = self._directory / "prometheus" / "targets" / f"{name}.json"
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps([{"targets": addresses}]) + "\n")
        beside.replace(path)


def _addresses() -> tuple[str, str]:
    """Two that nobody listened at a moment ago."""
    first = free_port()
    second = free_port(other_than=first)
    if first is None or second is None:
        raise MonitoringError("no two free ports were found")
    return f"{HOST}:{first}", f"{HOST}:{second}"


def _only_one(directory: Path) -> IO[str]:
    """Holds the directory's lock while it is open. What a killed predecessor left is given time to end."""
    lock = (directory / "lock").open("w")
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            if time.monotonic() > deadline:
                lock.close()
                raise MonitoringError(
                    f"Prometheus and Alertmanager run already in {directory}: end them first"
                ) from None
        time.sleep(_POLL_SECONDS)
