"""The logs that tests run on: a generated one always, and the real one where it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from tests.real.facts import REAL, Facts
from tests.real.generated import INCIDENTS, write

_LOG = Path("data") / "incident_event_log.csv.gz"


def names(shared: Path) -> tuple[str, ...]:
    """The logs that there are, if the real one lies in this folder or in none."""
    return ("generated", "real") if (shared / _LOG).is_file() else ("generated",)


SHARED = Path(os.environ.get("RYTMI_SHARED") or Path(__file__).resolve().parents[3] / "shared")
REAL_LOG = SHARED / _LOG
NAMES = names(SHARED)


class Log(NamedTuple):
    """A log of incidents as a CSV file, and what is known of it."""

    name: str
    path: Path
    facts: Facts


def provide(name: str, directory: Path, incidents: int = INCIDENTS) -> Log:
    """One of NAMES; what is generated is written into the directory, with so many incidents."""
    if name == "real":
        return Log(name, REAL_LOG, REAL)
    path = directory / "generated.csv.gz"
    return Log(name, path, write(path, incidents))
