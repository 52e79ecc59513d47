"""The organisation: what customers and what functions say, employees beside customers, levels beside each other."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN_UNITS, age, complete, measure, of_view

_ONE = ("unit",)
_INDICATOR = ("function", "indicator")
_NOBODY, _NOT_BOTH = "nobody has answered", "only one side has answered"
_NONE = "no function has reported one"


def indicators(kind: str) -> Query:
    """Latest values by function and indicator; kind is customer or operational."""
    return measure("rytmi_indicator_value", _INDICATOR, f'kind="{kind}"', quiet=_NONE)._replace(legend="")


def indicator_ages(kind: str) -> Query:
    """How old those values are, s."""
    said = of_view("rytmi_indicator_timestamp_seconds", _INDICATOR, f'kind="{kind}"')
    return Query(complete(age(said)), _INDICATOR, quiet=_NONE)


def count(kind: str) -> Query:
    """How many indicators a declared function has: customer, operational, customer_fresh, operational_fresh."""
    return measure("rytmi_function_indicators", ("function",), f'kind="{kind}"', quiet="no function is declared")


_MISSING = ("function", "kind")
MISSING = Query(
    complete(of_view("rytmi_function_indicators", _MISSING, 'kind=~".+_fresh"') + " == 0"),
    _MISSING,
    "{{function}}: {{kind}}",
    "every function has fresh indicators of both kinds",
    "Functions without a fresh indicator of a kind. No data: none is missing, or measures are blank; see the top.",
)
CUSTOMER = measure(
    "rytmi_customer_score_ratio",
    _ONE,
    CHOSEN_UNITS,
    quiet=_NOBODY,
    about="How customers' mean score, 0 to 1, has gone.",
)
EMPLOYEE = measure("rytmi_employee_score_ratio", _ONE, CHOSEN_UNITS, quiet=_NOBODY)
"""Mean pulse of employees by unit, 0 to 1."""

ALIGNMENT = measure("rytmi_alignment_ratio", _ONE, CHOSEN_UNITS, quiet=_NOT_BOTH)
"""1 less the difference of the two."""


def level() -> Query:
    """The lower of the two: close together is good only near the upper end."""
    customers, employees, both = (
        of_view(f"rytmi_{name}_ratio", _ONE, CHOSEN_UNITS) for name in ("customer_score", "employee_score", "alignment")
    )
    lower = f"({customers} < {employees} or {employees}) and on (unit) {both}"
    return Query(complete(lower), _ONE, "{{unit}}", _NOT_BOTH)


GAP = measure(
    "rytmi_perception_gap_ratio",
    ("unit", "question"),
    CHOSEN_UNITS,
    quiet="fewer than two levels have answered a question",
    about="Highest less lowest mean among the levels that answered: how differently top, middle and front see it.",
)._replace(legend="{{unit}}: {{question}}")
