"""Schedules by seed: whatever goes wrong, the topics say what a backtest says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.schedule import Schedule, Step
from tests.simulation.shrink import failure_of, shrunk, test_of

_QUICK, _ALL = 300, 10_000
_BLOCK, _PROVEN_BLOCK = 10, 50
_SEED = 3  # any
_DIGEST = """
import logging
from tests.simulation.schedule import Schedule
logging.disable(logging.CRITICAL)
schedule = Schedule({seed})
schedule.run()
print(schedule.world.cluster.digest())
"""


@pytest.mark.parametrize(
    ("first", "count"),
    [
        *((first, _BLOCK) for first in range(0, _QUICK, _BLOCK)),
        *(pytest.param(first, _PROVEN_BLOCK, marks=pytest.mark.prove) for first in range(_QUICK, _ALL, _PROVEN_BLOCK)),
    ],
)
def test_schedules_say_what_a_backtest_says(first: int, count: int) -> None:
    for seed in range(first, first + count):
        failure = failure_of(seed, Schedule(seed).steps())
        if failure is not None:
            steps = shrunk(seed, Schedule(seed).steps(), failure.kind)
            smaller = failure_of(seed, steps) or failure
            again = f"python -m tests.simulation {seed}"
            pytest.fail(f"{again}\n{failure.words}\n\nshrunk:\n{test_of(seed, steps, smaller)}")


def test_a_seed_gives_the_same_log_again_in_another_process_with_other_hashes() -> None:
    schedule = Schedule(_SEED)
    schedule.run()
    for hash_seed in ("1", "2"):
        said = subprocess.run(
            [sys.executable, "-c", _DIGEST.format(seed=_SEED)],
            cwd=Path(__file__).resolve().parents[2],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.strip() == schedule.world.cluster.digest()


def test_fewer_steps_are_the_beginning_of_more() -> None:
    assert Schedule(_SEED).steps(20) == Schedule(_SEED).steps(500)[:20]


def test_shrinking_keeps_just_the_steps_that_are_needed() -> None:
    steps = [Step(number, "pass") for number in range(100)]
    needed = {steps[17], steps[61]}
    assert set(shrunk(0, steps, "", fails=lambda some: needed <= set(some))) == needed
