"""`rytmi.window.v1`: the measures as they run, for downstream. A row is sent when its values have changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from processors.measures.terms import Row
from schemas.codec import Codec
from streams.kafka.headers import headers
from streams.kafka.log import Log
from streams.kafka.reader import key_of
from streams.kafka.records import ProducerRecord
from streams.kafka.shard_log import ShardLog
from streams.settings import Settings

TOPIC = "rytmi.window.v1"
_EVERY_SECONDS = 10.0


class Windows:
    """Publishes rows. One transactional producer: a view that was taken over, and does not know yet, says nothing."""

    def __init__(self, log: Log, settings: Settings, codec: Codec, monotonic: Callable[[], float]) -> None:
        self._log, self._settings, self._codec, self._monotonic = log, settings, codec, monotonic
        self._source = f"rytmi/{settings.application}"
        self._producer = ShardLog(log, settings, "view", 0, has_state=False)
        self._published: dict[bytes, Row | None] | None = None
        self._published_at = float("-inf")

    def publish(self, rows: Sequence[Row], at: int) -> None:
        """Send what has changed, if it is time. at: as of when, milliseconds. Raises Fenced or KafkaException."""
        now = self._monotonic()
        if now - self._published_at < _EVERY_SECONDS:
            return
        if self._published is None:
            self._producer.fence()
            self._published = dict.fromkeys(self._known())
        found = {key(row): row for row in rows}
        changed = [(name, row) for name, row in found.items() if self._published.get(name) != row]
        gone = [name for name in self._published if name not in found]
        outputs = [self._output(name, row, at) for name, row in changed]
        outputs += [ProducerRecord(TOPIC, name, None, []) for name in gone]
        if outputs:
            self._producer.commit(outputs, None)
        self._published, self._published_at = dict(found), now

    def _known(self) -> Iterable[bytes]:
        """What stands in the topic, from whoever was the view before."""
        standing: dict[bytes, bool] = {}
        for record in self._log.read(self._settings.topic(TOPIC), range(self._settings.partitions)):
            standing[key_of(record)] = record.value is not None
        return [name for name, stands in standing.items() if stands]

    def _output(self, name: bytes, row: Row, at: int) -> ProducerRecord:
        value = {
            "measure": row.measure,
            "labels": row.labels,
            "window": row.window or "",
            "at": at,
            "complete": True,
            "values": {name: None if value is None else float(value) for name, value in row.values.items()},
        }
        about = headers(TOPIC, f"{name.decode()}/{at}", self._source, at)
        return ProducerRecord(TOPIC, name, self._codec.encode("window", value), about)


def key(row: Row) -> bytes:
    """The key of a row: its measure, labels and window, as a JSON array."""
    return json.dumps([row.measure, row.labels, row.window], ensure_ascii=False, separators=(",", ":")).encode()
