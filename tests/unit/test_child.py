"""A child process that ends with this one. That it does after `kill -9` is shown by the broker's tests."""

import sys
from pathlib import Path

import psutil

from streams.local.child import ChildProcess, last_lines
from tests.processes import runs
from tests.waiting import until

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("I stay", flush=True))
print("here", flush=True)
while True:
    time.sleep(0.01)  # a pause would never end if the signal came just before it
"""


def test_it_is_asked_to_end_and_killed_if_it_does_not(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as out:
        child = ChildProcess([sys.executable, "-c", STUBBORN], out, 5)
    until(lambda: "here" in log.read_text(), 20, "it has begun")
    process = psutil.Process(child.pid)
    assert child.status is None
    child.ask_to_end()
    until(lambda: "I stay" in log.read_text(), 20, "it was asked")
    assert child.end(0.1) != 0
    assert not runs(process)
    child.ask_to_end()  # of one that has ended nothing is asked
    assert last_lines(1, log, tmp_path / "nowhere") == "  I stay"


def test_how_it_ended_is_known_and_what_it_was_given_arrives(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = "import os, sys; print(os.environ['GIVEN'], os.getcwd()); sys.exit(7)"
    with log.open("w") as out:
        child = ChildProcess([sys.executable, "-c", program], out, 5, {"GIVEN": "this"}, tmp_path)
    assert child.wait(20) == child.status == 7
    assert log.read_text() == f"this {tmp_path}\n"


def test_what_cannot_be_started_has_no_process_id_and_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as out:
        child = ChildProcess([str(tmp_path / "nothing")], out, 5)
    assert child.pid == 0
    assert child.wait(20) != 0
    assert "No such file" in last_lines(1, log)
