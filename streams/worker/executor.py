"""One thread, which does what it is asked to in the order in which it was asked, until something fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class SerialExecutor:
    """The first failure is the last thing done, and `on_failure` is told of it in that thread.

    Were a batch folded after an earlier one of its partition had failed, that one would be passed over.
    """

    def __init__(self, name: str, on_failure: Callable[[BaseException], object]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._on_failure = on_failure
        self._is_broken = False

    def do(self, work: Callable[..., None], *args: Any) -> Future[None]:
        """Have it done after all that was asked for before; what is returned ends when it is done, or void."""
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
