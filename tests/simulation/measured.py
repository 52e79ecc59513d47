"""What must hold of the measures: what shards share, what the view says."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from processors.measures.rows import kept, rows
from processors.measures.terms import Cell, Contribution
from processors.measures.view import View
from streams.measures.publisher import TOPIC as PARTIAL
from streams.measures.publisher import cell_of, source_name
from streams.measures.subscriber import CellSubscriber, frame
from streams.measures.windows import TOPIC as WINDOW
from streams.measures.windows import key
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from streams.shard.shard import ShardId
from streams.shard.store import Store
from tests.simulation.evidence import Difference, Evidence, same

Cells = dict[Cell, Counter[Any]]


def cells(evidence: Evidence) -> None:
    """Each shard shares what its entities contribute, and nothing of former times stands in the topic beside it."""
    found: defaultdict[str, Cells] = defaultdict(dict)
    epochs: defaultdict[str, set[int]] = defaultdict(set)
    for name, value in {record.key: record.value for record in evidence.records(PARTIAL)}.items():
        assert name is not None
        source, *where = unpack(name)
        if where and value is not None:
            epoch, packed = cell_of(value)
            epochs[source].add(epoch)
            found[source][Cell(*where)] = _facts(packed)
    for shard, store in evidence.stores.items():
        source = source_name(*shard)
        same(f"cells of {source}", found[source], _contributed(evidence, shard, store))
        same(f"epochs of {source}", epochs[source] | {store.epoch}, {store.epoch})


def _facts(packed: bytes) -> Counter[Any]:
    return Counter({tuple(fact): amount for fact, amount in unpack(packed)})


def _contributed(evidence: Evidence, shard: ShardId, store: Store) -> Cells:
    """What the entities of a shard contribute by the backtest."""
    found: Cells = {}
    for name in store.entities:
        for where, fact, amount in _contribution(evidence, shard.stage, name):
            found.setdefault(where, Counter())[fact] += amount
    kept_facts = {where: Counter({f: n for f, n in facts.items() if n}) for where, facts in found.items()}
    return {where: facts for where, facts in kept_facts.items() if facts}


def _contribution(evidence: Evidence, stage: str, name: str) -> Contribution:
    if stage != "cases":
        return evidence.truth.other(stage.removesuffix("s"), name)[0]
    return evidence.truth.contribution(*evidence.cases[name]) if name in evidence.cases else ()


def measures(evidence: Evidence) -> None:
    """The view says what the backtest's cells say at its instant; so do a new view, and the topic of windows."""
    world = evidence.world
    snapshot = world.view.core.view.snapshot if world.view is not None else None
    if snapshot is None or snapshot.rows is None:
        raise Difference("measures", f"the view says nothing: {snapshot and snapshot.missing}")
    about = frame(world.config)
    truth, anew = View(kept(about), snapshot.at, unpack), CellSubscriber(world.settings, about)
    for shard, store in evidence.stores.items():
        for where, facts in _contributed(evidence, shard, store).items():
            truth.put(str(shard), where, pack(list(facts.items())))
    for record in evidence.records(PARTIAL):
        anew.take(record)
    anew.sources.read_to_the_end()
    same("sources that a new view misses", anew.sources.missing(0), [])
    anew.view.advance(snapshot.at)
    wanted = {key(one): one.values for one in rows(truth, about)}
    same("measures", {key(one): one.values for one in snapshot.rows}, wanted)
    same("measures of a new view", {key(one): one.values for one in rows(anew.view, about)}, wanted)
    last = {record.key: value for record, value in evidence.said(WINDOW)}
    found = {name: value["values"] for name, value in last.items() if value is not None}
    same("windows", _plain(found), _plain(wanted))


def _plain(found: dict[Any, Any]) -> dict[Any, str]:
    return {name: json.dumps({k: v if v is None else float(v) for k, v in of.items()}) for name, of in found.items()}
