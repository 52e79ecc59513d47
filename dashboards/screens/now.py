"""Now: for a wall. Is anybody waiting who should not be, and can we know?"""

from __future__ import annotations

from dashboards.colours import MEANT, PLAIN, UNKNOWN
from dashboards.model import Query, Row, Screen, Tile
from dashboards.panels import bad_from, bars, figure, lines, watch_from
from dashboards.queries import cases, clocks, friction
from dashboards.screens.shared import DAY, NOT_YET, OLDEST, freshness, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-now"
_SCOPE = "last $window"


def screen() -> Screen:
    """Freshness first, then who waits, how long it takes, and where."""
    friction_ = bars("friction", f"Worst friction · standing at once · {_SCOPE}", friction.worst(8), 8)
    return Screen(
        UID,
        "Rytmi · Now",
        "Is anybody waiting who should not be? For a wall: kiosk mode, all of it fits.",
        (freshness(), Row(6, _waiting()), Row(5, _reaction()), Row(12, (_where(), friction_))),
        (window_variable(),),
        refresh="10s",
        wall=True,
    )


def _waiting() -> tuple[Tile, ...]:
    late, unsure = bad_from(1), (PLAIN, ((1, UNKNOWN),))
    return (
        figure("overdue-critical", "Critical overdue · all touchpoints", cases.OVERDUE_CRITICAL, width=6, steps=late),
        figure(
            "due-critical",
            "Critical due soon · within",
            *(cases.due_critical(within) for within in ("1h", "4h")),
            width=6,
            steps=watch_from(1),
            about="Critical cases with a clock that will be due so soon: there is still time.",
        ),
        figure("oldest", OLDEST, cases.OLDEST, width=4, unit="s", decimals=1),
        figure("oldest-critical", "Oldest waiting · critical", cases.OLDEST_CRITICAL, width=4, unit="s", decimals=1),
        figure("unknown-critical", "Critical · perhaps overdue", cases.UNKNOWN_CRITICAL, width=4, steps=unsure),
    )


def _reaction() -> tuple[Tile, ...]:
    waiting = "From feedback to decision, those that wait counted with the time they have waited."
    tail = f"Reaction p90 · all · {_SCOPE}"
    return (
        figure(
            "reaction-p50",
            f"Reaction p50 · all · {_SCOPE}",
            clocks.length_or_not_yet("decide", "0.5"),
            width=5,
            unit="s",
            decimals=1,
            words=NOT_YET,
            steps=bad_from(3 * DAY, watch=DAY),
            about=f"{waiting} Half take longer. Not yet: fewer than half are decided.",
        ),
        figure(
            "reaction-completed",
            f"p50 of the decided alone · {_SCOPE}",
            clocks.completed("decide"),
            width=5,
            unit="s",
            decimals=1,
            steps=(MEANT, ()),
            about="The same over those alone that were decided: it looks better the longer the queue. To be compared.",
        ),
        figure(
            "reaction-p90",
            tail,
            clocks.length_or_not_yet("decide", "0.9"),
            width=5,
            unit="s",
            decimals=1,
            words=NOT_YET,
            steps=bad_from(7 * DAY, watch=3 * DAY),
            about=f"{waiting} One in ten takes longer. Not yet: fewer than nine in ten are decided.",
        ),
        figure(
            "missed",
            f"Decided too late · {_SCOPE}",
            clocks.missed_share("decide"),
            width=4,
            unit="percentunit",
            decimals=0,
            steps=bad_from(0.25, watch=0.1),
            beside=(OLDEST, tail),
            about="Share of the judged decide clocks that missed their target. Better by leaving cases undecided? Then "
            "the oldest waits longer; by deciding badly? Then p90 and overdue grow.",
        ),
        lines(
            "overdue-lines",
            "Overdue and open cases · all · 6 h",
            cases.OVERDUE._replace(legend="overdue"),
            cases.OPEN_CASES._replace(legend="open cases"),
            width=5,
            about="Cases with an overdue clock, and all that are open. A gap: it was not known.",
        ),
    )


def _length(quantile: str) -> Query:
    return clocks.length_by_touchpoint_or_not_yet("decide", quantile)


def _where() -> Tile:
    columns = (
        Column("Critical", cases.CRITICAL_BY_TOUCHPOINT, steps=bad_from(1), width=80),
        Column("Overdue", cases.OVERDUE_BY_TOUCHPOINT, steps=watch_from(1), width=80),
        Column("Open", cases.OPEN_BY_TOUCHPOINT, width=80),
        Column("Oldest", cases.OLDEST_BY_TOUCHPOINT, "s", decimals=1, width=110),
        Column("Reaction p50", _length("0.5"), "s", decimals=1, width=120, words=NOT_YET),
        Column("p90", _length("0.9"), "s", decimals=1, width=110, words=NOT_YET),
        Column("Overdue, 6 h", cases.OVERDUE_BY_TOUCHPOINT, over_time=True, width=200),
    )
    return heat_table(
        "where",
        f"Where · by touchpoint · now, times {_SCOPE}",
        "Overdue cases now, and how long decisions take. Not yet: too few are decided.",
        ["touchpoint"],
        columns,
        16,
        sort_by="Critical",
        descending=True,
        link="/d/rytmi-path?var-touchpoint=${__value.text}&${window:queryparam}",
    )
