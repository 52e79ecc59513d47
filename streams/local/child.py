"""A child process that ends with this one, however this one ends (see keeper.py)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from streams.local import keeper


class ChildProcess:
    """It runs from now on. pid: its process id, 0 if it could not be started.

    log: gets its output. grace_seconds: what it has to end by itself when this process is gone. descriptors: open
    files that its keeper holds, too.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: IO[str] | IO[bytes],
        grace_seconds: float,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", keeper.__file__, str(grace_seconds), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=env,
            cwd=cwd,
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C in the terminal is for us, who then end what we have started
        )
        assert self._keeper.stdout is not None  # noqa: S101 - as it was asked for
        self.pid = int(self._keeper.stdout.readline() or 0)

    @property
    def status(self) -> int | None:
        """Its exit status, 256 less the signal that ended it; None while it runs. Below 0: its keeper was killed."""
        return self._keeper.poll()

    def ask_to_end(self) -> None:
        """Send it SIGTERM."""
        with suppress(ProcessLookupError):
            self._keeper.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Wait until it has ended; its status. Raises subprocess.TimeoutExpired."""
        status = self._keeper.wait(seconds)
        self._keeper.communicate()  # closes the pipes
        return status

    def end(self, seconds: float) -> int:
        """Wait until it has ended, and kill it if it does not; its status. Raises as `wait` if even that is in vain."""
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(psutil.Error):
                psutil.Process(self.pid).kill()  # its keeper follows
            return self.wait(seconds)


def last_lines(count: int, *logs: Path) -> str:
    """The end of each log, for an error message."""
    lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()[-count:]]
    return "\n".join(f"  {line}" for line in lines) or "  (nothing)"
