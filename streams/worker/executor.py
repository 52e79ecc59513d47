"""A serial executor: one thread, which runs tasks in the order of submission, until one fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class SerialExecutor:
    """After the first exception no task runs any more; `on_failure(exc)` is called on its thread.

    Were a batch folded after an earlier one of its partition had failed, that one would be passed over.
    """

    def __init__(self, name: str, on_failure: Callable[[BaseException], object]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._on_failure = on_failure
        self._is_broken = False

    def submit(self, work: Callable[..., None], *args: Any) -> Future[None]:
        """Run after all tasks submitted before; the future ends when it has run, or was passed over. Thread-safe."""
        return self._thread.submit(self._unless_broken, work, args)

    def _unless_broken(self, work: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self._is_broken:
            return
        try:
            work(*args)
        except BaseException as failure:
            self._is_broken = True
            self._on_failure(failure)
            raise
