"""The way of a record: decode, fold, diff, emit and save in one transaction, then acknowledge.

Batches go in, one transaction comes out. A record is folded, or a repeat, or dead-lettered; never dropped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from processors.alarm_record import Alarm
from processors.case import FEEDBACK
from processors.ledger import FOLDED, REPEATED, WORDS
from processors.policy import Policies
from schemas.codec import Codec
from streams.kafka.headers import trace
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.shard.clock import Clock
from streams.shard.counters import Counters
from streams.shard.deadletters import DeadLetter
from streams.shard.intake import Admitted, Batch, Intake, notes, skip_committed
from streams.shard.serde import pack
from streams.shard.shard import EVENT_TIME, Shard
from streams.shard.stages import Effects
from streams.shard.store import entity_write, offset_write, refused_write

log = logging.getLogger(__name__)

TOO_LATE = "too_late"
_TOLD_AT_ONCE = 2_000  # cases of one transaction: at most so many wait for each other
_WORDS = {**WORDS, TOO_LATE: "the entity was purged, or might have been, before this event came"}


class Pipeline:
    """Takes batches of raw records into shards. Used from one thread, which it may block for minutes."""

    def __init__(
        self, codec: Codec, policies: Policies, partitions: int, most_refused: int, counters: Counters, clock: Clock
    ) -> None:
        self._policies, self._clock, self.counters = policies, clock, counters
        self._intake = Intake(codec, policies, partitions, most_refused)

    def process(self, shard: Shard, batches: Sequence[Batch]) -> list[Alarm]:
        """Take batches of a shard's input partitions in; the alarms that this ends or raises.

        1. Pass over what the state holds already (`skip_committed`).
        2. Decode, check and sort the rest (`Intake.admit`): entries by entity, control records, dead letters.
        3. Fold each entity's entries and find what follows (`Stage.on_entries`), while what was found before is sent.
        4. Commit outputs, state and what was read in one transaction (`Shard.commit`), which takes the state over.
        5. Take over what is derived of the entities (`Shard.save`), and count.

        Where a step before the commit fails, nothing of the batches has happened; where the commit fails, it may be
        durable, and whoever opens the shard next knows. State, what is derived and counters have not changed here.
        Raises Fenced, KafkaException, ReadError, TooManyDeadLetters, RecordsMissing.
        """
        fresh = skip_committed(shard, batches)
        if not fresh:
            return []
        found, counters = Admitted(), Counters()
        for batch in fresh:
            self._intake.admit(shard, batch, found, counters)
        latest = max(shard.event_now, *found.latest.values())
        appended = max([batch.records[-1].timestamp for batch in fresh])
        now = self._clock.at(latest)
        states: list[ChangelogRecord] = []
        changes: list[tuple[str, Effects]] = []
        alarms: list[Alarm] = []
        outputs = self._outputs(shard, found, now, counters, states, changes, alarms)
        shard.commit(outputs, states, _read(shard, fresh, found, latest))
        shard.event_now = latest
        shard.event_times |= {t: max(at, shard.event_times.get(t, 0)) for t, at in found.latest.items()}
        for entity, effects in changes:
            shard.save(entity, effects, self._clock.not_before(appended))
        self._count(fresh, found, counters, alarms)
        self.counters.add(counters)
        return alarms

    def _outputs(
        self,
        shard: Shard,
        found: Admitted,
        now: int,
        counters: Counters,
        states: list[ChangelogRecord],
        changes: list[tuple[str, Effects]],
        alarms: list[Alarm],
    ) -> Iterator[ProducerRecord]:
        """The records to send, each entity folded when its turn comes; fills states, changes and alarms meanwhile."""
        telling = shard.stage.telling
        for entity, effects in self._fold(shard, found, now, counters):
            states.append(_written(entity, effects))
            changes.append((entity, effects))
            alarms.extend(effects.alarms)
            yield from effects.outputs
        for letter in found.dead:
            yield letter.output(shard.partition)
            alarm = letter.alarm(shard.partition, now, self._policies)
            if alarm is not None and telling is not None:
                alarms.append(alarm)
                yield telling.alarm(letter.record.key or b"", alarm, None)

    def announce(self, shard: Shard, now: int, horizon: Callable[[str], int]) -> list[Alarm]:
        """Announce what is due by now, as far as that may be claimed, in one transaction; the alarms that it raises.

        Only some of what is due is taken at once: it is called again until there is nothing more.
        """
        telling = shard.stage.telling
        if telling is None or not (due := shard.deadlines.take(horizon, _TOLD_AT_ONCE)):
            return []
        found = []
        for entity, touchpoint in due:
            effects = telling.on_deadline(entity, shard.load(entity), horizon(touchpoint), shard.partition, now)
            found.append((entity, effects))
        states = [_written(entity, effects) for entity, effects in found if effects.alarms]
        if states:
            shard.commit([output for _, effects in found for output in effects.outputs], states)
        for entity, effects in found:
            shard.save(entity, effects)
        alarms = [alarm for _, effects in found for alarm in effects.alarms]
        _count_alarms(self.counters, alarms)
        return alarms

    def _fold(self, shard: Shard, found: Admitted, now: int, counters: Counters) -> Iterator[tuple[str, Effects]]:
        """What the entries cause, by entity, as it is asked for; what cannot be folded is added to the dead letters."""
        stage, telling = shard.stage, shard.stage.telling
        for entity, news in found.groups.items():
            if entity not in shard.store.entities:
                self._intake.check_place(shard, news[0][0], news[0][1], counters)
            before = shard.load(entity)
            known = {entry.id: entry for entry in before.entries}
            add, grown = stage.add(known), False
            for topic, record, entry in news:
                is_late = (before.purged or not known) and shard.is_too_late(before.purged, not known, entry, now)
                verdict = TOO_LATE if is_late else add(entry)
                if verdict == FOLDED:
                    grown = True
                    if entry.rank == FEEDBACK:
                        touchpoint = str(entry.facts[0])
                        counters.feedback[touchpoint] += 1
                        counters.last_feedback[touchpoint] = record.timestamp
                elif verdict == REPEATED:
                    counters.events[topic, "repeated"] += 1
                else:
                    words = f"{entity!r}, event {entry.id!r}: {_WORDS[verdict]}"
                    feedback = telling.feedback(entry) if telling is not None else None
                    found.dead.append(DeadLetter(topic, record, verdict, words, feedback))
            if grown:
                effects = stage.on_entries(entity, before, tuple(sorted(known.values())), shard.partition, now)
                _pass_trace(news[-1][1], effects.outputs)
                yield entity, effects

    def _count(self, batches: Sequence[Batch], found: Admitted, counters: Counters, alarms: Sequence[Alarm]) -> None:
        """Count what became of each record, and log the dead letters."""
        _count_alarms(counters, alarms)
        events = counters.events
        for _, topic, records, _ in batches:
            events[topic, "folded"] += len(records)
            events[topic, "deadletter"] += 0  # known series exist from the start
            events[topic, "repeated"] += 0
        names = {batch.record_name: batch.topic for batch in batches}
        for control in found.controls:
            events[names[control.record_name], "control"] += 1
        by_reason: dict[tuple[str, str], list[DeadLetter]] = {}
        for letter in found.dead:
            by_reason.setdefault((letter.topic, letter.reason), []).append(letter)
        for (topic, reason), letters in by_reason.items():
            events[topic, "deadletter"] += len(letters)
            counters.deadletters[reason] += len(letters)
            first = letters[0]
            words = "%s: %d dead letters (%s), the first at offset %d: %s"
            log.warning(words, topic, len(letters), reason, first.record.offset, first.message)
        for topic in names.values():
            events[topic, "folded"] -= sum(events[topic, other] for other in ("repeated", "control", "deadletter"))


def _count_alarms(counters: Counters, alarms: Sequence[Alarm]) -> None:
    for alarm in alarms:
        counters.alarms[alarm["level"], alarm["kind"]] += 1


def _read(shard: Shard, batches: Sequence[Batch], found: Admitted, latest: int) -> list[ChangelogRecord]:
    """What the state says of the input once these batches are in it."""
    read = [offset_write(batch.topic, batch.records[-1].offset + 1) for batch in batches]
    read.append(offset_write(EVENT_TIME, latest))
    read += [refused_write(t, n) for t, n in found.refused.items() if n != shard.store.refused.get(t, 0)]
    return read + notes(shard, found.controls)


def _written(entity: str, effects: Effects) -> ChangelogRecord:
    return entity_write(entity, pack(effects.ledger, effects.settled_at, effects.standing is not None))


def _pass_trace(record: Any, outputs: list[ProducerRecord]) -> None:
    """What an event caused belongs to the trace that the event came in."""
    if context := trace(record.headers):
        for output in outputs:
            output.headers.extend(context)
