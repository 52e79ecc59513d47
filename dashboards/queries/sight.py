"""How fresh and how whole what is shown is: on every screen first."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN, age, named, over_workers
from dashboards.rules.terms import JOB, metric

_OWNED = over_workers("rytmi_partitions_owned", (), 'stage="cases"')
_OF = f"max({metric('rytmi_partitions')})"
_READ_PAST = metric("rytmi_read_past_timestamp_seconds")
_NOT_KNOWN = "nothing is known of some partition"

KNOWN_UNTIL = Query(
    age(f"min({_READ_PAST}) > 0"),
    quiet=_NOT_KNOWN,
    about="Until when everything is read that could prove a claim about silence wrong. Old: overdue is not known.",
)
MEASURES_AGE = Query(
    age(f"max({metric('rytmi_view_timestamp_seconds')}) > 0"),
    about="How old the measures are: times, friction, rhythm, emotion. They stand still while the workers are blind.",
)
PARTITIONS_MISSING = Query(
    f"{_OF} - ({_OWNED} or vector(0))",
    about="0: sums over workers are whole. Else all figures are blank, as they would be too low.",
)
BLIND_TOUCHPOINTS = Query(
    "count(touchpoint:rytmi_complete:bool == 0) or 0 * count(touchpoint:rytmi_complete:bool)",
    about="Not read up to now: overdue is not known there.",
)
COMPLETE = named(
    "max by (touchpoint) (touchpoint:rytmi_complete:bool)",
    "touchpoint",
    about="When a touchpoint was read up to the present.",
)
READ_PAST = named(
    age(f"min by (touchpoint) ({_READ_PAST}) > 0"),
    "touchpoint",
    quiet=_NOT_KNOWN,
    about="Age of the instant before which it is known whether something is overdue.",
)
BACKFILLS = Query(
    over_workers("rytmi_backfill_active", ()),
    about="Partitions in which a backfill is announced: nobody is alarmed.",
)
SOURCES_MISSING = Query(f"max({metric('rytmi_view_sources_missing')})", about="Sources that are not in the view.")
WORKERS_UP = Query(f'sum(up{{job="{JOB}"}})', legend="answer", about="Of those that Prometheus knows of.")
WORKERS_OF = Query(f'count(up{{job="{JOB}"}})', legend="of")
VIEW_COMPLETE = Query(
    f"max({metric('rytmi_view_complete')})",
    about="Yes: every source is in the view. No: measures are silent. No data: no worker has the view.",
)
_PLACE = ("touchpoint", "path", "stage", "unit")
PLACE = Query(f"max by ({', '.join(_PLACE)}) ({metric('rytmi_touchpoint_place', CHOSEN)})", _PLACE)
"""Touchpoints in the order of the configuration, with what they belong to."""

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
