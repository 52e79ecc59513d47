"""A simulated organisation: seeded, so that the same seed, configuration and beginning give the same events.

    organisation = Organisation(config, seed=7, from_ms=monday)
    history = list(organisation.until(now_ms))     # in the order of `at`
    organisation.until(now_ms + 1000)              # and on from there: what comes due afterwards

`behaviour` says how customers and people behave, `modes` and `shop` where; `feeling` is what customers feel. `cases`,
`leading`, `employees`, `reports` are lives: of cases, of obstacles and decisions, of answers, of indicators.
`touchpoint` is what they share, `organisation` all of them in one order of time. `plan` is what is other than usual,
`outage` what goes wrong while somebody watches, `truths` what the measures must return in expectation.
"""

from streams.demo.organisation.organisation import Organisation, beginning, cases_a_day
from streams.demo.organisation.plan import Plan

__all__ = ["Organisation", "Plan", "beginning", "cases_a_day"]
