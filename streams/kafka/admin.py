"""The table and the cluster: what is missing is created, what exists is never changed.

A topic that exists with other settings is an error that names every difference and its remedy. Changing partitions
would send a key's next record to another partition than its earlier ones; changing retention deletes data.
"""

import time
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
    TopicMetadata,
)

from streams import UserError
from streams.kafka.topics import TopicSpec, topics
from streams.settings import Settings

_REQUEST_SECONDS = 30.0
_POLL_SECONDS = 0.05


class Difference(NamedTuple):
    topic: str
    setting: str
    wanted: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.setting} is {self.found}, wanted {self.wanted}; {self.remedy}"


class TopicMismatch(UserError):
    """Topics exist with settings other than the table's. Nothing was changed."""

    def __init__(self, differences: list[Difference]) -> None:
        self.differences = differences
        lines = "".join(f"\n  {difference}" for difference in differences)
        super().__init__(f"the cluster's topics differ from Rytmi's table; nothing was changed:{lines}")


class TopicError(UserError):
    """The cluster could not be asked, or refused."""


class Found(NamedTuple):
    """A topic as the cluster has it."""

    partitions: int
    replication: int
    config: dict[str, str]


class Change(NamedTuple):
    topic: str
    partitions: int


def apply(settings: Settings) -> list[Change]:
    """Create what is missing; what was created. Raises TopicMismatch before anything is done, or TopicError."""
    admin = _admin(settings)
    missing = _missing(admin, settings)
    if not missing:
        return []
    created = []
    asked = admin.create_topics(
        [NewTopic(spec.name, spec.partitions, settings.replication, config=dict(spec.config)) for spec in missing],
        operation_timeout=_REQUEST_SECONDS,
    )
    for spec in missing:
        try:
            asked[spec.name].result()
            created.append(Change(spec.name, spec.partitions))
        except KafkaException as error:
            # Somebody else was faster; whether it is as wanted is seen below.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise TopicError(f"{spec.name} could not be created: {_why(error, settings)}") from error
    _await_usable(admin, {spec.name for spec in missing})
    if len(created) < len(missing):
        check(settings)
    return created


def check(settings: Settings) -> None:
    """Raises TopicError if a topic is missing, TopicMismatch if one differs."""
    missing = _missing(_admin(settings), settings)
    if missing:
        names = ", ".join(spec.name for spec in missing)
        raise TopicError(f"missing topics: {names}; run `rytmi topics apply`")


def describe(settings: Settings) -> list[tuple[TopicSpec, Found | None]]:
    """Every topic of the table, with what the cluster has under its name."""
    specs = topics(settings)
    found = _found(_admin(settings), specs, settings)
    return [(spec, found.get(spec.name)) for spec in specs]


def _missing(admin: AdminClient, settings: Settings) -> list[TopicSpec]:
    specs = topics(settings)
    found = _found(admin, specs, settings)
    differences = [
        difference
        for spec in specs
        if spec.name in found
        for difference in _differences(spec, found[spec.name], settings)
    ]
    if differences:
        raise TopicMismatch(differences)
    return [spec for spec in specs if spec.name not in found]


def _await_usable(admin: AdminClient, names: set[str]) -> None:
    """Brokers hear of a created topic a moment after it was created; until then a producer's first record fails."""
    deadline = time.monotonic() + _REQUEST_SECONDS
    while time.monotonic() < deadline:
        existing = admin.list_topics(timeout=_REQUEST_SECONDS).topics
        if names <= existing.keys() and all(_is_led(existing[name]) for name in names):
            return
        time.sleep(_POLL_SECONDS)
    raise TopicError(f"created, but without a leader after {_REQUEST_SECONDS:.0f} s: {', '.join(sorted(names))}")


def _is_led(topic: TopicMetadata) -> bool:
    return bool(topic.partitions) and all(partition.leader >= 0 for partition in topic.partitions.values())


def _differences(spec: TopicSpec, found: Found, settings: Settings) -> list[Difference]:
    differences = []
    if found.partitions != spec.partitions:
        remedy = "delete the topic with its data, or restore it from a cluster with that count"
        if spec.partitions == settings.partitions:
            remedy = f"set RYTMI_PARTITIONS={found.partitions} if all topics have that, or delete it with its data"
        differences.append(Difference(spec.name, "partitions", str(spec.partitions), str(found.partitions), remedy))
    if found.replication < settings.replication:
        remedy = f"set RYTMI_REPLICATION={found.replication}, or add replicas with the cluster's tools"
        differences.append(
            Difference(spec.name, "replication", str(settings.replication), str(found.replication), remedy)
        )
    for name, wanted in spec.config.items():
        value = found.config.get(name, "(unknown)")
        if _comparable(value) != _comparable(wanted):
            change = f"kafka-configs --alter --topic {spec.name} --add-config {name}=[{wanted}]"
            remedy = f"set it with the cluster's tools ({change})"
            differences.append(Difference(spec.name, name, wanted, value, remedy))
    return differences


def _comparable(value: str) -> list[str]:
    return sorted(value.replace(" ", "").split(","))


def _found(admin: AdminClient, specs: list[TopicSpec], settings: Settings) -> dict[str, Found]:
    try:
        existing = admin.list_topics(timeout=_REQUEST_SECONDS).topics
        names = [spec.name for spec in specs if spec.name in existing]
        if not names:
            return {}
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        answers = admin.describe_configs(resources, request_timeout=_REQUEST_SECONDS)
        configs: dict[str, dict[str, ConfigEntry]] = {
            resource.name: answer.result() for resource, answer in answers.items()
        }
    except KafkaException as error:
        where = settings.bootstrap()
        raise TopicError(f"the cluster at {where} could not be asked for its topics: {error.args[0].str()}") from error
    return {
        name: Found(
            partitions=len(existing[name].partitions),
            replication=min(len(partition.replicas) for partition in existing[name].partitions.values()),
            config={entry.name: entry.value or "" for entry in configs[name].values()},
        )
        for name in names
    }


def _why(error: KafkaException, settings: Settings) -> str:
    cause: Any = error.args[0]
    if cause.code() == KafkaError.INVALID_REPLICATION_FACTOR:
        return f"{cause.str()} (RYTMI_REPLICATION is {settings.replication}: set it to at most the number of brokers)"
    return str(cause.str())


def _admin(settings: Settings) -> AdminClient:
    # Without a log level, librdkafka writes every failed connection to standard error besides the error we raise.
    return AdminClient(settings.client(log_level=0))
