"""How fast one worker folds a backlog of a log, and what it keeps."""

from __future__ import annotations

import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from threading import Event

from streams.kafka.log import KafkaLog
from tests.bench.world import CONFIG, ROOT, World, cost_so_far, cpu_seconds, say
from tests.shards import restored

_DEADLINE_SECONDS = 300.0
_SELDOM_SECONDS, _OFTEN_SECONDS = 2.0, 0.1  # between two looks: each costs the worker some tens of milliseconds
_PORT = re.compile(r"http://(\S+)/metrics")


def measure(world: World) -> None:
    """Events a second from readiness to the last link, CPU, memory; then a restore after `kill -9`."""
    world = world.fresh("worker")
    process, address = start(world)
    cpu, started = cpu_seconds(process.pid), time.monotonic()
    records = _until_all(world, address)
    cost = cost_so_far(process.pid, started, cpu)
    say(
        f"worker: {world.count:,} events of the log ({records:,} records with the links) in {cost.wall:.2f} s: "
        f"{world.count / cost.wall:,.0f} events/s, {records / cost.wall:,.0f} records/s, "
        f"{cost.cpu / world.count * 1e6:.1f} us CPU an event ({cost.cpu / records * 1e6:.1f} a record), "
        f"peak {cost.peak / 2**20:,.0f} MiB"
    )
    process.kill()
    process.wait()
    _kept(world)
    process, _ = start(world)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    for line in said.splitlines():
        if " ready: " in line:
            say("restore: " + line.partition("streams.shard.shard: ")[2])


def start(world: World, config: Path = CONFIG, clock: str = "event") -> tuple[subprocess.Popen[str], str]:
    """A worker that is ready, and its address."""
    options = ("--config", config, "--port", 0, "--clock", clock, "--session-timeout", 2)
    process = subprocess.Popen(
        world.command("worker", *options), cwd=ROOT, env=world.environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    found = _PORT.search(process.stderr.readline())
    assert found is not None, process.stderr.read()
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{found[1]}/ready", timeout=5):
                return process, found[1]
        except OSError:
            Event().wait(0.02)
    raise SystemExit("the worker is not ready")


def _until_all(world: World, address: str) -> int:
    """Wait until everything has been folded; how many records that were."""
    started, expected = time.monotonic(), _links(world)
    while (passed := time.monotonic() - started) < _DEADLINE_SECONDS:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as page:
            text = page.read().decode()
        counted = re.findall(r'rytmi_events_total\{result="(?!control)[a-z]+",topic="([^"]+)"\} (\S+)', text)
        taken = sum(int(float(count)) for topic, count in counted if "link" not in topic)
        links = sum(int(float(count)) for topic, count in counted if "link" in topic)
        if taken == world.count and links >= expected:
            return taken + links
        share = (taken + links) / (world.count + expected)
        left = passed / share - passed if share else _SELDOM_SECONDS
        Event().wait(min(max(left / 2, _OFTEN_SECONDS), _SELDOM_SECONDS))
    raise SystemExit("the worker did not finish")


def _links(world: World) -> int:
    """How many links the events cause: each decision and obstacle of the log names one case."""
    with world.events.open("rb") as lines:
        return sum(b'"type":"decision"' in line or b'"type":"obstacle"' in line for line in lines)


def _kept(world: World) -> None:
    """Bytes a case, in the changelog and in memory."""
    cases = 0
    size = 0
    for partition in range(world.settings.partitions):
        store = restored(KafkaLog(world.settings), world.settings, "cases", partition)
        cases += len(store.entities)
        size += sum(len(key) + len(value) for key, value in store.entities.items())
    say(f"state: {cases:,} cases, {size / cases:,.0f} bytes a case (key and value)")
