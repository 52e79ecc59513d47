"""What a machine lacks: its tests are skipped with a reason, and in CI they fail. The real log may be absent."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real import logs

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
PROBES = """
import pytest
from tests import needed

def test_browser():
    needed.chromium()

def test_monitoring(monitoring_programs):
    pass

@pytest.mark.parametrize("times", [1, 2])
def test_program(times):
    needed.system("no-such-program")

@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    raise ValueError
"""
MODULE = """
import pytest
pytest.skip("all of it", allow_module_level=True)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the probes on a machine with nothing on its PATH, and an empty cache."""
    (tmp_path / "test_probe.py").write_text(PROBES)
    (tmp_path / "test_module.py").write_text(MODULE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull]
    command += ["-q", "-rs", "--continue-on-collection-errors", str(tmp_path)]
    plain = {name: value for name, value in os.environ.items() if name != "CI"}
    bare = {"PATH": str(tmp_path / "empty"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}

    def run(**env: str) -> "subprocess.CompletedProcess[str]":
        given = plain | bare | env
        return subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)

    return run


def test_what_is_missing_is_said_in_a_line_each_at_the_end_of_the_run(run: Run) -> None:
    done = run()
    assert done.returncode == 0, done.stdout
    *_, first, second, third, fourth, summary = done.stdout.splitlines()
    assert summary.startswith("5 skipped, 1 xfailed")
    said = [line.partition(" tests: ")[2] for line in (first, second, third, fourth)]
    assert [line for line in said if "Debian: apt-get install chromium" in line]
    assert [line for line in said if "Debian: apt-get install prometheus prometheus-alertmanager" in line]
    assert any(line.startswith("SKIPPED [2] tests: no no-such-program") for line in (first, second, third, fourth))
    assert "all of it" in said


def test_in_ci_what_is_skipped_has_failed_with_its_reason(run: Run) -> None:
    done = run(CI="true")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("3 failed, 1 xfailed, 2 errors"), done.stdout
    for reason in ("apt-get install chromium", "apt-get install prometheus", "no-such-program", "all of it"):
        assert reason in done.stdout
    assert done.stdout.count("CI is set, where nothing may be skipped") == 5
    assert "SKIPPED" not in done.stdout


def test_without_the_real_log_its_tests_are_not_made(tmp_path: Path) -> None:
    assert logs.names(tmp_path) == ("generated",)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "incident_event_log.csv.gz").touch()
    assert logs.names(tmp_path) == ("generated", "real")
