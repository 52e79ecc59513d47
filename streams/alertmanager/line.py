"""Telling one Alertmanager: a thread that sends changes at once, and everything again at intervals.

It never gives up. After a failure it tries again soon, at most two seconds later; and then it tells everything, because
an Alertmanager that was away may have lost what it knew. The thread wakes every second only to notice that the process
stood still (see `Watch`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

from streams.alertmanager.alert import Alert, Wire
from streams.alertmanager.book import Book
from streams.alertmanager.posting import MOST_SECONDS, Refused, Unreachable
from streams.shard.clock import Time

MOST_IN_A_POST = 500
LIVES_FOR = 4  # times the interval between two keep-alives: three may be lost
_TICK_SECONDS = 1.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0
log = logging.getLogger(__name__)

Post = Callable[[Sequence[Wire]], None]


class Watch:
    """Notices that this process stood still: stopped and continued, or a machine that was asleep.

    Both clocks are asked: on some systems the monotonic one does not count a sleep of the machine. A wall clock that is
    set forward looks the same; that costs one proof of ownership. slack_seconds: how much later than planned is still
    an ordinary delay.
    """

    def __init__(self, slack_seconds: float, time: Time = Time()) -> None:  # noqa: B008 - an immutable value
        self._slack, self._clocks = slack_seconds, (time.monotonic, lambda: time.wall_ms() / 1000)
        self.begin()

    def begin(self) -> None:
        """Look from now on."""
        self._seen = [clock() for clock in self._clocks]

    def stood_still(self, planned_seconds: float) -> bool:
        """Whether much more time has passed since the last call than what was planned to happen takes at most."""
        before = self._seen
        self.begin()
        return any(now - then > planned_seconds + self._slack for now, then in zip(self._seen, before, strict=True))


class Line:
    """reader: its number in the book."""

    def __init__(
        self,
        name: str,
        reader: int,
        book: Book,
        post: Post,
        resend_seconds: float,
        watch: Watch,
        time: Time = Time(),  # noqa: B008 - an immutable value
    ) -> None:
        self.succeeded_at: float | None = None  # seconds since the epoch
        self.failures = 0
        self._name, self._reader, self._book, self._post, self._watch = name, reader, book, post, watch
        self._resend_seconds, self._time = resend_seconds, time
        self._everything_at = self._retry_at = self._time.monotonic()
        self._pause_seconds = 0.0  # after the last failure; 0: the last one went well
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"alertmanager {name}", daemon=True)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._book.wake()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        self._watch.begin()
        while not self._stopping.is_set():
            self._wait()
            self._tell()
        if self._book.has_news(self._reader) and not self._pause_seconds:
            self._tell()

    def _wait(self) -> None:
        """Until there is something to do, and doing it makes sense."""
        while not self._stopping.is_set():
            now = self._time.monotonic()
            at = self._due_at(now)
            if at <= now:
                return
            seconds = min(at - now, _TICK_SECONDS)
            if now < self._retry_at:
                self._stopping.wait(seconds)
            else:
                self._book.await_news(self._reader, seconds)
            self._stood_still(seconds)

    def _due_at(self, now: float) -> float:
        return max(self._retry_at, now if self._book.has_news(self._reader) else self._everything_at)

    def step(self) -> None:
        """Tell what is due by now. What the thread does again and again; for a line whose thread was not started."""
        self._stood_still(0.0)
        now = self._time.monotonic()
        if self._due_at(now) <= now:
            self._tell()

    def _tell(self) -> None:
        now = self._time.monotonic()
        everything = now >= self._everything_at
        alerts = self._book.to_tell(self._reader, everything)
        batches = [alerts[at : at + MOST_IN_A_POST] for at in range(0, len(alerts), MOST_IN_A_POST)]
        if everything and not batches:
            batches = [[]]  # a sign of life
        try:
            if not all(self._told(batch) for batch in batches):
                return
        except Unreachable as error:
            self._failed(error)
            return
        if everything:
            self._everything_at = now + self._resend_seconds
        self._went_well()

    def _told(self, batch: list[Alert]) -> bool:
        """Send one batch. False: the process stood still, so that it has to be looked again what may be said."""
        if self._stood_still(0.0):
            return False
        now_ms = self._time.wall_ms()
        wire = [alert.wire(now_ms, round(LIVES_FOR * self._resend_seconds * 1000)) for alert in batch]
        try:
            self._post(wire)
        except Refused as error:
            return self._told_singly(batch, error)
        if self._stood_still(MOST_SECONDS):
            return False
        self.succeeded_at = self._time.wall_ms() / 1000
        self._book.told(self._reader, batch)
        return True

    def _told_singly(self, batch: list[Alert], error: Refused) -> bool:
        """Find what is not accepted, by halves; it is tried again when everything is, and holds nothing else up."""
        if self._stood_still(MOST_SECONDS):
            return False
        if len(batch) > 1:
            middle = len(batch) // 2
            return self._told(batch[:middle]) and self._told(batch[middle:])
        self.failures += 1
        log.error("Alertmanager %s refuses alarm %s: %s", self._name, batch[0].id, error)
        self._book.told(self._reader, batch)
        return True

    def _failed(self, error: Unreachable) -> None:
        self.failures += 1
        if not self._pause_seconds:
            log.warning("Alertmanager %s has not taken alarms (tried again until it does): %s", self._name, error)
        self._pause_seconds = min(2 * self._pause_seconds or _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
        self._everything_at = self._time.monotonic()
        self._retry_at = self._everything_at + self._pause_seconds
        self._stood_still(MOST_SECONDS)

    def _went_well(self) -> None:
        if self._pause_seconds:
            log.info("Alertmanager %s takes alarms again", self._name)
        self._pause_seconds = 0.0

    def _stood_still(self, planned_seconds: float) -> bool:
        if not self._watch.stood_still(planned_seconds):
            return False
        log.warning("this process stood still: alarms are kept alive again once each shard is known to be still ours")
        self._book.doubt()
        return True
