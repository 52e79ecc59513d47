"""Rhythm, recorded seldom, for lines over weeks: Prometheus reads every sample of the time that a line shows.

The view says what is kept every few seconds, and 28 days of that are half a million samples a series. Recorded only
while the view is complete, so that a line has gaps and no dents.
"""

from __future__ import annotations

from dashboards.rules.model import Group, Record
from dashboards.rules.terms import metric

KEPT = "unit_rhythm_clock:rytmi_rhythm_kept:sum"
ELIGIBLE = "unit_rhythm_clock:rytmi_rhythm_eligible:sum"
_INTERVAL = "2m"  # less than the five minutes after which Prometheus takes a value for old
_CELL = "unit, rhythm, clock"
_COMPLETE = f"max({metric('rytmi_view_complete')}) == 1 and on () rytmi:owned:bool == 1"


def group() -> Group:
    """Clocks that kept the rhythm, and those that had their time, by unit, rhythm and clock: both add up."""
    ratio, eligible = (f"max by ({_CELL}) ({metric(f'rytmi_rhythm_{name}')})" for name in ("ratio", "eligible"))
    return Group(
        "rhythm",
        (
            Record(KEPT, f"{ratio}\n* on ({_CELL}) {eligible}\nand on () ({_COMPLETE})"),
            Record(ELIGIBLE, f"{eligible}\nand on () ({_COMPLETE})"),
        ),
        _INTERVAL,
    )
