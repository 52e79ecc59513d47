"""Panes of time and the spans that roll over them: which instants belong to a window, as of now.

A pane is a piece of time aligned to the Unix epoch, half-open. A span begins at the pane that holds `now - back` and
ends at the pane that holds `now - until`, or never. So membership is two floor divisions, and a span moves on by
whole panes.
"""

from __future__ import annotations

from typing import NamedTuple

PANE_MS = 300_000  # the finest
HOUR_MS = 3_600_000
DAY_MS = 86_400_000

# The pane of a window by its length: the finest kind that reaches so far back.
_KINDS = ((48 * HOUR_MS, PANE_MS), (35 * DAY_MS, HOUR_MS))


def pane_of(length_ms: int) -> int:
    """The length of the panes that a window of that length is made of, milliseconds."""
    return next((pane for reach, pane in _KINDS if length_ms <= reach), DAY_MS)


def floor(at: int, pane_ms: int) -> int:
    """The beginning of the pane that holds an instant, milliseconds."""
    return at - at % pane_ms


class Span(NamedTuple):
    """A rolling piece of time. label: as configured. back, until: milliseconds before now; until None: no end.

    back None: since ever.
    """

    label: str
    back: int | None
    until: int | None
    pane: int

    def start(self, now: int) -> int:
        """The first instant that belongs to it."""
        return -1 if self.back is None else floor(now - self.back, self.pane)

    def end(self, now: int) -> int | None:
        """The first instant that does not belong to it any more; None: whatever has happened belongs to it."""
        return None if self.until is None else floor(now - self.until, self.pane)


def window(label: str, length_ms: int) -> Span:
    """The span of a window."""
    return Span(label, length_ms, None, pane_of(length_ms))


EVER = Span("", None, None, PANE_MS)
