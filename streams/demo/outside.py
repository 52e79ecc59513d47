"""What a conductor works with outside of itself: clock, where events go, where figures come from, what keeps all up."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from processors.events import Event
from schemas.codec import Codec
from streams.demo.figures import Reader
from streams.demo.stack import Stack
from streams.demo.words import Said, Status
from streams.kafka.control import backfill
from streams.kafka.sender import Sender
from streams.pseudonym import Pseudonym

_SOURCE = "rytmi/simulation"


class Clock(NamedTuple):
    """The machine's, or another one, by which a demo can be made for any instant.

    now: the time of day, seconds since the epoch. steady: seconds since some instant, which nobody ever sets.
    """

    now: Callable[[], float]
    steady: Callable[[], float]

    def now_ms(self) -> int:
        """The time of day, milliseconds since the epoch."""
        return int(self.now() * 1000)


MACHINE = Clock(time.time, time.monotonic)


class Sending(Protocol):
    """Takes events. Called from the conductor's thread alone."""

    def send(self, event: Event) -> None:
        """Take one event over; it need not be delivered yet."""

    def wait(self, seconds: float) -> None:
        """Let so much time pass, while deliveries go on."""

    def close(self) -> None:
        """Return when all that was taken over is delivered. More may be sent afterwards."""


@dataclass(frozen=True)
class Outside:
    """backfill: says that what is sent inside happened long ago. revive: starts again what has ended; what happened.

    background: makes what calls a function beside the conductor, under the name of its thread.
    """

    sender: Sending
    reader: Reader
    backfill: Callable[[], AbstractContextManager[None]]
    revive: Callable[[], list[Said]]
    background: Callable[[str], Executor]
    clock: Clock = MACHINE


def outside(stack: Stack, status: Status) -> Outside:
    """That of a stack which runs: its broker, its workers, its Alertmanager."""
    settings, monitoring = stack.settings, stack.monitoring
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    reader = Reader(
        [f"{worker.address}/metrics" for worker in stack.workers],
        settings.partitions,
        alertmanager=monitoring.alertmanager_url if monitoring is not None else None,
        windows={status.window, status.usual},
    )
    return Outside(
        Sender(settings, codec, _SOURCE),
        reader,
        partial(backfill, settings, codec, "demo"),
        stack.revive,
        partial(ThreadPoolExecutor, 1),
    )
