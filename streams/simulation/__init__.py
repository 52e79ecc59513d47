"""A simulated organisation: seeded, so that the same seed, configuration and beginning give the same events.

    organisation = Organisation(config, seed=7, from_ms=monday)
    history = list(organisation.until(now_ms))     # in the order of `at`
    organisation.until(now_ms + 1000)              # and on from there: what comes due afterwards

`behaviour` is the table of how customers and people behave, `touchpoint` what happens at one touchpoint,
`organisation` all of them in one order of time, `outage` what goes wrong while somebody watches.
"""

from streams.simulation.organisation import Organisation, beginning

__all__ = ["Organisation", "beginning"]
