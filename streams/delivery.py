"""Delivery: Faust's consumer, handing over one envelope per partition batch instead of one message per record.

Faust gives the group membership, the rebalance protocol and the agents. What it does per record costs some seventy
microseconds, and its acknowledgement of single records loses some when they finish out of order; so a batch travels
as one message whose value is the list of raw records, and what is committed is how far the durable state says that it
has taken a partition in.

This leans on internals of Faust and aiokafka, so `check_versions` refuses releases that it was not tested with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple, cast

import aiokafka
from aiokafka.consumer.fetcher import FetchResult
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP, ConsumerMessage

from streams import UserError

TESTED = {"faust-streaming": "0.15.", "aiokafka": "0.14."}
_FETCH_WAIT_MS = 25  # how long the broker holds a fetch: what is known of a quiet partition is at most that old
_POLL_SECONDS = 0.25
_PARTITION_FETCH_BYTES = 8 * 1024 * 1024
_IDLE_SECONDS = 0.05


def check_versions() -> None:
    """Raises UserError for a Faust or aiokafka that this module was not tested with."""
    for package, tested in TESTED.items():
        found = version(package)
        if not found.startswith(tested):
            raise UserError(
                f"{package} {found} is installed, delivery was tested with {tested}*: install the lock file"
            )


class End(NamedTuple):
    """Everything of a partition has been fetched that was there when it was asked (milliseconds); the last offset."""

    asked: int
    last: int | None


class _Thread(driver.AIOKafkaConsumerThread):
    """The aiokafka consumer, reading committed records only, with partitions of a number kept together."""

    consumer: EnvelopeConsumer
    fetched_in = -1
    follows: Mapping[TP, int | None] = {}
    ends: Mapping[TP, End] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._last: dict[TP, int] = {}
        self.asked: dict[TP, int] = {}  # when each was last asked for, milliseconds
        self._watched: Any = None

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        conf = self.app.conf
        auth = driver.credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context)
        return aiokafka.AIOKafkaConsumer(
            client_id=conf.broker_client_id,
            group_id=conf.id,
            bootstrap_servers=driver.server_list(transport.url, transport.default_port),
            # By range, partition p of every topic of equal size goes to the same worker; Faust's round robin
            # scatters them as soon as the number of workers does not divide the number of partitions.
            partition_assignment_strategy=[RangePartitionAssignor],
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=int(conf.broker_max_poll_interval * 1000),
            max_partition_fetch_bytes=_PARTITION_FETCH_BYTES,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            request_timeout_ms=int(conf.broker_request_timeout * 1000),
            check_crcs=conf.broker_check_crcs,
            session_timeout_ms=int(conf.broker_session_timeout * 1000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1000),
            metadata_max_age_ms=conf.consumer_metadata_max_age_ms,
            **auth,
        )

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> Any:
        """The next records; `fetched_in` says in which generation of the group, `follows` after which offset of each.

        Both are noted here, where the group changes them too. Read elsewhere, before or after, the generation may be
        another one: records of the new one, taken for the old one's, would be dropped, and the consumer's position is
        behind them. Should anything be dropped all the same, `follows` lets the pipeline notice (see Batch).
        """
        self._watch(args[0])
        records = await super()._fetch_records(*args, **kwargs)
        generation = self.app.consumer_generation_id
        if generation != self.fetched_in:
            self.fetched_in, self._last = generation, {}
        self.follows = {tp: self._last.get(tp) for tp in records}
        self._last.update({tp: batch[-1].offset for tp, batch in records.items() if batch})
        self._note_ends(args[0])
        return records

    def _watch(self, consumer: Any) -> None:
        """Have every fetch note when it was asked: what its answer does not hold was not there by then."""
        fetcher = consumer._fetcher
        if fetcher is self._watched:
            return
        self._watched, fetch = fetcher, fetcher._proc_fetch_request

        async def noting(assignment: Any, node: Any, request: Any) -> Any:
            asked = time.time_ns() // 1_000_000
            answer = await fetch(assignment, node, request)
            self._make_ready(fetcher._records)
            for topic, partitions in request.topics:
                for partition, *_ in partitions:
                    tp = TP(topic, partition)
                    state = assignment.state_value(tp) if tp in assignment.tps else None
                    if state is not None and (state.timestamp or 0) >= asked:
                        self.asked[tp] = asked
            self._note_ends(consumer)
            return answer

        fetcher._proc_fetch_request = noting

    def _make_ready(self, fetched: Any) -> None:
        """Have what was fetched handed over in the order of the work on it, and each record as it was parsed.

        The broker is asked in a random order. aiokafka would copy a record, field by field, into one of its own.
        """
        order = self.consumer.transport.order
        for tp in sorted(fetched, key=lambda tp: order.get(tp.topic, 0)):
            fetched.move_to_end(tp)
            if isinstance(fetched[tp], FetchResult) and fetched[tp].has_more():
                fetched[tp]._partition_records._consumer_record = _as_parsed

    def _note_ends(self, consumer: Any) -> None:
        """Note of which partitions everything has been fetched, when that was asked, and the last record of each.

        Everything: also that no transaction is open, behind which something might stand already.
        """
        subscription = consumer._subscription.subscription
        assignment: Any = subscription.assignment if subscription is not None else None
        ends = {}
        for tp in assignment.tps if assignment is not None else ():
            state, asked = assignment.state_value(tp), self.asked.get(tp)
            if asked is None or not state.has_valid_position or state.highwater is None:
                continue
            if state.position >= state.highwater:
                ends[tp] = End(asked, self._last.get(tp))
        self.ends = ends


def _as_parsed(_: Any, record: Any) -> Any:
    return record


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
    _thread: _Thread

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    # -- commits

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        """Every partition may have something to commit: what counts is the state, not Faust's acknowledgements."""
        return (tp for tp in self.assignment() if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        """What may be committed: how far the durable state has taken the partition in."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.transport.position(tp)

    def ended_at(self, tp: TP) -> int | None:
        """When everything that the partition held was durable in the state, milliseconds; None where it is not."""
        end = self._thread.ends.get(tp)
        if end is None or (end.last is not None and (self.transport.position(tp) or 0) <= end.last):
            return None
        return end.asked

    def asked_at(self, tp: TP) -> int | None:
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
    position: Callable[[TP], int | None]
