"""How each client of Kafka is configured: groups, transactional ids, timeouts, what is committed and when.

Every role is made by the code that makes it in a worker, a board or a command; what its client is given is pinned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiokafka
import pytest

from processors.events import Action, Feedback
from processors.ledger import EMPTY
from schemas.codec import Codec
from streams import config as configuration
from streams.alertmanager.sinks import Nobody
from streams.board.projection import Projection
from streams.board.sending import Sending
from streams.board.store import Store
from streams.kafka import admin, topics
from streams.kafka.control import HEARTBEAT, announce
from streams.kafka.log import KafkaLog
from streams.kafka.reader import to_the_end
from streams.kafka.sender import Sender
from streams.kafka.shard_log import ShardLog
from streams.measures.subscriber import frame
from streams.measures.view import MeasuresView
from streams.measures.view_worker import ViewWorker
from streams.measures.windows import Windows
from streams.pseudonym import Pseudonym
from streams.settings import Security, Settings
from streams.shard.clock import Time, WallClock
from streams.shard.progress import DecisionProgress
from streams.worker.fetcher import FetchingThread
from streams.worker.options import Options, faust_settings
from streams.worker.web import add_pages
from streams.worker.worker import Worker
from tests.golden.clients import Kafka, as_read
from tests.golden.pins import hold
from tests.waiting import until

KEY = "golden-pseudonym-key"
SETTINGS = Settings(
    kafka_bootstrap="ADDRESS:9092",
    application="APPLICATION",
    topic_prefix="PREFIX.",
    home=Path("HOME"),
    configured_pseudonym_key=KEY,
)
CONFIG = configuration.load(Path(__file__).resolve().parent / "day.yaml")
CODEC = Codec(None, Pseudonym(KEY))
SECURED = {
    "plain": Security(),
    "encrypted": Security("SSL", ssl_ca="CA"),
    "with a password": Security("SASL_PLAINTEXT", "SCRAM-SHA-512", "NAME", "PASSWORD"),
    "both": Security("SASL_SSL", "PLAIN", "NAME", "PASSWORD", "CA"),
}


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    found = Kafka([spec.name for spec in topics.topics(SETTINGS)])
    found.stand_in(monkeypatch)
    return found


def viewed(kafka: Kafka, home: Path) -> None:
    view = MeasuresView(KafkaLog(SETTINGS), SETTINGS, CODEC, frame(CONFIG), Time(), Options().session_timeout)
    worker = ViewWorker(SETTINGS, view)
    worker.start()
    until(lambda: kafka.configured, 30, "the view has made its consumer")
    worker.stop()


def progressed(kafka: Kafka, home: Path) -> None:
    progress = DecisionProgress(KafkaLog(SETTINGS), SETTINGS, CODEC, Time())
    progress.publish(3, 0)
    assert list(kafka.taken())
    progress.start()
    progress.stop()


def followed(kafka: Kafka, home: Path) -> None:
    projection = Projection(SETTINGS, CODEC, Store(home / "view.sqlite"), lambda changed: None)
    projection.start()
    until(projection.caught_up.is_set, 30, "the board has read everything")
    projection.stop()


def checked(kafka: Kafka, home: Path) -> None:
    existing, kafka.topics = kafka.topics, ()
    with pytest.raises(admin.TopicError, match="missing topics"):
        admin.check(SETTINGS)
    kafka.topics = existing


ROLES: dict[str, Callable[[Kafka, Path], object]] = {
    "shard": lambda kafka, home: ShardLog(KafkaLog(SETTINGS), SETTINGS, "cases", 3),
    "windows": lambda kafka, home: Windows(KafkaLog(SETTINGS), SETTINGS, CODEC, time.monotonic),
    "view": viewed,
    "progress": progressed,
    "reading": lambda kafka, home: list(to_the_end(SETTINGS, "TOPIC", range(2))),
    "sending": lambda kafka, home: Sender(SETTINGS, CODEC),
    "control": lambda kafka, home: announce(SETTINGS, CODEC, HEARTBEAT, "crm"),
    "topics": checked,
    "board following": followed,
    "board audit": lambda kafka, home: Sending(SETTINGS, CODEC).audit(AUDIT),
    "board action": lambda kafka, home: Sending(SETTINGS, CODEC).action(Action("a-1", 0, "K-1", "closed")),
}
AUDIT = {
    **dict.fromkeys(("reason", "owner", "cause", "done", "action", "address", "unit")),
    "id": "1",
    "at": 0,
    "case": "K-1",
    "kind": "take",
    "outcome": "asked",
    "actor": "a",
    "role": "unit",
    "revision": 1,
}


def by_option(role: str, config: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{role} | {option}": value for option, value in sorted(config.items())}


def test_every_client_is_configured_as_ever(kafka: Kafka, tmp_path: Path, rewrite_golden: bool) -> None:
    facts: dict[str, Any] = {}
    for role, make in ROLES.items():
        kafka.configured.clear()
        make(kafka, tmp_path)
        kinds = [kind for kind, _ in kafka.configured]
        assert len(kinds) == len(set(kinds)), f"{role}: more clients than are pinned"
        for kind, config in kafka.configured:
            facts |= by_option(f"{role} {kind}", config)
    hold("clients", facts, rewrite_golden)


def test_a_worker_consumes_as_ever(kafka: Kafka, monkeypatch: pytest.MonkeyPatch, rewrite_golden: bool) -> None:
    worker = Worker(SETTINGS, CONFIG, Options(), WallClock(), Nobody())
    asked: dict[str, Any] = {}
    monkeypatch.setattr(aiokafka, "AIOKafkaConsumer", lambda **given: asked.update(given))
    thread: Any = SimpleNamespace(app=worker.app)
    FetchingThread._create_worker_consumer(thread, worker.app.transport)
    del asked["client_id"]  # has Faust's version in it
    (assignor,) = asked.pop("partition_assignment_strategy")
    facts = by_option("consumer", asked) | by_option("faust", faust_settings(SETTINGS, Options()))
    facts["assignor"] = assignor.name
    facts["assignor metadata"] = assignor.metadata(sorted(worker.core.watermarks.topics)).encode()
    cases = next(stage for stage in worker.core.stages if stage.name == "cases")
    said = cases.entry(Feedback("f-1", 0, "K-1", "website", "low"), 0)
    facts["source"] = dict(cases.on_entries("K-1", EMPTY, (said,), 0, 0).outputs[0].headers)["ce_source"]
    facts["stages"] = {stage.name: stage.records for stage in worker.core.stages}
    pages: list[str] = []
    monkeypatch.setattr(worker.app, "page", lambda path: pages.append(path) or (lambda answer: answer))
    add_pages(worker)
    facts["pages"] = pages
    hold("worker", facts, rewrite_golden)


def test_connections_are_secured_as_ever(monkeypatch: pytest.MonkeyPatch, rewrite_golden: bool) -> None:
    monkeypatch.setattr("ssl.create_default_context", lambda **given: f"context {given}")
    facts: dict[str, Any] = {}
    for name, security in SECURED.items():
        settings = Settings(kafka_bootstrap="ADDRESS:9092", security=security)
        facts |= by_option(f"{name} | librdkafka", as_read(settings.client()))
        credentials = faust_settings(settings, Options())["broker_credentials"]
        about = ("protocol", "mechanism", "username", "password", "context")
        facts[f"{name} | faust"] = credentials and {one: str(getattr(credentials, one, None)) for one in about}
    hold("security", facts, rewrite_golden)
