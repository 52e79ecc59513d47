"""Fetching: the thread with the aiokafka consumer, as Faust has it, and what is known of the partitions' ends.

Leans on internals of Faust and aiokafka, as consumer.py does, which checks their versions.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import aiokafka
from aiokafka.consumer.fetcher import FetchResult
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import TP

from streams.shard.watermarks import End

_FETCH_WAIT_MS = 25  # how long the broker holds a fetch: what is known of a quiet partition is at most that old
_PARTITION_FETCH_BYTES = 8 * 1024 * 1024


class FetchingThread(driver.AIOKafkaConsumerThread):
    """The aiokafka consumer, reading committed records only, with partitions of a number kept together."""

    consumer: Any
    fetched_in = -1
    follows: Mapping[TP, int | None] = {}
    ends: Mapping[tuple[str, int], End] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._last: dict[TP, int] = {}
        self.asked: dict[tuple[str, int], int] = {}  # when each was last asked for, milliseconds
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
