"""What all measurements share: a log as events, fresh topics, and processes watched from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from streams.kafka import admin
from streams.settings import Settings
from tests.real import logs
from tests.real.facts import REAL
from tests.real.generated import write

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "examples/servicenow-rytmi.yaml"


def say(line: str) -> None:
    """A line for the reader."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class World:
    """Where the events are, and where a broker is."""

    folder: Path
    settings: Settings
    count: int

    @classmethod
    def prepared(cls, folder: Path, bootstrap: str) -> World:
        """Map a log into canonical events: the real one where it is, else a generated one of as many incidents."""
        log = logs.REAL_LOG
        if not log.is_file():
            log = folder / "generated.csv.gz"
            write(log, REAL.incidents)
            say(f"{logs.REAL_LOG} is not there: measured on a generated log of {REAL.incidents:,} incidents")
        settings = Settings(kafka_bootstrap=bootstrap, home=folder, configured_pseudonym_key="the key of a measurement")
        world = cls(folder, settings, 0)
        mapping = ROOT / "examples/servicenow.yaml"
        world.run("replay", "--mapping", mapping, "--dry-run", "--out", world.events, log)
        with world.events.open("rb") as lines:
            return replace(world, count=sum(1 for _ in lines))

    @property
    def events(self) -> Path:
        return self.folder / "events.jsonl"

    def fresh(self, name: str) -> World:
        """The same with topics of its own that hold all events."""
        world = self.emptied(name)
        world.run("replay", world.events)
        return world

    def emptied(self, name: str) -> World:
        """The same with topics of its own that hold nothing."""
        settings = replace(self.settings, topic_prefix=f"{name}.", application=name)
        admin.apply(settings)
        return replace(self, settings=settings)

    def command(self, *arguments: object) -> list[str]:
        """A command line of ours."""
        return [sys.executable, "-m", "streams.cli.main", *map(str, arguments)]

    def environment(self) -> dict[str, str]:
        """For a process of ours."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "RYTMI_KAFKA_BOOTSTRAP": self.settings.bootstrap(),
            "RYTMI_REPLICATION": "1",
            "RYTMI_TOPIC_PREFIX": self.settings.topic_prefix,
            "RYTMI_APPLICATION": self.settings.application,
            "RYTMI_HOME": str(self.folder),
            "RYTMI_PSEUDONYM_KEY": "the key of a measurement",
        }

    def run(self, *arguments: object) -> Cost:
        """Run a command to its end."""
        started = time.monotonic()
        process = subprocess.Popen(self.command(*arguments), cwd=ROOT, env=self.environment(), stderr=subprocess.PIPE)
        _, said = process.communicate()
        wall = time.monotonic() - started
        if process.returncode:
            raise SystemExit(f"{arguments[0]} failed: {said.decode()}")
        return Cost(wall, 0.0, 0, said.decode())


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and processor time, bytes of memory at the peak, and what was said."""

    wall: float
    cpu: float
    peak: int
    said: str


def cost_so_far(pid: int, since: float, cpu_before: float = 0.0) -> Cost:
    """What a running process has cost."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    return Cost(time.monotonic() - since, cpu_seconds(pid) - cpu_before, peak, "")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
