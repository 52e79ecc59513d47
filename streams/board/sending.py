"""What a board sends: the audit, and after the broker has acknowledged it the action. So no action lacks its audit."""

from __future__ import annotations

import threading

from confluent_kafka import KafkaException, Producer

from processors.events import Action
from schemas.codec import Codec, EncodeError
from streams.board.store import Record
from streams.kafka.clients import AUDITS, producer
from streams.kafka.headers import headers
from streams.kafka.sender import Sender, SendError
from streams.settings import Settings

TOPIC = "rytmi.audit.v1"
_SECONDS = 10.0  # somebody waits before a screen
_SOURCE = "rytmi/board"


class Sending:
    """Sends for all threads, one record at a time; each call blocks until the broker answers, 11 seconds at most."""

    def __init__(self, settings: Settings, codec: Codec) -> None:
        self._settings, self._codec = settings, codec
        self._lock = threading.Lock()
        self._sender: Sender | None = None
        self._producer: Producer | None = None

    def audit(self, record: Record) -> None:
        """Write an audit and wait until it is acknowledged. Raises SendError."""
        with self._lock:
            failure: list[str] = []
            if self._producer is None:
                self._producer = producer(self._settings, AUDITS, **{"message.timeout.ms": int(_SECONDS * 1000)})
            try:
                self._producer.produce(
                    self._settings.topic(TOPIC),
                    self._codec.encode("audit", record),
                    record["case"].encode(),
                    headers=headers(TOPIC, record["id"], _SOURCE, record["at"]),  # type: ignore[arg-type]
                    on_delivery=lambda error, _: failure.append(error.str()) if error else None,
                )
                waiting = self._producer.flush(_SECONDS + 1)
            except (BufferError, EncodeError, KafkaException) as wrong:
                self._producer = None
                raise SendError(f"the audit could not be written: {wrong}") from wrong
            if failure or waiting:
                self._producer = None
                raise SendError(f"the audit could not be written: {failure[0] if failure else 'no answer'}")

    def action(self, event: Action) -> None:
        """Send an action as everybody does, and wait until it is acknowledged. Raises SendError."""
        with self._lock:
            try:
                if self._sender is None:
                    self._sender = Sender(self._settings, self._codec, _SOURCE, _SECONDS)
                self._sender.send(event)
                self._sender.close()
            except SendError:
                self._sender = None  # what failed once is told again by the same sender for ever
                raise
