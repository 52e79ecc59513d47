"""The way of a record: decode, fold, diff, emit and save in one transaction, then acknowledge.

Batches go in, one transaction comes out. Nothing of a batch is taken over before its transaction is durable, so a
batch that fails anywhere has not happened. A record is folded, or a repeat, or dead-lettered; never dropped.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from aiokafka.partitioner import murmur2

from processors.admission import at_declared_touchpoint, claimed_ahead
from processors.alarm_record import dead_letter as alarm_of
from processors.case import FEEDBACK
from processors.events import Feedback, InvalidEvent
from processors.ledger import FOLDED, REPEATED, WORDS, Entry
from processors.policy import Policies
from schemas.codec import Codec, DecodeError
from streams.alarming import Alarm
from streams.cloudevents import trace
from streams.emission import StateWrite
from streams.reach import noted
from streams.shard import EVENT_TIME, Shard
from streams.stages import Effects, Output
from streams.state import pack
from streams.store import control_write, entity_write, in_a_row_write, position_write
from streams.tally import Tally

log = logging.getLogger(__name__)

TOO_LATE, MISSING_KEY, KEY_MISMATCH = "too_late", "missing_key", "key_mismatch"
_TOLD_AT_ONCE = 2_000  # cases of one transaction: at most so many wait for each other
_INTERNAL = "link"  # judged already when the decision or obstacle was


class TooManyDeadLetters(RuntimeError):
    """So many unreadable records in a row that it is a deployment gone wrong: stop, and set nothing more aside."""


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


class DeadLetter(NamedTuple):
    """A record that cannot be folded, and why. feedback: (touchpoint, severity) of one that could be read."""

    topic: str
    record: Any
    reason: str
    message: str
    feedback: tuple[str, str] | None = None


class Said(NamedTuple):
    """A control record: of which record's topic, what, and when it was appended (milliseconds)."""

    record_name: str
    control: dict[str, Any]
    appended: int


Groups = dict[str, list[tuple[str, Any, Entry]]]  # by entity: (topic, record, entry)


class Pipeline:
    """Takes batches of raw records into shards. Used from one thread."""

    def __init__(self, codec: Codec, policies: Policies, partitions: int, most_in_a_row: int, tally: Tally) -> None:
        self._codec, self._policies, self._partitions = codec, policies, partitions
        self._most_in_a_row = most_in_a_row
        self._sources_named: set[tuple[str, str]] = set()
        self.tally = tally

    def process(self, shard: Shard, batches: Sequence[Batch], wall_now: int | None) -> list[Alarm]:
        """Fold batches of a shard's input partitions, in one transaction; the alarms that it ends or raises.

        wall_now: milliseconds; None where the input's own progress is the time.
        """
        fresh = _unseen(shard, batches)
        if not fresh:
            return []
        dead: list[DeadLetter] = []
        groups: Groups = {}
        said: list[Said] = []
        times = dict(shard.event_times)
        latest, in_a_row = shard.event_now, dict(shard.store.in_a_row)
        for batch in fresh:
            until = self._admit(shard, batch, groups, dead, said, in_a_row)
            times[batch.topic] = max(until, times.get(batch.topic, 0))
            latest = max(latest, until)
        repeated: Counter[str] = Counter()
        now = latest if wall_now is None else wall_now
        arrived = max([batch.records[-1].timestamp for batch in fresh]) if wall_now is not None else 0
        taken_in = [position_write(batch.topic, batch.records[-1].offset + 1) for batch in fresh]
        taken_in.append(position_write(EVENT_TIME, latest))
        taken_in += [in_a_row_write(t, n) for t, n in in_a_row.items() if n != shard.store.in_a_row.get(t, 0)]
        taken_in += _notes(shard, said)
        states: list[StateWrite] = []
        changes: list[tuple[str, Effects]] = []
        alarms: list[Alarm] = []

        def outputs() -> Iterator[Output]:
            for entity, effects in self._fold(shard, groups, dead, repeated, now):
                states.append(_written(entity, effects))
                changes.append((entity, effects))
                alarms.extend(effects.alarms)
                yield from effects.outputs
            for letter in dead:
                yield _dead_letter(letter, shard.partition)
                if letter.feedback is not None and letter.feedback[1] == "critical":
                    alarms.append(self._alarm_of(letter, shard.partition, now))
                    yield shard.stage.alarm(letter.record.key or b"", alarms[-1], None)
            states.extend(taken_in)

        shard.emission.commit(outputs(), states)
        shard.event_now, shard.event_times = latest, times
        for state in states:
            shard.store.apply(state)
        for entity, effects in changes:
            shard.save(entity, effects, arrived)
        self._count(fresh, repeated, dead, said, alarms)
        return alarms

    def tell(self, shard: Shard, now: int, horizon: Callable[[str], int]) -> list[Alarm]:
        """Announce what is due by now, as far as that may be claimed, in one transaction; the alarms that it raises."""
        due = shard.deadlines.take(horizon, _TOLD_AT_ONCE)
        if not due:
            return []
        found = []
        for entity, touchpoint in due:
            effects = shard.stage.tell(entity, shard.load(entity), horizon(touchpoint), shard.partition, now)
            found.append((entity, effects))
        states = [_written(entity, effects) for entity, effects in found if effects.alarms]
        if states:
            shard.emission.commit([output for _, effects in found for output in effects.outputs], states)
        for state in states:
            shard.store.apply(state)
        for entity, effects in found:
            shard.save(entity, effects)
        alarms = [alarm for _, effects in found for alarm in effects.alarms]
        self._count_alarms(alarms)
        return alarms

    def _admit(
        self,
        shard: Shard,
        batch: Batch,
        groups: Groups,
        dead: list[DeadLetter],
        said: list[Said],
        in_a_row: dict[str, int],
    ) -> int:
        """Sort a batch into entries by entity, control records, and what is neither; the latest `at`."""
        record_name, topic, records, _ = batch
        decode, stage = self._codec.decode, shard.stage
        entity_of, key_of, entry_of = stage.entity, stage.key, stage.entry
        policies, latest, from_outside = self._policies, 0, record_name != _INTERNAL
        refused = in_a_row.get(topic, 0)
        event = None
        for record in records:
            try:
                event = None
                if record.key is None:
                    said.append(Said(record_name, self._control(record), record.timestamp))
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
                        self.tally.ahead[topic] += 1
                        self._name_source(record, topic, "sends instants ahead of their arrival: is its clock right?")
                    event = at_declared_touchpoint(event, policies)
            except (DecodeError, InvalidEvent) as wrong:
                read = event if event is not None else getattr(wrong, "record", None)
                dead.append(DeadLetter(topic, record, wrong.reason, str(wrong), _feedback(read)))
                refused += 1
                self._bear(dead[-1], shard.partition, refused)
                continue
            refused = 0
            if event.at > latest:
                latest = event.at
            groups.setdefault(entity, []).append((topic, record, entry_of(event, claimed)))
        in_a_row[topic] = refused
        return latest

    def _control(self, record: Any) -> dict[str, Any]:
        """What a record without a key says. Raises InvalidEvent where it is no control record."""
        try:
            return self._codec.decode("control", record.value)  # type: ignore[no-any-return]
        except DecodeError:
            raise InvalidEvent("key", "is missing: the entity's id is the key", MISSING_KEY) from None

    def _alarm_of(self, letter: DeadLetter, partition: int, now: int) -> Alarm:
        place = letter.topic, partition, letter.record.offset
        case = letter.record.key.decode("utf-8", "replace") if letter.record.key is not None else None
        touchpoint = letter.feedback[0] if letter.feedback is not None else ""
        return alarm_of(place, case, touchpoint, letter.reason, letter.record.timestamp, now, self._policies)

    def _bear(self, letter: DeadLetter, partition: int, in_a_row: int) -> None:
        """Bear that a record could not be taken in; raises TooManyDeadLetters when too many follow one another."""
        if 0 < self._most_in_a_row < in_a_row:
            raise TooManyDeadLetters(
                f"{letter.topic} [{partition}]: {in_a_row} records in a row could not be taken in, the last at "
                f"offset {letter.record.offset} ({letter.reason}: {letter.message}). Mend the producer or the schema, "
                "or raise RYTMI_MOST_DEADLETTERS_IN_A_ROW (0: no limit) to set them all aside"
            )

    def _fold(
        self, shard: Shard, groups: Groups, dead: list[DeadLetter], repeated: Counter[str], now: int
    ) -> Iterator[tuple[str, Effects]]:
        """What the entries cause, by entity, as it is asked for; repeats are counted by topic."""
        stage = shard.stage
        for entity, news in groups.items():
            if entity not in shard.store.entities:
                self._check_place(shard, news[0][0], news[0][1])
            before = shard.load(entity)
            known = {entry.id: entry for entry in before.entries}
            add, grown = stage.adder(known), False
            for topic, record, entry in news:
                is_late = (before.purged or not known) and shard.is_too_late(before.purged, not known, entry, now)
                verdict = TOO_LATE if is_late else add(entry)
                if verdict == FOLDED:
                    grown = True
                    if entry.rank == FEEDBACK:
                        self.tally.feedback[entry.facts[0]] += 1
                        self.tally.last_feedback[entry.facts[0]] = record.timestamp
                elif verdict == REPEATED:
                    repeated[topic] += 1
                else:
                    words = f"{entity!r}, event {entry.id!r}: {_WORDS[verdict]}"
                    dead.append(DeadLetter(topic, record, verdict, words, shard.stage.feedback(entry)))
            if grown:
                effects = stage.effects(entity, before, tuple(sorted(known.values())), shard.partition, now)
                _pass_trace(news[-1][1], effects.outputs)
                yield entity, effects

    def _check_place(self, shard: Shard, topic: str, record: Any) -> None:
        if (murmur2(record.key) & 0x7FFFFFFF) % self._partitions != shard.partition:
            self.tally.misplaced[topic] += 1
            self._name_source(record, topic, "writes keys to partitions that are not theirs: set murmur2 partitioning")

    def _name_source(self, record: Any, topic: str, fault: str) -> None:
        source = (dict(record.headers).get("ce_source") or b"(no ce_source)").decode("utf-8", "replace")
        if (source, fault) not in self._sources_named and len(self._sources_named) < 1_000:
            self._sources_named.add((source, fault))
            log.warning("producer %s of %s %s", source, topic, fault)

    def _count_alarms(self, alarms: Sequence[Alarm]) -> None:
        for alarm in alarms:
            self.tally.alarms[alarm["level"], alarm["kind"]] += 1

    def _count(
        self,
        batches: Sequence[Batch],
        repeated: Counter[str],
        dead: list[DeadLetter],
        said: list[Said],
        alarms: Sequence[Alarm],
    ) -> None:
        self._count_alarms(alarms)
        fallen = Counter(letter.topic for letter in dead)
        spoken = Counter(one.record_name for one in said)
        for record_name, topic, records, _ in batches:
            self.tally.events[topic, "folded"] += len(records) - repeated[topic] - fallen[topic] - spoken[record_name]
            if spoken[record_name]:
                self.tally.events[topic, "control"] += spoken[record_name]
            self.tally.events[topic, "repeated"] += repeated[topic]
            self.tally.events[topic, "deadletter"] += fallen[topic]
            repeated[topic] = fallen[topic] = spoken[record_name] = 0  # a topic may have several batches
        by_reason: dict[tuple[str, str], list[DeadLetter]] = {}
        for letter in dead:
            by_reason.setdefault((letter.topic, letter.reason), []).append(letter)
        for (topic, reason), letters in by_reason.items():
            self.tally.deadletters[reason] += len(letters)
            first = letters[0]
            words = "%s: %d dead letters (%s), the first at offset %d: %s"
            log.warning(words, topic, len(letters), reason, first.record.offset, first.message)


def _unseen(shard: Shard, batches: Sequence[Batch]) -> list[Batch]:
    """The batches less what the state holds already: delivered again after a crash, it is not even counted twice."""
    positions, fresh = dict(shard.store.positions), []
    for batch in batches:
        position = positions.get(batch.topic, 0)
        if batch.follows is not None and batch.follows >= position:
            raise RecordsMissing(
                f"{batch.topic} [{shard.partition}]: the next records follow offset {batch.follows}, but the state "
                f"holds them up to {position} only. Nothing is lost: a worker that starts anew reads on from there"
            )
        records = batch.records
        if records[0].offset < position:
            records = [record for record in records if record.offset >= position]
        if records:
            fresh.append(batch._replace(records=records))
            positions[batch.topic] = records[-1].offset + 1
    return fresh


def _written(entity: str, effects: Effects) -> StateWrite:
    return entity_write(entity, pack(effects.ledger, effects.settled_at, effects.standing is not None))


_WORDS = {**WORDS, TOO_LATE: "the entity was purged, or might have been, before this event came"}


def _feedback(event: Any) -> tuple[str, str] | None:
    """(touchpoint, severity) of an event that is feedback."""
    return (event.touchpoint, event.severity) if type(event) is Feedback else None


def _notes(shard: Shard, said: Sequence[Said]) -> list[StateWrite]:
    """What the notes of a shard become by control records."""
    controls, changed = dict(shard.store.controls), {}
    for one in said:
        for name, at in noted(controls, *one).items():
            changed[name] = at
            if at is None:
                controls.pop(name, None)
            else:
                controls[name] = at
    return [control_write(name, at) for name, at in changed.items()]


def _dead_letter(letter: DeadLetter, partition: int) -> Output:
    record = letter.record
    about = [
        *record.headers,
        ("rytmi_topic", letter.topic.encode()),
        ("rytmi_partition", str(partition).encode()),
        ("rytmi_offset", str(record.offset).encode()),
        ("rytmi_reason", letter.reason.encode()),
        ("rytmi_message", letter.message.encode("utf-8", "replace")),
    ]
    return Output("rytmi.deadletter.v1", record.key, record.value, about)


def _pass_trace(record: Any, outputs: list[Output]) -> None:
    """What an event caused belongs to the trace that the event came in."""
    if context := trace(record.headers):
        for output in outputs:
            output.headers.extend(context)
