"""How fresh and how whole what is shown is: on every screen first."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import JOB, age, metric, over_workers

_READ = f"min({metric('rytmi_read_past_timestamp_seconds')}) > 0"
_OWNED = over_workers("rytmi_partitions_owned", (), 'stage="cases"')
_OF = f"max({metric('rytmi_partitions')})"


def known_until() -> Query:
    """Age of the instant up to which everything is read that could prove a claim about silence wrong, s."""
    return Query(age(_READ), quiet="nothing is known of some partition")


def measures_age() -> Query:
    """Age of the instant as of which the measures are, s."""
    return Query(age(f"max({metric('rytmi_view_timestamp_seconds')}) > 0"))


def partitions_missing() -> Query:
    """Partitions of cases without an owner."""
    return Query(f"{_OF} - ({_OWNED} or vector(0))")


def blind_touchpoints() -> Query:
    """Touchpoints that are not read up to now."""
    return Query("count(touchpoint:rytmi_complete:bool == 0) or 0 * count(touchpoint:rytmi_complete:bool)")


def complete() -> Query:
    """1 while a touchpoint is read up to now, 0 while not."""
    return Query("max by (touchpoint) (touchpoint:rytmi_complete:bool)", ("touchpoint",), "{{touchpoint}}")


def read_past() -> Query:
    """Age of what was read past, by touchpoint, s."""
    return Query(
        age(f"min by (touchpoint) ({metric('rytmi_read_past_timestamp_seconds')}) > 0"),
        ("touchpoint",),
        "{{touchpoint}}",
        quiet="nothing is known of some partition",
    )


def backfills() -> Query:
    """Partitions in which a backfill is announced."""
    return Query(over_workers("rytmi_backfill_active", ()))


def sources_missing() -> Query:
    """Sources that are not in the view."""
    return Query(f"max({metric('rytmi_view_sources_missing')})")


def place() -> Query:
    """Touchpoints in the order of the configuration, with what they belong to."""
    by = ("touchpoint", "path", "stage", "unit")
    return Query(f"max by ({', '.join(by)}) ({metric('rytmi_touchpoint_place', _CHOSEN)})", by)


_CHOSEN = 'touchpoint=~"$touchpoint"'

# The sentence: exactly one of these is there at any moment. A number becomes part of a name by `count_values`.
_COUNT = 'count_values("n", {})'
_CRITICAL = over_workers("rytmi_cases_overdue_any", (), 'severity="critical"')
_OTHERS = over_workers("rytmi_cases_overdue_any", (), 'severity!="critical"')
_HERE = f"({_OWNED} == {_OF})"
_CLEAR = "(rytmi:complete:bool == 1)"


def sentences() -> tuple[tuple[str, str, Query], ...]:
    """(meaning, words, query) of each sentence, most urgent to know first; of the queries one has a result.

    {{n}} in the words is the number. Of two reasons why nothing can be said, only the first speaks.
    """
    why = "another sentence is true"
    alone = (
        ("unknown", "? No worker answers: nothing is measured", f"absent({_OWNED})"),
        (
            "unknown",
            "? Figures are blank: {{n}} partitions without an owner",
            f"{_COUNT.format(f'{_OF} - {_OWNED}')} unless on () {_HERE}",
        ),
        (
            "unknown",
            "? Overdue cannot be known at {{n}} touchpoints",
            f"{_COUNT.format('count(touchpoint:rytmi_complete:bool == 0)')} and on () {_HERE}",
        ),
        (
            "bad",
            "\N{BLACK UP-POINTING TRIANGLE} {{n}} critical cases are overdue: take the oldest",
            f"{_COUNT.format(f'{_CRITICAL} > 0')} and on () {_CLEAR} and on () {_HERE}",
        ),
        (
            "watch",
            "\N{BLACK CIRCLE} {{n}} cases are overdue, none of them critical",
            f"{_COUNT.format(f'{_OTHERS} > 0')} unless on () ({_CRITICAL} > 0) and on () {_CLEAR} and on () {_HERE}",
        ),
        (
            "good",
            "\N{CHECK MARK} Everything is in time",
            f"({_CRITICAL} + {_OTHERS} == 0) and on () {_CLEAR} and on () {_HERE}",
        ),
    )
    return tuple(
        (meaning, words, Query(expr, ("n",) if "{{n}}" in words else (), words, quiet=why))
        for meaning, words, expr in alone
    )


def workers_up() -> Query:
    """Workers that answer."""
    return Query(f'sum(up{{job="{JOB}"}})')


def workers_of() -> Query:
    """Workers that Prometheus knows of."""
    return Query(f'count(up{{job="{JOB}"}})')


def view_complete() -> Query:
    """1 while the measures are said."""
    return Query(f"max({metric('rytmi_view_complete')})")
