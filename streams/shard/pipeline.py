"""The way of a record: decode, fold, diff, emit and save in one transaction, then acknowledge.

Batches go in, one transaction comes out. Nothing of a batch is taken over before its transaction is durable, so a
batch that fails anywhere has not happened. A record is folded, or a repeat, or dead-lettered; never dropped.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from processors.alarm_record import Alarm
from processors.case import FEEDBACK
from processors.ledger import FOLDED, REPEATED, WORDS
from processors.policy import Policies
from schemas.codec import Codec
from streams.kafka.headers import trace
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.shard.counters import Counters
from streams.shard.deadletters import DeadLetter
from streams.shard.intake import Batch, ControlRecord, Groups, Intake, notes, skip_committed
from streams.shard.serde import pack
from streams.shard.shard import EVENT_TIME, Shard
from streams.shard.stages import Effects
from streams.shard.store import entity_write, in_a_row_write, position_write

log = logging.getLogger(__name__)

TOO_LATE = "too_late"
_TOLD_AT_ONCE = 2_000  # cases of one transaction: at most so many wait for each other
_WORDS = {**WORDS, TOO_LATE: "the entity was purged, or might have been, before this event came"}


class Pipeline:
    """Takes batches of raw records into shards. Used from one thread."""

    def __init__(self, codec: Codec, policies: Policies, partitions: int, most_in_a_row: int, tally: Counters) -> None:
        self._policies, self.tally = policies, tally
        self._intake = Intake(codec, policies, partitions, most_in_a_row, tally)

    def process(self, shard: Shard, batches: Sequence[Batch], wall_now: int | None) -> list[Alarm]:
        """Fold batches of a shard's input partitions, in one transaction; the alarms that it ends or raises.

        wall_now: milliseconds; None where the input's own progress is the time.
        """
        fresh = skip_committed(shard, batches)
        if not fresh:
            return []
        dead: list[DeadLetter] = []
        groups: Groups = {}
        said: list[ControlRecord] = []
        times = dict(shard.event_times)
        latest, in_a_row = shard.event_now, dict(shard.store.in_a_row)
        for batch in fresh:
            until = self._intake.admit(shard, batch, groups, dead, said, in_a_row)
            times[batch.topic] = max(until, times.get(batch.topic, 0))
            latest = max(latest, until)
        repeated: Counter[str] = Counter()
        now = latest if wall_now is None else wall_now
        arrived = max([batch.records[-1].timestamp for batch in fresh]) if wall_now is not None else 0
        taken_in = [position_write(batch.topic, batch.records[-1].offset + 1) for batch in fresh]
        taken_in.append(position_write(EVENT_TIME, latest))
        taken_in += [in_a_row_write(t, n) for t, n in in_a_row.items() if n != shard.store.in_a_row.get(t, 0)]
        taken_in += notes(shard, said)
        states: list[ChangelogRecord] = []
        changes: list[tuple[str, Effects]] = []
        alarms: list[Alarm] = []
        telling = shard.stage.telling

        def outputs() -> Iterator[ProducerRecord]:
            for entity, effects in self._fold(shard, groups, dead, repeated, now):
                states.append(_written(entity, effects))
                changes.append((entity, effects))
                alarms.extend(effects.alarms)
                yield from effects.outputs
            for letter in dead:
                yield letter.output(shard.partition)
                alarm = letter.alarm(shard.partition, now, self._policies)
                if alarm is not None and telling is not None:
                    alarms.append(alarm)
                    yield telling.alarm(letter.record.key or b"", alarm, None)
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
        telling = shard.stage.telling
        if telling is None or not (due := shard.deadlines.take(horizon, _TOLD_AT_ONCE)):
            return []
        found = []
        for entity, touchpoint in due:
            effects = telling.tell(entity, shard.load(entity), horizon(touchpoint), shard.partition, now)
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

    def _fold(
        self, shard: Shard, groups: Groups, dead: list[DeadLetter], repeated: Counter[str], now: int
    ) -> Iterator[tuple[str, Effects]]:
        """What the entries cause, by entity, as it is asked for; repeats are counted by topic."""
        stage, telling = shard.stage, shard.stage.telling
        for entity, news in groups.items():
            if entity not in shard.store.entities:
                self._intake.check_place(shard, news[0][0], news[0][1])
            before = shard.load(entity)
            known = {entry.id: entry for entry in before.entries}
            add, grown = stage.adder(known), False
            for topic, record, entry in news:
                is_late = (before.purged or not known) and shard.is_too_late(before.purged, not known, entry, now)
                verdict = TOO_LATE if is_late else add(entry)
                if verdict == FOLDED:
                    grown = True
                    if entry.rank == FEEDBACK:
                        touchpoint = str(entry.facts[0])
                        self.tally.feedback[touchpoint] += 1
                        self.tally.last_feedback[touchpoint] = record.timestamp
                elif verdict == REPEATED:
                    repeated[topic] += 1
                else:
                    words = f"{entity!r}, event {entry.id!r}: {_WORDS[verdict]}"
                    feedback = telling.feedback(entry) if telling is not None else None
                    dead.append(DeadLetter(topic, record, verdict, words, feedback))
            if grown:
                effects = stage.effects(entity, before, tuple(sorted(known.values())), shard.partition, now)
                _pass_trace(news[-1][1], effects.outputs)
                yield entity, effects

    def _count_alarms(self, alarms: Sequence[Alarm]) -> None:
        for alarm in alarms:
            self.tally.alarms[alarm["level"], alarm["kind"]] += 1

    def _count(
        self,
        batches: Sequence[Batch],
        repeated: Counter[str],
        dead: list[DeadLetter],
        said: list[ControlRecord],
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


def _written(entity: str, effects: Effects) -> ChangelogRecord:
    return entity_write(entity, pack(effects.ledger, effects.settled_at, effects.standing is not None))


def _pass_trace(record: Any, outputs: list[ProducerRecord]) -> None:
    """What an event caused belongs to the trace that the event came in."""
    if context := trace(record.headers):
        for output in outputs:
            output.headers.extend(context)
