"""How customers and people behave: at one touchpoint, everywhere, and in a plan: what is other than usual.

Rates are by week. People's delays are worked time in the calendar that judges the case, customers' are real time. All
are lognormal: half are shorter than the median, and a few are very long, as in real logs. The touchpoints of the
example and the operating modes are in `modes`. docs/simulation.md has the laws and their sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS

Weights = tuple[tuple[str, float], ...]
"""Values and how often each occurs; only the proportions count."""


class Delay(NamedTuple):
    """A lognormal length; `spread` is the standard deviation of its logarithm."""

    median_ms: float
    spread: float


class Behaviour(NamedTuple):
    """One touchpoint. `hours`, `weekdays`: how feedback spreads over them. `mood` is the mean emotion, -1..1.

    paused, reopened: how often that happens to a case. picked_up: the first reaction to who telephones or stands at a
    counter, where it is another than to who writes.
    """

    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    channels: Weights
    subjects: tuple[str, ...]
    causes: Weights
    severities: Weights = (("low", 24), ("normal", 57), ("high", 15), ("critical", 4))
    cases_a_week: float = 150
    scale: str = "csat"
    mood: float = 0.2
    acknowledge: Delay = Delay(1.0 * HOUR_MS, 0.9)
    decide: Delay = Delay(3.0 * HOUR_MS, 1.0)
    take_effect: Delay = Delay(4.0 * HOUR_MS, 1.0)
    tell: Delay = Delay(1.5 * HOUR_MS, 0.9)
    close: Delay = Delay(2.0 * HOUR_MS, 1.0)
    obstacles_a_week: float = 3
    remove: Delay = Delay(9 * HOUR_MS, 0.9)
    paused: float = 0.16
    reopened: float = 0.05
    picked_up: Delay | None = None


HASTE = {"low": 1.7, "normal": 1.0, "high": 0.55, "critical": 0.22}
"""Factor on people's delays by severity."""

FRICTION = 0.3
"""Every obstacle that stands at a touchpoint makes everything there longer by this share, up to MOST_FRICTION."""
MOST_FRICTION = 1.2

STUBBORN = {"ownership": 1.6, "approval": 1.3, "vendor": 1.5, "priority": 1.4, "other-authority": 1.5}
"""Factor on the removal of an obstacle by its cause; 1 where it is not named: what nobody owns stands longest."""

KINDS: Weights = (("complaint", 52), ("question", 30), ("suggestion", 11), ("praise", 7))
SEGMENTS: Weights = (("consumer", 80), ("business", 15), ("partner", 5))


class Odds:
    """Probabilities, of a case unless said otherwise."""

    ON_CALL = 0.8  # of a critical case that counts around the clock: somebody is there, too
    PROMISED = 0.05
    WITHDRAWN = 0.03
    ASSIGNED_AT_ONCE = 0.35  # else acknowledged first
    ASSIGNED_LATER = 0.6
    RECLASSIFIED = 0.06
    ELSEWHERE = 0.2  # of a reclassification: to another touchpoint, not to another severity
    MORE_SEVERE = 0.6  # of one to another severity
    WRITES_AGAIN = 0.1
    NEVER_RESUMED = 0.1  # of a pause
    DECIDED = 0.6
    ANSWERS_OTHERS = 0.06  # of an operational decision: it answers up to MOST_OTHERS further cases
    TOLD = 0.85
    TOLD_AFTERWARDS = 0.9  # of a case closed without
    REOPENED_BY_FEEDBACK = 0.4  # of a reopening
    ANSWERED_BY_TACTICAL = 0.8  # of a case that a decision on many named: none of its own
    TACTICAL_ON_OBSTACLE = 0.45  # of an obstacle: removed by a decision
    NAMED_BY_TACTICAL = 0.12  # of a case open at the touchpoint of a tactical decision
    NAMED_BY_STRATEGIC = 0.08  # of a case open anywhere
    RAISED_AGAIN = 0.15  # of an obstacle removed
    REVOKED = 0.04  # of a decision
    LATE = 0.12  # of a decision that takes effect: LATE_FACTOR times as late
    FORGOTTEN_WRITES_AGAIN = 0.3  # of a case that nobody will ever answer


NEVER = {"operational": 0.03, "tactical": 0.08, "strategic": 0.15}
"""How often a decision is made, not revoked, and takes no effect all the same, by level."""
LATE_FACTOR = 4.0
MOST_OTHERS = 3
MOST_NAMED = 2_000  # cases that one decision names, well below what Rytmi takes

WRITES_AGAIN_AFTER = Delay(20 * HOUR_MS, 0.8)
CUSTOMER_ANSWERS = Delay(22 * HOUR_MS, 0.9)
WITHDRAWN_AFTER = Delay(15 * HOUR_MS, 1.0)
REOPENED_AFTER = Delay(40 * HOUR_MS, 0.8)
RAISED_AGAIN_AFTER = Delay(60 * HOUR_MS, 0.7)
TACTICAL_DECIDED_AFTER = Delay(7 * HOUR_MS, 0.7)  # worked time, as the next three; strategic ones likewise
EFFECT_AFTER = {"tactical": Delay(12 * HOUR_MS, 0.8), "strategic": Delay(30 * HOUR_MS, 0.6)}
REVOKED_AFTER = Delay(3 * HOUR_MS, 0.6)
STRATEGIC_EVERY_MS = 9 * DAY_MS
FADES_OVER_MS = 6 * WEEK_MS


@dataclass(frozen=True)
class Plan:
    """What is other than usual: the size, the decision rhythm, a desk that fades. Instants are milliseconds.

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
