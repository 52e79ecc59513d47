"""What `now` is: the time of day, or the progress of the input (for replaying old logs). One value, passed in.

The event clock measures everything in the time of the events: an alarm is due when the input has come so far, a
partition that was read to its end knows everything for ever, and nobody waits for what has only just been appended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

FOREVER = 1 << 62


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Time(NamedTuple):
    """Where instants come from. wall_ms: milliseconds since the epoch; monotonic: seconds, never set back."""

    wall_ms: Callable[[], int] = _wall_ms
    monotonic: Callable[[], float] = time.monotonic


class Clock(Protocol):
    """Instants in milliseconds since the epoch. Thread-safe; never blocks."""

    time: Time

    def at(self, latest: int) -> int:
        """`now` of a shard. latest: the latest `at` among the events that it has taken in."""

    def not_before(self, appended: int) -> int:
        """From when on somebody may be told of what was appended then (0: at once).

        News of long ago seldom comes alone: everything appended until then is read first.
        """

    def watermark(self, read: int | None, is_ended: bool, latest: int | None) -> int | None:
        """Until when a partition's events are known (None: not known).

        read: until when what was appended is taken in; latest: the latest `at` taken in.
        """

    def is_past(self, watermark: int, ended: int) -> bool:
        """Whether everything has been read that a backfill, which ended then, had brought in."""

    def measured_until(self, places: Callable[[], Sequence[int | None]], claimed: int) -> int:
        """Until when a partition of cases knows everything. claimed: until when absence may be claimed."""


class WallClock:
    """The time of day."""

    def __init__(self, time: Time = Time()) -> None:  # noqa: B008 - an immutable value
        self.time = time

    def at(self, latest: int) -> int:
        return self.time.wall_ms()

    def not_before(self, appended: int) -> int:
        return appended

    def watermark(self, read: int | None, is_ended: bool, latest: int | None) -> int | None:
        return read

    def is_past(self, watermark: int, ended: int) -> bool:
        return watermark >= ended

    def measured_until(self, places: Callable[[], Sequence[int | None]], claimed: int) -> int:
        return claimed


class EventClock:
    """The progress of the input."""

    def __init__(self, time: Time = Time()) -> None:  # noqa: B008 - an immutable value
        self.time = time

    def at(self, latest: int) -> int:
        return latest

    def not_before(self, appended: int) -> int:
        return 0

    def watermark(self, read: int | None, is_ended: bool, latest: int | None) -> int | None:
        return FOREVER if is_ended else latest

    def is_past(self, watermark: int, ended: int) -> bool:
        return watermark == FOREVER

    def measured_until(self, places: Callable[[], Sequence[int | None]], claimed: int) -> int:
        return min(place or 0 for place in places())
