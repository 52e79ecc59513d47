"""Alerts on what is overdue now: a number, so it needs no window, and sees a clock of any length.

Each case has alarms of its own; these are for when those have not helped.
"""

from __future__ import annotations

from dashboards.rules.model import PAGE, TICKET, Alert, Group, Record
from dashboards.rules.terms import HOLDS, by_case, metric, seen

NOW = "touchpoint_case_severity_clock:rytmi_cases_overdue:sum"
_STANDING = 5
"""Overdue cases of one kind that are a pile and not an accident."""


def group() -> Group:
    """What is overdue, by touchpoint, severity of the case and clock."""
    return Group(
        "overdue",
        (
            Record(NOW, by_case(metric("rytmi_cases_overdue"))),
            Alert(
                "RytmiCriticalOverdue",
                seen(f'{NOW}{{case_severity="critical"}} > 0'),
                "30m",
                PAGE,
                "critical-overdue",
                "{{ $value }} critical cases at {{ $labels.touchpoint }} are overdue ({{ $labels.clock }}).",
                "There have been critical cases past their due time for half an hour without a break, although each "
                "of them raised an alarm of its own when it became overdue.",
                HOLDS,
            ),
            Alert(
                "RytmiOverdueStanding",
                seen(f'{NOW}{{case_severity!="critical"}} >= {_STANDING}'),
                "4h",
                TICKET,
                "overdue-standing",
                "{{ $value }} {{ $labels.case_severity }} cases at {{ $labels.touchpoint }} are overdue "
                "({{ $labels.clock }}), and have been so for hours.",
                f"For four hours there were never fewer than {_STANDING}: they come faster than they are worked off.",
                HOLDS,
            ),
        ),
    )
