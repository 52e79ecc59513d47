"""How each touchpoint behaves: those of the example by name, all others by their operating mode.

Where a figure is a real desk's it says so; the others are our choice. docs/simulation.md names the sources.
"""

from random import Random

from streams.config.model import TouchpointSpec
from streams.demo.organisation.behaviour import HOUR_MS, Behaviour, Delay

# How feedback spreads over the hours of a day and the days of a week, Monday first. Only the proportions count.
EVENING = (4, 2, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 11, 10, 9, 9, 10, 12, 14, 16, 17, 15, 11, 7)
SHOP = (0, 0, 0, 0, 0, 0, 0, 1, 3, 8, 11, 13, 14, 12, 11, 12, 14, 16, 14, 10, 6, 1, 0, 0)
OFFICE = (1, 0, 0, 0, 0, 1, 2, 6, 14, 18, 16, 14, 12, 13, 13, 12, 9, 5, 4, 3, 3, 2, 2, 1)
# Three shifts: what the one before left is seen in the first hour of each.
SHIFTS = (6, 6, 5, 5, 5, 5, 14, 10, 9, 9, 9, 8, 8, 8, 14, 10, 9, 8, 8, 7, 7, 7, 12, 7)
# Letters and counters in the morning, the e-service once more in the evening.
COUNTER = (1, 0, 0, 0, 0, 0, 1, 4, 12, 17, 16, 13, 9, 9, 10, 9, 6, 4, 5, 7, 8, 6, 3, 2)

WORKDAYS = (16, 14, 13, 12, 12, 5, 4)
WEEKEND = (11, 10, 10, 11, 14, 18, 12)
SHIFT_WEEK = (14, 15, 15, 15, 14, 3, 4)
PUBLIC_WEEK = (20, 17, 15, 13, 11, 4, 5)

# A real desk's, in thousandths: 24,918 incidents by `opened_at` (ServiceNow log, UCI Machine Learning Repository).
DESK = (11, 9, 6, 5, 5, 5, 13, 23, 102, 121, 116, 99, 54, 66, 90, 86, 75, 43, 19, 12, 9, 14, 10, 7)
DESK_WEEK = (239, 199, 196, 165, 154, 26, 23)

_LEAST_SIZE, _MOST_SIZE = 0.7, 1.4

_BY_MODE = {
    "self-service": Behaviour(
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
    ),
    "customer-service": Behaviour(
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
    ),
    "production": Behaviour(
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
    ),
    "product-development": Behaviour(
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
    ),
    "public-administration": Behaviour(
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
    ),
}

# The touchpoints of the example configuration, a shop: the ones that the demo shows.
_BY_NAME = {
    "website": _BY_MODE["self-service"]._replace(
        cases_a_week=400,
        mood=0.25,
        obstacles_a_week=4,
        causes=(("release", 4), ("payment-provider", 2), ("search", 2), ("ownership", 1)),
        subjects=("the basket", "paying by card", "the search", "my account", "the voucher code"),
    ),
    "store": Behaviour(
        cases_a_week=210,
        hours=SHOP,
        weekdays=WEEKEND,
        channels=(("counter", 6), ("terminal", 3), ("phone", 1)),
        scale="stars",
        mood=0.45,
        acknowledge=Delay(0.6 * HOUR_MS, 0.9),
        obstacles_a_week=2,
        causes=(("stock", 4), ("staff", 3), ("cash-desk", 1)),
        subjects=("the queue", "a return", "the advice", "an empty shelf", "the fitting room"),
    ),
    "delivery": Behaviour(
        cases_a_week=330,
        hours=OFFICE,
        weekdays=WORKDAYS,
        channels=(("app", 4), ("phone-care", 3), ("e-mail", 2)),
        severities=(("low", 14), ("normal", 56), ("high", 24), ("critical", 6)),
        mood=0.1,
        obstacles_a_week=6,
        causes=(("carrier", 5), ("stock", 3), ("address-data", 2), ("weather", 1)),
        remove=Delay(11 * HOUR_MS, 1.0),
        subjects=("the parcel", "the time window", "a broken item", "the pick-up point", "the driver"),
    ),
    "support": Behaviour(
        cases_a_week=270,
        hours=OFFICE,
        weekdays=WORKDAYS,
        channels=(("phone-care", 5), ("chat", 4), ("e-mail", 3)),
        scale="nps",
        mood=0.3,
        acknowledge=Delay(0.7 * HOUR_MS, 0.8),
        obstacles_a_week=3,
        causes=(("knowledge", 3), ("approval", 3), ("spare-parts", 2)),
        subjects=("the repair", "the installation", "waiting on the phone", "the manual", "the guarantee"),
    ),
    "billing": Behaviour(
        cases_a_week=150,
        hours=OFFICE,
        weekdays=WORKDAYS,
        channels=(("e-mail", 5), ("phone-billing", 3), ("letter", 1)),
        mood=0.15,
        decide=Delay(5.0 * HOUR_MS, 1.0),
        obstacles_a_week=2,
        causes=(("approval", 4), ("system-access", 2), ("ownership", 1)),
        remove=Delay(14 * HOUR_MS, 0.9),
        subjects=("the invoice", "a refund", "a reminder", "the instalments"),
    ),
}


def usual(spec: TouchpointSpec) -> Behaviour:
    """That of a name, else of a mode: customer service where it is none of ours, and some larger than others."""
    if spec.id in _BY_NAME:
        return _BY_NAME[spec.id]
    usual = _BY_MODE.get(spec.mode or "", _BY_MODE["customer-service"])
    size = Random(f"size/{spec.id}").uniform(_LEAST_SIZE, _MOST_SIZE)  # noqa: S311 - to be foreseen is what it is for
    return usual._replace(cases_a_week=round(usual.cases_a_week * size))
