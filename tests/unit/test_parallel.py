"""A backtest on several processors says what it says on one, and leaves nobody behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from processors.backtest import Backtest
from processors.canonical import instant, render
from processors.events import Event
from streams import UserError
from streams.config import Config, load
from streams.demo.organisation import Organisation, beginning
from streams.measures.subscriber import frame
from streams.results import parallel as settling
from streams.results.backtest import run
from tests.processes import runs
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "examples" / "rytmi.yaml"
END = instant("2026-03-16T12:00:00+02:00")


@pytest.fixture(scope="module")
def config() -> Config:
    return load(CONFIG)


@pytest.fixture(scope="module")
def events(config: Config) -> list[Event]:
    return list(Organisation(config, 11, beginning(END, 1, config.timezone)).until(END))


def backtested(config: Config, events: list[Event]) -> Backtest:
    backtest = Backtest(config.policies)
    for event in events:
        backtest.add(event)
    assert list(backtest.finish()) == []
    return backtest


def test_all_files_are_the_same_on_however_many_processors(config: Config, events: list[Event], tmp_path: Path) -> None:
    lines = [json.dumps(render(event)).encode() for event in events]
    summaries, files = [], []
    for processes in (1, 2, 3):
        out = tmp_path / str(processes)
        done = run(frame(config), lines, END, out, lambda _: None, processes)
        summaries.append(replace(done, seconds=0))
        files.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert len(files[0]["cases.jsonl"].splitlines()) == summaries[0].cases > settling._ENTITIES, "there are parts"
    assert summaries[0] == summaries[1] == summaries[2]
    assert files[0] == files[1] == files[2]


def test_no_events_are_no_parts(config: Config) -> None:
    assert list(settling.parts(backtested(config, []), END, 4)) == []


def test_a_maker_that_is_killed_is_an_error_and_not_a_shorter_result(config: Config, events: list[Event]) -> None:
    parts = settling.parts(backtested(config, events), END, 2)
    next(parts)
    for maker in multiprocessing.active_children():
        maker.kill()
    with pytest.raises(UserError, match="a process of the backtest was ended"):
        list(parts)
    assert multiprocessing.active_children() == []


def test_makers_end_when_nobody_wants_more(config: Config, events: list[Event]) -> None:
    parts = settling.parts(backtested(config, events), END, 2)
    next(parts)
    assert len(multiprocessing.active_children()) == 2
    parts.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_makers_do_not_outlive_whoever_takes_the_parts() -> None:
    program = (
        "import multiprocessing, os, signal\n"
        "from tests.unit import test_parallel as t\n"
        "from streams.results import parallel as settling\n"
        "config = t.load(t.CONFIG)\n"
        "events = list(t.Organisation(config, 11, t.beginning(t.END, 1, config.timezone)).until(t.END))\n"
        "parts = settling.parts(t.backtested(config, events), t.END, 2)\n"
        "next(parts)\n"
        "print(*[maker.pid for maker in multiprocessing.active_children()], flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    makers = {int(pid) for pid in done.stdout.split()}
    assert len(makers) == 2
    left = [process for process in psutil.process_iter() if process.pid in makers]
    until(lambda: not any(map(runs, left)), 60, "they have ended")
