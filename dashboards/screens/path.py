"""Customer path: for whoever answers for touchpoints. Where on their way do customers lose time and heart?"""

from __future__ import annotations

from dashboards.model import Row, Screen, Tile
from dashboards.panels import bad_from, bars, lines, watch_from
from dashboards.queries import cases, clocks, friction, sight, voice
from dashboards.screens.shared import DAY, NOT_YET, decision_marks, freshness, touchpoint_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-path"
_HERE = "$touchpoint"


def screen() -> Screen:
    """A table in the order of the path; below it, closer, the touchpoints that are chosen."""
    return Screen(
        UID,
        "Rytmi · Customer path",
        "Where on their way do customers lose time and heart, and is a touchpoint what it is meant to be?",
        (
            freshness(),
            Row(11, (_time(),)),
            Row(11, (_experience(),)),
            f"Closer · {_HERE} · last $window",
            Row(10, _clocks()),
            Row(9, _friction()),
            Row(9, _voice()),
        ),
        (window_variable(), touchpoint_variable()),
        (decision_marks(),),
        since="now-24h",
    )


_PLACE = ("touchpoint", "path", "stage", "unit")
_CLOSER = f"/d/{UID}?var-touchpoint=${{__value.text}}&${{window:queryparam}}"


def _time() -> Tile:
    title = "Time and friction · along the path · last $window"
    length = clocks.length_by_touchpoint_or_not_yet
    columns = (
        Column("#", sight.PLACE, width=50),
        Column("Reaction p50", length("decide", "0.5"), "s", bad_from(3 * DAY, DAY), words=NOT_YET),
        Column("p90", length("decide", "0.9"), "s", bad_from(7 * DAY, 3 * DAY), words=NOT_YET),
        Column("Decided alone", clocks.completed_by_touchpoint("decide"), "s", decimals=1),
        Column("Reaction", clocks.length_by_touchpoint("decide", "0.5"), over_time=True),
        Column("Too late", clocks.missed_share("decide", "touchpoint"), "percentunit", bad_from(0.25, 0.1), decimals=0),
        Column("Oldest open", cases.OLDEST_BY_TOUCHPOINT, "s", decimals=1),
        Column("Overdue", cases.OVERDUE_BY_TOUCHPOINT, steps=watch_from(1)),
        Column("Friction", friction.BY_TOUCHPOINT, decimals=2),
        Column("Friction is", friction.BY_TOUCHPOINT, over_time=True),
    )
    return heat_table(
        "time",
        title,
        "Reaction is time in words of the customer: from feedback to decision, those that wait counted; not yet: too "
        "few are decided. Decided alone looks better the longer the queue. Friction: mean number of obstacles standing "
        "at once. Too late looks better while cases lie: then the oldest and p90 grow.",
        _PLACE,
        columns,
        24,
        sort_by="#",
        link=_CLOSER,
        beside=(title,),
    )


def _experience() -> Tile:
    columns = (
        Column("#", sight.PLACE, width=50),
        Column("Emotion", voice.EMOTION, decimals=2),
        Column("Emotion is", voice.EMOTION, over_time=True),
        Column("28 d", voice.actual("emotion"), decimals=2),
        Column("meant", voice.intended("emotion"), decimals=2),
        Column("short by", voice.short_of("emotion"), steps=bad_from(0.2, 0.0001), decimals=2),
        Column("Score 28 d", voice.actual("score"), decimals=2),
        Column("Score is", voice.actual("score"), over_time=True),
        Column("score meant", voice.intended("score"), decimals=2),
        Column("score short by", voice.short_of("score"), steps=bad_from(0.1, 0.0001), decimals=2),
        Column("Standing 28 d", voice.actual("standing"), decimals=2),
        Column("standing meant", voice.intended("standing"), decimals=2),
        Column("standing over by", voice.short_of("standing"), steps=bad_from(1, 0.0001), decimals=2),
    )
    return heat_table(
        "experience",
        "Experience · intended beside actual · emotion last $window",
        "What customers feel (-1 to 1) and score (0 to 1), what obstacles stand, and what was intended. Blank where "
        "nothing is intended. Short by more than 0: worse than meant.",
        _PLACE,
        columns,
        24,
        sort_by="#",
        link=_CLOSER,
    )


def _clocks() -> tuple[Tile, ...]:
    half = "Half take longer, those that wait counted."
    tail = "One in twenty takes longer. Missing: fewer than that have ended."
    return (
        bars("clocks-p50", f"How long · p50 by clock · {_HERE}", clocks.length_by_clock("0.5"), 8, "s", about=half),
        bars("clocks-p95", f"How long · p95 by clock · {_HERE}", clocks.length_by_clock("0.95"), 8, "s", about=tail),
        bars("outcomes", f"How clocks came out · {_HERE}", clocks.OUTCOMES, 8),
    )


def _friction() -> tuple[Tile, ...]:
    return (
        bars("causes", f"Friction by cause · {_HERE}", friction.BY_CAUSE, 5),
        bars("standing", f"Standing now · {_HERE}", friction.STANDING_BY_CAUSE, 5),
        bars("held-up", f"Cases held up · {_HERE}", friction.CASES_BY_CAUSE, 5),
        bars("blocked", f"Blocked case time · {_HERE}", friction.BLOCKED, 5, "s"),
        lines(
            "removal",
            "Removed · p50, p90 · all",
            friction.removal("0.5")._replace(legend="p50"),
            friction.removal("0.9")._replace(legend="p90"),
            width=4,
            unit="s",
            about="How long obstacles stand, those that stand counted with their age.",
        ),
    )


def _voice() -> tuple[Tile, ...]:
    kinds = f"Feedback by kind · {_HERE}"
    return (
        bars(
            "negative",
            f"Feels bad · {_HERE}",
            voice.NEGATIVE_SHARE,
            4,
            "percentunit",
            steps=bad_from(0.5, 0.3),
            beside=(kinds,),
        ),
        bars("kinds", kinds, voice.RECEIVED, 4),
        bars("scores", f"Score on its scale · {_HERE}", voice.SCORES, 4),
        bars("open-severity", f"Open by severity · {_HERE}", cases.OPEN_BY_SEVERITY, 4),
        bars("overdue-clock", f"Overdue · {_HERE}", cases.OVERDUE_BY_CLOCK, 4),
        bars("due-clock", f"Due in 4 h · {_HERE}", cases.DUE_BY_CLOCK, 4),
    )
