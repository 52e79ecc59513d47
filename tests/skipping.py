"""A plugin of pytest: what is skipped is one line a reason, and where CI is set it has failed.

Nothing is excepted. The real log need not be there, but its absence skips nothing: its parameter is not made.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of each phase of a test."""
    return _told((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Of each module: one may skip all of its tests."""
    return _told((yield))


def _told(report: Report) -> Report:
    if not report.skipped or not isinstance(report.longrepr, tuple):  # an expected failure is something else
        return report
    _, _, reason = report.longrepr
    if os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{reason}\nCI is set, where nothing may be skipped."
    else:
        report.longrepr = ("tests", None, reason)  # without the place pytest counts those of one reason in one line
    return report
