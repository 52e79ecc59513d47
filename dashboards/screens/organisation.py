"""Organisation: for leaders. Do we see ourselves as our customers see us, and does every function listen?"""

from __future__ import annotations

from dashboards import panels
from dashboards.colours import BAD
from dashboards.model import Screen, Tile
from dashboards.queries import people, voice
from dashboards.screens.shared import decision_marks, freshness, unit_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-organisation"
_DAY = 86_400
_LISTEN = panels.good_from(1, 1)


def screen() -> Screen:
    """What is missing first; then indicators side by side; then employees beside customers."""
    return Screen(
        UID,
        "Rytmi · Organisation",
        "Do we see ourselves as our customers see us, and does every function listen?",
        (
            freshness(),
            (_functions(), _missing()),
            (_indicators("customer"), _indicators("operational")),
            "Employees beside customers · $unit · 28 days",
            (_alignment(), _gap()),
            (_nps(), _lines()),
        ),
        (window_variable(), unit_variable()),
        (decision_marks(),),
        since="now-7d",
        refresh="1m",
    )


def _functions() -> Tile:
    columns = (
        Column("Customer", people.count("customer"), steps=_LISTEN),
        Column("Customer fresh", people.count("customer_fresh"), steps=_LISTEN),
        Column("Operational", people.count("operational"), steps=_LISTEN),
        Column("Operational fresh", people.count("operational_fresh"), steps=_LISTEN),
    )
    return heat_table(
        "functions",
        "Indicators by function · how many, how many fresh",
        "A function with operational indicators alone does not hear its customers. 0 is what should be seen.",
        {"function": "Function"},
        columns,
        (14, 8),
        sort_by="Function",
    )


def _missing() -> Tile:
    return panels.bars(
        "missing",
        "Missing · function and kind without a fresh one",
        "Functions without a fresh indicator of a kind. No data: none is missing, or measures are blank; see the top.",
        people.missing(),
        unit="none",
        size=(10, 8),
        steps=(BAD, ()),
    )


def _indicators(kind: str) -> Tile:
    columns = (
        Column("Value", people.indicators(kind), decimals=2),
        Column("Age", people.indicator_ages(kind), "s", panels.bad_from(2 * _DAY, _DAY), decimals=1),
        Column("Trend", people.indicators(kind), over_time=True, width=200),
    )
    return heat_table(
        f"indicators-{kind}",
        f"{kind.capitalize()} indicators · by function · latest",
        "The latest value of each, and how old it is.",
        {"function": "Function", "indicator": "Indicator"},
        columns,
        (12, 10),
        sort_by="Function",
    )


def _alignment() -> Tile:
    share = panels.good_from(0.7, 0.5)
    columns = (
        Column("Customers", people.customer(), steps=share, decimals=2),
        Column("Employees", people.employee(), steps=share, decimals=2),
        Column("Alignment", people.alignment(), decimals=2),
        Column("Level", people.level(), steps=share, decimals=2),
        Column("Alignment is", people.alignment(), over_time=True, width=200),
    )
    return heat_table(
        "alignment",
        "Alignment, and its level · by unit · 0 to 1",
        "Alignment is 1 less the difference; level is the lower of the two. Close together is good only at a high "
        "level: both low and equal is agreement that things are bad.",
        {"unit": "Unit"},
        columns,
        (14, 10),
        sort_by="Level",
    )


def _gap() -> Tile:
    return panels.bars(
        "gap",
        "Perception gap · by unit and question",
        "Highest less lowest mean among the levels that answered: how differently top, middle and front see it.",
        people.gap(),
        unit="none",
        size=(10, 10),
        steps=panels.bad_from(0.3, 0.15),
    )


def _nps() -> Tile:
    return panels.bars(
        "nps",
        "NPS · by touchpoint · last $window",
        "Promoters less detractors, in percent. The bars begin at 0: look at the number.",
        voice.nps(),
        unit="none",
        size=(10, 9),
    )


def _lines() -> Tile:
    return panels.lines(
        "sides",
        "Customers' score by unit · $unit",
        "How customers' mean score, 0 to 1, has gone.",
        people.customer(),
        unit="none",
        size=(14, 9),
    )
