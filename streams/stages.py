"""What each kind of entity does with new entries: the ledger it keeps and the records it sends.

`CaseStage` publishes the enriched case and what happened to its clocks. `TellingStage` (decisions, obstacles)
sends every stage to the cases concerned. No rule of the domain is here; it is in `processors`.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from types import ModuleType
from typing import Any, NamedTuple, Protocol

import msgspec

from processors import case, decision, fanout, ledger, obstacle
from processors.enriched import Outcome, happened, judge, named, outcome_id, record
from processors.ledger import Entry, Ledger
from processors.policy import Policies
from processors.standing import Standing, of_case, of_obstacle
from streams.cloudevents import headers

Headers = list[tuple[str, bytes]]
Encode = Callable[[str, Any], bytes]


class Output(NamedTuple):
    """A record to send. `topic` without prefix; partition None: the key's."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


class Effects(NamedTuple):
    """What follows from new entries of an entity.

    settled_at: when it came to rest, from which its retention counts (milliseconds), 0 while it has not.
    """

    outputs: list[Output]
    ledger: Ledger
    settled_at: int
    standing: Standing | None


class Stage(Protocol):
    """One kind of entity; `records` are the names of the records that feed it."""

    name: str
    records: tuple[str, ...]

    def entity(self, event: Any) -> str: ...
    def entry(self, event: Any, claimed: int) -> Entry: ...
    def opens(self, entry: Entry) -> bool: ...
    def adder(self, known: dict[str, Entry]) -> Callable[[Entry], str]: ...
    def effects(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int) -> Effects: ...
    def forgotten(self, entity: str, partition: int) -> list[Output]: ...
    def standing(self, entries: tuple[Entry, ...]) -> Standing | None: ...


class CaseStage:
    """Cases, fed by feedback, actions, and the links of decisions and obstacles."""

    name = "cases"
    records = ("feedback", "action", "link")

    def __init__(self, policies: Policies, encode: Encode, source: str) -> None:
        self._policies, self._encode, self._source = policies, encode, source

    def entity(self, event: Any) -> str:
        return event.case  # type: ignore[no-any-return]

    def entry(self, event: Any, claimed: int) -> Entry:
        return case.entry(event, claimed)

    def opens(self, entry: Entry) -> bool:
        return entry.rank == case.FEEDBACK

    def adder(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        return lambda entry: ledger.add(known, entry)

    def standing(self, entries: tuple[Entry, ...]) -> Standing | None:
        return of_case(judge(entries, self._policies))

    def effects(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int) -> Effects:
        judged = judge(entries, self._policies)
        if not judged:  # nothing but answers to a feedback that has not come: kept, not published
            return Effects([], Ledger(entries, before.purged, before.published), entries[-1].at, None)
        key = entity.encode()
        enriched = record(entity, entries, judged, self._policies)
        revision, last_at = enriched["revision"], enriched["last_at"]
        about = headers("rytmi.case.v1", f"{entity}/{revision}", self._source, last_at)
        outputs = [Output("rytmi.case.v1", key, self._encode("case", enriched), about, partition)]
        published: dict[int, int] = {}
        for outcome in happened(judged):
            published[outcome.code] = content = _content(outcome)
            if before.published.get(outcome.code) != content:
                outputs.append(self._outcome(entity, key, outcome, revision, False, partition))
        for code in before.published.keys() - published.keys():
            cycle, clock, kind = named(code)
            gone = Outcome(code, cycle, clock, kind, last_at, enriched["touchpoint"], enriched["severity"], *_NOTHING)
            outputs.append(self._outcome(entity, key, gone, revision, True, partition))
        last = judged[-1].cycle
        settled_at = last.closed or last.withdrawn or 0
        return Effects(outputs, Ledger(entries, before.purged, published), settled_at, of_case(judged))

    def _outcome(
        self, entity: str, key: bytes, outcome: Outcome, revision: int, retracted: bool, partition: int
    ) -> Output:
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
        return Output("rytmi.clock.v1", key, self._encode("clock", fields), about, partition)

    def forgotten(self, entity: str, partition: int) -> list[Output]:
        """A purged case leaves the compacted topic."""
        return [Output("rytmi.case.v1", entity.encode(), None, [], partition)]


_NOTHING = (None, None, None, None, None, None)
_pack = msgspec.msgpack.Encoder().encode


def _content(outcome: Outcome) -> int:
    """What was published of an outcome, in 63 bits: tells whether it must be published again."""
    return int.from_bytes(blake2b(_pack(outcome), digest_size=8).digest(), "little") >> 1


class TellingStage:
    """Decisions or obstacles: every event reaches all cases that any event of the entity names."""

    def __init__(self, of: ModuleType, record_name: str, encode: Encode, source: str) -> None:
        self._of, self._encode, self._source = of, encode, source
        self.name = f"{record_name}s"
        self.records = (record_name,)

    def entity(self, event: Any) -> str:
        return event[2]  # type: ignore[no-any-return]

    def entry(self, event: Any, claimed: int) -> Entry:
        return self._of.entry(event, claimed)  # type: ignore[no-any-return]

    def opens(self, entry: Entry) -> bool:
        return entry.rank in (case.MADE, case.RAISED)

    def adder(self, known: dict[str, Entry]) -> Callable[[Entry], str]:
        told = {name for entry in known.values() for name in self._of.cases(entry)}
        return lambda entry: fanout.add(self._of, known, told, entry)

    def standing(self, entries: tuple[Entry, ...]) -> Standing | None:
        return of_obstacle(obstacle.episodes(entries)) if self._of is obstacle else None

    def effects(self, entity: str, before: Ledger, entries: tuple[Entry, ...], partition: int) -> Effects:
        outputs = [
            Output(
                "rytmi.link.v1",
                link.case.encode(),
                self._encode("link", link),
                headers("rytmi.link.v1", link.id, self._source, link.at),
            )
            for link in fanout.links(self._of, entity, before.entries, entries)
        ]
        kept = Ledger(entries, before.purged)
        if self._of is obstacle:
            episodes = obstacle.episodes(entries)
            settled_at = (episodes[-1].removed or 0) if episodes else entries[-1].at
            return Effects(outputs, kept, settled_at, of_obstacle(episodes))
        return Effects(outputs, kept, decision.settled_at(entries), None)

    def forgotten(self, entity: str, partition: int) -> list[Output]:
        """Nothing of a decision or obstacle stands in a compacted topic."""
        return []


def stages(policies: Policies, encode: Encode, source: str) -> list[Stage]:
    """All of them, those that tell others first."""
    return [
        TellingStage(obstacle, "obstacle", encode, source),
        TellingStage(decision, "decision", encode, source),
        CaseStage(policies, encode, source),
    ]
