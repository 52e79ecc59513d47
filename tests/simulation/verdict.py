"""What must hold after a schedule: everything that the topics say is what a backtest over the same events says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from processors.alarms import named, passed
from processors.backtest import Backtest
from processors.enriched import judge
from processors.ledger import digest
from processors.measures.rows import kept, rows
from processors.measures.view import View
from processors.settled import row
from streams.alertmanager.labels import labels
from streams.kafka.records import ConsumerRecord
from streams.kafka.topics import CHANGELOGS
from streams.measures.frame import frame
from streams.results.measures import CellsSoFar, add
from streams.shard.packing import pack, unpack
from streams.shard.serde import unpack as ledger_of
from streams.shard.store import Store
from tests.contributions import contributions
from tests.simulation.setting import CODEC, SILENT_AFTER_MS
from tests.simulation.traffic import Traffic
from tests.simulation.world import World

_BY_ARRIVAL = ("revision", "announced_at")  # not functions of events, configuration and instant


class Difference(AssertionError):
    """Something is not as the backtest has it."""


def check(world: World, traffic: Traffic) -> None:
    """Raises Difference. The world has come to rest: everything is read, nothing is due in the last minute."""
    truth = Backtest(world.config.policies)
    for event in traffic.events:
        truth.add(event)
    list(truth.finish())
    for look in (_state, _cases, _outcomes, _dead_letters, _windows):
        look(world, traffic, truth)
    _alarms(world, traffic, truth)


def _read(world: World, topic: str, decode: str | None = None) -> Iterator[tuple[ConsumerRecord, Any]]:
    for record in world.log.read(world.settings.topic(topic), range(world.settings.partitions)):
        yield record, CODEC.decode(decode, record.value) if decode and record.value is not None else record.value


def _same(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise Difference(f"{what}:\n found {_less(found, wanted)}\nwanted {_less(wanted, found)}")


def _less(one: Any, other: Any) -> Any:
    """What of a collection is not in another, to be read by people."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: value for key, value in one.items() if other.get(key) != value}
    if isinstance(one, list) and isinstance(other, list):
        return [value for value in one if value not in other] or f"{len(one)} entries"
    return one


def stores(world: World, stage: str) -> Iterator[Store]:
    """The state of a stage by partition, as its changelog has it."""
    for partition in range(world.settings.partitions):
        store = Store()
        for record in world.log.read(world.settings.changelog(stage), (partition,)):
            assert record.key is not None
            store.apply(record)  # type: ignore[arg-type]
        yield store


def _state(world: World, traffic: Traffic, truth: Backtest) -> None:
    """The changelogs hold every entity's events, in its partition, and what was read of each topic."""
    wanted = {
        "cases": truth._cases,
        "decisions": truth._decisions,
        "obstacles": truth._obstacles,
        "signals": truth._signals,
    }
    for stage in CHANGELOGS:
        found: dict[str, Any] = {}
        for store in stores(world, stage):
            for name, stored in store.entities.items():
                assert name not in found, f"{name} is in two partitions"
                found[name] = ledger_of(stored).entries
        _same(
            f"state of {stage}", found, {name: tuple(sorted(known.values())) for name, known in wanted[stage].items()}
        )


def _cases(world: World, traffic: Traffic, truth: Backtest) -> None:
    """The enriched cases settle into the rows of the backtest; revisions only grow."""
    last: dict[str, Any] = {}
    for _, case in _read(world, "rytmi.case.v1", "case"):
        if case["case"] in last and last[case["case"]]["revision"] >= case["revision"]:
            raise Difference(f"case {case['case']}: revision {case['revision']} came again")
        last[case["case"]] = case
    until = world.clock.ms
    wanted = {
        name: row(truth.record(name, entries, judged), until, truth.policies) for name, entries, judged in truth.cases()
    }
    _same("cases", {name: row(case, until, truth.policies) for name, case in last.items()}, wanted)


def _outcomes(world: World, traffic: Traffic, truth: Backtest) -> None:
    """The last word on each outcome is the backtest's; none is said twice at one revision."""
    said: Counter[tuple[str, int]] = Counter()
    last: dict[str, dict[str, Any]] = {}
    for _, outcome in _read(world, "rytmi.clock.v1", "clock"):
        said[outcome["id"], outcome["revision"]] += 1
        last[outcome["id"]] = outcome
    if twice := [name for name, times in said.items() if times > 1]:
        raise Difference(f"outcomes came twice: {twice}")
    standing = {name: one for name, one in last.items() if not one["retracted"]}
    wanted = {one["id"]: one for name, _, judged in truth.cases() for one in truth.outcomes(name, judged)}
    fields = set(next(iter(wanted.values()), {})) & set(next(iter(standing.values()), {}))
    _same(
        "outcomes",
        {name: {field: one[field] for field in fields} for name, one in standing.items()},
        {name: {field: one[field] for field in fields} for name, one in wanted.items()},
    )


def _dead_letters(world: World, traffic: Traffic, truth: Backtest) -> None:
    """What could not be folded is set aside once, with where it came from and why."""
    found: Counter[tuple[str, int, int, str]] = Counter()
    for record, _ in _read(world, "rytmi.deadletter.v1"):
        said = dict(record.headers)
        place = said["rytmi_topic"].decode(), int(said["rytmi_partition"]), int(said["rytmi_offset"])
        found[*place, said["rytmi_reason"].decode()] += 1
    _same("dead letters", dict(found), dict(traffic.dead))


def _windows(world: World, traffic: Traffic, truth: Backtest) -> None:
    """The measures that the view says are those of the backtest as of the same instant."""
    snapshot = world.view.core.view.snapshot if world.view is not None else None
    if snapshot is None or snapshot.rows is None:
        raise Difference(f"the view says nothing: {snapshot and snapshot.missing}")
    about = frame(world.config)
    cells: CellsSoFar = {}
    for share in contributions(truth):
        add(cells, share)
    view = View(kept(about), snapshot.at, unpack)
    for where, facts in cells.items():
        view.put("", where, pack(list(facts.items())))
    wanted = {(one.measure, str(one.labels), one.window): one.values for one in rows(view, about)}
    _same("measures", {(one.measure, str(one.labels), one.window): one.values for one in snapshot.rows}, wanted)


def _alarms(world: World, traffic: Traffic, truth: Backtest) -> None:
    """Each was raised once, and was true when it was; those that stand are the backtest's, everywhere."""
    said = [(record, alarm) for record, alarm in _read(world, "rytmi.alarm.v1", "alarm")]
    raised = Counter(alarm["id"] for _, alarm in said if alarm["kind"] == "raised")
    again = Counter(alarm["id"] for _, alarm in said if alarm["kind"] == "retracted")
    if twice := [name for name, times in raised.items() if times > 1 + again[name]]:
        raise Difference(f"alarms were raised twice: {twice}")
    for record, alarm in said:
        if alarm["kind"] == "raised" and alarm["about"] == "clock":
            _was_true(world, traffic, record, alarm)
    standing: dict[str, dict[str, Any]] = {}
    for _, alarm in said:
        if alarm["kind"] == "raised":
            standing[alarm["id"]] = alarm
        else:
            standing.pop(alarm["id"], None)
    wanted: dict[str, dict[str, Any]] = {}
    for name, entries, judged in truth.cases():
        for alarm in truth.alarms(name, entries, judged, world.clock.ms):
            if alarm["kind"] == "raised":
                wanted[alarm["id"]] = alarm
            else:
                wanted.pop(alarm["id"], None)
    _same("alarms that stand", sorted(standing), sorted(wanted))
    active = {tuple(sorted(labels(alarm).items())) for alarm in standing.values()}
    shown = {one for one, end in world.alertmanager.ends.items() if end > world.clock.ms}
    _same("alarms at Alertmanager", sorted(shown), sorted(active))


def _was_true(world: World, traffic: Traffic, record: ConsumerRecord, alarm: dict[str, Any]) -> None:
    """By all that had been appended when it was announced, its level was reached, and its source had been heard."""
    then = Backtest(world.config.policies)
    for sent in traffic.sent:
        if sent.appended < alarm["announced_at"] - 1:
            then.add(sent.event)
    list(then.finish())
    known = sorted(then._cases.get(alarm["case"], {}).values())
    levels = passed(known, judge(known, then.policies), {}, record.timestamp + 1)
    now = {digest(alarm["case"], *named(level.code)) for level in levels}
    if alarm["id"] not in now:
        raise Difference(f"announced, and not so: {alarm}")
    if world.config.file.sources and alarm["touchpoint"] == "desk":
        heard = max((at for at in traffic.heard if at <= record.timestamp), default=0)
        if heard < record.timestamp - SILENT_AFTER_MS and alarm["at"] > heard:
            raise Difference(f"claimed of a touchpoint whose source was silent since {heard}: {alarm}")
