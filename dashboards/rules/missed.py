"""Alerts on the share of clocks that missed their target: burn rates, fitted to objective and data.

Three things are different from a service that fails in milliseconds.

*The factor.* A share cannot be more than 1. An objective of 90 % leaves a budget of 10 %, so a factor of 14.4 would
ask for 144 % missed and never fire. `threshold` refuses what is out of reach.

*The window.* `rytmi_clock_outcomes` counts the clocks that *started* in a window, and one with a target of four hours
cannot have missed within its first hour. So a window sees only targets up to half its length (`Burn.sees_seconds`),
and the usual short second window would hold the alert back for ever. What it is for, an end soon after the trouble
has ended, is asked of what is overdue: somebody was, within the `still` window.

*Few.* Below `enough` judged clocks a share means nothing. There the number decides: as many as the share would ask of
`enough`, so that both say the same where they meet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from dashboards.rules.model import PAGE, TICKET, Alert, Group, Record
from dashboards.rules.overdue import NOW
from dashboards.rules.terms import CASE_LABELS, HOLDS, by_case, metric, seen

MOST = 0.9
"""The largest share that an alert may ask for; the rest is margin."""

WINDOW_SECONDS = {"15m": 900, "1h": 3_600, "1d": 86_400, "7d": 604_800, "28d": 2_419_200}


class Objective(NamedTuple):
    """Which share of clocks is to meet its target. severities: of cases, as a regular expression."""

    name: str
    severities: str
    share: float

    @property
    def budget(self) -> float:
        return 1 - self.share


class Burn(NamedTuple):
    """How fast the budget of 28 days is used up. window: of `rytmi_clock_outcomes`. still: how lately somebody was
    overdue. factor: times the budget. enough: judged clocks from which on a share means something.
    """

    name: str
    window: str
    still: str
    factor: float
    enough: int
    pages: frozenset[str] = frozenset()  # names of objectives for which somebody is to get up

    @property
    def sees_seconds(self) -> float:
        """The longest target, from start to due in the customer's calendar, that this notices in time."""
        return WINDOW_SECONDS[self.window] / 2


OBJECTIVES = (Objective("critical", "critical", 0.95), Objective("others", "high|normal|low", 0.90))
BURNS = (
    Burn("Fast", "1d", "1h", factor=6, enough=10, pages=frozenset({"critical"})),
    Burn("Slow", "7d", "6h", factor=2.5, enough=20),
    Burn("Lasting", "28d", "1d", factor=1.3, enough=50),
)

_JUDGED = "touchpoint_case_severity_clock_window:rytmi_judged:sum"
_MISSED = "touchpoint_case_severity_clock_window:rytmi_missed:sum"
_SHARE = "touchpoint_case_severity_clock_window:rytmi_missed:ratio"


def threshold(burn: Burn, objective: Objective) -> float:
    """The share missed above which the alert fires. Raises ValueError for one that could not, or would always, fire."""
    share = round(burn.factor * objective.budget, 6)
    if not objective.budget < share <= MOST:
        raise ValueError(
            f"{burn.name}, {objective.name}: {burn.factor:g} times a budget of {objective.budget:.0%} is {share:.0%}; "
            f"it must be above the budget and at most {MOST:.0%}"
        )
    return share


def fewest(burn: Burn, objective: Objective) -> int:
    """The number missed at which the alert fires where there are too few for a share."""
    return math.ceil(round(threshold(burn, objective) * burn.enough, 6))


def group() -> Group:
    """Shares by touchpoint, severity of the case, clock and window; alerts for every burn and objective."""
    outcomes = "rytmi_clock_outcomes"
    return Group(
        "missed",
        (
            Record(_JUDGED, by_case(metric(outcomes, 'outcome=~"met|missed"'), "window")),
            Record(_MISSED, by_case(metric(outcomes, 'outcome="missed"'), "window")),
            Record(_SHARE, f"{_MISSED}\n/ ({_JUDGED} > 0)"),
            *(alert for burn in BURNS for objective in OBJECTIVES for alert in _alerts(burn, objective)),
        ),
    )


def _alerts(burn: Burn, objective: Objective) -> Iterator[Alert]:
    cells = f'{{case_severity=~"{objective.severities}",window="{burn.window}"}}'
    severity = PAGE if objective.name in burn.pages else TICKET
    labels = {"objective": f"{objective.share:g}"}
    share, number = threshold(burn, objective), fewest(burn, objective)
    missed = (
        "of the {{ $labels.clock }} clocks of {{ $labels.case_severity }} cases at {{ $labels.touchpoint }} missed "
        f"their target (started in the last {burn.window})."
    )
    yield Alert(
        f"RytmiMissed{burn.name}",
        seen(f"{_SHARE}{cells} > {share:g}\nand {_JUDGED}{cells} >= {burn.enough}\n{_still(burn)}"),
        "5m",
        severity,
        "missed",
        f"{{{{ $value | humanizePercentage }}}} {missed}",
        f"The objective is {objective.share:.0%} in time. Of the clocks that started in the last {burn.window} and are "
        f"judged, more than {share * 100:.3g}% missed: {burn.factor:g} times what 28 days allow for.",
        HOLDS,
        labels,
    )
    yield Alert(
        f"RytmiMissed{burn.name}Few",
        seen(f"{_MISSED}{cells} >= {number}\nand {_JUDGED}{cells} < {burn.enough}\n{_still(burn)}"),
        "5m",
        severity,
        "missed",
        f"{{{{ $value }}}} {missed}",
        f"Fewer than {burn.enough} clocks that started in the last {burn.window} are judged, too few for a share; "
        f"{number} or more of them missed.",
        HOLDS,
        labels,
    )


def _still(burn: Burn) -> str:
    return f"and on ({CASE_LABELS}) max_over_time({NOW}[{burn.still}]) > 0"
