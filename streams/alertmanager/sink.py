"""What a worker calls: alarms in, Alertmanager told. No call waits for the network.

Every Alertmanager of a cluster is told everything, by a thread of its own, because they do not pass alerts on to each
other: one that is away holds up none of the others, and gets all when it is back. A change counts as delivered
(`waiting`, `succeeded_at`) when one of them has it, because one is enough to tell people.

An alarm that was raised and is resolved before anybody could be told is told as resolved: Alertmanager pages nobody for
what it hears of as over already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, tzinfo
from typing import Self

from streams.alertmanager.alert import Style
from streams.alertmanager.book import Book, Record
from streams.alertmanager.line import Line, Post, Watch
from streams.alertmanager.posting import OPEN, Access, Poster
from streams.alertmanager.text import Links
from streams.shard.clock import Time

_STOP_SECONDS = 6.0  # a POST that is under way, and one more


class Sink:
    """urls: one or more, of one cluster, as in `http://127.0.0.1:9093`. zone: of the instants in the texts."""

    def __init__(
        self,
        urls: Sequence[str],
        links: Links,
        resend_seconds: float = 30.0,
        zone: tzinfo = UTC,
        access: Access = OPEN,
        slack_seconds: float = 2.0,
        clock: Time = Time(),  # noqa: B008 - an immutable value
        poster: Callable[[str, Access], Post] = Poster,
    ) -> None:
        if not urls:
            raise ValueError("no Alertmanager to tell: at least one URL")
        self._book = Book(len(urls), Style(links, zone), clock)
        self._lines = [
            Line(url, reader, self._book, poster(url, access), resend_seconds, Watch(slack_seconds, clock), clock)
            for reader, url in enumerate(urls)
        ]

    def start(self) -> None:
        for line in self._lines:
            line.start()

    def step(self) -> None:
        """Tell what is due by now, in the caller's thread: for a sink that was not started."""
        for line in self._lines:
            line.step()

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """Tell what is not told yet, if that goes at once, and end. What is active is not resolved by it."""
        for line in self._lines:
            line.ask_to_stop()
        deadline = time.monotonic() + seconds
        for line in self._lines:
            line.join(max(0.0, deadline - time.monotonic()))

    def hold(self, owner: Hashable, alarms: Sequence[Record]) -> None:
        """The owner, just restored, holds exactly these: active ones as they were raised, and what ended lately."""
        self._book.hold(owner, alarms)

    def change(self, owner: Hashable, alarms: Sequence[Record]) -> None:
        """These alarm records have just been made durable; of one id, in their order."""
        self._book.change(owner, alarms)

    def release(self, owner: Hashable) -> None:
        """Another worker has the owner: its alarms are neither kept alive any more nor resolved."""
        self._book.release(owner)

    def confirm(self, *owners: Hashable, begun_at: float | None = None) -> None:
        """These owners (none given: all) have proven to be ours. Costs next to nothing where nobody doubts it.

        begun_at: when the proof was begun, by time.monotonic(); one from before the standstill proves nothing.
        """
        self._book.confirm(owners, begun_at)

    @property
    def doubtful(self) -> frozenset[Hashable]:
        """Owners whose alarms are held back, since this process stood still, until `confirm`, `hold` or `release`."""
        return self._book.doubtful

    @property
    def succeeded_at(self) -> float | None:
        """When an Alertmanager last took what it was sent, at least an empty list; seconds since the epoch."""
        return max((line.succeeded_at for line in self._lines if line.succeeded_at is not None), default=None)

    @property
    def waiting(self) -> int:
        """Number of alarms whose newest change no Alertmanager has taken yet."""
        return self._book.waiting

    @property
    def failures(self) -> int:
        """Number of requests that failed, and of alarms refused, since the start."""
        return sum(line.failures for line in self._lines)

    @property
    def alive(self) -> bool:
        """False: not started, stopped, or a thread ended by a bug of ours, whose traceback is in the log."""
        return all(line.alive for line in self._lines)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
