"""`rytmi explain` on a real broker: from the topics alone, and plain words where there is nothing to tell."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka import Producer

from processors.backtest import Backtest
from processors.canonical import rfc3339
from processors.events import Action, Decision, Event, Feedback, Obstacle
from streams import UserError
from streams.config import load
from streams.explain import reading
from streams.explain.gathering import gather
from streams.explain.story import story
from streams.explain.words_en import ENGLISH
from streams.language.speaker import Speaker
from streams.settings import Settings
from tests.live.workers import ROOT, Crew, Progress, Raw, codec, environment, read
from tests.waiting import until

pytestmark = pytest.mark.live

MINUTE, HOUR = 60_000, 3_600_000
NOW = time.time_ns() // 1_000_000
CASE = "case-7"
CONFIG = """
timezone: Europe/Helsinki
units: [{id: net, supervisor: sam, leader: coo}]
touchpoints: [{id: web, unit: net}, {id: desk}]
unknown_touchpoint: other
policies:
  - name: critical
    match: {severity: [critical]}
    targets: {acknowledge: 1h, decide: 90m, resolve: 3d, tell: 1h}
    pausable: [resolve]
    escalate: [{after: 0m, to: owner}, {after: 10m, to: leader}]
  - {name: default, match: {}, calendar: always, targets: {resolve: 9d}}
retention: 60d
"""
EVENTS: tuple[Event, ...] = (
    Feedback("f", NOW - 2 * HOUR, CASE, "web", "critical"),
    Action("a", NOW - 110 * MINUTE, CASE, "assigned", owner="anna"),
    Action("p", NOW - 100 * MINUTE, CASE, "paused"),
    Action("r", NOW - 70 * MINUTE, CASE, "resumed"),
    Obstacle("o", NOW - 80 * MINUTE, "O-1", "raised", "web", "stock", (CASE,)),
    Decision("d", NOW - 60 * MINUTE, "D-1", "made", "tactical", "net", (CASE,), ()),
    Decision("v", NOW - 50 * MINUTE, "D-1", "revoked", "tactical", "net", (CASE,), ()),
)


@pytest.fixture
def crew(applied: Settings) -> Iterator[Crew]:
    with Crew(applied) as hired:
        hired.config = hired.configured(CONFIG)
        yield hired


def explain(settings: Settings, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "explain", "--config", str(config), *arguments],
        cwd=ROOT,
        env=environment(settings) | {"COLUMNS": "1000", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def alarms(settings: Settings) -> list[dict[str, Any]]:
    found = [codec().decode("alarm", message.value()) for message in read(settings, settings.topic("rytmi.alarm.v1"))]
    return [alarm for alarm in found if alarm["case"] == CASE]


def replayed(config_path: Path, told: list[dict[str, Any]], at: int) -> str:
    """The explanation of the same events by a backtest, with the alarms as they were announced."""
    config = load(config_path)
    backtest = Backtest(config.policies)
    for event in EVENTS:
        backtest.add(event)
    assert list(backtest.finish()) == []
    ((name, entries, judged),) = backtest.cases()
    outcomes = [{**one, "revision": 1, "retracted": False} for one in backtest.outcomes(name, judged)]
    facts = gather(backtest.record(name, entries, judged), outcomes, told, at, config)
    speaker = Speaker(ENGLISH, ZoneInfo(config.timezone), at)
    return "\n\n".join("\n".join(speaker.lines(part, 100)) for part in story(facts, config.timezone)) + "\n"


def test_case_is_explained_from_the_topics_as_a_backtest_would_explain_it(applied: Settings, crew: Crew) -> None:
    progress, out = Progress(applied), Raw(applied)
    crew.start("--session-timeout", "3")
    for event in EVENTS:
        out.event(event, "")
    for number in range(300):  # others in the same partitions
        out.event(Feedback(f"n{number}", NOW, f"other-{number}", "desk", "low"), "")
    out.flush()
    progress.await_settled(60)
    progress.close()
    # Overdue since half an hour: the breach, the owner at once, and the leader ten minutes later.
    until(lambda: len(alarms(applied)) >= 3, 60, "people are told of the breach and of both steps")
    at = time.time_ns() // 1_000_000
    said = explain(applied, crew.config, CASE, "--at", rfc3339(at))
    assert said.returncode == 0, said.stderr
    assert said.stdout == replayed(crew.config, alarms(applied), at)
    for words in (
        "Decision (decide): OVERDUE since",
        "told to the owner (anna).",
        "10 min after the breach",
        "told to the leader (coo).",
        "took off 30 min of worked time.",
        "Obstacle O-1 (stock) stands since",
        "It does not count, as it was revoked before it took effect.",
    ):
        assert words in " ".join(said.stdout.split())
    finnish = explain(applied, crew.config, CASE, "--lang", "fi")  # as of now
    assert finnish.returncode == 0, finnish.stderr
    assert "Päätös (decide): MYÖHÄSSÄ" in finnish.stdout
    assert "ilmoitettu: johtaja (coo)." in " ".join(finnish.stdout.split())


def test_case_that_is_not_there_says_where_it_was_looked_for_and_what_may_be_why(applied: Settings, crew: Crew) -> None:
    said = explain(applied, crew.config, "Case-7")
    partition = (murmur2(b"Case-7") & 0x7FFFFFFF) % applied.partitions
    assert said.returncode == 1
    assert f"there is no case Case-7 in {applied.topic('rytmi.case.v1')}, partition {partition}." in said.stderr
    assert "Traceback" not in said.stderr
    assert said.stdout == ""


def test_purged_case_and_feedback_that_was_set_aside_are_told_as_such(applied: Settings, crew: Crew) -> None:
    producer = Producer(applied.client(partitioner="murmur2_random"))
    producer.produce(applied.topic("rytmi.case.v1"), key=b"old", value=None)
    unread = dict.fromkeys(("share", "after_ms", "owner", "to", "recipient", "clock", "cycle", "unit"))
    alarm = {**unread, "id": "x", "about": "deadletter", "kind": "raised", "level": "breach", "case": "torn"}
    alarm |= {"at": NOW, "announced_at": NOW, "reason": "invalid"}
    producer.produce(applied.topic("rytmi.alarm.v1"), key=b"torn", value=codec().encode("alarm", alarm))
    assert producer.flush(30) == 0
    purged, torn = explain(applied, crew.config, "old"), explain(applied, crew.config, "torn")
    assert (purged.returncode, torn.returncode) == (1, 1)
    assert "it was purged when its retention ended" in purged.stderr
    assert "critical feedback of it was set aside (invalid)" in torn.stderr


def test_instant_before_an_event_of_the_case_and_missing_topics_are_told_with_a_remedy(
    applied: Settings, crew: Crew
) -> None:
    backtest = Backtest(load(crew.config).policies)
    for event in EVENTS:
        backtest.add(event)
    list(backtest.finish())
    ((name, entries, judged),) = backtest.cases()
    producer = Producer(applied.client(partitioner="murmur2_random"))
    value = codec().encode("case", backtest.record(name, entries, judged))
    producer.produce(applied.topic("rytmi.case.v1"), key=CASE.encode(), value=value)
    assert producer.flush(30) == 0
    early = explain(applied, crew.config, CASE, "--at", rfc3339(NOW - 90 * MINUTE))
    assert early.returncode == 1
    assert "ask for a later instant with --at" in early.stderr
    elsewhere = Settings(**{**vars(applied), "topic_prefix": "nobody."})
    missing = explain(elsewhere, crew.config, CASE)
    assert missing.returncode == 1
    assert "missing topics: nobody.rytmi.case.v1" in missing.stderr
    assert "Traceback" not in early.stderr + missing.stderr


def test_cluster_that_does_not_answer_is_told_without_a_traceback(applied: Settings, crew: Crew) -> None:
    gone = Settings(**{**vars(applied), "kafka_bootstrap": "127.0.0.1:1"})
    said = explain(gone, crew.config, CASE)
    assert said.returncode == 1
    assert "the cluster at 127.0.0.1:1 could not be read" in said.stderr
    assert "Traceback" not in said.stderr


def test_progress_is_told_while_reading_takes_long(applied: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    producer = Producer(applied.client(partitioner="murmur2_random"))
    for number in range(50):
        producer.produce(applied.topic("rytmi.case.v1"), key=CASE.encode(), value=None if number else b"?")
    assert producer.flush(30) == 0
    monkeypatch.setattr(reading, "_TELL_EVERY_SECONDS", -1.0)
    told: list[tuple[str, int, int]] = []
    with pytest.raises(UserError, match="purged"):
        reading.of_case(applied, CASE, lambda *progress: told.append(progress))
    assert told == [(applied.topic("rytmi.case.v1"), offset, 50) for offset in range(50)]
