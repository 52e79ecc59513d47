"""How customers and people behave, touchpoint by touchpoint: the one table of the simulation.

Rates are by week. People's delays are worked time in the calendar that judges the case, customers' are real time. All
are lognormal: half are shorter than the median, and a few are very long, as in real logs.
"""

from __future__ import annotations

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


# How feedback spreads over the hours of a day. Only the proportions count.
_EVENING = (4, 2, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 11, 10, 9, 9, 10, 12, 14, 16, 17, 15, 11, 7)
_SHOP = (0, 0, 0, 0, 0, 0, 0, 1, 3, 8, 11, 13, 14, 12, 11, 12, 14, 16, 14, 10, 6, 1, 0, 0)
_OFFICE = (1, 0, 0, 0, 0, 1, 2, 6, 14, 18, 16, 14, 12, 13, 13, 12, 9, 5, 4, 3, 3, 2, 2, 1)
# And over the days of a week, Monday first.
_WORKDAYS = (16, 14, 13, 12, 12, 5, 4)
_WEEKEND = (11, 10, 10, 11, 14, 18, 12)

_USUAL_SEVERITIES: Weights = (("low", 24), ("normal", 57), ("high", 15), ("critical", 4))


class Behaviour(NamedTuple):
    """One touchpoint. `mood` is the mean emotion, -1..1."""

    cases_a_week: float = 150
    hours: tuple[int, ...] = _OFFICE
    weekdays: tuple[int, ...] = _WORKDAYS
    channels: Weights = (("e-mail", 3), ("phone", 2), ("web", 2))
    severities: Weights = _USUAL_SEVERITIES
    scale: str = "csat"
    mood: float = -0.2
    acknowledge: Delay = Delay(1.0 * HOUR_MS, 0.9)
    decide: Delay = Delay(3.0 * HOUR_MS, 1.0)
    take_effect: Delay = Delay(4.0 * HOUR_MS, 1.0)
    tell: Delay = Delay(1.5 * HOUR_MS, 0.9)
    close: Delay = Delay(2.0 * HOUR_MS, 1.0)
    obstacles_a_week: float = 3
    causes: Weights = (("ownership", 2), ("staff", 2), ("information", 1))
    remove: Delay = Delay(9 * HOUR_MS, 0.9)
    subjects: tuple[str, ...] = ("my order", "your answer", "the last visit")


_SELF_SERVICE = Behaviour(
    channels=(("web", 5), ("chat", 3), ("e-mail", 2)),
    hours=_EVENING,
    weekdays=_WEEKEND,
    scale="ces",
    acknowledge=Delay(1.6 * HOUR_MS, 1.0),
    decide=Delay(5.0 * HOUR_MS, 1.1),
    take_effect=Delay(8.0 * HOUR_MS, 1.1),
    causes=(("release", 4), ("ownership", 2), ("vendor", 2)),
)

BEHAVIOUR = {
    "website": _SELF_SERVICE._replace(
        cases_a_week=400,
        mood=-0.1,
        obstacles_a_week=4,
        causes=(("release", 4), ("payment-provider", 2), ("search", 2), ("ownership", 1)),
        subjects=("the basket", "paying by card", "the search", "my account", "the voucher code"),
    ),
    "store": Behaviour(
        cases_a_week=210,
        hours=_SHOP,
        weekdays=_WEEKEND,
        channels=(("counter", 6), ("terminal", 3), ("phone", 1)),
        scale="stars",
        mood=0.2,
        acknowledge=Delay(0.6 * HOUR_MS, 0.9),
        obstacles_a_week=2,
        causes=(("stock", 4), ("staff", 3), ("cash-desk", 1)),
        subjects=("the queue", "a return", "the advice", "an empty shelf", "the fitting room"),
    ),
    "delivery": Behaviour(
        cases_a_week=330,
        channels=(("app", 4), ("phone-care", 3), ("e-mail", 2)),
        severities=(("low", 14), ("normal", 56), ("high", 24), ("critical", 6)),
        mood=-0.4,
        obstacles_a_week=6,
        causes=(("carrier", 5), ("stock", 3), ("address-data", 2), ("weather", 1)),
        remove=Delay(11 * HOUR_MS, 1.0),
        subjects=("the parcel", "the time window", "a broken item", "the pick-up point", "the driver"),
    ),
    "support": Behaviour(
        cases_a_week=270,
        channels=(("phone-care", 5), ("chat", 4), ("e-mail", 3)),
        scale="nps",
        mood=-0.2,
        acknowledge=Delay(0.7 * HOUR_MS, 0.8),
        obstacles_a_week=3,
        causes=(("knowledge", 3), ("approval", 3), ("spare-parts", 2)),
        subjects=("the repair", "the installation", "waiting on the phone", "the manual", "the guarantee"),
    ),
    "billing": Behaviour(
        cases_a_week=150,
        channels=(("e-mail", 5), ("phone-billing", 3), ("letter", 1)),
        mood=-0.3,
        decide=Delay(5.0 * HOUR_MS, 1.0),
        obstacles_a_week=2,
        causes=(("approval", 4), ("system-access", 2), ("ownership", 1)),
        remove=Delay(14 * HOUR_MS, 0.9),
        subjects=("the invoice", "a refund", "a reminder", "the instalments"),
    ),
}
_BY_MODE = {"self-service": _SELF_SERVICE}
_ANY = Behaviour()


def behaviour(touchpoint: str, mode: str | None) -> Behaviour:
    """That of a touchpoint of the table; of another one, that of its mode."""
    return BEHAVIOUR.get(touchpoint) or _BY_MODE.get(mode or "", _ANY)


# The rest is the same everywhere: how soon people are for a severity, and how often what happens to a case.

HASTE = {"low": 1.7, "normal": 1.0, "high": 0.55, "critical": 0.22}
"""Factor on people's delays by severity."""

FRICTION = 0.3
"""Every obstacle that stands at a touchpoint makes everything there longer by this share, up to MOST_FRICTION."""
MOST_FRICTION = 1.2

KINDS: Weights = (("complaint", 52), ("question", 30), ("suggestion", 11), ("praise", 7))
SEGMENTS: Weights = (("consumer", 80), ("business", 15), ("partner", 5))
KIND_MOOD = {"complaint": -0.35, "question": 0.0, "suggestion": 0.15, "praise": 0.9}


class Odds:
    """Probabilities, of a case unless said otherwise."""

    ON_CALL = 0.8  # of a case that counts around the clock: somebody is there, too
    PROMISED = 0.05
    WITHDRAWN = 0.03
    ASSIGNED_AT_ONCE = 0.35  # else acknowledged first
    ASSIGNED_LATER = 0.6
    RECLASSIFIED = 0.06
    WRITES_AGAIN = 0.1
    PAUSED = 0.16
    NEVER_RESUMED = 0.1  # of a pause
    DECIDED = 0.6
    REVOKED = 0.04  # of a decision
    TOLD = 0.85
    TOLD_AFTERWARDS = 0.9  # of a case closed without
    REOPENED = 0.05
    REOPENED_BY_FEEDBACK = 0.4  # of a reopening
    ANSWERED_BY_TACTICAL = 0.8  # of a case that a decision on many named: none of its own
    TACTICAL_ON_OBSTACLE = 0.45  # of an obstacle: removed by a decision
    RAISED_AGAIN = 0.15  # of an obstacle removed


WRITES_AGAIN_AFTER = Delay(20 * HOUR_MS, 0.8)
CUSTOMER_ANSWERS = Delay(22 * HOUR_MS, 0.9)
WITHDRAWN_AFTER = Delay(15 * HOUR_MS, 1.0)
REOPENED_AFTER = Delay(40 * HOUR_MS, 0.8)
RAISED_AGAIN_AFTER = Delay(60 * HOUR_MS, 0.7)
TACTICAL_DECIDED_AFTER = Delay(7 * HOUR_MS, 0.7)  # worked time, as the next two
TACTICAL_EFFECT_AFTER = Delay(12 * HOUR_MS, 0.8)
STRATEGIC_EFFECT_AFTER = Delay(30 * HOUR_MS, 0.6)
STRATEGIC_EVERY_MS = 9 * DAY_MS
