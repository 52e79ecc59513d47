"""Delivery: Faust's consumer, handing over one envelope per partition batch instead of one message per record.

Faust gives the group membership, the rebalance protocol and the agents. What it does per record costs some seventy
microseconds, and its acknowledgement of single records loses some when they finish out of order; so a batch travels
as one message whose value is the list of raw records, and what is committed is how far the durable state says that it
has taken a partition in.

This leans on internals of Faust and aiokafka, so `check_versions` refuses releases that it was not tested with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple, cast

from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP, ConsumerMessage

from streams import UserError
from streams.shard.watermarks import End
from streams.worker.fetcher import FetchingThread

TESTED = {"faust-streaming": "0.15.", "aiokafka": "0.14."}
_POLL_SECONDS = 0.25
_IDLE_SECONDS = 0.05


def check_versions() -> None:
    """Raises UserError for a Faust or aiokafka that this module was not tested with."""
    for package, tested in TESTED.items():
        found = version(package)
        if not found.startswith(tested):
            raise UserError(
                f"{package} {found} is installed, delivery was tested with {tested}*: install the lock file"
            )


class Envelope(NamedTuple):
    """The records of one partition that were fetched together, and the last offset fetched of it before them.

    follows: None for the first of a generation of the group.
    """

    records: list[Any]
    follows: int | None


class EnvelopeConsumer(driver.Consumer):
    """Delivers envelopes; tells its transport's `on_assigned` before any record of a partition is delivered."""

    app: Any
    transport: EnvelopeTransport
    _thread: FetchingThread

    def _new_consumer_thread(self) -> FetchingThread:
        return FetchingThread(self, loop=self.loop, beacon=self.beacon)

    # -- commits

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        """Every partition may have something to commit: what counts is the state, not Faust's acknowledgements."""
        return (tp for tp in self.assignment() if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        """What may be committed: how far the durable state has taken the partition in."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.transport.offset(tp)

    def end_of(self, place: tuple[str, int]) -> End | None:
        """What fetching has seen of a partition's end; None where it has not come to it. From any thread."""
        return self._thread.ends.get(place)

    def asked_at(self, tp: tuple[str, int]) -> int | None:
        """When the partition was last asked for more, milliseconds."""
        return self._thread.asked.get(tp)

    # -- rebalances

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self.transport.on_revoking()
        await super().on_partitions_revoked(revoked)  # waits for what is under way, commits
        await self.transport.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self.transport.on_assigned(assigned, generation_id)
        await super().on_partitions_assigned(assigned, generation_id)

    # -- delivery

    def on_buffer_full(self, tp: TP) -> None:
        """Faust would stop fetching and sleep a second; here a full queue simply makes `_deliver` wait."""

    def on_buffer_drop(self, tp: TP) -> None:
        """See on_buffer_full."""

    async def _drain_messages(self, fetcher: Any) -> None:
        stopped, fetcher_stopped = self._stopped.is_set, fetcher._stopped.is_set
        try:
            while not (stopped() or fetcher_stopped()):
                records, active = await self._next_records()
                generation, follows = self._thread.fetched_in, self._thread.follows
                if not records or self.should_stop:
                    await asyncio.sleep(0)
                    continue
                if not self.flow_active:
                    await self.perform_seek()
                    continue
                for tp, batch in records.items():
                    if tp in active:
                        envelope = Envelope(batch, follows[tp])
                        await self.wait_first(self._deliver(tp, envelope, generation), self.suspend_flow.wait())
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _next_records(self) -> tuple[Mapping[TP, list[Any]], set[TP]]:
        if not self.flow_active:
            await self.wait(self.can_resume_flow.wait())
        active = set(self._get_active_partitions())
        if not active:
            await self.sleep(_IDLE_SECONDS)
            return {}, active
        return await self._getmany(active_partitions=active, timeout=_POLL_SECONDS), active

    async def _deliver(self, tp: TP, envelope: Envelope, generation: int) -> None:
        records = envelope.records
        if not records or not self.flow_active or self.app.consumer_generation_id != generation:
            return
        last = records[-1].offset
        message = ConsumerMessage(
            tp.topic,
            tp.partition,
            last,
            records[-1].timestamp / 1000,
            records[-1].timestamp_type,
            [],
            None,
            cast(bytes, envelope),  # Faust passes it on as it is
            None,
            0,
            0,
            tp,
            generation_id=generation,
        )
        await self.app.topics._tp_to_callback[tp](message)
        self._read_offset[tp] = last


class EnvelopeTransport(driver.Transport):
    """Faust's Kafka transport with the consumer above; the worker sets the callbacks.

    order: by topic, which records are handed over first when there are some of many.
    """

    Consumer = EnvelopeConsumer
    order: Mapping[str, int] = {}
    on_assigned: Callable[[set[TP], int], None]
    on_revoking: Callable[[], None]
    on_revoked: Callable[[], Awaitable[None]]
    offset: Callable[[Any], int | None]
