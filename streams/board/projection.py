"""The projection: a thread that reads the committed records of the topics into the store, and says what changed.

No group is joined and nothing is committed to the cluster: how far it has read is in the store, beside what it read.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.codec import Codec, DecodeError
from streams.board import store
from streams.board.store import NOWHERE, Store
from streams.kafka.clients import BOARD, consumer
from streams.settings import Settings

_RECORDS = {f"rytmi.{name}.v1": name for name in ("case", "clock", "alarm", "window", "audit")}
CASE, CLOCK, ALARM, WINDOW, AUDIT = TOPICS = tuple(_RECORDS)
_BATCH = 5_000
_WAIT_SECONDS = 0.05  # also what an event waits for its batch, at most
_AGAIN_SECONDS = 3.0
_ASK_SECONDS = 15.0

Changed = frozenset[tuple[str, str]]
"""What has changed: (`case`, id), (`unit`, id), (`windows`, "")."""
_log = logging.getLogger(__name__)


class Projection(threading.Thread):
    """Reads until it is stopped; after a failure it begins anew from where the store is.

    tell: called on this thread after each transaction, once everything that stood in the topics has been read. It must
    not block. What it raises counts as a failure of the reading.
    """

    def __init__(self, settings: Settings, codec: Codec, view: Store, tell: Callable[[Changed], None]) -> None:
        super().__init__(name="projection", daemon=True)
        self._settings, self._codec, self._store, self._tell = settings, codec, view, tell
        self._names = {settings.topic(name): name for name in TOPICS}
        self._ending = threading.Event()
        self._behind: set[tuple[str, int]] = set()
        self.caught_up = threading.Event()
        """Set once everything that stood in the topics when it started is in the store."""
        self.trouble: str | None = "starting"
        """Why it does not read now; None: it does."""
        self.unreadable = 0

    def run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except Exception as wrong:  # noqa: BLE001 - a thread that ended in silence would leave pages old
                said, self.trouble = self.trouble, f"{type(wrong).__name__}: {wrong}"
                if said != self.trouble:
                    _log.warning("the topics cannot be followed, trying again", exc_info=wrong)
                self._ending.wait(_AGAIN_SECONDS)

    def stop(self) -> None:
        """End after the batch under way."""
        self._ending.set()
        self.join(_ASK_SECONDS)

    def _follow(self) -> None:
        reader = consumer(self._settings, BOARD, f"{self._settings.application}-board")  # the group is not joined
        try:
            reader.assign(self._places(reader))
            while not self._ending.is_set():
                messages = reader.consume(_BATCH, _WAIT_SECONDS)
                if messages:
                    self._take(messages)
                elif not self._behind:
                    self.trouble = None
        finally:
            reader.close()

    def _places(self, reader: Consumer) -> list[TopicPartition]:
        """Where to read on. A view of other topics, or of such that have been made anew, is emptied first."""
        cluster = AdminClient(self._settings.client(log_level=0)).list_topics(timeout=_ASK_SECONDS)
        if missing := [name for name in self._names if name not in cluster.topics]:
            raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART, f"{missing[0]}: rytmi topics apply"))
        source = f"{cluster.cluster_id}/{self._settings.topic_prefix}"
        if not self._store.belongs_to(source):
            self._store.empty(source)
        places = [(name, part) for name in self._names for part in cluster.topics[name].partitions]
        known = self._store.offsets()
        for name, part in places:
            _, high = reader.get_watermark_offsets(TopicPartition(name, part), timeout=_ASK_SECONDS)
            if known.get((name, part), 0) > high:
                self._store.empty(source)
                known = {}
                break
        self._behind = set(places)
        return [TopicPartition(name, part, known.get((name, part), 0)) for name, part in places]

    def _take(self, messages: list[Message]) -> None:
        changed: set[tuple[str, str]] = set()
        with self._store.writing() as to:
            ends: dict[tuple[str, int], int] = {}
            for message in messages:
                place = (str(message.topic()), int(message.partition() or 0))
                error = message.error()
                if error is None:
                    self._take_one(to, message, self._names[place[0]], changed)
                    ends[place] = int(message.offset() or 0) + 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    self._behind.discard(place)
                elif not error.retriable():
                    raise KafkaException(error)
            for (topic, part), after in ends.items():
                store.put_offset(to, topic, part, after)
        if not self._behind:
            self.trouble = None
            self.caught_up.set()
        if changed and self.caught_up.is_set():
            self._tell(frozenset(changed))

    def _take_one(self, to: sqlite3.Connection, message: Message, name: str, changed: set[tuple[str, str]]) -> None:
        key, value = (message.key() or b"").decode("utf-8", "replace"), message.value()
        try:
            record = None if value is None else self._codec.decode(_RECORDS[name], value)
        except DecodeError as wrong:
            self.unreadable += 1
            place = message.topic(), message.partition(), message.offset()
            _log.warning("%s [%s] at %s cannot be read: %s", *place, wrong)
            return
        if name == WINDOW:
            store.put_window(to, key, record)
            changed.add(("windows", ""))
            return
        changed.add(("case", key))
        if record is None:
            if name == CASE:
                store.drop_case(to, key)
            return
        if name == CASE:
            store.put_case(to, record)
        elif name == AUDIT:
            store.put_audit(to, record)
        else:
            store.put_said(to, name, int(message.partition() or 0), int(message.offset() or 0), key, value or b"")
            if name == ALARM:
                store.put_alarm(to, record)
        if name != CLOCK:
            changed.add(("unit", record["unit"] or NOWHERE))
