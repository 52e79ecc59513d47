"""What stands in the way: mean number of obstacles standing at once, which is number times length."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import complete, measured, metric, of_view, over_workers, whole

_CHOSEN = 'touchpoint=~"$touchpoint"'
_CELL = ("touchpoint", "cause")
_WINDOW = 'window="$window"'


def worst(most: int) -> Query:
    """The worst frictions: touchpoint and cause with most obstacles standing at once, on the mean."""
    every = of_view("rytmi_friction_standing", _CELL, _WINDOW)
    return Query(complete(f"topk({most}, {every} > 0)"), _CELL, "{{touchpoint}}: {{cause}}", "nothing stood in the way")


def by_touchpoint() -> Query:
    """Mean number standing at once, by touchpoint: its causes add up. Where none stood it is 0."""
    every = of_view("rytmi_friction_standing", _CELL, _WINDOW)
    none = f"0 * max by (touchpoint) ({metric('rytmi_touchpoint_place')})"
    expr = complete(f"sum by (touchpoint) ({every})\nor on (touchpoint) ({none})")
    return Query(expr, ("touchpoint",), "{{touchpoint}}")


def by_cause() -> Query:
    """The same at the touchpoints chosen, by cause."""
    every = of_view("rytmi_friction_standing", _CELL, _WINDOW, _CHOSEN)
    return Query(complete(f"sum by (cause) ({every}) > 0"), ("cause",), "{{cause}}", "nothing stood in the way")


def blocked() -> Query:
    """Obstacle time in the window times cases named, at the touchpoints chosen, by cause, s."""
    every = of_view("rytmi_friction_blocked_case_seconds", _CELL, _WINDOW, _CHOSEN)
    return Query(complete(f"sum by (cause) ({every}) > 0"), ("cause",), "{{cause}}", "no obstacle names a case")


def standing_by_cause() -> Query:
    """Obstacles that stand now at the touchpoints chosen, by cause."""
    expr = over_workers("rytmi_obstacles_open", ("cause",), _CHOSEN)
    return Query(whole(expr), ("cause",), "{{cause}}", "nothing stands in the way")


def cases_by_cause() -> Query:
    """Cases that standing obstacles name, at the touchpoints chosen, by cause."""
    expr = over_workers("rytmi_obstacle_cases", ("cause",), _CHOSEN)
    return Query(whole(f"({expr} > 0)"), ("cause",), "{{cause}}", "no obstacle names a case")


def removal(quantile: str) -> Query:
    """How long obstacles stand, those that stand counted with their age, over all touchpoints, s."""
    chosen = _WINDOW, f'quantile="{quantile}"', 'touchpoint="all"'
    expr = measured("rytmi_obstacle_removal_seconds", (), *chosen)
    return Query(expr, quiet="fewer than that share are removed")
