"""For `make elsewhere`, read by every Python that starts with this folder on its path: sleeping under libfaketime.

libfaketime 0.9.10 (Debian's) turns the deadline of each `time.sleep` into an invalid one unless it may also shift the
monotonic clock, and then waiting for a lock with a deadline never ends. A sleep by select has no deadline to shift.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
