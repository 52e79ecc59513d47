"""The operating modes: how a touchpoint behaves that is not in a table by its name.

Where a figure is a real desk's it says so; the others are our choice. docs/simulation.md names the sources.
"""

from random import Random

from streams.demo.organisation.behaviour import HOUR_MS, Behaviour, Delay
from streams.demo.organisation.rush import (
    COUNTER,
    DESK,
    DESK_WEEK,
    EVENING,
    OFFICE,
    PUBLIC_WEEK,
    SHIFT_WEEK,
    SHIFTS,
    WEEKEND,
    WORKDAYS,
)

_LEAST_SIZE, _MOST_SIZE = 0.7, 1.4

SELF_SERVICE = Behaviour(
    hours=EVENING,
    weekdays=WEEKEND,
    channels=(("web", 5), ("chat", 3), ("e-mail", 2)),
    subjects=("the form", "signing in", "the search", "my account", "the error message"),
    cases_a_week=220,
    scale="ces",
    acknowledge=Delay(1.6 * HOUR_MS, 1.0),
    decide=Delay(5.0 * HOUR_MS, 1.1),
    take_effect=Delay(8.0 * HOUR_MS, 1.1),
    causes=(("release", 4), ("ownership", 2), ("vendor", 2)),
)

CUSTOMER_SERVICE = Behaviour(
    hours=DESK,
    weekdays=DESK_WEEK,
    channels=(("phone", 6), ("e-mail", 4), ("chat", 3), ("web", 2)),
    subjects=("my order", "your answer", "the contract", "the invoice", "waiting on the phone"),
    # The desk's 24,918 incidents by their last priority: 4 low, 3 moderate, 2 high, 1 critical.
    severities=(("low", 774), ("normal", 23_466), ("high", 408), ("critical", 270)),
    cases_a_week=280,  # its largest category: 3,629 incidents, nearly all of them in 13 weeks
    scale="nps",
    acknowledge=Delay(0.35 * HOUR_MS, 1.6),  # its median from opened to the first row that is not New
    picked_up=Delay(8_600, 1.0),  # 80 % within 20 seconds
    decide=Delay(5.0 * HOUR_MS, 1.6),
    take_effect=Delay(4.0 * HOUR_MS, 1.2),
    causes=(("user", 4), ("vendor", 3), ("problem", 2), ("approval", 2), ("knowledge", 1)),
    paused=5_825 / 24_918,  # its incidents that were ever Awaiting; 6,241 waits in all
    reopened=331 / 24_918,
)

PRODUCTION = Behaviour(
    hours=SHIFTS,
    weekdays=SHIFT_WEEK,
    channels=(("andon", 5), ("portal", 3), ("e-mail", 2), ("phone", 1)),
    subjects=("the surface", "the dimension", "the label", "the missing part", "the torque"),
    severities=(("low", 18), ("normal", 58), ("high", 18), ("critical", 6)),
    cases_a_week=180,
    mood=0.1,
    acknowledge=Delay(0.25 * HOUR_MS, 1.0),
    decide=Delay(2.0 * HOUR_MS, 1.1),
    take_effect=Delay(5.0 * HOUR_MS, 1.1),
    obstacles_a_week=5,
    causes=(("parts", 5), ("machine", 4), ("quality", 2), ("staff", 2), ("approval", 1)),
    remove=Delay(8 * HOUR_MS, 1.0),
    paused=0.08,
    reopened=0.03,
)

PRODUCT_DEVELOPMENT = Behaviour(
    hours=OFFICE,
    weekdays=WORKDAYS,
    channels=(("in-app", 5), ("e-mail", 2), ("forum", 2), ("status-page", 1)),
    subjects=("the new version", "the export", "the mobile app", "the response time", "the interface"),
    severities=(("low", 30), ("normal", 52), ("high", 15), ("critical", 3)),
    cases_a_week=110,
    scale="nps",
    mood=0.25,
    acknowledge=Delay(3.0 * HOUR_MS, 1.0),
    decide=Delay(16.0 * HOUR_MS, 1.2),
    take_effect=Delay(20.0 * HOUR_MS, 1.1),
    tell=Delay(4.0 * HOUR_MS, 1.0),
    close=Delay(6.0 * HOUR_MS, 1.0),
    causes=(("dependency", 4), ("priority", 3), ("release", 2), ("knowledge", 2), ("ownership", 1)),
    remove=Delay(16 * HOUR_MS, 1.0),
    paused=0.2,
    reopened=0.06,
)

PUBLIC_ADMINISTRATION = Behaviour(
    hours=COUNTER,
    weekdays=PUBLIC_WEEK,
    channels=(("e-service", 5), ("phone", 2), ("letter", 1), ("counter", 2)),
    subjects=("my application", "the decision", "the missing paper", "the waiting time", "the form"),
    severities=(("low", 30), ("normal", 60), ("high", 8), ("critical", 2)),
    cases_a_week=130,
    acknowledge=Delay(8.0 * HOUR_MS, 1.0),
    decide=Delay(24.0 * HOUR_MS, 1.1),
    take_effect=Delay(12.0 * HOUR_MS, 1.0),
    tell=Delay(4.0 * HOUR_MS, 1.0),
    close=Delay(6.0 * HOUR_MS, 1.0),
    obstacles_a_week=2,
    causes=(("missing-paper", 4), ("other-authority", 3), ("staff", 3), ("approval", 2), ("ownership", 1)),
    remove=Delay(16 * HOUR_MS, 0.9),
    paused=0.3,
    reopened=0.04,
)

_BY_MODE = {
    "self-service": SELF_SERVICE,
    "customer-service": CUSTOMER_SERVICE,
    "production": PRODUCTION,
    "product-development": PRODUCT_DEVELOPMENT,
    "public-administration": PUBLIC_ADMINISTRATION,
}


def of_mode(touchpoint: str, mode: str | None) -> Behaviour:
    """That of a mode, customer service where it is none of ours; some touchpoints are larger than others."""
    usual = _BY_MODE.get(mode or "", CUSTOMER_SERVICE)
    size = Random(f"size/{touchpoint}").uniform(_LEAST_SIZE, _MOST_SIZE)  # noqa: S311 - to be foreseen is what it is for
    return usual._replace(cases_a_week=round(usual.cases_a_week * size))
