"""Cases: the enriched case, what happened to its clocks, and who is to be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

import msgspec

from processors import alarm_record, case, ledger
from processors.alarms import ACTIVE, Ended, passed, review, upcoming
from processors.enriched import Judged, Outcome, happened, judge, named, outcome_id, record
from processors.ledger import Entry, Ledger
from processors.measures import contribution
from processors.measures.terms import NOTHING, Contribution
from processors.policy import Policies
from processors.standing import of_case
from streams.kafka.headers import headers
from streams.kafka.records import ProducerRecord
from streams.shard.stages.stage import Derived, Effects, Encode, Telling


class CaseStage:
    """Cases, fed by feedback, actions, and the links of decisions and obstacles."""

    name = "cases"
    records = ("feedback", "action", "link")

    def __init__(self, policies: Policies, encode: Encode, source: str) -> None:
        self._policies, self._encode, self._source = policies, encode, source

    def entity(self, event: Any) -> str:
        return event.case  # type: ignore[no-any-return]

    key = entity

    @property
    def telling(self) -> Telling:
        return self

    def entry(self, event: Any, claimed: int) -> Entry:
        return case.entry(event, claimed)

    def can_start(self, entry: Entry) -> bool:
        return entry.rank == case.FEEDBACK

    def add(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        return partial(ledger.add, known)

    def on_restore(self, entity: str, known: Ledger) -> Derived:
        judged = judge(known.entries, self._policies)
        standing_alarms = tuple(
            alarm_record.raised(entity, code, told, known.entries, judged, self._policies)
            for code, told in known.announced.items()
            if told.how == ACTIVE
        )
        return Derived(of_case(judged), upcoming(known.entries, judged, known.announced), standing_alarms)

    def on_entries(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int, now: int) -> Effects:
        judged = judge(entries, self._policies)
        if not judged:  # nothing but answers to a feedback that has not come: kept, not published
            return Effects([], before._replace(entries=entries), entries[-1].at, None, contribution=NOTHING)
        key = entity.encode()
        enriched = record(entity, entries, judged, self._policies)
        revision, last_at = enriched["revision"], enriched["last_at"]
        about = headers("rytmi.case.v1", f"{entity}/{revision}", self._source, last_at)
        outputs = [ProducerRecord("rytmi.case.v1", key, self._encode("case", enriched), about, partition)]
        published: dict[int, int] = {}
        for outcome in happened(judged):
            published[outcome.code] = content = _content(outcome)
            if before.published.get(outcome.code) != content:
                outputs.append(self._outcome(entity, key, outcome, revision, False, partition))
        for code in before.published.keys() - published.keys():
            cycle, clock, kind = named(code)
            gone = Outcome(code, cycle, clock, kind, last_at, enriched["touchpoint"], enriched["severity"], *_NOTHING)
            outputs.append(self._outcome(entity, key, gone, revision, True, partition))
        announced = before.announced
        alarms: list[dict[str, Any]] = []
        if announced:
            announced, ended = review(entries, judged, announced, now, self._policies)
            alarms = [alarm_record.ended(entity, one, now, entries, judged, self._policies) for one in ended]
            outputs += [self.alarm(key, alarm, partition) for alarm in alarms]
        known = Ledger(entries, before.purged, published, announced)
        next_at = upcoming(entries, judged, announced)
        share = contribution.of_case(entries, judged, self._policies)
        return Effects(outputs, known, _settled_at(judged), of_case(judged), next_at, alarms, share)

    def contribution(self, known: Ledger) -> Contribution:
        """What a stored case contributes to the measures."""
        return contribution.of_case(known.entries, judge(known.entries, self._policies), self._policies)

    def on_deadline(self, entity: str, known: Ledger, horizon: int, partition: int, now: int) -> Effects:
        """Announce what is due, given that everything before `horizon` is known."""
        entries, judged = known.entries, judge(known.entries, self._policies)
        announced, alarms = dict(known.announced), []
        for level in passed(entries, judged, announced, horizon):
            told = alarm_record.told_of(level, now, entries, judged, self._policies)
            announced[level.code] = told
            alarms.append(alarm_record.raised(entity, level.code, told, entries, judged, self._policies))
        key = entity.encode()
        outputs = [self.alarm(key, alarm, partition) for alarm in alarms]
        next_at = upcoming(entries, judged, announced)
        known = known._replace(announced=announced)
        return Effects(outputs, known, _settled_at(judged), of_case(judged), next_at, alarms)

    def feedback(self, entry: Entry) -> tuple[str, str] | None:
        """(touchpoint, severity) of an entry that is feedback."""
        return (str(entry.facts[0]), str(entry.facts[1])) if entry.rank == case.FEEDBACK else None

    def alarm(self, key: bytes, alarm: dict[str, Any], partition: int | None) -> ProducerRecord:
        """The record of an alarm."""
        name = f"{alarm['id']}/{alarm['kind']}/{alarm['revision']}"
        about = headers("rytmi.alarm.v1", name, self._source, alarm["announced_at"])
        return ProducerRecord("rytmi.alarm.v1", key, self._encode("alarm", alarm), about, partition)

    def _outcome(
        self, entity: str, key: bytes, outcome: Outcome, revision: int, retracted: bool, partition: int
    ) -> ProducerRecord:
        _, cycle, clock, kind, at, touchpoint, severity, policy, version, result, due, elapsed, worked = outcome
        name = outcome_id(entity, cycle, clock, kind)
        fields = {
            "id": name,
            "case": entity,
            "cycle": cycle,
            "clock": clock,
            "kind": kind,
            "at": at,
            "touchpoint": touchpoint,
            "severity": severity,
            "policy": policy,
            "policy_version": version,
            "outcome": result,
            "due_at": due,
            "elapsed_ms": elapsed,
            "worked_ms": worked,
            "revision": revision,
            "retracted": retracted,
        }
        about = headers("rytmi.clock.v1", name, self._source, at)
        return ProducerRecord("rytmi.clock.v1", key, self._encode("clock", fields), about, partition)

    def on_purge(self, entity: str, known: Ledger, partition: int, now: int) -> Effects:
        """A purged case leaves the compacted topic, and its alarms end."""
        key, judged = entity.encode(), judge(known.entries, self._policies)
        alarms = [
            alarm_record.ended(
                entity, Ended(code, told, False, now, "purged"), now, known.entries, judged, self._policies
            )
            for code, told in known.announced.items()
            if told.how == ACTIVE
        ]
        outputs = [ProducerRecord("rytmi.case.v1", key, None, [], partition)]
        outputs += [self.alarm(key, alarm, partition) for alarm in alarms]
        return Effects(outputs, Ledger(purged=now), now, None, None, alarms)


def _settled_at(judged: Sequence[Judged]) -> int:
    last = judged[-1].cycle
    return last.closed or last.withdrawn or 0


_NOTHING = (None, None, None, None, None, None)
_pack = msgspec.msgpack.Encoder().encode


def _content(outcome: Outcome) -> int:
    """What was published of an outcome, in 63 bits: tells whether it must be published again."""
    return int.from_bytes(blake2b(_pack(outcome), digest_size=8).digest(), "little") >> 1
