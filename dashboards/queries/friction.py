"""What stands in the way: mean number of obstacles standing at once, which is number times length."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import measured, over_workers, whole

_CHOSEN = 'touchpoint=~"$touchpoint"'
_CELL = ("touchpoint", "cause")
_WINDOW = 'window="$window"'


def worst(most: int) -> Query:
    """The worst frictions: touchpoint and cause with most obstacles standing at once, on the mean."""
    every = measured("rytmi_friction_standing", _CELL, _WINDOW)
    return Query(f"topk({most}, (\n{every}\n) > 0)", _CELL, "{{touchpoint}}: {{cause}}", "nothing stood in the way")


def by_touchpoint() -> Query:
    """Mean number standing at once, by touchpoint: its causes add up."""
    every = measured("rytmi_friction_standing", _CELL, _WINDOW)
    return Query(f"sum by (touchpoint) (\n{every}\n)", ("touchpoint",), "{{touchpoint}}")


def by_cause() -> Query:
    """The same at the touchpoints chosen, by cause."""
    every = measured("rytmi_friction_standing", _CELL, _WINDOW, _CHOSEN)
    return Query(f"sum by (cause) (\n{every}\n) > 0", ("cause",), "{{cause}}", "nothing stood in the way")


def blocked() -> Query:
    """Obstacle time in the window times cases named, at the touchpoints chosen, by cause, s."""
    every = measured("rytmi_friction_blocked_case_seconds", _CELL, _WINDOW, _CHOSEN)
    return Query(f"sum by (cause) (\n{every}\n) > 0", ("cause",), "{{cause}}", "no obstacle names a case")


def standing_now() -> Query:
    """Obstacles that stand now."""
    return Query(whole(over_workers("rytmi_obstacles_open", ())), quiet="nothing stands in the way")


def standing_by_cause() -> Query:
    """Obstacles that stand now at the touchpoints chosen, by cause."""
    expr = over_workers("rytmi_obstacles_open", ("cause",), _CHOSEN)
    return Query(whole(expr), ("cause",), "{{cause}}", "nothing stands in the way")


def removal(quantile: str) -> Query:
    """How long obstacles stand, those that stand counted with their age, by touchpoint, s."""
    chosen = _WINDOW, f'quantile="{quantile}"', 'touchpoint!="all"'
    expr = measured("rytmi_obstacle_removal_seconds", ("touchpoint",), *chosen)
    return Query(expr, ("touchpoint",), "{{touchpoint}}", quiet="fewer than that share are removed")


def removal_of_all(quantile: str) -> Query:
    """The same over all touchpoints, s."""
    chosen = _WINDOW, f'quantile="{quantile}"', 'touchpoint="all"'
    expr = measured("rytmi_obstacle_removal_seconds", (), *chosen)
    return Query(expr, quiet="fewer than that share are removed")
