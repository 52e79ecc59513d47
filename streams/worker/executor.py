"""What waits for the thread of the pipeline, and that thread: a serial executor and the buffer of batches.

Batches are put in the event loop and taken in the pipeline's thread. All that waits for a shard is taken at once: the
further behind a worker is, the more events of an entity are folded together.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from streams.shard.intake import Batch
from streams.shard.shard import ShardId

_MOST_BYTES = 160 * 1024 * 1024
_BYTES_AROUND_A_VALUE = 1_000  # a record's key, headers and objects


class QueuedBatch(NamedTuple):
    """A batch, the generation of the group in which it was fetched, what acknowledges it, and about how many bytes it
    takes in memory.
    """

    batch: Batch
    generation: int
    acknowledge: Callable[[], object]
    weight: int


class BatchBuffer:
    """`stages`: their names, in the order in which they are to be taken."""

    def __init__(self, stages: Sequence[str]) -> None:
        self._order = {stage: place for place, stage in enumerate(stages)}
        self._waiting: defaultdict[ShardId, deque[QueuedBatch]] = defaultdict(deque)
        self._room, self._bytes = asyncio.Event(), 0

    async def put(self, shard: ShardId, batch: Batch, generation: int, acknowledge: Callable[[], object]) -> None:
        """Wait for room, then queue: the memory is bounded when input is faster than the worker."""
        weight = sum([len(record.value or b"") + _BYTES_AROUND_A_VALUE for record in batch.records])
        while self._bytes and self._bytes + weight > _MOST_BYTES:
            self._room.clear()
            await self._room.wait()
        self.add(shard, QueuedBatch(batch, generation, acknowledge, weight))

    def add(self, shard: ShardId, queued: QueuedBatch) -> None:
        """Queue a batch."""
        self._bytes += queued.weight
        self._waiting[shard].append(queued)

    def take(self) -> tuple[ShardId, list[QueuedBatch]] | None:
        """All that waits for one shard, None if nothing waits for any.

        What tells others goes first, so that its links are folded with the rest of their cases; then the fullest.
        """
        full = [(self._order[name.stage], -len(queue), name) for name, queue in list(self._waiting.items()) if queue]
        if not full:
            return None
        name = min(full)[-1]
        queue = self._waiting[name]
        return name, [queue.popleft() for _ in range(len(queue))]

    def acknowledge(self, done: Sequence[QueuedBatch]) -> None:
        """What was taken is durable, or void: there is room again."""
        for queued in done:
            queued.acknowledge()
            self._bytes -= queued.weight
        self._room.set()


class SerialExecutor:
    """After the first exception no task runs any more; `on_failure(exc)` is called on its thread.

    Were a batch folded after an earlier one of its partition had failed, that one would be passed over.
    """

    def __init__(self, name: str, on_failure: Callable[[BaseException], object]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._on_failure = on_failure
        self._is_broken = False

    def submit(self, work: Callable[..., None], *args: Any) -> Future[None]:
        """Run after all tasks submitted before; the future ends when it has run, or was passed over. Thread-safe."""
        return self._thread.submit(self._unless_broken, work, args)

    def _unless_broken(self, work: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self._is_broken:
            return
        try:
            work(*args)
        except BaseException as failure:
            self._is_broken = True
            self._on_failure(failure)
            raise
