"""The touchpoints of the example configuration, a shop: the ones that the demo shows."""

from streams.demo.organisation.behaviour import HOUR_MS, Behaviour, Delay
from streams.demo.organisation.modes import SELF_SERVICE
from streams.demo.organisation.rush import OFFICE, SHOP, WEEKEND, WORKDAYS

TOUCHPOINTS = {
    "website": SELF_SERVICE._replace(
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
