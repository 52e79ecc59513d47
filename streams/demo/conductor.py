"""The course of a demo: load the history, wait until the workers have taken it in, then go on at the time of day."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from schemas.codec import Codec
from streams.control import backfill
from streams.demo.figures import Figures, Reader
from streams.demo.stack import Stack
from streams.demo.wall import Wall
from streams.pseudonym import Pseudonym
from streams.sender import Sender
from streams.simulation import Organisation
from streams.view import Status, span

_SOURCE = "rytmi/simulation"
_READ_EVERY_SECONDS = 1.0
_LOOK_EVERY = 500  # events between two looks at the clock while loading
_STEP_SECONDS = 0.1
VISITORS_A_MINUTE = 20.0  # further cases while somebody watches: a viewer sees something happen every few seconds
HURRY = 60.0  # and sees cases that go the whole way in minutes


class Conductor:
    """Sends, reads the figures, shows them, and keeps the stack up. A context manager."""

    def __init__(self, stack: Stack, organisation: Organisation, wall: Wall, status: Status, began: float) -> None:
        """`began`: when the demo was started, by the monotonic clock."""
        self._stack, self._organisation, self._wall, self._status = stack, organisation, wall, status
        self._began = began
        settings = stack.settings
        self._reader = Reader([f"{worker.address}/metrics" for worker in stack.workers], settings.partitions)
        self._codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
        self._sender = Sender(settings, self._codec, _SOURCE)
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._next: Future[Figures] | None = None
        self._read_at = self._shown_at = self._revived_at = 0.0
        self.figures: Figures | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.shutdown(cancel_futures=True)

    def load(self) -> int:
        """Send all that has happened until now, as fast as it goes; how many events."""
        count = 0
        with backfill(self._stack.settings, self._codec, "demo"):
            for count, event in enumerate(self._organisation.until(now_ms()), 1):
                self._sender.send(event)
                if count % _LOOK_EVERY == 0:
                    self._status.phase = f"loading the history: {count:,} events sent"
                    self._look()
            self._sender.close()
        self._status.phase = f"catching up with {count:,} events of history"
        # Twice: what the first round took in late may have sent links to cases, which the second round has, too.
        for _ in range(2):
            self._until_caught_up(time.time())
        self._status.settled = True
        return count

    def live(self, seconds: float | None) -> None:
        """Send every event at its time, for so long (None: until somebody ends it)."""
        self._organisation.hasten(now_ms(), VISITORS_A_MINUTE, HURRY)
        self._status.notice(f"live figures {time.monotonic() - self._began:.1f} s after the start", time.time())
        begin = time.monotonic()
        while seconds is None or time.monotonic() - begin < seconds:
            self._status.phase = f"live for {span(time.monotonic() - begin)}"
            for event in self._organisation.until(now_ms()):
                self._sender.send(event)
            self._look()
            self._sender.wait(_STEP_SECONDS)
        self._sender.close()

    def _until_caught_up(self, at: float) -> None:
        while self.figures is None or not self.figures.complete or (self.figures.caught_up_at or 0.0) < at:
            self._look()
            time.sleep(_STEP_SECONDS)

    def _look(self) -> None:
        """What is due beside sending."""
        now = time.time()
        if self._next is not None and self._next.done():
            self.figures, self._next = self._next.result(), None
        if self._next is None and now - self._read_at >= _READ_EVERY_SECONDS:
            self._next, self._read_at = self._reading.submit(self._reader.read, now), now
        if now - self._revived_at >= _READ_EVERY_SECONDS:
            self._revived_at = now
            for words in self._stack.revive():
                self._status.notice(words, now)
        if self.figures is not None and now - self._shown_at >= self._wall.every_seconds:
            self._wall.show(self._status, self.figures)
            self._shown_at = now


def now_ms() -> int:
    """The time of day, milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
