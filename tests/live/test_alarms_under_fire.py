"""Ten thousand due instants while workers are killed, frozen, joined and stopped: each told once, none missing."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.canonical import render, rfc3339
from processors.events import Event
from streams.settings import Settings
from tests.live.alarms import CONFIG, acknowledged, announced, feedback, now_ms, send
from tests.live.workers import Crew, Progress, WorkerProcess, rytmi
from tests.tiers import size
from tests.waiting import until

pytestmark = pytest.mark.live

SILENT = size(500, 5_000)  # each is due twice: the breach, and two seconds later the escalation
ANSWERED = size(100, 1_000)
SPREAD_MS = 30_000
ESCALATION_MS = 2_000
OPTIONS = ("--session-timeout", "3")


def events(first_due: int) -> Iterator[Event]:
    """Critical cases that become due one after another, and others that were answered before."""
    for n in range(SILENT):
        yield feedback(f"silent-{n}", first_due + n * SPREAD_MS // SILENT, "critical")
    for n in range(ANSWERED):
        due = first_due + n * SPREAD_MS // ANSWERED
        yield feedback(f"answered-{n}", due, "critical")
        yield acknowledged(f"answered-{n}", first_due - 5_000)


def expected(config: Path, all_events: list[Event], at: int, out: Path) -> dict[str, tuple[str, str]]:
    """What a backtest announces by then: by id, the case and the level."""
    file = out / "events.jsonl"
    file.write_text("".join(json.dumps(render(event)) + "\n" for event in all_events))
    settings = Settings(kafka_bootstrap="nobody:1", home=out / ".rytmi")
    rytmi(settings, "backtest", "--config", config, "--events", file, "--until", rfc3339(at), "--out", out / "results")
    rows = map(json.loads, (out / "results" / "alarms.jsonl").read_text().splitlines())
    return {row["id"]: (row["case"], row["level"]) for row in rows if row["kind"] == "raised"}


def test_each_alarm_is_announced_once_whatever_happens_to_workers(applied: Settings, tmp_path: Path) -> None:
    with Crew(applied) as crew:
        config = crew.configured(CONFIG)

        def start() -> WorkerProcess:
            return crew.start(*OPTIONS, config=config)

        first, second = start(), start()
        until(lambda: first.shards() + second.shards() == 16, 60, "all is owned")
        first_due = now_ms() + 12_000
        sent = list(events(first_due))
        send(applied, sent)
        progress = Progress(applied)
        progress.await_settled(60)
        progress.close()

        def told(share: float) -> None:
            due = first_due + int(share * SPREAD_MS)
            until(lambda: now_ms() > due, 90, "some are due")

        told(0.1)
        first.kill()
        told(0.2)
        third = start()
        told(0.35)
        second.freeze()
        told(0.6)  # longer than its session
        second.thaw()
        fourth = start()
        told(0.8)
        assert third.stop() == 0
        wanted = expected(config, sent, first_due + SPREAD_MS + ESCALATION_MS + 1_000, tmp_path)
        until(lambda: len({one.says["id"] for one in announced(applied)}) >= len(wanted), 90, "all are announced")
        alarms = announced(applied)
        assert fourth.stop() == 0
    times = Counter(one.says["id"] for one in alarms if one.says["kind"] == "raised")
    late = sorted(one.appended - one.says["at"] for one in alarms)
    print(
        f"{len(wanted):,} due, {len(times):,} announced, {times.total():,} times; two workers lost, one frozen, one "
        f"stopped meanwhile; late by {late[len(late) // 2]} ms in the middle, {late[-1]} ms at most"
    )
    assert len(wanted) == 2 * SILENT
    assert times.keys() == wanted.keys()
    assert set(times.values()) == {1}
    assert {one.says["kind"] for one in alarms} == {"raised"}
