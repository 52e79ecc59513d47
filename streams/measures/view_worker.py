"""The thread of the view: a member of the view's own group, which reads `rytmi.partial.v1` and looks at intervals."""

from __future__ import annotations

import logging
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.kafka.clients import VIEW, consumer
from streams.kafka.reader import record_of
from streams.measures.publisher import TOPIC
from streams.measures.view import MeasuresView
from streams.settings import Settings

log = logging.getLogger(__name__)

_AT_ONCE = 2_000
_WAIT_SECONDS = 0.25
_EVERY_SECONDS = 2.0
_RESTS = 10.0  # times as long as a look took: on a large organisation, a tenth of a processor is enough
_STOP_SECONDS = 5.0
_PAUSE_SECONDS = 5.0


class ViewWorker:
    """Drives a view in a thread of its own, between `start` and `stop`."""

    def __init__(self, settings: Settings, view: MeasuresView) -> None:
        self._settings, self._view, self._topic = settings, view, settings.topic(TOPIC)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="view", daemon=True)

    def start(self) -> None:
        """Ask for the view."""
        self._thread.start()

    def stop(self) -> None:
        """Leave it to another."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._read()
            except Exception:  # whatever it is: the worker's alarms must not end with it, and another takes the view
                log.exception("the view failed, and begins anew in %g s", _PAUSE_SECONDS)
                self._stopped.wait(_PAUSE_SECONDS)

    def _read(self) -> None:
        session = self._view.session_seconds
        times = {"session.timeout.ms": int(session * 1000), "heartbeat.interval.ms": int(session * 250)}
        group = f"{self._settings.topic_prefix}{self._settings.application}-view"
        reader = consumer(self._settings, VIEW, group, **times)
        reader.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._lost, on_lost=self._lost)
        self._view.listen()
        look_at = 0.0
        try:
            while not self._stopped.is_set():
                self._take(reader)
                if self._view.is_read and time.monotonic() >= look_at:
                    took = self._view.look()
                    look_at = time.monotonic() + max(_EVERY_SECONDS, _RESTS * took)
        finally:
            self._view.lose()
            reader.close()

    def _take(self, reader: Consumer) -> None:
        try:
            messages = reader.consume(_AT_ONCE, _WAIT_SECONDS)
        except KafkaException as failed:
            log.warning("%s: %s", self._topic, failed)
            return
        self._view.polled()
        for message in messages:
            error = message.error()
            if error is None:
                self._view.take(record_of(message))
            elif error.code() == KafkaError._PARTITION_EOF:
                self._view.reach_end()
            elif not error.retriable():
                log.warning("%s: %s", self._topic, error.str())

    def _assigned(self, reader: Consumer, partitions: list[TopicPartition]) -> None:
        if not partitions:
            return  # others come and go; the view stays where it is
        log.info("the view is here")
        reader.incremental_assign([TopicPartition(tp.topic, tp.partition, 0) for tp in partitions])
        self._view.begin()

    def _lost(self, reader: Consumer, partitions: list[TopicPartition]) -> None:
        if partitions:
            log.info("the view is elsewhere")
            self._view.lose()
            reader.incremental_unassign(partitions)
