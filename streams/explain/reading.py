"""The records of one case, from the one partition of each topic that its key belongs to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from aiokafka.partitioner import murmur2
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.codec import Codec
from streams import UserError
from streams.kafka.reader import ReadError, end, to_the_end
from streams.pseudonym import Pseudonym
from streams.settings import Settings

_CASE, _CLOCK, _ALARM = "rytmi.case.v1", "rytmi.clock.v1", "rytmi.alarm.v1"
_ASK_SECONDS = 15.0
_TELL_EVERY_SECONDS = 1.0

Tell = Callable[[str, int, int], None]
"""Told once a second while a topic is read: its name, how far, and where it ends (offsets)."""


class Records(NamedTuple):
    """What the topics hold of a case: the last enriched case, its outcomes, its alarms, in their fields."""

    case: dict[str, Any]
    outcomes: list[dict[str, Any]]
    alarms: list[dict[str, Any]]


def of_case(settings: Settings, case: str, tell: Tell) -> Records:
    """Read them. Raises UserError where there is no such case, saying where it was looked for, or no such cluster."""
    try:
        return _of_case(settings, case, tell)
    except (KafkaException, ReadError) as wrong:
        raise UserError(f"the cluster at {settings.bootstrap()} could not be read: {wrong}; try again") from wrong


def _of_case(settings: Settings, case: str, tell: Tell) -> Records:
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    partition = _partition(settings, case)
    found: list[bytes | None] = list(_values(settings, _CASE, case, partition, tell))
    alarms = [codec.decode("alarm", value) for value in _values(settings, _ALARM, case, partition, tell) if value]
    if not found or found[-1] is None:
        raise UserError(_missing(settings, case, partition, purged=bool(found), unread=_unread(alarms)))
    outcomes = [codec.decode("clock", value) for value in _values(settings, _CLOCK, case, partition, tell) if value]
    return Records(codec.decode("case", found[-1]), outcomes, alarms)


def _partition(settings: Settings, case: str) -> int:
    """The partition of the case's records, by as many as the cluster has. Raises UserError, KafkaException."""
    wanted = [settings.topic(name) for name in (_CASE, _CLOCK, _ALARM)]
    topics = AdminClient(settings.client(log_level=0)).list_topics(timeout=_ASK_SECONDS).topics
    if missing := [topic for topic in wanted if topic not in topics]:
        raise UserError(
            f"missing topics: {', '.join(missing)}; run `rytmi topics apply`, or set RYTMI_TOPIC_PREFIX as the worker's"
        )
    return int(murmur2(case.encode()) & 0x7FFFFFFF) % len(topics[wanted[0]].partitions)


def _values(settings: Settings, name: str, case: str, partition: int, tell: Tell) -> Iterator[bytes | None]:
    """The values under the key, oldest first; None deletes."""
    topic, key = settings.topic(name), case.encode()
    last, told = None, time.monotonic()
    for record in to_the_end(settings, topic, range(partition, partition + 1)):
        if time.monotonic() > told + _TELL_EVERY_SECONDS:
            told = time.monotonic()
            last = end(settings, topic, partition) if last is None else last
            tell(topic, record.offset, last)
        if record.key == key:
            yield record.value


def _unread(alarms: list[dict[str, Any]]) -> str | None:
    """Why feedback of the case could not be read, if somebody was told of that."""
    return next((alarm["reason"] for alarm in alarms if alarm["about"] == "deadletter"), None)


def _missing(settings: Settings, case: str, partition: int, purged: bool, unread: str | None) -> str:
    where = f"{settings.topic(_CASE)}, partition {partition}"
    if unread is not None:
        return (
            f"there is no case {case} in {where}, but critical feedback of it was set aside ({unread}): "
            f"its bytes are in {settings.topic('rytmi.deadletter.v1')}; mend its producer and send it again"
        )
    if purged:
        return (
            f"case {case} is no longer in {where}: it was purged when its retention ended. To tell its story from "
            "its events, run `rytmi backtest` over them"
        )
    return (
        f"there is no case {case} in {where}. Look at how it is written (capitals count); its first feedback may not "
        "have come, or no worker has read it yet; or it was purged long ago, when its retention ended"
    )
