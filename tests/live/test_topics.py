"""The table of topics against a real cluster: created once, never changed."""

from dataclasses import replace

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from streams.kafka import admin, topics
from streams.kafka import admin as cluster
from streams.kafka.admin import TopicError, TopicMismatch
from streams.settings import Settings
from tests.waiting import until

pytestmark = pytest.mark.live


def on_cluster(settings: Settings) -> dict[str, int]:
    found = AdminClient(settings.client()).list_topics(timeout=10).topics
    return {name: len(t.partitions) for name, t in found.items() if name.startswith(settings.topic_prefix)}


def delete(settings: Settings, name: str) -> None:
    admin = AdminClient(settings.client())  # must live until its answers are there
    admin.delete_topics([name], operation_timeout=10)[name].result()
    until(lambda: name not in on_cluster(settings), 10, f"{name} is gone")


def alter(settings: Settings, name: str, **config: str) -> None:
    entries = [
        ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET) for setting, value in config.items()
    ]
    asked = ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries)
    client = AdminClient(settings.client())
    for answer in client.incremental_alter_configs([asked]).values():
        answer.result()

    def altered() -> bool:
        found = {spec.name: topic for spec, topic in admin.describe(settings)}[name]
        return found is not None and config.items() <= found.config.items()

    until(altered, 10, f"{name} has {config}")


def test_topics_are_created_once_and_then_left_alone(settings: Settings) -> None:
    created = admin.apply(settings)
    assert [change.topic for change in created] == [spec.name for spec in topics.topics(settings)]
    assert admin.apply(settings) == []
    admin.check(settings)
    assert on_cluster(settings) == {spec.name: spec.partitions for spec in topics.topics(settings)}


def test_created_topics_have_the_settings_of_the_table(applied: Settings) -> None:
    for spec, found in admin.describe(applied):
        assert found is not None
        assert found.replication == applied.replication
        assert {name: found.config[name] for name in spec.config} == dict(spec.config)


def test_topics_can_be_written_to_as_soon_as_they_are_applied(applied: Settings) -> None:
    failed = []
    producer = Producer(applied.client(**{"message.timeout.ms": 10_000, "retries": 0}))
    for spec in topics.topics(applied):
        for partition in range(spec.partitions):
            producer.produce(
                spec.name, b"", b"key", partition, on_delivery=lambda error, _: failed.append(error) if error else None
            )
    assert producer.flush(20) == 0
    assert failed == []


def test_only_the_missing_topic_is_created(applied: Settings) -> None:
    name = applied.topic("rytmi.alarm.v1")
    delete(applied, name)
    with pytest.raises(TopicError, match=r"missing topics: \S*rytmi.alarm.v1; run `rytmi topics apply`"):
        admin.check(applied)
    assert admin.apply(applied) == [(name, applied.partitions)]


def test_mismatch_is_refused_in_full_and_nothing_is_changed(applied: Settings) -> None:
    name = applied.topic("touchpoint.feedback.v1")
    alter(applied, name, **{"retention.ms": "1000", "message.timestamp.type": "CreateTime"})
    delete(applied, applied.topic("rytmi.alarm.v1"))
    before = admin.describe(applied)

    with pytest.raises(TopicMismatch) as refused:
        admin.apply(replace(applied, partitions=6))
    found = {(d.topic, d.setting): d for d in refused.value.differences}
    assert found[name, "retention.ms"][2:4] == ("5184000000", "1000")
    assert found[name, "message.timestamp.type"][2:4] == ("LogAppendTime", "CreateTime")
    assert found[name, "partitions"][2:4] == ("6", "4")
    # Every topic with the common count, and neither the one that is missing nor the two that have one partition.
    assert len([d for d in refused.value.differences if d.setting == "partitions"]) == len(before) - 3
    words = str(refused.value)
    assert "nothing was changed" in words
    assert f"{name}: retention.ms is 1000, wanted 5184000000" in words
    assert "set RYTMI_PARTITIONS=4" in words
    assert admin.describe(applied) == before


def test_replication_beyond_the_cluster_names_the_variable(settings: Settings) -> None:
    with pytest.raises(TopicError, match=r"could not be created: .*RYTMI_REPLICATION is 99"):
        admin.apply(replace(settings, replication=99))
    assert on_cluster(settings) == {}


def test_unreachable_cluster_is_one_clear_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_REQUEST_SECONDS", 1.0)
    with pytest.raises(TopicError, match=r"127\.0\.0\.1:9 could not be asked for its topics"):
        admin.check(replace(settings, kafka_bootstrap="127.0.0.1:9"))
