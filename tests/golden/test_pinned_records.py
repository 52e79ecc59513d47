"""What stands in topics: keys, headers and bytes of every kind of record that Rytmi writes; what a board does."""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from processors.canonical import rfc3339
from processors.events import Action, Decision, Feedback, Indicator, Obstacle, Pulse
from processors.measures.terms import Row
from schemas.codec import Codec
from streams import config as configuration
from streams.alertmanager import Links
from streams.alertmanager.labels import alertname, labels
from streams.alertmanager.text import described
from streams.board import store as tables
from streams.board.commands import CLOSE, KINDS, TAKE, Command, Commands, Refusal
from streams.board.identity import Identity
from streams.board.sending import Sending
from streams.board.store import Store
from streams.kafka.control import BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT, announce
from streams.kafka.log import KafkaLog
from streams.kafka.sender import Sender
from streams.kafka.topics import CHANGELOGS, topics
from streams.measures.windows import Windows
from streams.pseudonym import Pseudonym
from streams.shard.clock import Time
from streams.shard.progress import DecisionProgress
from tests.golden.clients import Kafka, Sent
from tests.golden.history import KEY, SETTINGS, History
from tests.golden.pins import hold
from tests.golden.releases import RELEASES

HISTORY = RELEASES[0]
CODEC = Codec(None, Pseudonym(KEY))
NOW = 1_772_435_700_000
WHOLE = 20  # records of a topic of which all is shown; of the others, what tells whether anything is different
EVENTS = (
    Feedback("f", NOW, "K-1", "web", "low", customer="c-1", text="ä"),
    Action("a", NOW, "K-1", "closed", "mari"),
    Decision("d", NOW, "D-1", "made", "tactical", "care", ("K-1",), ("O-1",), "t"),
    Obstacle("o", NOW, "O-1", "raised", "web", "stock", ("K-1",)),
    Pulse("p", NOW, "care", None, "front", "heard", 0.5),
    Indicator("i", NOW, "sales", "orders", "customer", "lagging", 1.5),
)


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    monkeypatch.setattr(time, "time_ns", lambda: NOW * 1_000_000)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7))
    found = Kafka([spec.name for spec in topics(SETTINGS)])
    found.stand_in(monkeypatch)
    return found


def by_topic(sent: Iterable[Sent]) -> dict[str, Any]:
    """A fact for each record: where it goes, its key and headers, its bytes; of most, their digest."""
    found: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for one in sent:
        number = counts[one.topic] = counts.get(one.topic, 0) + 1
        value = one.value
        if number > WHOLE and value is not None:
            value = sha256(value).digest()[:8]
        about = {name: content.decode() for name, content in one.headers if name != "rytmi_message"}
        found[f"{one.topic} {number}"] = [one.partition, one.key, about, value]
    return found


def test_records_that_a_history_causes_are_as_ever(kafka: Kafka, rewrite_golden: bool) -> None:
    changelogs = {SETTINGS.changelog(stage) for stage in CHANGELOGS}
    caused = History(configuration.load(HISTORY / "rytmi.yaml"), kafka).run(HISTORY / "history.jsonl")
    hold("caused", by_topic(one for one in caused if one.topic not in changelogs), rewrite_golden)


def test_alarms_are_labelled_as_ever(kafka: Kafka, rewrite_golden: bool) -> None:
    caused = History(configuration.load(HISTORY / "rytmi.yaml"), kafka).run(HISTORY / "history.jsonl")
    links = Links("https://crm/{case}", "https://wiki/{page}")
    facts: dict[str, Any] = {"blind": alertname({"about": "blind"})}
    for one in caused:
        if one.topic == "rytmi.alarm.v1":
            alarm = CODEC.decode("alarm", one.value)
            name = f"{alarm['about']} {alarm['level']} to {alarm['to']}"
            facts.setdefault(f"{name}: labels", labels(alarm))
            facts.setdefault(f"{name}: annotations", sorted(described(alarm, links, UTC)))
            facts.setdefault(f"{name}: link", links.to_runbook(alarm))
            facts[f"{alarm['kind']} because {alarm['reason']}"] = "happens"
    hold("alerts", facts, rewrite_golden)


def test_reasons_of_dead_letters_are_as_ever(kafka: Kafka, tmp_path: Path, rewrite_golden: bool) -> None:
    good = Feedback("f", NOW, "K-1", "website", "low")
    records = {
        "no Avro": ("feedback", "K-1", b"no frame"),
        "another schema": ("feedback", "K-1", CODEC.encode("action", EVENTS[1])),
        "no key": ("feedback", None, CODEC.encode("feedback", good)),
        "another key": ("feedback", "K-2", CODEC.encode("feedback", good)),
        "no such severity": ("feedback", "K-1", CODEC.encode("feedback", good._replace(severity="grave"))),
        "a long id": ("feedback", "K-1", CODEC.encode("feedback", good._replace(id="f" * 10_000))),
        "a day ahead": ("feedback", "K-1", CODEC.encode("feedback", good._replace(at=NOW + 10**10))),
        "not declared": ("feedback", "K-1", CODEC.encode("feedback", good._replace(touchpoint="kiosk"))),
        "taken in": ("feedback", "K-1", CODEC.encode("feedback", good)),
        "an id twice": ("feedback", "K-1", CODEC.encode("feedback", good._replace(severity="high"))),
        "too late": ("feedback", "K-3", CODEC.encode("feedback", good._replace(case="K-3", at=NOW - 10**11))),
    }
    lines: list[dict[str, Any]] = [{"tell": rfc3339(NOW)}]
    lines += [
        {"record": record, "raw": b64encode(raw).decode()} | ({} if key is None else {"key": key})
        for record, key, raw in records.values()
    ]
    path = tmp_path / "history.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    strict = configuration.parse({"touchpoints": [{"id": "website"}], "policies": [], "unknown_touchpoint": "reject"})
    dead = [dict(one.headers) for one in History(strict, kafka).run(path) if one.topic == "rytmi.deadletter.v1"]
    names = list(records)
    facts = {names[int(about["rytmi_offset"])]: about["rytmi_reason"].decode() for about in dead}
    assert set(facts) == set(names) - {"taken in"}
    hold("deadletters", facts, rewrite_golden)


def test_records_that_are_sent_are_as_ever(kafka: Kafka, rewrite_golden: bool) -> None:
    sender = Sender(SETTINGS, CODEC)
    for event in EVENTS:
        sender.send(event)
    for kind in (BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT):
        announce(SETTINGS, CODEC, kind, "crm", ("feedback",))
    log = KafkaLog(SETTINGS)
    DecisionProgress(log, SETTINGS, CODEC, Time()).publish(3, NOW)
    Windows(log, SETTINGS, CODEC, time.monotonic).publish(
        [
            Row("clock", {"touchpoint": "ä", "severity": "*"}, "1h", {"count": 3, "p50_s": None}),
            Row("alignment", {"unit": "care"}, None, {"alignment": 0.25}),
        ],
        NOW,
    )
    hold("sent", by_topic(kafka.taken()), rewrite_golden)


def test_board_asks_and_audits_as_ever(kafka: Kafka, tmp_path: Path, rewrite_golden: bool) -> None:
    config = configuration.load(HISTORY / "rytmi.yaml")
    caused = list(History(config, kafka).run(HISTORY / "history.jsonl"))
    enriched = {one.key: one.value for one in caused if one.topic == "rytmi.case.v1"}
    case = CODEC.decode("case", enriched[b"R-1"])
    facts: dict[str, Any] = {"kinds": KINDS}
    asking = {"seen": case["owner"], "owner": "anna", "cause": "why", "done": "what"}
    mari = Identity("mari", "leader", None, None)
    for number, kind in enumerate(KINDS):
        facts |= _asked(kind, kafka, tmp_path / f"{number}.sqlite", case, Command("R-1", kind, **asking), mari)
    facts |= _asked("refused", kafka, tmp_path / "refused.sqlite", case, Command("R-1", TAKE, "somebody else"), mari)
    kafka.topics = ()  # of the action: what was asked is audited, and then that it failed
    facts |= _asked("failed", kafka, tmp_path / "failed.sqlite", case, Command("R-1", CLOSE, **asking), mari)
    hold("board", facts, rewrite_golden)


def _asked(
    about: str, kafka: Kafka, path: Path, case: dict[str, Any], command: Command, who: Identity
) -> dict[str, Any]:
    view = Store(path)
    with view.writing() as to:
        tables.put_case(to, case)
    commands = Commands(view, Sending(SETTINGS, CODEC), lambda unit: ["mari", "anna"])
    found: dict[str, Any] = {}
    try:
        commands.handle(command, who, "127.0.0.1", NOW)
    except Refusal as refusal:
        found[f"{about} refusal"] = [refusal.status, refusal.key]
    for number, one in enumerate(kafka.taken()):
        name = "audit" if one.topic == "rytmi.audit.v1" else "action"
        record = CODEC.decode(name, one.value)
        if name == "audit" and record["reason"] is not None:
            record["reason"] = "(a sentence)"
        found[f"{about} {number} {one.topic}"] = record
        found[f"{about} {number} headers"] = {header: content.decode() for header, content in one.headers}
    return found


def test_view_of_the_board_is_kept_as_ever(tmp_path: Path, rewrite_golden: bool) -> None:
    view = Store(tmp_path / "view.sqlite")
    view.empty("CLUSTER/PREFIX.")
    facts: dict[str, Any] = dict(view.reading.execute("SELECT name, value FROM meta").fetchall())
    for name, made in view.reading.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        facts[name] = " ".join(made.split())
    hold("view", facts, rewrite_golden)
