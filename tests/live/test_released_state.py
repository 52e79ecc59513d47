"""State that a release has left in a real cluster is restored from it, and is what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import Producer

from streams import config as configuration
from streams.kafka.log import KafkaLog
from streams.kafka.shard_log import ShardLog
from streams.kafka.topics import CHANGELOGS
from streams.settings import Settings
from streams.shard.store import Store
from tests.golden.releases import NAMES, RELEASES, changelogs
from tests.golden.stored import told

pytestmark = pytest.mark.live

PARTITION = 2


@pytest.mark.parametrize("folder", RELEASES, ids=NAMES)
def test_state_of_every_release_is_restored_from_the_cluster(folder: Path, applied: Settings) -> None:
    producer = Producer(applied.client())
    for stage, write in changelogs(folder):
        producer.produce(applied.changelog(stage), write.value, write.key, PARTITION)
    assert producer.flush(60) == 0
    stores = {stage: Store() for stage in CHANGELOGS}
    for stage, store in stores.items():
        records = list(ShardLog(KafkaLog(applied), applied, stage, PARTITION).restore())
        assert len(records) == sum(name == stage for name, _ in changelogs(folder))
        for record in records:
            store.apply(record)
    read = list(told(configuration.load(folder / "rytmi.yaml"), stores))
    assert read == (folder / "read.txt").read_text(encoding="utf-8").splitlines()
