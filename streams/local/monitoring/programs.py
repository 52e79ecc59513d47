"""Where Prometheus and Alertmanager come from: those of the system, else Debian's packages, unpacked and not installed.

An installation would start services on the usual ports where systemd runs, and needs root. Unpacked they are just
files, in the user's cache, shared by all working directories: apt-get reads the system's sources and keys, checks
signatures, and keeps everything else in a directory of ours. The programs need nothing but the C library, and Debian's
Alertmanager the templates of its package, which it opens by the absolute path of their installation. Nothing is put
there: in the unpacked copy that path becomes one of the same length that starts at its working directory.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from streams.local.broker.jars import cache_directory
from streams.local.monitoring.child import MonitoringError

_PACKAGES = ("prometheus", "prometheus-alertmanager")
_SECONDS = 300.0
_LINES = 5
_INSTALLED = b"/usr/share/prometheus/alertmanager"
_RELATIVE = b"usr/share/prometheus//alertmanager"
# Whoever starts it gives absolute paths, so that it may work in the directory that its package was unpacked into.
_LAUNCHER = """#!/bin/sh
cd "$(dirname "$0")/../.." && exec usr/bin/{name} "$@"
"""


class Programs(NamedTuple):
    prometheus: Path
    promtool: Path
    alertmanager: Path
    amtool: Path


_NAMES = (("prometheus",), ("promtool",), ("prometheus-alertmanager", "alertmanager"), ("amtool",))


def provide(say: Callable[[str], None] = lambda _: None) -> Programs:
    """The programs, fetched if they are missing (once; about 50 MB). Raises MonitoringError saying what to do."""
    unpacked = cache_directory().with_name("programs")
    try:
        found = _found(unpacked)
        if found is None:
            _unpack(unpacked, say)
            found = _found(unpacked)
        if found is None:
            raise MonitoringError(_missing(f"the packages in {unpacked} do not hold them"))
        if unpacked in found.alertmanager.parents:
            _make_relative(found.alertmanager)
    except OSError as refused:
        raise MonitoringError(_missing(f"the cache {unpacked} cannot be used ({refused})")) from refused
    return found


def _make_relative(program: Path) -> None:
    """Put a launcher in the place of a program that names the installed path, and beside it one that does not."""
    binary = program.read_bytes()
    if _INSTALLED not in binary:  # the launcher, or a build that carries its templates
        return
    relative = program.with_name(f"{program.name}.relative")
    _replace(relative, binary.replace(_INSTALLED, _RELATIVE))
    _replace(program, _LAUNCHER.format(name=relative.name).encode())


def _replace(path: Path, content: bytes) -> None:
    """In one step: other processes may do the same at this moment, or run the file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}-", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o755)
    Path(file.name).replace(path)


def _found(unpacked: Path) -> Programs | None:
    paths = [_path(names, unpacked / "usr" / "bin") for names in _NAMES]
    found = [path for path in paths if path is not None]
    return Programs(*found) if len(found) == len(_NAMES) else None


def _path(names: tuple[str, ...], unpacked: Path) -> Path | None:
    for where in (None, str(unpacked)):  # None: the PATH
        for name in names:
            if (path := shutil.which(name, path=where)) is not None:
                return Path(path)
    return None


def _unpack(into: Path, say: Callable[[str], None]) -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise MonitoringError(_missing(f"this system has no {tool} to fetch them with"))
    say(f"fetching Debian's packages {' and '.join(_PACKAGES)} (once), unpacked into {into}; nothing is installed")
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="programs-", dir=into.parent) as staging:
        here = Path(staging)
        for directory in ("state/lists/partial", "cache/archives/partial", "root"):
            (here / directory).mkdir(parents=True)
        apt = ["apt-get", "-q", "-o", f"Dir::State={here / 'state'}", "-o", f"Dir::Cache={here / 'cache'}"]
        apt += ["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "APT::Sandbox::User="]
        _run([*apt, "update"], here)
        _run([*apt, "download", *_PACKAGES], here)
        for package in here.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), str(here / "root")], here)
        try:
            (here / "root").replace(into)
        except OSError:
            if not into.exists():  # else another process has just done the same
                raise


def _run(command: list[str], directory: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise MonitoringError(_missing(f"{command[0]} took longer than {_SECONDS:.0f} s")) from late
    if done.returncode:
        end = " ".join((done.stderr or done.stdout).split("\n")[-_LINES:]).strip()
        raise MonitoringError(_missing(f"{command[0]} failed: {end}"))


def _missing(why: str) -> str:
    return (
        f"Prometheus and Alertmanager are not on this machine, and {why}. Install both so that prometheus, promtool, "
        "alertmanager and amtool are on the PATH, or go on without them"
    )
