"""How a worker's process starts, ends, and is ended."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import faust

if TYPE_CHECKING:
    from streams.worker.worker import Worker

_STOP_SECONDS = 60.0  # for finishing what is under way when told to stop


class App(faust.App):
    """Faust's app, which says when any part of it has crashed: it then often fails to end by itself."""

    on_crash: Callable[[BaseException], None]

    on_started_first: Callable[[], None]
    on_stopping: Callable[[], None]
    on_leaving: Callable[[], Awaitable[None]]
    on_stopped_last: Callable[[], None]

    async def on_start(self) -> None:
        self.on_started_first()
        await super().on_start()

    async def on_stop(self) -> None:
        leave_after(_STOP_SECONDS)
        self.on_stopping()
        await super().on_stop()
        await self.on_leaving()  # the group is left after this: nothing may be under way any more
        self.on_stopped_last()

    def _crash(self, reason: BaseException) -> None:
        self.on_crash(reason)
        super()._crash(reason)


def leave_after(seconds: float) -> None:
    """End the process if it has not ended by itself by then."""
    last_resort = threading.Timer(seconds, os._exit, (1,))
    last_resort.daemon = True
    last_resort.start()


def run(worker: Worker, log_level: int) -> int:
    """Run until told to stop (SIGTERM, SIGINT) or failed; the exit status."""
    # A batch makes hundreds of thousands of tuples, none of them in a cycle: looked through after every 700, as by
    # default, they cost a fifth of all time.
    gc.set_threshold(1_000_000, 5, 50)
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for noisy in ("faust", "mode", "aiokafka", "kafka"):
        logging.getLogger(noisy).setLevel(max(log_level, logging.WARNING))
    runner = faust.Worker(worker.app, override_logging=False, quiet=True, redirect_stdouts=False)
    runner.spinner = None  # it would write the codes of a terminal into the log
    try:
        runner.execute_from_commandline()
    except SystemExit as left:
        if worker.failed is None:
            return int(left.code or 0)
    return 1 if worker.failed is not None else 0
