"""Where Prometheus and Alertmanager come from: those of the system, else Debian's packages, unpacked and not installed.

An installation would start services on the usual ports where systemd runs, and needs root. Unpacked they are just
files, in the user's cache, shared by all working directories: apt-get reads the system's sources and keys, checks
signatures, and keeps everything else in a directory of ours. The programs need nothing but the C library, and Debian's
Alertmanager one file of its package at the place where it would be installed: that is linked there where it is missing.
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
_TEMPLATES = Path("/usr/share/prometheus/alertmanager")


class Programs(NamedTuple):
    prometheus: Path
    promtool: Path
    alertmanager: Path
    amtool: Path


_NAMES = (("prometheus",), ("promtool",), ("prometheus-alertmanager", "alertmanager"), ("amtool",))


def provide(say: Callable[[str], None] = lambda _: None) -> Programs:
    """The programs, fetched if they are missing (once; about 50 MB). Raises MonitoringError saying what to do."""
    unpacked = cache_directory().with_name("programs")
    found = _found(unpacked)
    if found is None:
        _unpack(unpacked, say)
        found = _found(unpacked)
    if found is None:
        raise MonitoringError(_missing(f"the packages in {unpacked} do not hold them"))
    if unpacked in found.alertmanager.parents:
        _link_templates(unpacked)
    return found


def _link_templates(unpacked: Path) -> None:
    """Debian's Alertmanager opens its templates by their absolute path, and ends without them."""
    packed = unpacked / _TEMPLATES.relative_to("/")
    if _TEMPLATES.exists() or not packed.is_dir():
        return
    try:
        _TEMPLATES.parent.mkdir(parents=True, exist_ok=True)
        _TEMPLATES.unlink(missing_ok=True)  # a link to a cache that is gone
        _TEMPLATES.symlink_to(packed)
    except FileExistsError:
        return  # another process has just done the same
    except OSError as refused:
        raise MonitoringError(
            f"Alertmanager needs the templates of its package at {_TEMPLATES}, and they cannot be put there "
            f"({refused.strerror}). Have them linked once: sudo mkdir -p {_TEMPLATES.parent} && "
            f"sudo ln -s {packed} {_TEMPLATES}; or install Alertmanager, or go on without it"
        ) from refused


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
