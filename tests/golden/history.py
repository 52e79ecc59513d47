"""A history, taken in by the pipeline as a worker takes it in: what is written to the changelogs by that.

`history.jsonl` is read from top to bottom. A line is an event in canonical form (appended when it says, unless
`appended` says when), or a step:

    {"raw": "base64", "record": "feedback", "key": "K-1"}   a record as a producer might send it
    {"control": "heartbeat", "id": "crm", "record": "feedback"}
    {"tell": INSTANT}     announce what is due before it        {"purge": INSTANT}    forget what is at rest by then
    {"own": INSTANT}      share the cells as a new owner does

Events and records are folded together up to the next step that is none of them; decisions and obstacles first.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from processors.canonical import instant, parse
from processors.events import TYPES
from schemas.codec import Codec
from streams import config as configuration
from streams.kafka.headers import headers
from streams.kafka.log import KafkaLog
from streams.kafka.shard_log import ShardLog
from streams.kafka.topics import INPUTS
from streams.measures.publisher import CellPublisher
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.claims import Claims, Source
from streams.shard.clock import Time, WallClock
from streams.shard.counters import Counters
from streams.shard.intake import Batch
from streams.shard.pipeline import Pipeline
from streams.shard.shard import Shard
from streams.shard.stages import stages
from tests.golden.clients import Kafka, Sent

KEY = "golden-pseudonym-key"
SETTINGS = Settings(kafka_bootstrap="kafka:9092", partitions=1, configured_pseudonym_key=KEY)
_RECORDS = {kind: name for name, kind in TYPES.items()}


class History:
    """The shards of all stages, over the clients of `kafka`, which must have taken the place of the real ones."""

    def __init__(self, config: configuration.Config, kafka: Kafka) -> None:
        self.kafka = kafka
        self._codec = Codec(None, Pseudonym(KEY))
        clock, log = WallClock(Time(lambda: self.now, lambda: 0.0)), KafkaLog(SETTINGS)
        self._pipeline = Pipeline(self._codec, config.policies, SETTINGS.partitions, 0, Counters(), clock)
        self.shards = {}
        for stage in stages(config.policies, self._codec.encode, f"rytmi/{SETTINGS.application}"):
            claims = Claims(sources_of(config), config.file.settle, clock)
            own = ShardLog(log, SETTINGS, stage.name, 0)
            self.shards[stage.name] = Shard(own, stage, 0, config.retention_ms, claims)
        self._waiting: defaultdict[str, list[Any]] = defaultdict(list)
        self._offsets: Counter[str] = Counter()
        self.now = 0

    def run(self, path: Path) -> Iterator[Sent]:
        """Take the history in; what is sent, in its order."""
        for line in path.read_text(encoding="utf-8").splitlines():
            step = json.loads(line)
            if "type" in step:
                self._append(step)
            elif "raw" in step:
                key = step.get("key")
                self._wait(step["record"], None if key is None else key.encode(), b64decode(step["raw"]), [])
            elif "control" in step:
                said = {"kind": step["control"], "id": step["id"], "at": self.now}
                self._wait(step["record"], None, self._codec.encode("control", said), [])
            else:
                yield from self._fold()
                ((what, at),) = step.items()
                yield from self._do(what, instant(at))
        yield from self._fold()

    def _append(self, line: dict[str, Any]) -> None:
        appended = line.pop("appended", None)
        event = parse(line)
        self.now = max(self.now, event.at if appended is None else instant(appended))
        record = _RECORDS[type(event)]
        stage = next(shard.stage for shard in self.shards.values() if record in shard.stage.records)
        about = headers(INPUTS[record], event.id, "rytmi/golden", event.at)
        self._wait(record, stage.key(event).encode(), self._codec.encode(record, event), about)

    def _wait(self, record: str, key: bytes | None, value: bytes | None, about: list[tuple[str, bytes]]) -> None:
        offset = self._offsets[record]
        self._offsets[record] += 1
        one = SimpleNamespace(key=key, value=value, offset=offset, timestamp=self.now, headers=about)
        self._waiting[record].append(one)

    def _fold(self) -> Iterator[Sent]:
        for shard in self.shards.values():
            fed_by = [record for record in shard.stage.records if self._waiting[record]]
            batches = [Batch(r, SETTINGS.topic(INPUTS[r]), self._waiting.pop(r)) for r in fed_by]
            if batches:
                self._pipeline.process(shard, batches)
            for sent in self.kafka.taken():
                if sent.topic == INPUTS["link"]:
                    self._wait("link", sent.key, sent.value, list(sent.headers))
                yield sent

    def _do(self, what: str, at: int) -> Iterator[Sent]:
        self.now = max(self.now, at)
        for shard in self.shards.values():
            if what == "tell":
                self._pipeline.announce(shard, self.now, lambda _: at)
            elif what == "purge":
                shard.purge(at)
            else:
                publisher = CellPublisher(shard, lambda: 0.0)
                publisher.rebuild(float("inf"))
                publisher.publish(at, at, is_busy=False)
        yield from self.kafka.taken()


def sources_of(config: configuration.Config) -> list[Source]:
    """The sources that a configuration declares."""
    declared = config.file.sources
    return [Source(one.id, frozenset(one.records), frozenset(one.touchpoints), one.silent_after) for one in declared]
