"""What comes in: batches of raw records, sorted into entries by entity, control records, and what is neither."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiokafka.partitioner import murmur2

from processors.admission import at_declared_touchpoint, claimed_ahead
from processors.events import Feedback, InvalidEvent
from processors.ledger import Entry
from processors.policy import Policies
from schemas.codec import Codec, DecodeError
from streams.kafka.records import ChangelogRecord
from streams.shard.claims import noted
from streams.shard.counters import Counters
from streams.shard.deadletters import DeadLetter, enforce_limit
from streams.shard.shard import Shard
from streams.shard.store import control_write

log = logging.getLogger(__name__)

MISSING_KEY, KEY_MISMATCH = "missing_key", "key_mismatch"
_INTERNAL = "link"  # judged already when the decision or obstacle was


class RecordsMissing(RuntimeError):
    """Records were fetched that never came to be folded: a bug of delivery. Going on would pass them over for good."""


class Batch(NamedTuple):
    """Raw records of one input partition, as the consumer has them (key, value, offset, timestamp, headers).

    follows: the offset that was fetched last before them, if known: the state must hold it, or records are missing.
    (Gaps between offsets alone say nothing: the ends of transactions have offsets too.)
    """

    record_name: str
    topic: str
    records: Sequence[Any]
    follows: int | None = None


class ControlRecord(NamedTuple):
    """A control record: of which record's topic, what, and when it was appended (milliseconds)."""

    record_name: str
    control: dict[str, Any]
    appended: int


Groups = dict[str, list[tuple[str, Any, Entry]]]  # by entity: (topic, record, entry)


@dataclass
class Admitted:
    """What batches came to.

    dead: what could not be taken in. refused: by topic, how many records in a row could not, up to the last one.
    latest: the latest `at` of each topic, milliseconds.
    """

    groups: Groups = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)
    controls: list[ControlRecord] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)


class Intake:
    """Reads and checks records, and knows which producers have been named in the log."""

    def __init__(self, codec: Codec, policies: Policies, partitions: int, most_refused: int) -> None:
        self._codec, self._policies, self._partitions = codec, policies, partitions
        self._most_refused = most_refused
        self._sources_named: set[tuple[str, str]] = set()

    def admit(self, shard: Shard, batch: Batch, into: Admitted, counters: Counters) -> None:
        """Sort a batch into entries by entity, control records, and what is neither. Raises TooManyDeadLetters."""
        record_name, topic, records, _ = batch
        decode, stage, groups = self._codec.decode, shard.stage, into.groups
        entity_of, key_of, entry_of = stage.entity, stage.key, stage.entry
        policies, latest, from_outside = self._policies, into.latest.get(topic, 0), record_name != _INTERNAL
        refused = into.refused.get(topic, shard.store.refused.get(topic, 0))
        event = None
        for record in records:
            try:
                event = None
                if record.key is None:
                    into.controls.append(ControlRecord(record_name, self._control(record), record.timestamp))
                    continue
                event = decode(record_name, record.value)
                entity = entity_of(event)
                if record.key != key_of(event).encode():
                    raise InvalidEvent("key", f"is not what it should be, {key_of(event)!r}", KEY_MISMATCH)
                claimed = 0
                if from_outside:
                    if event.at > record.timestamp and claimed_ahead(event.at, record.timestamp):
                        claimed = event.at
                        event = event._replace(at=record.timestamp)
                        counters.ahead[topic] += 1
                        self._name_source(record, topic, "sends instants ahead of their arrival: is its clock right?")
                    event = at_declared_touchpoint(event, policies)
            except (DecodeError, InvalidEvent) as wrong:
                read = event if event is not None else getattr(wrong, "record", None)
                into.dead.append(DeadLetter(topic, record, wrong.reason, str(wrong), _feedback(read)))
                refused += 1
                enforce_limit(into.dead[-1], shard.partition, refused, self._most_refused)
                continue
            refused = 0
            if event.at > latest:
                latest = event.at
            groups.setdefault(entity, []).append((topic, record, entry_of(event, claimed)))
        into.refused[topic], into.latest[topic] = refused, latest

    def _control(self, record: Any) -> dict[str, Any]:
        """What a record without a key says. Raises InvalidEvent where it is no control record."""
        try:
            return self._codec.decode("control", record.value)  # type: ignore[no-any-return]
        except DecodeError:
            raise InvalidEvent("key", "is missing: the entity's id is the key", MISSING_KEY) from None

    def check_place(self, shard: Shard, topic: str, record: Any, counters: Counters) -> None:
        """Note of a key that belongs to another partition: its entity may be in two places."""
        if (murmur2(record.key) & 0x7FFFFFFF) % self._partitions != shard.partition:
            counters.misplaced[topic] += 1
            self._name_source(record, topic, "writes keys to partitions that are not theirs: set murmur2 partitioning")

    def _name_source(self, record: Any, topic: str, fault: str) -> None:
        source = (dict(record.headers).get("ce_source") or b"(no ce_source)").decode("utf-8", "replace")
        if (source, fault) not in self._sources_named and len(self._sources_named) < 1_000:
            self._sources_named.add((source, fault))
            log.warning("producer %s of %s %s", source, topic, fault)


def skip_committed(shard: Shard, batches: Sequence[Batch]) -> list[Batch]:
    """The batches less what the state holds already: delivered again after a crash, it is not even counted twice.

    Raises RecordsMissing where some of what was fetched before is in neither.
    """
    offsets, fresh = dict(shard.store.offsets), []
    for batch in batches:
        offset = offsets.get(batch.topic, 0)
        if batch.follows is not None and batch.follows >= offset:
            raise RecordsMissing(
                f"{batch.topic} [{shard.partition}]: the next records follow offset {batch.follows}, but the state "
                f"holds them up to {offset} only. Nothing is lost: a worker that starts anew reads on from there"
            )
        records = batch.records
        if records[0].offset < offset:
            records = [record for record in records if record.offset >= offset]
        if records:
            fresh.append(batch._replace(records=records))
            offsets[batch.topic] = records[-1].offset + 1
    return fresh


def _feedback(event: Any) -> tuple[str, str] | None:
    """(touchpoint, severity) of an event that is feedback."""
    return (event.touchpoint, event.severity) if type(event) is Feedback else None


def notes(shard: Shard, records: Sequence[ControlRecord]) -> list[ChangelogRecord]:
    """What the notes of a shard become by control records."""
    controls, changed = dict(shard.store.controls), {}
    for one in records:
        for name, at in noted(controls, *one).items():
            changed[name] = at
            if at is None:
                controls.pop(name, None)
            else:
                controls[name] = at
    return [control_write(name, at) for name, at in changed.items()]
