"""Organisation: for leaders. Do we see ourselves as our customers see us, and does every function listen?"""

from __future__ import annotations

from dashboards.colours import BAD
from dashboards.model import Row, Screen, Tile
from dashboards.panels import bad_from, bars, good_from, lines
from dashboards.queries import people, voice
from dashboards.screens.shared import DAY, decision_marks, freshness, unit_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-organisation"


def screen() -> Screen:
    """What is missing first; then indicators side by side; then employees beside customers."""
    missing = bars("missing", "Missing · function and kind without a fresh one", people.MISSING, 10, steps=(BAD, ()))
    gap = bars("gap", "Perception gap · by unit and question", people.GAP, 10, steps=bad_from(0.3, 0.15))
    nps = bars("nps", "NPS · by touchpoint · last $window", voice.NPS, 10)
    sides = lines("sides", "Customers' score by unit · $unit", people.CUSTOMER, width=14)
    return Screen(
        UID,
        "Rytmi · Organisation",
        "Do we see ourselves as our customers see us, and does every function listen?",
        (
            freshness(),
            Row(8, (_functions(), missing)),
            Row(10, (_indicators("customer"), _indicators("operational"))),
            "Employees beside customers · $unit · 28 days",
            Row(10, (_alignment(), gap)),
            Row(9, (nps, sides)),
        ),
        (window_variable(), unit_variable()),
        (decision_marks(),),
        since="now-7d",
        refresh="1m",
    )


def _functions() -> Tile:
    kinds = ("customer", "customer_fresh", "operational", "operational_fresh")
    return heat_table(
        "functions",
        "Indicators by function · how many, how many fresh",
        "A function with operational indicators alone does not hear its customers. 0 is what should be seen.",
        ["function"],
        [Column(kind.capitalize().replace("_", " "), people.count(kind), steps=good_from(1, 1)) for kind in kinds],
        14,
        sort_by="Function",
    )


def _indicators(kind: str) -> Tile:
    columns = (
        Column("Value", people.indicators(kind), decimals=2),
        Column("Age", people.indicator_ages(kind), "s", bad_from(2 * DAY, DAY), decimals=1),
        Column("Trend", people.indicators(kind), over_time=True, width=200),
    )
    return heat_table(
        f"indicators-{kind}",
        f"{kind.capitalize()} indicators · by function · latest",
        "The latest value of each, and how old it is.",
        ["function", "indicator"],
        columns,
        12,
        sort_by="Function",
    )


def _alignment() -> Tile:
    share = good_from(0.7, 0.5)
    columns = (
        Column("Customers", people.CUSTOMER, steps=share, decimals=2),
        Column("Employees", people.EMPLOYEE, steps=share, decimals=2),
        Column("Alignment", people.ALIGNMENT, decimals=2),
        Column("Level", people.level(), steps=share, decimals=2),
        Column("Alignment is", people.ALIGNMENT, over_time=True, width=200),
    )
    return heat_table(
        "alignment",
        "Alignment, and its level · by unit · 0 to 1",
        "Alignment is 1 less the difference; level is the lower of the two. Close together is good only at a high "
        "level: both low and equal is agreement that things are bad.",
        ["unit"],
        columns,
        14,
        sort_by="Level",
    )
