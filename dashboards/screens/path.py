"""Customer path: for whoever answers for touchpoints. Where on their way do customers lose time and heart?"""

from __future__ import annotations

from dashboards import panels
from dashboards.model import Screen, Tile
from dashboards.queries import cases, clocks, friction, sight, voice
from dashboards.screens.shared import NOT_YET, decision_marks, freshness, touchpoint_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-path"
_DAY = 86_400
_HERE = "$touchpoint"


def screen() -> Screen:
    """A table in the order of the path; below it, closer, the touchpoints that are chosen."""
    return Screen(
        UID,
        "Rytmi · Customer path",
        "Where on their way do customers lose time and heart, and is a touchpoint what it is meant to be?",
        (
            freshness(),
            (_time(),),
            (_experience(),),
            f"Closer · {_HERE} · last $window",
            _clocks(),
            _friction(),
            _voice(),
        ),
        (window_variable(), touchpoint_variable()),
        (decision_marks(),),
        since="now-24h",
    )


_PLACE = {"touchpoint": "Touchpoint", "path": "Path", "stage": "Stage", "unit": "Unit"}
_CLOSER = ("Touchpoint", f"/d/{UID}?var-touchpoint=${{__value.text}}&${{window:queryparam}}")
_AT = "time in words of the customer: from feedback to decision"


def _time() -> Tile:
    title = "Time and friction · along the path · last $window"
    length = clocks.length_by_touchpoint_or_not_yet
    columns = (
        Column("#", sight.place(), width=50),
        Column("Reaction p50", length("decide", "0.5"), "s", panels.bad_from(3 * _DAY, _DAY), words=NOT_YET),
        Column("p90", length("decide", "0.9"), "s", panels.bad_from(7 * _DAY, 3 * _DAY), words=NOT_YET),
        Column("Decided alone", clocks.completed_by_touchpoint("decide"), "s", decimals=1),
        Column("Reaction", clocks.length_by_touchpoint("decide", "0.5"), over_time=True),
        Column("Too late", clocks.missed_share("decide"), "percentunit", panels.bad_from(0.25, 0.1), decimals=0),
        Column("Oldest open", cases.oldest_by_touchpoint(), "s", decimals=1),
        Column("Overdue", cases.overdue_by_touchpoint(), steps=panels.watch_from(1)),
        Column("Friction", friction.by_touchpoint(), decimals=2),
        Column("Friction is", friction.by_touchpoint(), over_time=True),
    )
    return heat_table(
        "time",
        title,
        f"Reaction is {_AT}, those that wait counted; not yet: too few are decided. Decided alone looks "
        "better the longer the queue. Friction: mean number of obstacles standing at once. Too late looks better while "
        "cases lie: then the oldest and p90 grow.",
        _PLACE,
        columns,
        (24, 11),
        sort_by="#",
        link=_CLOSER,
        beside=(title,),
    )


def _experience() -> Tile:
    columns = (
        Column("#", sight.place(), width=50),
        Column("Emotion", voice.emotion(), decimals=2),
        Column("Emotion is", voice.emotion(), over_time=True),
        Column("28 d", voice.actual("emotion"), decimals=2),
        Column("meant", voice.intended("emotion"), decimals=2),
        Column("short by", voice.short_of("emotion"), steps=panels.bad_from(0.2, 0.0001), decimals=2),
        Column("Score 28 d", voice.actual("score"), decimals=2),
        Column("Score is", voice.actual("score"), over_time=True),
        Column("score meant", voice.intended("score"), decimals=2),
        Column("score short by", voice.short_of("score"), steps=panels.bad_from(0.1, 0.0001), decimals=2),
        Column("Standing 28 d", voice.actual("standing"), decimals=2),
        Column("standing meant", voice.intended("standing"), decimals=2),
        Column("standing over by", voice.short_of("standing"), steps=panels.bad_from(1, 0.0001), decimals=2),
    )
    return heat_table(
        "experience",
        "Experience · intended beside actual · emotion last $window",
        "What customers feel (-1 to 1) and score (0 to 1), what obstacles stand, and what was intended. Blank where "
        "nothing is intended. Short by more than 0: worse than meant.",
        {"touchpoint": "Touchpoint", "path": "Path", "stage": "Stage", "unit": "Unit"},
        columns,
        (24, 11),
        sort_by="#",
        link=_CLOSER,
    )


def _clocks() -> tuple[Tile, ...]:
    return (
        panels.bars(
            "clocks-p50",
            f"How long · p50 by clock · {_HERE}",
            "Half take longer, those that wait counted.",
            clocks.length_by_clock("0.5"),
            unit="s",
            size=(8, 10),
        ),
        panels.bars(
            "clocks-p95",
            f"How long · p95 by clock · {_HERE}",
            "One in twenty takes longer. Missing: fewer than that have ended.",
            clocks.length_by_clock("0.95"),
            unit="s",
            size=(8, 10),
        ),
        panels.bars(
            "outcomes",
            f"How clocks came out · {_HERE}",
            "Clocks that started in the window: met, missed, running, none (no target, or cancelled).",
            clocks.outcomes(),
            unit="none",
            size=(8, 10),
        ),
    )


def _friction() -> tuple[Tile, ...]:
    return (
        panels.bars(
            "causes",
            f"Friction by cause · {_HERE}",
            "Mean number of obstacles standing at once.",
            friction.by_cause(),
            unit="none",
            size=(5, 9),
        ),
        panels.bars(
            "standing",
            f"Standing now · {_HERE}",
            "Obstacles that stand now, by cause.",
            friction.standing_by_cause(),
            unit="none",
            size=(5, 9),
        ),
        panels.bars(
            "held-up",
            f"Cases held up · {_HERE}",
            "Cases that standing obstacles name.",
            friction.cases_by_cause(),
            unit="none",
            size=(5, 9),
        ),
        panels.bars(
            "blocked",
            f"Blocked case time · {_HERE}",
            "Obstacle time in the window, times the cases that the obstacle names.",
            friction.blocked(),
            unit="s",
            size=(5, 9),
        ),
        panels.lines(
            "removal",
            "Removed · p50, p90 · all",
            "How long obstacles stand, those that stand counted with their age.",
            friction.removal("0.5")._replace(legend="p50"),
            friction.removal("0.9")._replace(legend="p90"),
            unit="s",
            size=(4, 9),
        ),
    )


def _voice() -> tuple[Tile, ...]:
    negative = f"Feels bad · {_HERE}"
    kinds = f"Feedback by kind · {_HERE}"
    return (
        panels.bars(
            "negative",
            negative,
            "Share of feedback with an emotion below 0. Fewer who say anything make it look better: see how many do.",
            voice.negative_share(),
            unit="percentunit",
            size=(4, 9),
            steps=panels.bad_from(0.5, 0.3),
            beside=(kinds,),
        ),
        panels.bars("kinds", kinds, "How much feedback came, by kind.", voice.received(), unit="none", size=(4, 9)),
        panels.bars(
            "scores",
            f"Score on its scale · {_HERE}",
            "Mean score, each on its own scale.",
            voice.scores(),
            unit="none",
            size=(4, 9),
        ),
        panels.bars(
            "open-severity",
            f"Open by severity · {_HERE}",
            "Cases open now.",
            cases.open_by_severity(),
            unit="none",
            size=(4, 9),
        ),
        panels.bars(
            "overdue-clock",
            f"Overdue · {_HERE}",
            "Overdue clocks, by clock.",
            cases.overdue_by_clock(),
            unit="none",
            size=(4, 9),
        ),
        panels.bars(
            "due-clock",
            f"Due in 4 h · {_HERE}",
            "Clocks that will be due within four hours, by clock.",
            cases.due_by_clock(),
            unit="none",
            size=(4, 9),
        ),
    )
