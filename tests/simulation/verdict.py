"""What must hold after a schedule: everything that the topics say is what a backtest over the same events says.

Left out are only fields that are no functions of events, configuration and instant: `revision`, which depends on how
events were folded together, instants of announcement, and what was known of a case when somebody was told of it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from processors.settled import row
from processors.standing import of_case
from streams.kafka.records import TopicPartition
from streams.kafka.topics import CHANGELOGS, INPUTS
from streams.shard.serde import header
from streams.shard.serde import unpack as ledger_of
from streams.shard.stages import stages
from tests.simulation.evidence import Difference, Evidence, same
from tests.simulation.looks import looks
from tests.simulation.measured import cells, measures
from tests.simulation.setting import CODEC
from tests.simulation.told import alarms, shown, standing


def check(evidence: Evidence) -> None:
    """Raises Difference."""
    for look in (state, offsets, shards, cases, outcomes, links, dead_letters, alarms, shown, cells, measures, looks):
        look(evidence)


def state(evidence: Evidence) -> None:
    """The changelogs hold every entity's events, in one partition."""
    truth = evidence.truth
    known = {
        "cases": truth._cases,
        "decisions": truth._decisions,
        "obstacles": truth._obstacles,
        "signals": truth._signals,
    }
    for stage in CHANGELOGS:
        found: dict[str, Any] = {}
        for shard, store in evidence.stores.items():
            if shard.stage == stage:
                if twice := found.keys() & store.entities.keys():
                    raise Difference("state", f"in two partitions: {twice}")
                found |= {name: ledger_of(stored).entries for name, stored in store.entities.items()}
        same(f"state of {stage}", found, {name: tuple(sorted(of.values())) for name, of in known[stage].items()})


def offsets(evidence: Evidence) -> None:
    """Every record of the inputs is in the state, and no backfill is under way any more."""
    world = evidence.world
    stage_of = {
        record: stage.name for stage in stages(evidence.truth.policies, CODEC.encode, "") for record in stage.records
    }
    for shard, store in evidence.stores.items():
        topics = [world.settings.topic(INPUTS[record]) for record, stage in stage_of.items() if stage == shard.stage]
        wanted = {topic: evidence.last(TopicPartition(topic, shard.partition)) + 1 for topic in topics}
        found = {topic: store.offsets.get(topic, 0) for topic in topics}
        same(f"offsets of {shard}", found, wanted)
        begun = [name for name in store.controls if name.startswith("begun/")]
        same(f"backfills of {shard}", begun, [])


def shards(evidence: Evidence) -> None:
    """What the workers hold is what the changelogs hold, and what stands open is what stands open in the backtest."""
    open_now = {name: one for name, (_, judged) in evidence.cases.items() if (one := of_case(judged))}
    others = {(kind, name): evidence.truth.other(kind, name)[1] for kind, name in evidence.truth.others()}
    raised = standing(evidence)
    held = [shard for member in evidence.world.running for shard in member.core.assignment.shards.values()]
    same("shards that are owned", sorted(shard.id for shard in held), sorted(evidence.stores))
    for shard in held:
        store = evidence.stores[shard.id]
        same(f"memory of {shard.id}", vars(shard.store), vars(store))
        if shard.id.stage == "cases":
            wanted: dict[str, Any] = {name: open_now[name] for name in store.entities if name in open_now}
            due = {name for name, _ in shard.deadlines._next.items()}
            same(f"deadlines of {shard.id}", due, _due(evidence, store.entities))
            active = {name for name, alarm in raised.items() if alarm["case"] in store.entities}
            same(f"alarms of {shard.id}", set(shard.alarms._cells), active)
        else:
            kind = shard.id.stage.removesuffix("s")
            wanted = {name: one for name in store.entities if (one := others[kind, name]) is not None}
        same(f"standing of {shard.id}", shard.standings._by_entity, wanted)
        flagged = {name for name, stored in store.entities.items() if header(stored)[1]}
        same(f"standing in the state of {shard.id}", flagged, set(wanted))


def _due(evidence: Evidence, names: Any) -> set[str]:
    """The cases of which somebody will be told, if nothing happens."""
    from processors.alarms import upcoming

    found = set()
    for name, stored in names.items():
        entries, judged = evidence.cases.get(name, ((), ()))
        if judged and upcoming(entries, judged, ledger_of(stored).announced) is not None:
            found.add(name)
    return found


def cases(evidence: Evidence) -> None:
    """The enriched cases settle into the rows of the backtest; revisions only grow."""
    last: dict[str, Any] = {}
    for _, case in evidence.said("rytmi.case.v1"):
        if case["case"] in last and last[case["case"]]["revision"] >= case["revision"]:
            raise Difference("revisions", f"case {case['case']}: {case['revision']} came again")
        last[case["case"]] = case
    truth, until = evidence.truth, evidence.now
    wanted = {name: truth.record(name, *of) for name, of in evidence.cases.items()}
    same(
        "rows of cases",
        {name: row(case, until, truth.policies) for name, case in last.items()},
        {name: row(case, until, truth.policies) for name, case in wanted.items()},
    )
    same("cases", last, wanted)


def outcomes(evidence: Evidence) -> None:
    """The last word on each outcome is the backtest's; none is said twice at one revision, or without news."""
    last: dict[str, dict[str, Any]] = {}
    for _, outcome in evidence.said("rytmi.clock.v1"):
        before = last.get(outcome["id"])
        if before is not None and (before["revision"] >= outcome["revision"] or _content(before) == _content(outcome)):
            raise Difference("outcomes again", f"{before} and then {outcome}")
        last[outcome["id"]] = outcome
    found = {name: _content(one) for name, one in last.items() if not one["retracted"]}
    truth = evidence.truth
    wanted = {one["id"]: one for name, (_, judged) in evidence.cases.items() for one in truth.outcomes(name, judged)}
    same("outcomes", found, {name: one | {"retracted": False} for name, one in wanted.items()})


def _content(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if name != "revision"}


def links(evidence: Evidence) -> None:
    """Every case is told once of every event of the decisions and obstacles that name it."""
    found = Counter(link for _, link in evidence.said("rytmi.link.v1"))
    same("links", dict(found), dict(Counter(evidence.links)))


def dead_letters(evidence: Evidence) -> None:
    """What could not be folded is set aside once, as it came, with where it came from and why."""
    found: Counter[tuple[str, int, int, str]] = Counter()
    for record in evidence.records("rytmi.deadletter.v1"):
        about = dict(record.headers)
        topic, partition = about["rytmi_topic"].decode(), int(about["rytmi_partition"])
        offset = int(about["rytmi_offset"])
        found[topic, partition, offset, about["rytmi_reason"].decode()] += 1
        origin = next(evidence.world.log.read(topic, (partition,), offset))
        same("bytes of a dead letter", (record.key, record.value), (origin.key, origin.value))
    same("dead letters", dict(found), dict(evidence.traffic.dead))
