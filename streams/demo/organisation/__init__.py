"""A simulated organisation: seeded, so that the same seed, configuration and beginning give the same events.

    organisation = Organisation(config, seed=7, from_ms=monday)
    history = list(organisation.until(now_ms))     # in the order of `at`
    organisation.until(now_ms + 1000)              # and on from there: what comes due afterwards

`behaviour` says how customers and people behave, `modes` where, and a `Plan` of it what is other than usual. `cases`,
`leading`, `reports` are lives: of cases, of obstacles and decisions, of answers and indicators; `feedback`
is what customers say and feel. `touchpoint` is what they share, `organisation` all of them in one order of time;
`outage` is what goes wrong while somebody watches, `truths` what the measures must return in expectation.
"""

from streams.demo.organisation.behaviour import Plan
from streams.demo.organisation.organisation import Organisation, beginning, cases_a_day

__all__ = ["Organisation", "Plan", "beginning", "cases_a_day"]
