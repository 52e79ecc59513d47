"""Noticing that this process stood still: stopped and continued, or a machine that was asleep.

Its clocks went on meanwhile, and so did other workers. Both clocks are asked: on some systems the monotonic one does
not count a sleep of the machine. A wall clock that is set forward looks the same; that costs one proof of ownership.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Watch:
    """slack_seconds: how much later than planned is still an ordinary delay."""

    def __init__(
        self,
        slack_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._slack, self._clocks = slack_seconds, (monotonic, wall)
        self.begin()

    def begin(self) -> None:
        """Look from now on."""
        self._seen = [clock() for clock in self._clocks]

    def stood_still(self, planned_seconds: float) -> bool:
        """Whether much more time has passed since the last call than what was planned to happen takes at most."""
        before = self._seen
        self.begin()
        return any(now - then > planned_seconds + self._slack for now, then in zip(self._seen, before, strict=True))
