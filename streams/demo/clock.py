"""The clock of a demo: the machine's, or another one, by which a demo can be made for any instant."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Clock(NamedTuple):
    """now: the time of day, seconds since the epoch. steady: seconds since some instant, which nobody ever sets."""

    now: Callable[[], float]
    steady: Callable[[], float]

    def now_ms(self) -> int:
        """The time of day, milliseconds since the epoch."""
        return int(self.now() * 1000)


MACHINE = Clock(time.time, time.monotonic)
