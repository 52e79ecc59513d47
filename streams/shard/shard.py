"""A shard: one partition of one stage, with its state, its producer and what stands open in it.

It is opened in this order: fence the predecessor, read the state back, rebuild what is derived. Purging is here too:
an entity at rest for longer than the retention gives way to a marker that remembers it for one retention more, so
that an event which comes too late is recognised as such.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from processors.active import ActiveAlarms
from processors.alarm_record import Alarm
from processors.deadlines import Deadlines
from processors.ledger import Entry, Ledger
from processors.measures.cells import Cells
from processors.standing import CaseStanding, Standing, Standings
from streams.kafka.records import ChangelogRecord, ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.shard.claims import Claims
from streams.shard.serde import decode as unpack_cells
from streams.shard.serde import encode as pack_cells
from streams.shard.serde import header, pack, unpack
from streams.shard.stages import Effects, Stage
from streams.shard.store import Store, entity_write, offset_write

log = logging.getLogger(__name__)

_PURGED_AT_ONCE = 5_000


EVENT_TIME = "@"  # changelog key of the latest `at` taken in (milliseconds), kept among the offsets


class TopicMadeAnew(RuntimeError):
    """The state says that more of a topic was read than it has: going on would pass new records over."""


class ShardId(NamedTuple):
    """Which partition of which stage."""

    stage: str
    partition: int


class Shard:
    """What a worker holds of one partition of a stage. Used from one thread at a time: it is opened in one
    of its own, then it is the pipeline's; `standings`, `claims` and `store` may be read from any.

    restored_alarms: the records of alarms that stood when it was opened.
    """

    def __init__(self, log: ShardLog, stage: Stage, partition: int, retention_ms: int, claims: Claims) -> None:
        self.id = ShardId(stage.name, partition)
        self.stage, self.partition = stage, partition
        self.standings = Standings()
        self.deadlines = Deadlines()
        self.alarms = ActiveAlarms()
        self.cells = Cells(pack_cells, unpack_cells)
        self.claims = claims
        self.restored_alarms: list[Alarm] = []
        self.store = Store()
        self.event_now = 0  # the latest `at` taken in, milliseconds
        self.event_times: dict[str, int] = {}  # the same by topic, since it was opened
        self._log, self._retention_ms = log, retention_ms
        self._settled: list[tuple[int, str]] = []  # a heap by when an entity came to rest; may name it more than once

    def open(self) -> None:
        """Fence, restore, rebuild. May block for minutes. Raises Fenced, ReadError or KafkaException."""
        self._log.fence()
        started, records = time.monotonic(), 0
        for record in self._log.restore():
            self.store.apply(record)
            records += 1
        began = time.monotonic()
        standings: dict[str, Standing] = {}
        for entity, stored in self.store.entities.items():
            settled_at, standing = header(stored)
            if standing:
                derived = self.stage.on_restore(entity, unpack(stored))
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
        self._check_offsets()
        self.event_now = self.store.offsets.get(EVENT_TIME, 0)
        seconds = began - started
        log.info(
            "%s/%d ready: %d entities from %d changelog records in %.2f s (%.0f records/s), %d deadlines in %.2f s",
            self.stage.name,
            self.partition,
            len(self.store.entities),
            records,
            seconds,
            records / seconds if seconds else 0.0,
            len(self.deadlines),
            indexed,
        )

    def _check_offsets(self) -> None:
        for topic, offset in self.store.offsets.items():
            if topic != EVENT_TIME and offset > (found := self._log.end(topic)):
                raise TopicMadeAnew(
                    f"{topic} [{self.partition}] ends at offset {found}, but the state of {self._log.application} "
                    f"holds it up to {offset}: the topic was deleted and made again. Read it under a new "
                    "RYTMI_APPLICATION, which builds its state from the topics as they are now"
                )

    def commit(
        self,
        outputs: Iterable[ProducerRecord],
        states: Sequence[ChangelogRecord] | None,
        read: Sequence[ChangelogRecord] = (),
    ) -> None:
        """Send outputs, state and what was read in one transaction, and take them over: all of it, or nothing.

        This is the only place where a shard's state changes. `states` (None: there is none) may grow while outputs are
        made, `read` (what the state says of the input by then) is final. When it returns, it is durable. May block for
        minutes. Raises Fenced, KafkaException, ReadError, and what making the outputs raises; the state is then what it
        was here.
        """
        self._log.commit(outputs, states, read)
        for record in (*(states or ()), *read):
            self.store.apply(record)

    def prove(self) -> None:
        """Prove that the shard is still ours. Raises Fenced where it is not."""
        self.commit((), (), [offset_write(EVENT_TIME, self.event_now)])

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
            return entry.at <= purged or (is_empty and not self.stage.can_start(entry))
        return is_empty and entry.at < now - 2 * self._retention_ms

    def purge(self, now: int) -> tuple[int, list[Alarm]]:
        """Forget what has been at rest for longer than the retention; how many entities, and the alarms that end."""
        outputs: list[ProducerRecord] = []
        alarms: list[Alarm] = []
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
                effects = self.stage.on_purge(entity, known, self.partition, now)
                outputs += effects.outputs
                alarms += effects.alarms
                states.append(entity_write(entity, pack(effects.ledger, now, False)))
                rest.append((now, entity))
            else:
                states.append(entity_write(entity, None))
        if states:
            self.commit(outputs, states)
            for settled_at, entity in rest:
                heappush(self._settled, (settled_at, entity))
                self._place(entity, None, None)
                self.cells.forget(entity)
        return len(states), alarms
