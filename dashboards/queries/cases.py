"""What waits: open, overdue, soon due, and since when. Sums over workers, blank unless all partitions are there."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import age, everywhere, metric, over_workers, seen_whole, whole

CRITICAL = 'severity="critical"'
_CHOSEN = 'touchpoint=~"$touchpoint"'


def open_cases() -> Query:
    """Cases received and neither closed nor withdrawn."""
    return Query(whole(over_workers("rytmi_cases_open", ())))


def open_by_touchpoint() -> Query:
    """The same by touchpoint."""
    return Query(whole(over_workers("rytmi_cases_open", ("touchpoint",))), ("touchpoint",), "{{touchpoint}}")


def open_by_severity() -> Query:
    """The same at the touchpoints chosen, by severity."""
    return Query(whole(over_workers("rytmi_cases_open", ("severity",), _CHOSEN)), ("severity",), "{{severity}}")


def overdue_critical() -> Query:
    """Critical cases of which a clock runs past its due time, and is known to, each once."""
    return Query(everywhere(over_workers("rytmi_cases_overdue_any", (), CRITICAL)))


def overdue() -> Query:
    """Cases that are overdue, each once."""
    return Query(everywhere(over_workers("rytmi_cases_overdue_any", ())))


def unknown_critical() -> Query:
    """Critical cases that may be overdue, which nobody can know now."""
    return Query(whole(over_workers("rytmi_cases_unknown_any", (), CRITICAL)))


def overdue_by_touchpoint() -> Query:
    """Overdue cases by touchpoint, where it is read up to now."""
    return Query(
        seen_whole(over_workers("rytmi_cases_overdue_any", ("touchpoint",))), ("touchpoint",), "{{touchpoint}}"
    )


def critical_by_touchpoint() -> Query:
    """Overdue critical cases by touchpoint."""
    expr = over_workers("rytmi_cases_overdue_any", ("touchpoint",), CRITICAL)
    return Query(seen_whole(expr), ("touchpoint",), "{{touchpoint}}")


def overdue_by_clock() -> Query:
    """Overdue clocks at the touchpoints chosen, by clock."""
    return Query(everywhere(over_workers("rytmi_cases_overdue", ("clock",), _CHOSEN)), ("clock",), "{{clock}}")


def due_critical(within: str) -> Query:
    """Critical cases of which a clock runs and is due within so long: there is still time."""
    return Query(everywhere(over_workers("rytmi_cases_due_any", (), CRITICAL, f'within="{within}"')), legend=within)


def due_by_clock() -> Query:
    """Clocks due within four hours at the touchpoints chosen, by clock."""
    expr = over_workers("rytmi_cases_due", ("clock",), _CHOSEN, 'within="4h"')
    return Query(everywhere(expr), ("clock",), "{{clock}}")


def oldest() -> Query:
    """How long the oldest open case has waited, s."""
    return Query(whole(age(f"min({metric('rytmi_oldest_open_timestamp_seconds')})")))


def oldest_critical() -> Query:
    """How long the oldest critical one has, s."""
    return Query(
        whole(age(f"min({metric('rytmi_oldest_open_timestamp_seconds', CRITICAL)})")), quiet="no critical case is open"
    )


def oldest_by_touchpoint() -> Query:
    """How long the oldest has waited by touchpoint, s."""
    first = metric("rytmi_oldest_open_timestamp_seconds")
    return Query(whole(age(f"min by (touchpoint) ({first})")), ("touchpoint",), "{{touchpoint}}")


def alarms_standing() -> Query:
    """Alarms that stand, by level."""
    return Query(whole(over_workers("rytmi_alarms_active", ("level",))), ("level",), "{{level}}")
