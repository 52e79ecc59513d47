"""Now: for a wall. Is anybody waiting who should not be, and can we know?"""

from __future__ import annotations

from dashboards import panels
from dashboards.colours import MEANT, PLAIN, UNKNOWN
from dashboards.model import Query, Screen, Tile
from dashboards.queries import cases, clocks, friction
from dashboards.screens.shared import NOT_YET, freshness, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-now"
_HOUR, _DAY = 3_600, 86_400


def screen() -> Screen:
    """Freshness first, then who waits, how long it takes, and where."""
    return Screen(
        UID,
        "Rytmi · Now",
        "Is anybody waiting who should not be? For a wall: kiosk mode, all of it fits.",
        (freshness(), _waiting(), _reaction(), (_where(), _obstacles())),
        (window_variable(),),
        refresh="10s",
        wall=True,
    )


def _waiting() -> tuple[Tile, ...]:
    critical = "Critical cases with a clock that runs past its due time. Each raised an alarm when it became overdue."
    soon = "Critical cases with a clock that will be due so soon: there is still time."
    return (
        panels.figure(
            "overdue-critical",
            "Critical overdue · all touchpoints",
            critical,
            cases.overdue_critical(),
            unit="none",
            size=(6, 6),
            steps=panels.bad_from(1),
        ),
        panels.figure(
            "due-critical",
            "Critical due soon · within",
            soon,
            cases.due_critical("1h"),
            cases.due_critical("4h"),
            unit="none",
            size=(6, 6),
            steps=panels.watch_from(1),
        ),
        panels.figure(
            "oldest",
            "Oldest waiting · all cases",
            "Since when the oldest open case has waited.",
            cases.oldest(),
            unit="s",
            decimals=1,
            size=(4, 6),
        ),
        panels.figure(
            "oldest-critical",
            "Oldest waiting · critical",
            "Since when the oldest open critical case has waited. No data: none is open.",
            cases.oldest_critical(),
            unit="s",
            decimals=1,
            size=(4, 6),
        ),
        panels.figure(
            "unknown-critical",
            "Critical · perhaps overdue",
            "Their time is up unless something says otherwise that is not read yet. Look at them by hand.",
            cases.unknown_critical(),
            unit="none",
            size=(4, 6),
            steps=(PLAIN, ((1, UNKNOWN),)),
        ),
    )


def _reaction() -> tuple[Tile, ...]:
    scope = "last $window"
    waiting = "From feedback to decision, those that wait counted with the time they have waited."
    return (
        panels.figure(
            "reaction-p50",
            f"Reaction p50 · all · {scope}",
            waiting + " Half take longer. Not yet: fewer than half are decided.",
            clocks.length_or_not_yet("decide", "0.5"),
            unit="s",
            decimals=1,
            words=NOT_YET,
            size=(5, 5),
            steps=panels.bad_from(3 * _DAY, watch=_DAY),
        ),
        panels.figure(
            "reaction-completed",
            f"p50 of the decided alone · {scope}",
            "The same over those alone that were decided: it looks better the longer the queue. To be compared.",
            clocks.completed("decide"),
            unit="s",
            decimals=1,
            size=(5, 5),
            steps=(MEANT, ()),
        ),
        panels.figure(
            "reaction-p90",
            f"Reaction p90 · all · {scope}",
            waiting + " One in ten takes longer. Not yet: fewer than nine in ten are decided.",
            clocks.length_or_not_yet("decide", "0.9"),
            unit="s",
            decimals=1,
            words=NOT_YET,
            size=(5, 5),
            steps=panels.bad_from(7 * _DAY, watch=3 * _DAY),
        ),
        panels.figure(
            "missed",
            f"Decided too late · {scope}",
            "Share of the judged decide clocks that missed their target. Better by leaving cases undecided? Then the "
            "oldest waits longer; by deciding badly? Then p90 and overdue grow.",
            clocks.missed_share_of_all("decide"),
            unit="percentunit",
            decimals=0,
            size=(4, 5),
            steps=panels.bad_from(0.25, watch=0.1),
            beside=("Oldest waiting · all cases", f"Reaction p90 · all · {scope}"),
        ),
        panels.lines(
            "overdue-lines",
            "Overdue and open cases · all · 6 h",
            "Cases with an overdue clock, and all that are open. A gap: it was not known.",
            cases.overdue()._replace(legend="overdue"),
            cases.open_cases()._replace(legend="open cases"),
            unit="none",
            size=(5, 5),
        ),
    )


def _length(quantile: str) -> Query:
    return clocks.length_by_touchpoint_or_not_yet("decide", quantile)


def _where() -> Tile:
    columns = (
        Column("Critical", cases.critical_by_touchpoint(), steps=panels.bad_from(1), width=80),
        Column("Overdue", cases.overdue_by_touchpoint(), steps=panels.watch_from(1), width=80),
        Column("Open", cases.open_by_touchpoint(), width=80),
        Column("Oldest", cases.oldest_by_touchpoint(), "s", decimals=1, width=110),
        Column("Reaction p50", _length("0.5"), "s", decimals=1, width=120, words=NOT_YET),
        Column("p90", _length("0.9"), "s", decimals=1, width=110, words=NOT_YET),
        Column("Overdue, 6 h", cases.overdue_by_touchpoint(), over_time=True, width=200),
    )
    return heat_table(
        "where",
        "Where · by touchpoint · now, times last $window",
        "Overdue cases now, and how long decisions take. Not yet: too few are decided.",
        {"touchpoint": "Touchpoint"},
        columns,
        (16, 12),
        sort_by="Critical",
        descending=True,
        link=("Touchpoint", "/d/rytmi-path?var-touchpoint=${__value.text}&${window:queryparam}"),
    )


def _obstacles() -> Tile:
    return panels.bars(
        "friction",
        "Worst friction · standing at once · last $window",
        "Mean number of obstacles standing at once in the window: how many, times how long. By touchpoint and cause.",
        friction.worst(8),
        unit="none",
        size=(8, 12),
    )
