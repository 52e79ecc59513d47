"""The organisation: what customers and what functions say, employees beside customers, levels beside each other."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import age, complete, measured, of_view

_UNIT = 'unit=~"$unit"'
_ONE = ("unit",)
_NOBODY = "nobody has answered"


def indicators(kind: str) -> Query:
    """Latest values by function and indicator; kind is customer or operational."""
    by = ("function", "indicator")
    return Query(measured("rytmi_indicator_value", by, f'kind="{kind}"'), by, quiet="no function has reported one")


def indicator_ages(kind: str) -> Query:
    """How old those values are, s."""
    by = ("function", "indicator")
    said = of_view("rytmi_indicator_timestamp_seconds", by, f'kind="{kind}"')
    return Query(complete(age(said)), by, quiet="no function has reported one")


def count(kind: str) -> Query:
    """How many indicators a declared function has: customer, operational, customer_fresh, operational_fresh."""
    expr = measured("rytmi_function_indicators", ("function",), f'kind="{kind}"')
    return Query(expr, ("function",), "{{function}}", quiet="no function is declared")


def missing() -> Query:
    """Functions that have no fresh indicator of a kind, and the kind."""
    by = ("function", "kind")
    fresh = of_view("rytmi_function_indicators", by, 'kind=~".+_fresh"')
    quiet = "every function has fresh indicators of both kinds"
    return Query(complete(f"{fresh} == 0"), by, "{{function}}: {{kind}}", quiet)


def customer() -> Query:
    """Mean score of customers by unit, 0 to 1, 28 days."""
    return Query(measured("rytmi_customer_score_ratio", _ONE, _UNIT), _ONE, "{{unit}}", _NOBODY)


def employee() -> Query:
    """Mean pulse of employees by unit, 0 to 1."""
    return Query(measured("rytmi_employee_score_ratio", _ONE, _UNIT), _ONE, "{{unit}}", _NOBODY)


def alignment() -> Query:
    """1 less the difference of the two."""
    return Query(measured("rytmi_alignment_ratio", _ONE, _UNIT), _ONE, "{{unit}}", "only one side has answered")


def level() -> Query:
    """The lower of the two: close together is good only near the upper end."""
    customers, employees, both = (
        of_view(f"rytmi_{name}_ratio", _ONE, _UNIT) for name in ("customer_score", "employee_score", "alignment")
    )
    lower = f"({customers} < {employees} or {employees}) and on (unit) {both}"
    return Query(complete(lower), _ONE, "{{unit}}", alignment().quiet)


def gap() -> Query:
    """Highest less lowest mean among the levels that answered, by unit and question."""
    by = ("unit", "question")
    quiet = "fewer than two levels have answered a question"
    return Query(measured("rytmi_perception_gap_ratio", by, _UNIT), by, "{{unit}}: {{question}}", quiet)
