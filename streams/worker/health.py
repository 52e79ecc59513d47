"""Whether a worker lives and is ready. The truth is progress, not that a port answers."""

from __future__ import annotations

import time
from typing import NamedTuple

from streams.kafka.records import TopicPartition
from streams.worker.worker import Worker


class Verdict(NamedTuple):
    """A yes or no with its reason."""

    good: bool
    words: str


class Health:
    """Reads a worker and its consumer."""

    def __init__(self, worker: Worker) -> None:
        self._worker, self._core = worker, worker.core

    def partitions(self) -> list[TopicPartition]:
        """The input partitions of the shards that are owned."""
        return [tp for shard in self._core.assignment.shards for tp in self._core.watermarks.inputs(shard)]

    def caught_up_at(self, tp: TopicPartition) -> float | None:
        """Until when the partition has been taken in whole, seconds since the epoch; None where nobody knows yet."""
        until = self._core.watermarks.read_until(tp)
        return until / 1000 if until is not None else None

    def alive(self) -> Verdict:
        """Not alive: failed; or there is something to do and nothing has been done for too long."""
        worker, limit = self._worker, self._worker.options.stalled_after
        if worker.failed is not None:
            return Verdict(False, f"failed: {worker.failed}")
        idle_for = time.monotonic() - self._core.assignment.progressed_at
        if idle_for <= limit:
            return Verdict(True, f"progress {idle_for:.0f} s ago")
        consumer = self._worker.consumer
        behind = [tp for tp in self.partitions() if self._core.watermarks.ended_at(tp) is None]
        if behind:
            return Verdict(False, f"no progress for {idle_for:.0f} s, and behind on {_named(behind)}")
        silent = [tp for tp in self.partitions() if time.time() - (consumer.asked_at(tp) or 0) / 1000 > limit]
        if silent:
            return Verdict(False, f"{_named(silent)} not asked for within {limit:.0f} s")
        return Verdict(True, "caught up")

    def ready(self) -> Verdict:
        """Ready: member of the group, and every shard owned is read back."""
        if self._worker.failed is not None:
            return Verdict(False, f"failed: {self._worker.failed}")
        if self._core.assignment.is_draining:
            return Verdict(False, "told to stop")
        if not self._core.assignment.ready:
            return Verdict(False, "partitions are moving, or their state is being read back")
        return Verdict(True, f"{len(self._core.assignment.shards)} shards owned")


def _named(tps: list[TopicPartition]) -> str:
    return ", ".join(f"{tp.topic}/{tp.partition}" for tp in tps[:3]) + (" ..." if len(tps) > 3 else "")
