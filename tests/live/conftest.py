"""For each test topics on the session's broker that no other test sees, and a browser."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from playwright.sync_api import Browser

from streams.kafka import admin
from streams.local.broker import Broker
from streams.settings import Settings
from tests.brokers import BrokerAddress
from tests.live.boards import browser


@pytest.fixture
def private_broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of the test's own, to stop, kill and start again as it likes."""
    with Broker(tmp_path / "home") as own:
        yield own


@pytest.fixture
def settings(broker: BrokerAddress, tmp_path: Path) -> Settings:
    """Settings under which this test's topics, groups and transactional ids are its own. No topic exists yet."""
    unique = uuid.uuid4().hex[:10]
    return Settings(
        kafka_bootstrap=broker.bootstrap,
        replication=broker.replication,
        topic_prefix=f"t{unique}.",
        application=f"a{unique}",
        home=tmp_path / ".rytmi",
    )


@pytest.fixture
def applied(settings: Settings) -> Iterator[Settings]:
    """`settings` with all topics created; they are deleted afterwards, so that a long session stays light."""
    admin.apply(settings)
    yield settings
    client = AdminClient(settings.client())
    ours = [name for name in client.list_topics(timeout=10).topics if name.startswith(settings.topic_prefix)]
    for deleted in client.delete_topics(ours, operation_timeout=30).values():
        deleted.result()


@pytest.fixture(scope="module")
def chromium(chromium_program: Path) -> Iterator[Browser]:
    """A browser for the tests of a module. It is closed with it: while it is open, nothing else may run asyncio."""
    with browser(chromium_program) as opened:
        yield opened
