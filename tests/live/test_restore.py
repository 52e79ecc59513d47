"""After kill -9 the state is read back from its changelog: all of it, fast, and equal to what it was."""

import re
import time
from pathlib import Path

import pytest

from processors.events import Action, Decision, Feedback, Obstacle, Pulse
from streams.kafka.log import KafkaLog
from streams.kafka.topics import CHANGELOGS
from streams.settings import Settings
from tests.live.workers import Crew, Progress, Raw, WorkerProcess, rytmi, stored
from tests.shards import restored
from tests.tiers import size
from tests.waiting import until

pytestmark = pytest.mark.live

CASES = size(5_000, 20_000)
NOW = time.time_ns() // 1_000_000
_READY = re.compile(r"(\w+)/(\d+) ready: (\d+) entities from (\d+) changelog records in ([0-9.]+) s")


def organisation(out: Raw) -> None:
    """Cases with a few events each, decisions and obstacles that name some, answers of employees."""
    for number in range(CASES):
        case = f"case-{number:06}"
        at = NOW - 10 * 86_400_000 + number
        out.event(Feedback(f"f-{number}", at, case, "web", "high", channel="phone", customer=f"c-{number}"), "")
        for step, kind in enumerate(("acknowledged", "assigned", "paused", "resumed"), 1):
            out.event(Action(f"{kind}-{number}", at + step * 60_000, case, kind), "")
        if number % 10 == 0:
            name = f"dec-{number}"
            out.event(
                Decision(f"m-{number}", at + 7_000, name, "made", "tactical", cases=(case, f"case-{number + 1:06}")), ""
            )
            out.event(Pulse(f"p-{number}", at + 9_000, f"unit-{number % 70}", "web", "front", "heard", 0.5), "")
            out.event(Obstacle(f"o-{number}", at + 8_000, f"obs-{number}", "raised", "desk", "vendor", (case,)), "")
        if number % 2:
            out.event(Action(f"closed-{number}", at + 3_600_000, case, "closed"), "")
    out.flush()


def _all_told(worker: WorkerProcess) -> bool:
    figures = worker.metrics()
    overdue = figures.sum("rytmi_cases_overdue")
    return figures.sum("rytmi_cases_unknown") == 0 < overdue == figures.sum("rytmi_alarms_active", level="breach")


def test_state_after_kill_is_what_it_was_and_how_fast_it_is_back(applied: Settings, tmp_path: Path) -> None:
    out, progress = Raw(applied), Progress(applied)
    as_of = "2030-01-01T00:00:00Z"
    with Crew(applied) as crew:
        worker = crew.start("--session-timeout", "3")
        worker.await_shards(len(CHANGELOGS) * applied.partitions)
        organisation(out)
        progress.await_settled(120)
        until(lambda: _all_told(worker), 120, "all that is overdue is announced; nothing becomes due later")
        before = {stage: stored(applied, stage) for stage in CHANGELOGS}
        rytmi(applied, "cases", "--config", crew.config, "--until", as_of, "--out", tmp_path / "before.jsonl")
        figures = _figures(worker)
        worker.kill()

        # What the next worker holds, in this process: byte by byte what the killed one had made durable.
        for stage, expected in before.items():
            for partition in range(applied.partitions):
                store = restored(KafkaLog(applied), applied, stage, partition)
                mine = {e: v for e, v in expected.entities.items() if e in store.entities}
                assert store.entities == mine
                assert store.offsets == {n: at for (n, p), at in expected.positions.items() if p == partition}
            bytes_each = sum(map(len, expected.entities.values())) / len(expected.entities)
            print(f"\n{stage}: {len(expected.entities):,} entities, {bytes_each:.0f} bytes each", end="")

        began = time.monotonic()
        again = crew.start("--session-timeout", "3")
        again.await_shards(len(CHANGELOGS) * applied.partitions)
        took = time.monotonic() - began
        opened = [match.groups() for match in _READY.finditer(again.said())]
        by_stage = {stage: sum(int(r[2]) for r in opened if r[0] == stage) for stage in CHANGELOGS}
        assert by_stage == {stage: len(found.entities) for stage, found in before.items()}
        assert by_stage == {"cases": CASES} | dict.fromkeys(("decisions", "obstacles", "signals"), CASES // 10)
        # What is derived is rebuilt; what is overdue is claimed once everything that could say otherwise has been read.
        until(lambda: _figures(again) == figures, 60, f"what is derived is {figures}")

        # It goes on where the other was: an event more for one case, and nothing else has moved.
        out.event(Action("told-0", NOW, "case-000000", "told"), "")
        out.flush()
        progress.await_settled(30)
        after = stored(applied, "cases")
        assert {e for e in after.entities if after.entities[e] != before["cases"].entities[e]} == {"case-000000"}
        assert again.events(result="repeated") == 0
        assert again.events(result="folded") == 1
        rytmi(applied, "cases", "--config", crew.config, "--until", as_of, "--out", tmp_path / "after.jsonl")
        assert again.stop() == 0
    progress.close()
    changed = [
        (a, b)
        for a, b in zip(_lines(tmp_path / "before.jsonl"), _lines(tmp_path / "after.jsonl"), strict=True)
        if a != b
    ]
    assert len(changed) == 1
    assert b"case-000000" in changed[0][0]
    cases = [r for r in opened if r[0] == "cases"]
    seconds = max(float(r[4]) for r in cases)  # they are read side by side
    records = sum(int(r[3]) for r in cases)
    print(
        f"\nrestore: {CASES:,} cases from {records:,} changelog records in {seconds:.2f} s: "
        f"{CASES / seconds:,.0f} entities/s, {records / seconds:,.0f} records/s; "
        f"from start of the process to ready {took:.1f} s, of which its session's end is up to 3 s"
    )
    assert CASES / seconds > 5_000


def _figures(worker: WorkerProcess) -> dict[str, list[tuple[dict[str, str], float]]]:
    metrics = worker.metrics()
    names = ("rytmi_cases_open", "rytmi_oldest_open_timestamp_seconds", "rytmi_obstacles_open", "rytmi_obstacle_cases")
    names += ("rytmi_cases_overdue_any", "rytmi_decisions_in_flight", "rytmi_entities")
    return {name: sorted(metrics.of(name), key=str) for name in names}


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()
