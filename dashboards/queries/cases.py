"""What waits: open, overdue, soon due, and since when. Sums over workers, blank unless all partitions are there."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN, age, everywhere, named, over_workers, seen_whole, whole
from dashboards.rules.terms import metric

CRITICAL = 'severity="critical"'


def _sum(shown: Callable[[str], str], name: str, *matchers: str, by: str = "", about: str = "") -> Query:
    """A sum over workers, where it may be shown."""
    labels = (by,) if by else ()
    return named(shown(over_workers(name, labels, *matchers)), *labels, about=about)


OPEN_CASES = _sum(whole, "rytmi_cases_open")
"""Cases received and neither closed nor withdrawn."""
OPEN_BY_TOUCHPOINT = _sum(whole, "rytmi_cases_open", by="touchpoint")
OPEN_BY_SEVERITY = _sum(whole, "rytmi_cases_open", CHOSEN, by="severity", about="Cases open now.")

OVERDUE = _sum(everywhere, "rytmi_cases_overdue_any")
"""Cases of which a clock runs past its due time, and is known to, each once."""
OVERDUE_CRITICAL = _sum(
    everywhere,
    "rytmi_cases_overdue_any",
    CRITICAL,
    about="Critical cases with a clock that runs past its due time. Each raised an alarm when it became overdue.",
)
UNKNOWN_CRITICAL = _sum(
    whole,
    "rytmi_cases_unknown_any",
    CRITICAL,
    about="Their time is up unless something says otherwise that is not read yet. Look at them by hand.",
)
OVERDUE_BY_TOUCHPOINT = _sum(seen_whole, "rytmi_cases_overdue_any", by="touchpoint")
CRITICAL_BY_TOUCHPOINT = _sum(seen_whole, "rytmi_cases_overdue_any", CRITICAL, by="touchpoint")
OVERDUE_BY_CLOCK = _sum(everywhere, "rytmi_cases_overdue", CHOSEN, by="clock", about="Overdue clocks, by clock.")


def due_critical(within: str) -> Query:
    """Critical cases of which a clock runs and is due within so long: there is still time."""
    return _sum(everywhere, "rytmi_cases_due_any", CRITICAL, f'within="{within}"')._replace(legend=within)


DUE_BY_CLOCK = _sum(
    everywhere,
    "rytmi_cases_due",
    CHOSEN,
    'within="4h"',
    by="clock",
    about="Clocks that will be due within four hours, by clock.",
)

_OLDEST = "rytmi_oldest_open_timestamp_seconds"
OLDEST = Query(whole(age(f"min({metric(_OLDEST)})")), about="Since when the oldest open case has waited.")
OLDEST_CRITICAL = Query(
    whole(age(f"min({metric(_OLDEST, CRITICAL)})")),
    quiet="no critical case is open",
    about="Since when the oldest open critical case has waited. No data: none is open.",
)
OLDEST_BY_TOUCHPOINT = named(whole(age(f"min by (touchpoint) ({metric(_OLDEST)})")), "touchpoint")

ALARMS_STANDING = _sum(whole, "rytmi_alarms_active", by="level", about="By level.")
