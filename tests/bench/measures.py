"""What the measures cost, in this process, with the classes that workers use: what is kept of a thousand touchpoints
and four weeks, the work at 2,000 events a second, and a scrape.

A template, four weeks at the five touchpoints of the example, is spread over a thousand: its cases are drawn again and
again, each for a touchpoint of its own.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

import psutil

from processors.backtest import Backtest
from processors.enriched import judge
from processors.ledger import Entry
from processors.measures import contribution
from processors.measures.cells import Cells
from processors.measures.rows import rows
from processors.measures.terms import Contribution
from processors.standing import Standings, of_case
from streams.config import Config, load, parse
from streams.demo.organisation import Organisation
from streams.kafka.records import ConsumerRecord
from streams.kafka.topics import CHANGELOGS
from streams.measures.publisher import TOPIC, CellPublisher
from streams.measures.subscriber import CellSubscriber, frame
from streams.measures.view import Snapshot
from streams.metrics.exposition import text_of
from streams.metrics.measures import MeasureMetrics
from streams.shard.clock import EventClock
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from streams.shard.shard import ShardId
from streams.shard.store import Store
from streams.worker.core import WorkerCore
from streams.worker.metrics import WorkerCollector, viewing
from tests.bench.world import ROOT, World, say
from tests.contributions import others
from tests.shards import core_of

TOUCHPOINTS, CASES, PARTITIONS, DAYS = 1_000, 200_000, 8, 28
EVENTS_A_SECOND, SECONDS = 2_000, 20
NOW = 1_773_064_800_000  # 2026-03-09 14:00 UTC, a Monday
_DAY, _SECOND = 86_400_000, 1_000


def measure(_: World) -> None:
    """Bytes kept, processor seconds a second of input, a scrape."""
    gc.set_threshold(100_000, 50, 50)  # as in a worker
    large = Large()
    shards = large.kept()
    partials = large.viewed(shards)
    large.flow(shards, partials)
    large.scrape(shards, partials)


class Burst(NamedTuple):
    """One event: what its case contributed before, and its entries with it."""

    case: str
    before: Contribution
    entries: list[Entry]


class Large:
    """An organisation of a thousand touchpoints."""

    def __init__(self) -> None:
        self._dice = random.Random(7)
        example = load(ROOT / "examples/rytmi.yaml")
        backtest = Backtest(example.policies)
        for event in Organisation(example, 7, NOW - DAYS * _DAY).until(NOW):
            backtest.add(event)
        list(backtest.finish())
        self._cases = [list(entries) for _, entries, _ in backtest.cases()]
        self._others = [share for share in others(backtest) if share]
        self._places = {
            one.id: [f"{one.id}-{n:03}" for n in range(TOUCHPOINTS // 5)] for one in example.file.touchpoints
        }

    @cached_property
    def config(self) -> Config:
        said = {"policies": [{"name": "all", "targets": {"acknowledge": "4h", "decide": "1d", "resolve": "5d"}}]}
        places = [{"id": name, "unit": place} for place, names in self._places.items() for name in names]
        return parse({**said, "touchpoints": places})

    def kept(self) -> list[Any]:
        """Shards that hold the contributions of all."""
        before = _memory()
        shards = [_shard(n) for n in range(PARTITIONS)]
        cpu = time.process_time()
        for n in range(CASES):
            entries = self._elsewhere(self._dice.choice(self._cases))
            shards[n % PARTITIONS].cells.replace(f"case-{n:06}", self._contribution(entries))
        for n in range(CASES * len(self._others) // len(self._cases)):
            shards[n % PARTITIONS].cells.replace(f"other-{n:06}", self._moved(self._dice.choice(self._others)))
        for shard in shards:
            shard.cells.take()
        cpu = time.process_time() - cpu
        cells, packed, contributions = map(sum, zip(*(shard.cells.size for shard in shards), strict=True))
        say(
            f"{TOUCHPOINTS:,} touchpoints, {DAYS} days, {CASES:,} cases ({CASES * 7 / DAYS / TOUCHPOINTS:g} a week and "
            f"touchpoint), {PARTITIONS} partitions: {cells:,} cells, {packed / 2**20:,.0f} MiB packed, contributions "
            f"{contributions / 2**20:,.0f} MiB packed; all shards together {(_memory() - before) / 2**20:,.0f} MiB of "
            f"memory; {cpu / CASES * 1e6:,.0f} us a case to rebuild"
        )
        return shards

    def viewed(self, shards: list[Any]) -> CellSubscriber:
        """A view that has read what the shards share."""
        before, read, count = _memory(), 0.0, 0
        settings: Any = SimpleNamespace(partitions=PARTITIONS)
        partials = CellSubscriber(settings, frame(self.config))
        for shard in shards:
            shard.publisher._unsent = shard.cells.cells()
            records = list(_shared(shard, 0.0))
            cpu, count = time.process_time(), count + len(records)
            for record in records:
                partials.take(record)
            read += time.process_time() - cpu
        del records
        for record in _silent():
            partials.take(record)
        cpu = time.process_time()
        partials.view.advance(NOW)
        moved = time.process_time() - cpu
        gc.collect()
        say(
            f"view: {partials.view.size:,} cells, {(_memory() - before) / 2**20:,.0f} MiB; read in {read:.1f} s "
            f"({count / read:,.0f} records/s), from the epoch to now in {moved:.1f} s"
        )
        return partials

    def flow(self, shards: list[Any], partials: CellSubscriber) -> None:
        """Two thousand events a second, on cases of all ages."""
        bursts = [self._burst(n) for n in range(EVENTS_A_SECOND * SECONDS)]
        for n, burst in enumerate(bursts):
            shards[n % PARTITIONS].cells.replace(burst.case, burst.before)
        for record in _all_shared(shards, 1_000.0):
            partials.take(record)
        spent = dict.fromkeys(("contributions", "cells", "sharing", "view", "looks"), 0.0)
        sent, look_at = 0, 0.0
        for second in range(SECONDS):
            waiting = enumerate(bursts[second * EVENTS_A_SECOND : (second + 1) * EVENTS_A_SECOND])
            judged = [(n, one, judge(one.entries, self.config.policies)) for n, one in waiting]
            with _Timed(spent, "contributions"):
                shares = [(n, b, contribution.of_case(b.entries, j, self.config.policies)) for n, b, j in judged]
            with _Timed(spent, "cells"):
                for n, burst, share in shares:
                    shards[n % PARTITIONS].cells.replace(burst.case, share)
            with _Timed(spent, "sharing"):
                records = _all_shared(shards, 2_000.0 + second)
            sent += len(records)
            with _Timed(spent, "view"):
                for record in records:
                    partials.take(record)
            if second >= look_at:
                began = time.process_time()
                with _Timed(spent, "looks"):
                    self._look(partials, NOW + second * _SECOND)
                look_at = second + max(2.0, 10 * (time.process_time() - began))
        of_all = ", ".join(f"{name} {seconds / SECONDS:.1%}" for name, seconds in spent.items())
        say(
            f"{EVENTS_A_SECOND:,} events a second for {SECONDS} s, {sent / SECONDS:,.0f} records of rytmi.partial.v1 a "
            f"second; of a processor: {of_all}"
        )

    def scrape(self, shards: list[Any], partials: CellSubscriber) -> None:
        """A look, and the page of the worker that is the view and owns all partitions."""
        began = time.process_time()
        partials.view.advance(NOW + _DAY)
        found = list(rows(partials.view, frame(self.config)))
        rowed = time.process_time() - began
        text = text_of(MeasureMetrics(frame(self.config)).families(found))
        looked = time.process_time() - began
        say(
            f"a look: {len(found):,} rows in {rowed:.1f} s, with the text of {text.count(b'}'):,} series "
            f"({len(text) / 2**20:,.0f} MiB) {looked:.1f} s"
        )
        worker = _worker(self.config, shards, [self._elsewhere(entries) for entries in self._cases[:5_000]])
        health: Any = SimpleNamespace(partitions=lambda: ())
        seen = Snapshot((), text, NOW, (), 0, 0.0)
        began = time.process_time()
        own = text_of(WorkerCollector(worker, health).collect())
        page = own + viewing(seen)
        say(
            f"a scrape: {own.count(b'}'):,} series of its own ({len(own) / 2**20:,.0f} MiB), with the measures "
            f"{len(page) / 2**20:,.0f} MiB, in {time.process_time() - began:.2f} s"
        )

    def _look(self, partials: CellSubscriber, at: int) -> None:
        partials.view.advance(at)
        text_of(MeasureMetrics(frame(self.config)).families(list(rows(partials.view, frame(self.config)))))

    def _burst(self, number: int) -> Burst:
        """An event that happens now: its case has gone so far as one of the template, at its pace."""
        entries = self._elsewhere(self._dice.choice(self._cases))
        last = self._dice.randrange(len(entries))
        shift = NOW + number * _SECOND // EVENTS_A_SECOND - entries[last].at
        moved = [one._replace(at=one.at + shift) for one in entries[: last + 1]]
        return Burst(f"burst-{number:06}", self._contribution(moved[:-1]), moved)

    def _contribution(self, entries: list[Entry]) -> Contribution:
        return contribution.of_case(entries, judge(entries, self.config.policies), self.config.policies)

    def _elsewhere(self, entries: list[Entry]) -> list[Entry]:
        """The same at another touchpoint."""
        number = self._dice.randrange(TOUCHPOINTS // 5)

        def moved(fact: object) -> object:
            return self._places[fact][number] if fact in self._places else fact  # type: ignore[index]

        return [one._replace(facts=tuple(map(moved, one.facts))) for one in entries]  # type: ignore[arg-type]

    def _moved(self, share: Contribution) -> Contribution:
        number = self._dice.randrange(TOUCHPOINTS // 5)
        places = self._places
        return tuple(
            (where._replace(a=places[where.a][number]) if where.a in places else where, fact, amount)
            for where, fact, amount in share
        )


class _Timed:
    """Adds the processor time of a block to one of the sums."""

    def __init__(self, sums: dict[str, float], name: str) -> None:
        self._sums, self._name = sums, name

    def __enter__(self) -> None:
        self._began = time.process_time()

    def __exit__(self, *_: object) -> None:
        self._sums[self._name] += time.process_time() - self._began


def _record(key: bytes | None, value: bytes | None) -> ConsumerRecord:
    """As the view's consumer has it."""
    return ConsumerRecord(TOPIC, 0, 0, NOW, key, value, ())


def _shard(number: int) -> Any:
    shard = SimpleNamespace(
        id=ShardId("cases", number),
        partition=number,
        stage=SimpleNamespace(name="cases"),
        store=Store(),
        cells=Cells(pack, unpack),
        sent=[],
        seconds=0.0,
    )
    shard.commit = lambda outputs, states: shard.sent.extend(outputs)
    shard.publisher = CellPublisher(shard, lambda: shard.seconds)
    shard.publisher.rebuild(float("inf"))
    return shard


def _all_shared(shards: list[Any], now: float) -> list[Any]:
    return [record for shard in shards for record in _shared(shard, now)]


def _shared(shard: Any, now: float) -> Iterator[ConsumerRecord]:
    """What a shard sends until it has sent all."""
    shard.seconds = now
    shard.publisher.publish(NOW, NOW, False)
    while shard.publisher._unsent:
        shard.publisher.publish(NOW, NOW, False)
    sent, shard.sent[:] = list(shard.sent), []
    return (_record(one.key, one.value) for one in sent)


def _silent() -> Iterator[ConsumerRecord]:
    """The marks of the other stages, which have nothing to say."""
    for stage in CHANGELOGS:
        if stage != "cases":
            for n in range(PARTITIONS):
                yield _record(pack([f"{stage}/{n}"]), pack([1, True, NOW, NOW]))


def _worker(config: Config, shards: list[Any], cases: list[list[Entry]]) -> WorkerCore:
    for n, shard in enumerate(shards):
        shard.standings = Standings()
        found = {str(i): of_case(judge(entries, config.policies)) for i, entries in enumerate(cases[n::PARTITIONS])}
        shard.standings.fill({name: one for name, one in found.items() if one is not None})
        shard.alarms = SimpleNamespace(counts=dict)
        shard.claims = SimpleNamespace(horizon=lambda place: NOW)
        shard.event_now = NOW
    core = core_of(config, PARTITIONS, EventClock())
    core.assignment.shards = {shard.id: shard for shard in shards}
    return core


def _memory() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)
