"""Decisions from the workers' state beside those of a backtest: of the same events, refused ones among them, both say
the same, whatever comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import pytest

from processors import fanout
from processors.backtest import Backtest
from processors.decided import Decided
from processors.events import Action, Decision, Event, Feedback, Obstacle
from processors.ledger import Ledger
from schemas.codec import Codec
from streams.config import parse
from streams.kafka.records import ConsumerRecord, TopicPartition
from streams.pseudonym import Pseudonym
from streams.results import decisions as decided
from streams.shard.clock import Time, WallClock
from streams.shard.counters import Counters
from streams.shard.intake import Batch
from streams.shard.pipeline import Pipeline
from streams.shard.serde import unpack
from streams.shard.stages import stages
from tests.memory.log import MemoryLog
from tests.shards import shard_of

HOUR_MS = 3_600_000
NOW = 1_772_532_000_000  # 2026-03-03T10:00:00Z; when all records are appended
CONFIG = parse({"touchpoints": [{"id": "desk"}, {"id": "web"}], "policies": []})
CODEC = Codec(None, Pseudonym(b"a key that is sixteen bytes long"))
KINDS = {Feedback: "feedback", Action: "action", Decision: "decision", Obstacle: "obstacle"}


def at(hours: float) -> int:
    return NOW + int(hours * HOUR_MS)


def made(name: str, hours: float, **more: Any) -> Decision:
    return Decision(f"{name}-made", at(hours), name, "made", "tactical", "care", **more)


def effective(name: str, hours: float, **more: Any) -> Decision:
    return Decision(f"{name}-effective", at(hours), name, "effective", "tactical", "care", **more)


def raised(name: str, number: int, hours: float, touchpoint: str) -> Obstacle:
    return Obstacle(f"{name}-{number}", at(hours), name, "raised", touchpoint, "queue")


TAKEN: list[Event] = [
    raised("moved", 1, -20, "desk"),
    Obstacle("moved-2", at(-19), "moved", "removed", "desk", "queue"),
    raised("moved", 3, -18, "web"),  # the record that is read last must not say where it stands
    raised("strange", 1, -20, "kiosk"),
    made("opening", -16, cases=("c1", "c2", "gone"), obstacles=("moved", "strange", "unknown"), title="Open earlier"),
    effective("opening", -12),
    Feedback("f1", at(-17), "c1", "web", "normal"),
    Action("x1", at(-11), "c1", "closed"),
    Action("o1", at(-10), "c1", "reopened"),
    Feedback("f2", at(-17), "c2", "kiosk", "normal"),
    Action("x2", at(-11), "c2", "closed"),
    Feedback("g2", at(-10), "c2", "kiosk", "normal"),  # begins the cycle, so that it was not begun by reopening
    Action("o2", at(-10), "c2", "reopened"),
    made("early", -9, obstacles=("moved",)),
    Decision("early-revoked", at(-8), "early", "revoked", "tactical", "care"),
    effective("early", -7, title="Too late"),
    made("large", -9, cases=("n1", "n2", "n3")),
]
AHEAD = made("ahead", 0.5, title="A fast clock")  # taken at the time of its arrival
REFUSED: list[tuple[Event, str]] = [
    (made("opening", -15, cases=("c3",), obstacles=("late",), title="Another"), "id_conflict"),
    (effective("large", -6, cases=("m1", "m2"), title="One too many"), "too_large"),
    (made("future", 48, title="In two days"), "from_the_future"),
]


class Workers:
    """One partition of each stage, with what the log brings, and what they hand on."""

    def __init__(self) -> None:
        self._log, self.counters = MemoryLog(lambda topic: 1, lambda: NOW), Counters()
        clock = WallClock(Time(lambda: NOW))
        self._pipeline = Pipeline(CODEC, CONFIG.policies, 1, 0, self.counters, clock)
        kinds = stages(CONFIG.policies, CODEC.encode, "test")
        self._shards = {stage.name: shard_of(self._log, stage, clock=clock) for stage in kinds}
        for shard in self._shards.values():
            shard.open()
        self._offset = self._links = 0

    def take(self, kind: str, *records: tuple[bytes | None, bytes | None]) -> None:
        """Take keys and values of one topic in, and what is sent to cases because of them."""
        if not records:
            return
        shard = next(one for one in self._shards.values() if kind in one.stage.records)
        batch = [
            ConsumerRecord(kind, 0, self._offset + n, NOW, key, value, ()) for n, (key, value) in enumerate(records)
        ]
        self._offset += len(batch)
        self._pipeline.process(shard, [Batch(kind, kind, batch)])
        links = self._log.fetch(TopicPartition("rytmi.link.v1", 0), self._links)
        self._links = links.next
        self.take("link", *((one.key, one.value) for one in links.records))

    def event(self, event: Event) -> None:
        key = event.case if isinstance(event, Feedback | Action) else event[2]
        self.take(KINDS[type(event)], (str(key).encode(), CODEC.encode(KINDS[type(event)], event)))

    def ledgers(self, stage: str) -> Iterator[tuple[str, Ledger]]:
        """What is stored of a stage's entities."""
        for entity, stored in self._shards[stage].store.entities.items():
            yield entity, unpack(stored)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Workers]:
    monkeypatch.setattr(fanout, "MAX_CASES", 4)  # as many as one decision may name
    return Workers


def backtested(events: Iterable[Event]) -> list[Decided]:
    backtest = Backtest(CONFIG.policies)
    for event in events:
        backtest.add(event)
    list(backtest.finish())
    for _, entries, judged in backtest.cases():
        backtest.answer(backtest.answers(entries, judged))
    return list(backtest.decided())


@pytest.mark.parametrize("seed", range(6))
def test_decisions_that_workers_have_folded_are_those_of_a_backtest(workers: Callable[[], Workers], seed: int) -> None:
    dice, folding = Random(seed), workers()
    taken = dice.sample([*TAKEN, AHEAD], len(TAKEN) + 1)
    for event in taken:
        folding.event(event)
    for event, _ in dice.sample(REFUSED, len(REFUSED)):
        folding.event(event)
    elsewhere = CODEC.encode("decision", made("elsewhere", -5))
    folding.take("decision", (b"another key", elsewhere), (b"damaged", b"\xc3\x01 and no schema"))
    assert folding.counters.deadletters == {
        **dict.fromkeys((reason for _, reason in REFUSED), 1),
        "key_mismatch": 1,
        "unknown_schema": 1,
    }

    written = [*taken, *(event for event, _ in REFUSED)]  # the topic has them all
    decisions = [event for event in dice.sample(written, len(written)) if isinstance(event, Decision)]
    found = decided.folded(folding.ledgers, decisions)

    on_time = [event._replace(at=NOW) if event is AHEAD else event for event in taken]
    refused = [event for event, reason in REFUSED if reason != "from_the_future"]  # a file has no time of arrival
    assert found == backtested([*on_time, *refused])


def test_what_came_of_decisions_is_told_of_what_was_taken_alone(workers: Callable[[], Workers]) -> None:
    folding = workers()
    for event in (*TAKEN, AHEAD, *(refused for refused, _ in REFUSED)):
        folding.event(event)
    decisions = [event for event in (*TAKEN, AHEAD, *(one for one, _ in REFUSED)) if isinstance(event, Decision)]
    found = {one.decision: one for one in decided.folded(folding.ledgers, decisions)}
    assert sorted(found) == ["ahead", "early", "large", "opening"]
    opening, early = found["opening"], found["early"]
    assert (opening.touchpoints, opening.cases, opening.reopened) == (("desk", "other", "web"), 3, 1)
    assert (opening.title, opening.effective_at) == ("Open earlier", at(-12))
    assert (early.touchpoints, early.effective_at, early.revoked_at) == (("desk",), None, at(-8))
    assert (found["large"].cases, found["large"].effective_at, found["large"].title) == (3, None, None)
    assert (found["ahead"].made_at, found["ahead"].title) == (NOW, "A fast clock")
