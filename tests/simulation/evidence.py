"""What the verdict is asked of: what the topics say, and what a backtest over the same events says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from processors import decision, obstacle
from processors.backtest import Backtest
from processors.events import Decision, Event, Link, Obstacle
from streams.kafka.records import ConsumerRecord, TopicPartition
from streams.kafka.topics import CHANGELOGS
from streams.shard.shard import ShardId
from streams.shard.store import Store
from tests.simulation.setting import CODEC, SETTLE_MS
from tests.simulation.traffic import Sent, Traffic
from tests.simulation.world import World


class Difference(AssertionError):
    """Something is not as the backtest has it. what: which of the checks says so."""

    def __init__(self, what: str, words: str) -> None:
        super().__init__(f"{what}: {words}")
        self.what = what


def same(what: str, found: Any, wanted: Any) -> None:
    """Raises Difference where they are not, with what of each is not in the other."""
    if found != wanted:
        raise Difference(what, f"\n found {_less(found, wanted)}\nwanted {_less(wanted, found)}")


def _less(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: value for key, value in one.items() if other.get(key, ...) != value}
    if isinstance(one, list) and isinstance(other, list):
        return [value for value in one if value not in other] or f"{len(one)} entries"
    return one


class Evidence:
    """Of a world that has come to rest: everything is read, nothing is due in the last minute."""

    def __init__(self, world: World, traffic: Traffic) -> None:
        self.world, self.traffic, self.now = world, traffic, world.clock.ms
        self.truth = Backtest(world.config.policies)
        for event in traffic.events:
            self.truth.add(event)
        list(self.truth.finish())
        self.cases = {name: (entries, judged) for name, entries, judged in self.truth.cases()}

    @cached_property
    def links(self) -> list[Link]:
        """What the cases are to be told of decisions and obstacles."""
        from processors import fanout

        found: list[Link] = []
        for of, telling in ((decision, self.truth._decisions), (obstacle, self.truth._obstacles)):
            for entity, known in telling.items():
                found += fanout.links(of, entity, (), sorted(known.values()))
        return found

    @cached_property
    def sent_of(self) -> dict[str, list[Sent]]:
        """By case, what was sent of it, and of the decisions and obstacles that name it: of those, appended is when the
        case could first hear of it, for an event may name a case which earlier ones did not.
        """
        named: defaultdict[tuple[type, str], dict[str, int]] = defaultdict(dict)
        for one in self.traffic.sent:
            if isinstance(one.event, Decision | Obstacle):
                for case in one.event.cases:
                    named[type(one.event), _id(one.event)].setdefault(case, one.appended)
        found: defaultdict[str, list[Sent]] = defaultdict(list)
        for one in self.traffic.sent:
            if isinstance(one.event, Decision | Obstacle):
                for case, since in named[type(one.event), _id(one.event)].items():
                    found[case].append(Sent(one.event, max(one.appended, since)))
            else:
                found[getattr(one.event, "case", "")].append(one)
        return found

    def is_in_time(self, case: str) -> bool:
        """Whether all that concerns a case was sent before anybody could be told that it is missing."""
        return all(one.appended - one.event.at < SETTLE_MS for one in self.sent_of[case])

    def is_revoked(self, case: str) -> bool:
        """Whether a decision that named the case was revoked."""
        return any(isinstance(one.event, Decision) and one.event.stage == "revoked" for one in self.sent_of[case])

    @cached_property
    def _records(self) -> dict[str, list[ConsumerRecord]]:
        return {}

    def records(self, topic: str) -> list[ConsumerRecord]:
        """The committed records of a topic (its short name), each partition in order."""
        if topic not in self._records:
            name, count = (
                self.world.settings.topic(topic),
                self.world.cluster.partitions[self.world.settings.topic(topic)],
            )
            self._records[topic] = list(self.world.log.read(name, range(count)))
        return self._records[topic]

    def said(self, topic: str) -> Sequence[tuple[ConsumerRecord, Any]]:
        """The same with their values, decoded by the topic's schema; None where there is none."""
        schema = topic.split(".")[1]
        return [(one, None if one.value is None else CODEC.decode(schema, one.value)) for one in self.records(topic)]

    @cached_property
    def alarms(self) -> list[tuple[ConsumerRecord, dict[str, Any]]]:
        """What was said of alarms."""
        return list(self.said("rytmi.alarm.v1"))

    @cached_property
    def stores(self) -> dict[ShardId, Store]:
        """The state of every shard, as its changelog has it."""
        found = {}
        for stage in CHANGELOGS:
            for partition in range(self.world.settings.partitions):
                found[ShardId(stage, partition)] = store = Store()
                for record in self.world.log.read(self.world.settings.changelog(stage), (partition,)):
                    assert record.key is not None
                    store.apply(record)  # type: ignore[arg-type]
        return found

    def last(self, place: TopicPartition) -> int:
        """The offset of the last record of an input partition, -1 where there is none."""
        return max((record.offset for record in self.world.log.read(place.topic, (place.partition,))), default=-1)

    def sums(self) -> Counter[str]:
        """How much came of it."""
        kinds = Counter(f"alarms {alarm['kind']}" for _, alarm in self.alarms if alarm["about"] == "clock")
        kinds["alarms of dead letters"] = sum(alarm["about"] == "deadletter" for _, alarm in self.alarms)
        for name in ("case", "clock", "link", "window", "deadletter", "partial", "progress"):
            kinds[f"records {name}"] = len(self.records(f"rytmi.{name}.v1"))
        return kinds + Counter({"events": len(self.traffic.sent), "cases": len(self.cases)})


def _id(event: Event) -> str:
    """The id of a decision or obstacle; that of any other event is of no use here."""
    return str(event[2])
