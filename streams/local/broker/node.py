"""Starting, stopping and asking after the one local broker of a working directory.

Everything it has is in `HOME/kafka`: data, configuration, logs, and a state file. Stopped or killed, it comes back at
the same port with the same data.
"""

import fcntl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from streams.local.broker import process
from streams.local.broker.address import answers, free_port, is_free
from streams.local.broker.command import BrokerError, Files, prepare
from streams.local.broker.configuration import HOST
from streams.local.broker.process import Last
from streams.local.child import ChildProcess, last_lines

START_SECONDS = 60
STOP_SECONDS = 30
_POLL_SECONDS = 0.05
_LOG_LINES = 20


class Status(NamedTuple):
    pid: int | None  # None: not running
    bootstrap: str | None  # host:port; of a stopped one None
    answers: bool
    log: Path


class Broker:
    """The broker of one home directory (`.rytmi`). As a context manager it stops what it has started.

    `port` None: the port of last time if it is free, else a free one. `say` is told what takes long.
    """

    def __init__(self, home: Path, port: int | None = None, say: Callable[[str], None] = lambda _: None) -> None:
        self._files = Files(home.absolute() / "kafka")
        self._port = port
        self._say = say
        self._child: ChildProcess | None = None
        self._started = False

    @property
    def directory(self) -> Path:
        return self._files.directory

    @property
    def log(self) -> Path:
        return self._files.log

    @property
    def bootstrap(self) -> str:
        """Address of the running broker. Raises BrokerError if there is none."""
        last = self._running()
        if last is None:
            raise BrokerError("no broker: run `rytmi broker start` or set RYTMI_KAFKA_BOOTSTRAP")
        return _address(last.port)

    def status(self) -> Status:
        last = self._running()
        if last is None:
            return Status(None, None, answers=False, log=self.log)
        bootstrap = _address(last.port)
        return Status(last.pid, bootstrap, answers(bootstrap, seconds=2.0), self.log)

    def start(self, child: bool = False) -> str:
        """Start it, wait until it answers, and return its address; one that runs already is left as it is.

        `child`: it ends with this process, however this process ends. Raises BrokerError with the end of its log.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._lock():
            last = self._running()
            if last is not None:
                if self._port not in (None, last.port):
                    raise BrokerError(f"a broker already runs at {_address(last.port)}: stop it first")
                return self._await_answer(last)
            self._forget_child()  # a broker that ended by itself
            port = self._choose_port()
            pid = self._launch(prepare(self._files, port, _another_port(port), self._say), child)
            last = Last(port, pid, process.started(pid))
            process.save(self._files.state, last)
            self._started = True
            try:
                return self._await_answer(last)
            except BaseException:
                self._end(last)
                raise

    def stop(self) -> bool:
        """Stop it and wait until it has ended, its data ready for the next start. False: there was none."""
        if not self.directory.exists():
            return False
        with self._lock():
            last = self._running()
            if last is not None:
                self._end(last)
            self._forget_child()
            return last is not None

    def __enter__(self) -> "Broker":
        self.start(child=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            self.stop()

    def _launch(self, command: list[str], child: bool) -> int:
        with self._files.console.open("w") as console:
            if not child:
                return subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
                ).pid
            self._child = ChildProcess(command, console, STOP_SECONDS)
        if not self._child.pid:
            raise BrokerError(f"the broker could not be started:\n{self._last_lines()}")
        return self._child.pid

    def _await_answer(self, last: Last) -> str:
        bootstrap = _address(last.port)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.find(last, self._files.properties) is None:
                raise BrokerError(f"the broker ended while starting; the end of {self.log}:\n{self._last_lines()}")
            if answers(bootstrap, seconds=1.0):
                return bootstrap
            time.sleep(_POLL_SECONDS)
        raise BrokerError(f"the broker does not answer at {bootstrap}; the end of {self.log}:\n{self._last_lines()}")

    def _end(self, last: Last) -> None:
        running = process.find(last, self._files.properties)
        if running is not None:
            process.end(running, STOP_SECONDS)
        process.save(self._files.state, Last(last.port))

    def _forget_child(self) -> None:
        if self._child is not None:
            self._child.ask_to_end()  # it has ended, as far as is known
            self._child.end(STOP_SECONDS)
            self._child = None

    def _choose_port(self) -> int:
        if self._port is not None:
            if not is_free(self._port):
                raise BrokerError(f"port {self._port} is in use by another program: choose another")
            return self._port
        last = process.load(self._files.state).port
        return last if last is not None and is_free(last) else _another_port(None)

    def _running(self) -> Last | None:
        last = process.load(self._files.state)
        return last if process.find(last, self._files.properties) else None

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One start or stop at a time in a directory."""
        with self._files.lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _last_lines(self) -> str:
        return last_lines(_LOG_LINES, self.log, self._files.console)


def _address(port: int | None) -> str:
    return f"{HOST}:{port}"


def _another_port(other_than: int | None) -> int:
    port = free_port(other_than)
    if port is None:
        raise BrokerError("no free port was found: name one with --port")
    return port
