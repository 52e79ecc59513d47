"""What is other than usual in an organisation: its size, its decision rhythm from an instant on, a desk that fades."""

from __future__ import annotations

from dataclasses import dataclass

from streams.demo.organisation.behaviour import WEEK_MS

FADES_OVER_MS = 6 * WEEK_MS


@dataclass(frozen=True)
class Plan:
    """Instants are milliseconds since the epoch.

    scale: times as many cases and people; obstacles are not more for it.
    rhythm_change: from when on every decision is made, and takes effect, in this share of the time.
    fading: touchpoints, each with the instant from which on fewer and fewer new cases are ever answered.
    """

    scale: float = 1.0
    rhythm_change: tuple[int, float] | None = None
    fading: tuple[tuple[str, int], ...] = ()

    def pace(self, at_ms: int) -> float:
        """Factor on the length of deciding, or of taking effect, that begins then."""
        if self.rhythm_change is None or at_ms < self.rhythm_change[0]:
            return 1.0
        return self.rhythm_change[1]

    def fades_from(self, touchpoint: str) -> int | None:
        """Since when that touchpoint fades."""
        return dict(self.fading).get(touchpoint)


def answered(fades_from: int, at_ms: int) -> float:
    """The probability that a case that comes then is ever answered: from 1 down to 0 in a straight line."""
    return min(1.0, max(0.0, 1 - (at_ms - fades_from) / FADES_OVER_MS))


def ease(answered: float) -> float:
    """Factor on people's delays where only that share is answered: the fewer there are, the faster; half at the end."""
    return (1 + answered) / 2
