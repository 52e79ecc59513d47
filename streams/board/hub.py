"""Server-sent events: changes come from the projection's thread, and wake the pages that show what has changed.

A page says as of which change it was made (`version`), so that what changed between its making and its listening, or
while its connection was gone, wakes it at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

from streams.board.identity import Identity
from streams.board.projection import Changed

TICK_SECONDS = 20.0  # ages grow without events
_KEPT_ALIVE = b": still here\n\n"
_KEPT = 2_000  # changes; a page that is older than all of them looks again
_CHANGED = b"event: changed\ndata: .\n\n"


class Hub:
    """Made and used in the event loop; `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: dict[asyncio.Event, Callable[[Changed], bool]] = {}
        self._recent: deque[tuple[int, Changed]] = deque(maxlen=_KEPT)
        self.version = 0
        self.ending = False

    def open(self) -> None:
        """Belong to the running loop."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Let everybody go; from any thread, or a signal's handler."""
        self.ending = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, None)

    def tell(self, changed: Changed) -> None:
        """Wake those whom it concerns."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, changed)

    def _wake(self, changed: Changed | None) -> None:
        """None: everybody."""
        if changed is not None:
            self.version += 1
            self._recent.append((self.version, changed))
        for event, concerns in self._looking.items():
            if changed is None or concerns(changed):
                event.set()

    def _is_old(self, since: int, concerns: Callable[[Changed], bool]) -> bool:
        oldest = self._recent[0][0] if self._recent else self.version + 1
        if not oldest - 1 <= since <= self.version:
            return True  # of another process, or too long ago
        return any(version > since and concerns(changed) for version, changed in self._recent)

    @contextmanager
    def _look(self, concerns: Callable[[Changed], bool]) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._looking[event] = concerns
        try:
            yield event
        finally:
            del self._looking[event]

    async def events(
        self, concerns: Callable[[Changed], bool], since: int, still: Callable[[], bool], rest_seconds: float
    ) -> AsyncIterator[bytes]:
        """Server-sent events: `changed` at once, but no more often than every `rest_seconds`, and now and then.

        since: the version that the page was made of.
        Ends when `still` says so: whoever's access has ended hears nothing more.
        """
        with self._look(concerns) as event:
            if self._is_old(since, concerns):
                event.set()
            yield _KEPT_ALIVE
            while not self.ending and still():
                with suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), TICK_SECONDS)
                if self.ending or not still():
                    return
                event.clear()
                yield _CHANGED
                await asyncio.sleep(rest_seconds)


def concerns(who: Identity, case: str | None, unit: str | None) -> Callable[[Changed], bool]:
    """Whether a change concerns a page: that of a case, that of a unit, or, with neither, a list of what they see."""
    if case is not None:
        return lambda changed: ("case", case) in changed
    if unit is not None:
        return lambda changed: ("unit", unit) in changed or ("windows", "") in changed
    return lambda changed: any(kind == "unit" and who.sees(name) for kind, name in changed)
