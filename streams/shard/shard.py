"""A shard: one partition of one stage, with its state, its producer and what stands open in it.

It is opened in this order: fence the predecessor, read the state back, rebuild what is derived. Purging is here too:
an entity at rest for longer than the retention gives way to a marker that remembers it for one retention more, so
that an event which comes too late is recognised as such.
"""

from __future__ import annotations

import logging
import time
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from processors.active import ActiveAlarms
from processors.deadlines import Deadlines
from processors.ledger import Entry, Ledger
from processors.measures.cells import Cells
from processors.standing import CaseStanding, Standing, Standings
from streams.kafka.reader import end
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.settings import Settings
from streams.shard.claims import Claims
from streams.shard.packing import pack as pack_cells
from streams.shard.packing import unpack as unpack_cells
from streams.shard.serde import header, pack, unpack
from streams.shard.stages import Effects, Stage
from streams.shard.store import Store, entity_write, position_write

log = logging.getLogger(__name__)

_PURGED_AT_ONCE = 5_000


EVENT_TIME = "@"  # the position that is none: the latest `at` taken in


class TopicMadeAnew(RuntimeError):
    """The state says that more of a topic was read than it has: going on would pass new records over."""


class ShardId(NamedTuple):
    """Which partition of which stage."""

    stage: str
    partition: int


class Shard:
    """What a worker holds of one partition of a stage. Used from the pipeline's thread; `standings` from any.

    restored_alarms: the records of alarms that stood when it was opened.
    """

    def __init__(self, settings: Settings, stage: Stage, partition: int, retention_ms: int, reach: Claims) -> None:
        self.id = ShardId(stage.name, partition)
        self.stage, self.partition = stage, partition
        self.standings = Standings()
        self.deadlines = Deadlines()
        self.alarms = ActiveAlarms()
        self.cells = Cells(pack_cells, unpack_cells)
        self.reach = reach
        self.restored_alarms: list[dict[str, Any]] = []
        self.store = Store()
        self.emission = ShardLog(settings, stage.name, partition)
        self.event_now = 0  # the latest `at` taken in, milliseconds
        self.event_times: dict[str, int] = {}  # the same by topic, since it was opened
        self._settings, self._retention_ms = settings, retention_ms
        self._settled: list[tuple[int, str]] = []  # a heap by when an entity came to rest; may name it more than once

    def open(self) -> None:
        """Fence, restore, rebuild. Raises Fenced, ReadError or KafkaException."""
        self.emission.open()
        restored = self.store.restore(self._settings, self.stage.name, self.partition)
        began = time.monotonic()
        standings: dict[str, Standing] = {}
        for entity, stored in self.store.entities.items():
            settled_at, standing = header(stored)
            if standing:
                derived = self.stage.derived(entity, unpack(stored))
                if derived.standing is not None:
                    standings[entity] = derived.standing
                self._set_deadline(entity, derived.standing, derived.next_at)
                self.restored_alarms += derived.alarms
            if settled_at:
                self._settled.append((settled_at, entity))
        self.standings.fill(standings)
        heapify(self._settled)
        self.alarms.take(self.restored_alarms)
        indexed = time.monotonic() - began
        self._check_positions()
        self.event_now = self.store.positions.get(EVENT_TIME, 0)
        rate = restored.records / restored.seconds if restored.seconds else 0.0
        log.info(
            "%s/%d ready: %d entities from %d changelog records in %.2f s (%.0f records/s), %d deadlines in %.2f s",
            self.stage.name,
            self.partition,
            len(self.store.entities),
            restored.records,
            restored.seconds,
            rate,
            len(self.deadlines),
            indexed,
        )

    def _check_positions(self) -> None:
        for topic, position in self.store.positions.items():
            if topic != EVENT_TIME and position > (found := end(self._settings, topic, self.partition)):
                raise TopicMadeAnew(
                    f"{topic} [{self.partition}] ends at offset {found}, but the state of {self._settings.application} "
                    f"holds it up to {position}: the topic was deleted and made again. Read it under a new "
                    "RYTMI_APPLICATION, which builds its state from the topics as they are now"
                )

    def prove(self) -> None:
        """Prove that the shard is still ours. Raises Fenced where it is not."""
        self.emission.commit((), [position_write(EVENT_TIME, self.event_now)])

    def load(self, entity: str) -> Ledger:
        """What is stored of an entity; an empty ledger if nothing is."""
        return unpack(self.store.entities.get(entity))

    def save(self, entity: str, effects: Effects, arrived: int = 0) -> None:
        """Take over what was committed of an entity.

        arrived: when what changed it was appended. Nobody is told before everything until then has been read: news
        of long ago seldom comes alone.
        """
        next_at = effects.next_at
        self._place(entity, effects.standing, None if next_at is None else max(next_at, arrived))
        if effects.contribution is not None:
            self.cells.replace(entity, effects.contribution)
        if effects.settled_at:
            heappush(self._settled, (effects.settled_at, entity))

    def _place(self, entity: str, standing: Standing | None, next_at: int | None) -> None:
        self.standings.replace(entity, standing)
        self._set_deadline(entity, standing, next_at)

    def _set_deadline(self, entity: str, standing: Standing | None, next_at: int | None) -> None:
        if isinstance(standing, CaseStanding) or next_at is None:
            self.deadlines.set(entity, standing.touchpoint if isinstance(standing, CaseStanding) else "", next_at)

    def is_too_late(self, purged: int, is_empty: bool, entry: Entry, now: int) -> bool:
        """Whether an entry belongs to an entity that was purged (at `purged`), or is so old that it might."""
        if purged:
            return entry.at <= purged or (is_empty and not self.stage.opens(entry))
        return is_empty and entry.at < now - 2 * self._retention_ms

    def purge(self, now: int) -> tuple[int, list[dict[str, Any]]]:
        """Forget what has been at rest for longer than the retention; how many entities, and the alarms that end."""
        outputs: list[ProducerRecord] = []
        alarms: list[dict[str, Any]] = []
        states: list[ChangelogRecord] = []
        rest: list[tuple[int, str]] = []
        seen: set[str] = set()
        while self._settled and self._settled[0][0] < now - self._retention_ms and len(states) < _PURGED_AT_ONCE:
            settled_at, entity = heappop(self._settled)
            stored = self.store.entities.get(entity)
            if stored is None or header(stored)[0] != settled_at or entity in seen:
                continue  # reopened since, or named twice
            seen.add(entity)
            known = unpack(stored)
            if known.entries:
                effects = self.stage.forgotten(entity, known, self.partition, now)
                outputs += effects.outputs
                alarms += effects.alarms
                states.append(entity_write(entity, pack(effects.ledger, now, False)))
                rest.append((now, entity))
            else:
                states.append(entity_write(entity, None))
        if states:
            self.emission.commit(outputs, states)
            for state in states:
                self.store.apply(state)
            for settled_at, entity in rest:
                heappush(self._settled, (settled_at, entity))
                self._place(entity, None, None)
                self.cells.forget(entity)
        return len(states), alarms
