"""A real broker for the session, and for each test topics that no other test sees."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.kafka import admin
from streams.local.broker import Broker
from streams.settings import Settings


@dataclass(frozen=True)
class Cluster:
    bootstrap: str
    replication: int


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster of RYTMI_KAFKA_BOOTSTRAP, else a broker that ends with the session, even if the session is killed."""
    elsewhere = os.environ.get("RYTMI_KAFKA_BOOTSTRAP")
    if elsewhere:
        yield Cluster(elsewhere, int(os.environ.get("RYTMI_REPLICATION", "1")))
        return
    with Broker(tmp_path_factory.mktemp("broker")) as own:
        yield Cluster(own.bootstrap, replication=1)


@pytest.fixture
def private_broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of the test's own, to stop, kill and start again as it likes."""
    with Broker(tmp_path / "home") as own:
        yield own


@pytest.fixture
def settings(broker: Cluster, tmp_path: Path) -> Settings:
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
