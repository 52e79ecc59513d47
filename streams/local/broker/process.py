"""Which process is the broker of a directory: the state file, and the proof that a process id still means it.

Process ids are used again. A process is taken for the broker, and ever signalled, only if its id, its start time and
its command line all say so.
"""

import json
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

# A start time may move a little when the clock is set; the command line decides then.
_CLOCK_SLACK_SECONDS = 60
_REPLACED_WITHIN_SECONDS = 1.0
_POLL_SECONDS = 0.01


class Last(NamedTuple):
    """What is known of the last start. The port outlives a stop: clients look for a restarted broker there."""

    port: int | None = None
    pid: int | None = None
    started_s: float = 0.0


def load(state_file: Path) -> Last:
    try:
        return Last(**json.loads(state_file.read_text()))
    except (FileNotFoundError, ValueError, TypeError):  # none, or cut off by a full disk
        return Last()


def save(state_file: Path, last: Last) -> None:
    beside = state_file.with_suffix(".new")
    beside.write_text(json.dumps(last._asdict()) + "\n")
    beside.replace(state_file)


def started(pid: int) -> float:
    """Start time of a process in seconds since the epoch; 0 if it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def find(last: Last, mark: Path) -> psutil.Process | None:
    """The broker's process while it runs; `mark` is the file that its command line names."""
    if last.pid is None:
        return None
    with suppress(psutil.Error):
        process = psutil.Process(last.pid)
        same_start = abs(process.create_time() - last.started_s) < _CLOCK_SLACK_SECONDS
        if same_start and str(mark) in _command(process) and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def _command(process: psutil.Process) -> list[str]:
    """Its command line, which is empty for a moment after the start, while the system replaces the program."""
    deadline = time.monotonic() + _REPLACED_WITHIN_SECONDS
    while True:
        command = process.cmdline()
        if command or process.status() == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
            return command
        time.sleep(_POLL_SECONDS)


def end(process: psutil.Process, seconds: float) -> None:
    """Ask it to stop and wait until it has; after `seconds`, kill it."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(seconds)
