"""Who looks at what: changes come from the following thread, and wake those who look at what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

from streams.board.following import Changed

TICK_SECONDS = 20.0  # ages grow without events
_KEPT_ALIVE = b": still here\n\n"
_CHANGED = b"event: changed\ndata: .\n\n"


class Hub:
    """Made and used in the event loop; `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: dict[asyncio.Event, Callable[[Changed], bool]] = {}
        self.ending = False

    def open(self) -> None:
        """Belong to the running loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Let everybody go."""
        self.ending = True
        for event in self._looking:
            event.set()

    def tell(self, changed: Changed) -> None:
        """Wake those whom it concerns."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, changed)

    def _wake(self, changed: Changed) -> None:
        for event, concerns in self._looking.items():
            if concerns(changed):
                event.set()

    @contextmanager
    def _look(self, concerns: Callable[[Changed], bool]) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._looking[event] = concerns
        try:
            yield event
        finally:
            del self._looking[event]

    async def events(
        self, concerns: Callable[[Changed], bool], still: Callable[[], bool], rest_seconds: float
    ) -> AsyncIterator[bytes]:
        """Server-sent events: `changed` at once, but no more often than every `rest_seconds`, and now and then.

        Ends when `still` says so: whoever's access has ended hears nothing more.
        """
        with self._look(concerns) as event:
            yield _KEPT_ALIVE
            while not self.ending and still():
                with suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), TICK_SECONDS)
                if self.ending or not still():
                    return
                event.clear()
                yield _CHANGED
                await asyncio.sleep(rest_seconds)
