"""Hours of the week in the organisation's zone: what repeats weekly is kept by them, Monday 0:00 first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from streams.demo.organisation.behaviour import HOUR_MS

HOURS = 168


class Hours:
    """All hours between two instants, in milliseconds since the epoch."""

    def __init__(self, timezone: str, from_ms: int, until_ms: int) -> None:
        zone = ZoneInfo(timezone)
        self.starts = list(range(from_ms, until_ms, HOUR_MS))
        local = [datetime.fromtimestamp(at / 1000, zone) for at in self.starts]
        self.of_week = [at.weekday() * 24 + at.hour for at in local]
        self._until = until_ms

    def at(self, at_ms: float) -> int:
        """The hour of the week of an instant (of the last hour, where it lies beyond)."""
        return self.of_week[min(max(0, int((at_ms - self.starts[0]) // HOUR_MS)), len(self.starts) - 1)]

    def averaged(self, since: int, overlaps: Sequence[float]) -> list[float]:
        """By hour of the week, of what is given for every hour, the mean over the hours from `since` on."""
        sums, counts = [0.0] * HOURS, [0] * HOURS
        for start, hour, value in zip(self.starts, self.of_week, overlaps, strict=True):
            if start >= since:
                sums[hour] += value
                counts[hour] += 1
        whole = sum(sums) / max(1, sum(counts))
        return [total / count if count else whole for total, count in zip(sums, counts, strict=True)]

    def rush(self, rates: Sequence[float]) -> Rush:
        """When something comes whose rate follows the hour of the week."""
        return Rush(self.starts, [rates[hour] for hour in self.of_week])


class Rush:
    """Instants of a process with a rate by the hour, a millisecond."""

    def __init__(self, starts: list[int], rates: list[float]) -> None:
        self._starts = starts
        self._sums = [0.0, *accumulate(rate * HOUR_MS for rate in rates)]

    @property
    def expected(self) -> float:
        """How many come in all."""
        return self._sums[-1]

    def instant(self, share: float) -> float:
        """The instant by which that share of them has come."""
        goal = share * self._sums[-1]
        hour = min(bisect_right(self._sums, goal), len(self._starts)) - 1
        width = self._sums[hour + 1] - self._sums[hour]
        return self._starts[hour] + HOUR_MS * ((goal - self._sums[hour]) / width if width else 0.0)
