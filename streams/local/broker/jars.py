"""Kafka's jars: fetched once by exact coordinate, and used only if their SHA-256 is the committed one.

Coordinates are resolved one by one, never transitively: jgo does not honour the versions that Kafka's build manages,
and would start the broker on an older client library. Files live in the user's cache, shared by all working
directories; a download is moved there only after its hash was found right, so an interrupted one is never seen.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from streams import UserError

REPOSITORY = "RYTMI_MAVEN_REPOSITORY"
"""Environment variable: the URL of another Maven repository, for networks that do not reach the public one."""

_PARALLEL_DOWNLOADS = 8
_TIMEOUT_SECONDS = 60
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.5


class JarError(UserError):
    """A jar could not be fetched, or is not the one that the list names."""


class Jar(NamedTuple):
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def listed() -> list[Jar]:
    """The committed list, in its order."""
    return list(parse(files("streams.local.broker").joinpath("kafka.jars").read_text("utf-8")))


def parse(text: str) -> Iterator[Jar]:
    """`group:artifact:version  sha256` a line; `#` opens a comment line."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            coordinate, sha256 = line.split()
            group, artifact, version = coordinate.split(":")
            yield Jar(group, artifact, version, sha256)


def cache_directory() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rytmi" / "jars"


def classpath(jars: list[Jar], cache: Path, say: Callable[[str], None]) -> str:
    """The class path of all jars, each fetched if missing and verified. Raises JarError."""
    missing = [jar for jar in jars if not (cache / jar.filename).exists()]
    if missing:
        say(f"fetching {len(missing)} jars of Apache Kafka (once; about 43 MB for all) into {cache}")
        _fetch(missing, cache)
    for jar in jars:
        _verify(jar, cache / jar.filename)
    return os.pathsep.join(str(cache / jar.filename) for jar in jars)


def _fetch(jars: list[Jar], cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    # In the cache's own file system, so that the last step is an atomic rename.
    with (
        tempfile.TemporaryDirectory(prefix="incoming-", dir=cache) as staging,
        ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool,
    ):
        for jar, path in zip(jars, pool.map(lambda jar: _download(jar, Path(staging)), jars), strict=True):
            _verify(jar, path)
            path.replace(cache / jar.filename)


def _download(jar: Jar, staging: Path) -> Path:
    from jgo.maven import MavenContext

    repository = os.environ.get(REPOSITORY)
    remote = {"configured": repository.rstrip("/")} if repository else None
    problem: Exception | None = None
    for attempt in range(_ATTEMPTS):
        # A directory for each attempt: jgo takes what an interrupted one left for the whole jar.
        context = MavenContext(repo_cache=staging / str(attempt), remote_repos=remote, timeout=_TIMEOUT_SECONDS)
        try:
            return context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except (OSError, RuntimeError) as error:
            problem = error
        time.sleep(_PAUSE_SECONDS)
    raise JarError(
        f"{jar.coordinate} could not be fetched ({_first_line(problem)}); check the network, or set {REPOSITORY} to a "
        "Maven repository that you reach"
    ) from problem


def _verify(jar: Jar, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        raise JarError(
            f"{jar.coordinate} is not the jar that the list names: SHA-256 {found} instead of {jar.sha256}; "
            f"not used. Delete {path} to fetch it again; if it differs again, do not trust its source"
        )


def _first_line(error: Exception | None) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
