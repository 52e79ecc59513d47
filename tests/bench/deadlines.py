"""Two hundred thousand open cases on one worker, two hundred due a second: how late the alarms, what it costs."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from threading import Event as Signal

import psutil

from processors.deadlines import Deadlines
from processors.events import Feedback
from schemas.codec import Codec
from streams.kafka.reader import to_the_end
from streams.kafka.sender import Sender
from streams.pseudonym import Pseudonym
from tests.bench import worker
from tests.bench.world import World, cost_so_far, cpu_seconds, say

OPEN = 200_000
A_SECOND = 200
SECONDS = 60
_HOUR, _DAY = 3_600_000, 86_400_000
_CONFIG = """
timezone: Europe/Helsinki
calendars: {office: {hours: {mon-fri: ["08:00-16:30"]}, holidays: FI}}
touchpoints: [{id: web, unit: online}]
units: [{id: online, supervisor: sue, leader: lea}]
settle: 0s
policies:
  - name: critical
    match: {severity: [critical]}
    targets: {acknowledge: 1h, decide: 30d}
    escalate: [{after: 2d, to: supervisor}]
  - name: default
    match: {}
    calendar: office
    targets: {acknowledge: 60d, decide: 90d, resolve: 120d}
    warn: [0.75]
retention: 60d
"""


def measure(world: World) -> None:
    """Lateness from due instant to the record in the topic; the index alone; the index after `kill -9`."""
    _index()
    world = world.emptied("deadlines")
    config = world.folder / "deadlines.yaml"
    config.write_text(_CONFIG)
    process, _ = worker.start(world, config, "wall")
    first_due = time.time_ns() // 1_000_000 + 40_000
    sender = Sender(world.settings, Codec(None, Pseudonym(world.settings.pseudonym_key)))
    for event in _cases(first_due):
        sender.send(event)
    sender.close()
    _until(first_due / 1000)
    cpu, started = cpu_seconds(process.pid), time.monotonic()
    _until(first_due / 1000 + SECONDS)
    cost = cost_so_far(process.pid, started, cpu)
    _until(first_due / 1000 + SECONDS + 3)
    late = _lateness(world)
    say(
        f"{OPEN:,} open, {A_SECOND} due a second for {SECONDS} s: {len(late):,} alarms, from due instant to the topic "
        f"{late[len(late) // 2]} ms median, {late[len(late) * 99 // 100]} ms p99, {late[-1]} ms at most; "
        f"{cost.cpu / cost.wall:.1%} of a processor, {cost.cpu / len(late) * 1e6:,.0f} us an alarm, idle work included"
    )
    process.kill()
    process.wait()
    began = time.monotonic()
    process, _ = worker.start(world, config, "wall")
    ready = time.monotonic() - began
    memory = psutil.Process(process.pid).memory_info().rss
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    found = re.findall(r"cases/\d ready: (\d+) entities .* in (\S+) s \(.*, (\d+) deadlines in (\S+) s", said)
    entities, index = (sum(int(one[i]) for one in found) for i in (0, 2))
    # Partitions are opened side by side in one interpreter, so the longest is about what all took.
    restored, seconds = (max(float(one[i]) for one in found) for i in (1, 3))
    say(
        f"after kill -9: ready {ready:.1f} s after the start: {entities:,} entities read in {restored:.1f} s, index of "
        f"{index:,} deadlines in {seconds:.1f} s, {memory / 2**20:,.0f} MiB"
    )


def _cases(first_due: int) -> Iterator[Feedback]:
    for n in range(OPEN):
        if n < A_SECOND * SECONDS:
            yield Feedback(f"f{n}", first_due + n * 1_000 // A_SECOND - _HOUR, f"due-{n}", "web", "critical")
        else:
            yield Feedback(f"f{n}", first_due - _DAY - n, f"open-{n}", "web", "normal")


def _lateness(world: World) -> list[int]:
    codec = Codec(None, Pseudonym(world.settings.pseudonym_key))
    topic = world.settings.topic("rytmi.alarm.v1")
    return sorted(
        message.timestamp()[1] - codec.decode("alarm", message.value())["at"]
        for message in to_the_end(world.settings, topic, range(world.settings.partitions))
    )


def _index() -> None:
    """What a sweep costs with nothing due, and for each that is."""
    deadlines = Deadlines()
    began = time.perf_counter()
    for n in range(OPEN):
        deadlines.set(f"case-{n}", "web", n * 7919 % OPEN)
    built = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(10_000):
        deadlines.take(lambda _: 0, 1_000)
    nothing = (time.perf_counter() - began) / 10_000
    began = time.perf_counter()
    found = deadlines.take(lambda _: OPEN // 2, OPEN)
    due = (time.perf_counter() - began) / len(found)
    say(
        f"index: {OPEN:,} set in {built:.2f} s; a sweep with nothing due {nothing * 1e6:.1f} us, {due * 1e6:.1f} us "
        "for each that is due"
    )


def _until(at: float) -> None:
    while (left := at - time.time()) > 0:
        Signal().wait(min(left, 1.0))
