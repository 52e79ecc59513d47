"""What tests need beyond Python's packages: whether it is on this machine, or can be had.

Each function gives the thing, fetching it where that is possible, or skips the test with one line that says what to
install. Where CI is set a skipped test has failed (`skipping.py`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from streams.local.monitoring import MonitoringError, Programs, provide

T = TypeVar("T")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=600")
_INSTALL_SECONDS = 900


class Missing(NamedTuple):
    """reason: what is not here and how to have it, in one line."""

    reason: str


def chromium() -> Path:
    """A Chromium of the system; as root installed from the system's packages where it is missing."""
    return _given(_chromium())


def monitoring() -> Programs:
    """Prometheus and Alertmanager with their tools; Debian's unpacked into the user's cache where they are missing."""
    return _given(_monitoring())


def font(family: str, package: str) -> str:
    """A font of the system by its family; as root installed from its Debian package where it is missing."""
    return _given(_font(family, package))


def system(name: str) -> Path:
    """An ordinary program of the system, of its own folders whatever the PATH is."""
    found = shutil.which(name, path="/usr/bin:/bin")
    return _given(Path(found) if found else Missing(f"no {name} in /usr/bin: the system's package manager has it"))


def _given(found: T | Missing) -> T:
    if isinstance(found, Missing):
        pytest.skip(found.reason)
    return found


@cache
def _chromium() -> Path | Missing:
    install = "Install one (Debian: apt-get install chromium)"
    if (found := _browser()) is not None:
        return found
    if (why := _installed("chromium")) is not None:
        return Missing(f"no browser: {', '.join(_BROWSERS)} are not on the PATH, {why}. {install}")
    return _browser() or Missing(f"no browser: apt-get has installed chromium, and it is not on the PATH. {install}")


@cache
def _font(family: str, package: str) -> str | Missing:
    if _is_known(family):
        return family
    why = _installed("fontconfig", package)
    if why is None and _is_known(family):
        return family
    return Missing(f"no font {family}, {why or 'and its package has not brought it'}: apt-get install {package}")


def _is_known(family: str) -> bool:
    """Whether fontconfig knows a family of this name."""
    if (tool := shutil.which("fc-list")) is None:
        return False
    said = subprocess.run([tool, family, "family"], capture_output=True, text=True, timeout=60, check=True)
    return bool(said.stdout.strip())


def _installed(*packages: str) -> str | None:
    """Install packages of the system, which root alone may; why that could not be done, None where it was."""
    if shutil.which("apt-get") is None:
        return "nor is apt-get"
    if os.geteuid() != 0:
        return "and only root may install"
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*_APT, *command],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
        if done.returncode:
            why = " ".join(done.stderr.split())
            return f"and apt-get {command[0]} failed: {why}"
    return None


def _browser() -> Path | None:
    return next((Path(path) for name in _BROWSERS if (path := shutil.which(name))), None)


@cache
def _monitoring() -> Programs | Missing:
    try:
        return provide()
    except MonitoringError as missing:
        return Missing(f"{missing} (Debian: apt-get install prometheus prometheus-alertmanager)")
