"""What must hold whenever the view says anything, and not only at rest.

The cells of each source are those of a state in which its changelog has been, and that state holds everything that was
appended before the instant of the measures: nothing is counted twice, or of one half of what changed together.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from streams.kafka.records import ConsumerRecord, TopicPartition
from streams.kafka.topics import INPUTS
from streams.measures.publisher import source_name
from streams.measures.view import MeasuresView
from streams.shard.serde import decode as unpack
from streams.shard.serde import unpack as ledger_of
from streams.shard.shard import ShardId
from streams.shard.stages import Stage, stages
from streams.shard.store import Store
from tests.simulation.setting import CODEC

if TYPE_CHECKING:
    from tests.simulation.evidence import Evidence

_ALL = 1 << 62  # later than any instant


class Look(NamedTuple):
    """What the view said: as of when, when (milliseconds), and a digest of the cells of each source."""

    at: int
    now: int
    cells: dict[str, int]


def look_at(view: MeasuresView, now: int, known: dict[bytes, tuple[tuple[object, int], ...]]) -> Look | None:
    """What a view says now, None while it says nothing. known: unpacked cells, kept from look to look."""
    snapshot, cells = view.snapshot, view._cells
    if snapshot is None or snapshot.rows is None or cells is None:
        return None
    found: dict[str, int] = {}
    for where, by_source in cells.view.cells():
        for source, packed in by_source.items():
            facts = known.get(packed)
            if facts is None:
                facts = known[packed] = tuple((tuple(fact), amount) for fact, amount in unpack(packed))
            found[source] = found.get(source, 0) + sum(_digest(where, fact) * amount for fact, amount in facts)
    return Look(snapshot.at, now, found)


def _digest(where: Iterable[object], fact: object) -> int:
    """Of one fact: sums of these tell sets of facts apart, whatever came or went in which order."""
    return hash((tuple(where), fact))


def looks(evidence: Evidence) -> None:
    """Raises Difference."""
    from tests.simulation.evidence import Difference

    seen = evidence.world.looks
    if not seen:
        return
    by_name = {stage.name: stage for stage in stages(evidence.truth.policies, CODEC.encode, "")}
    for shard in evidence.stores:
        states, source = _states(evidence, shard, by_name[shard.stage]), source_name(*shard)
        for look in seen:
            held = [until for digest, until in states if digest == look.cells.get(source, 0)]
            where = f"{source}, as of {look.at}, said at {look.now}"
            if not held:
                raise Difference("cells of no state", where)
            if max(held) < look.at:
                raise Difference("measures too early", f"{where}: that state held what came until {max(held)}")


def _states(evidence: Evidence, shard: ShardId, stage: Stage) -> list[tuple[int, int]]:
    """The states of a shard after each of its transactions: a digest of its cells, and before when it held everything
    that had been appended to its inputs (milliseconds).
    """
    world = evidence.world
    places = [TopicPartition(world.settings.topic(INPUTS[record]), shard.partition) for record in stage.records]
    inputs = {place.topic: list(world.log.read(place.topic, (place.partition,))) for place in places}
    store, shares, digest = Store(), dict[str, int](), 0
    found = [(digest, _held(store, inputs))]
    history: list[ConsumerRecord | None] = [
        *world.cluster.history(world.settings.changelog(stage.name), shard.partition)
    ]
    for record, following in pairwise([*history, None]):
        assert record is not None
        assert record.key is not None
        store.apply(record)  # type: ignore[arg-type]
        if record.key[:1] == b"e":
            name = record.key[1:].decode()
            share = stage.contribution(ledger_of(record.value)) if record.value is not None else ()
            new = sum(_digest(where, tuple(fact)) * amount for where, fact, amount in share)
            digest += new - shares.get(name, 0)
            shares[name] = new
        if following is None or following.offset != record.offset + 1:  # the end of a transaction took that offset
            found.append((digest, _held(store, inputs)))
    return found


def _held(store: Store, inputs: dict[str, list[ConsumerRecord]]) -> int:
    """When the first record was appended that the state does not hold."""
    ahead = [
        next((record.timestamp for record in records if record.offset >= store.offsets.get(topic, 0)), _ALL)
        for topic, records in inputs.items()
    ]
    return min(ahead)
