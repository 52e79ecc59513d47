"""What stands in the way: mean number of obstacles standing at once, which is number times length."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN, WINDOW, complete, measure, named, of_view, over_workers, whole
from dashboards.rules.terms import metric

_CELL = ("touchpoint", "cause")
_NOTHING, _NO_CASE = "nothing stood in the way", "no obstacle names a case"
_ALL = of_view("rytmi_friction_standing", _CELL, WINDOW)


def worst(most: int) -> Query:
    """The worst frictions: touchpoint and cause with most obstacles standing at once, on the mean."""
    return Query(
        complete(f"topk({most}, {_ALL} > 0)"),
        _CELL,
        "{{touchpoint}}: {{cause}}",
        _NOTHING,
        "Mean number of obstacles standing at once in the window: how many, times how long. By touchpoint and cause.",
    )


_NONE = f"0 * max by (touchpoint) ({metric('rytmi_touchpoint_place')})"
BY_TOUCHPOINT = named(complete(f"sum by (touchpoint) ({_ALL})\nor on (touchpoint) ({_NONE})"), "touchpoint")
"""Mean number standing at once, by touchpoint: its causes add up. Where none stood it is 0."""


def _by_cause(name: str, quiet: str, about: str) -> Query:
    every = of_view(name, _CELL, WINDOW, CHOSEN)
    return named(complete(f"sum by (cause) ({every}) > 0"), "cause", quiet=quiet, about=about)


BY_CAUSE = _by_cause("rytmi_friction_standing", _NOTHING, "Mean number of obstacles standing at once.")
BLOCKED = _by_cause(
    "rytmi_friction_blocked_case_seconds",
    _NO_CASE,
    "Obstacle time in the window, times the cases that the obstacle names.",
)
STANDING_BY_CAUSE = named(
    whole(over_workers("rytmi_obstacles_open", ("cause",), CHOSEN)),
    "cause",
    quiet="nothing stands in the way",
    about="Obstacles that stand now, by cause.",
)
CASES_BY_CAUSE = named(
    whole(f"({over_workers('rytmi_obstacle_cases', ('cause',), CHOSEN)} > 0)"),
    "cause",
    quiet=_NO_CASE,
    about="Cases that standing obstacles name.",
)


def removal(quantile: str) -> Query:
    """How long obstacles stand, those that stand counted with their age, over all touchpoints, s."""
    chosen = WINDOW, f'quantile="{quantile}"', 'touchpoint="all"'
    return measure("rytmi_obstacle_removal_seconds", (), *chosen, quiet="fewer than that share are removed")
