"""Rhythm: for whoever decides how decisions are made. Do we decide in our customers' time, and did a change help?"""

from __future__ import annotations

from functools import partial

from dashboards.colours import BAD, GOOD, PLAIN
from dashboards.model import Query, Row, Screen, Tile
from dashboards.panels import bad_from, bars, figure, good_from, lines
from dashboards.queries import cases, clocks, rhythm
from dashboards.screens.shared import DAY, NOT_YET, OLDEST, decision_marks, freshness, unit_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-rhythm"
_NARROW = 100  # of a column, so that all are seen
_GOOD = good_from(0.9, 0.7)
_TAIL = "Hidden delay p95 · all · last 28d"
_REOPENED = "Decisions that failed · last $window"
_PROOF = (OLDEST, _TAIL, _REOPENED)


def screen() -> Screen:
    """Kept rhythms, the hidden delay, and from decision to impact."""
    return Screen(
        UID,
        "Rytmi · Rhythm",
        "Do we decide in our customers' time? Marks are strategic decisions: before and after are seen at a glance.",
        (
            freshness(),
            Row(6, (*_kept(), *_proof())),
            Row(11, (_over_time(), _by_unit())),
            "Hidden delay: from the customer's word to the decision",
            Row(7, _delay()),
            "From decision to impact · $unit · last $window",
            Row(10, _impact()),
            Row(9, (_decisions(),)),
        ),
        (window_variable(), unit_variable()),
        (decision_marks(),),
        since="now-28d",
        refresh="1m",
    )


_NAMES = {"daily": "a day", "weekly": "a week", "monthly": "28 days"}


def _kept() -> tuple[Tile, ...]:
    return tuple(
        figure(
            f"kept-{name}",
            f"Decided within {_NAMES[name]} · $unit",
            rhythm.kept(name, "decide"),
            width=4,
            unit="percentunit",
            decimals=0,
            steps=_GOOD,
            beside=_PROOF,
            about="Of the feedback that has had so long, the share decided within it; always rolling. Undecided ones "
            "count against it.",
        )
        for name in rhythm.RHYTHMS
    )


def _proof() -> tuple[Tile, ...]:
    """What would show that those shares are made to look good."""
    wait = partial(figure, width=4, unit="s", decimals=1)
    return (
        wait("oldest", OLDEST, cases.OLDEST, about="Easy cases first looks good above, and bad here."),
        wait(
            "tail",
            _TAIL,
            clocks.length_or_not_yet("decide", "0.95", "28d"),
            words=NOT_YET,
            about="One in twenty waits longer for a decision.",
        ),
        figure(
            "reopened",
            _REOPENED,
            rhythm.REOPENED_SHARE,
            width=4,
            unit="percentunit",
            decimals=1,
            steps=bad_from(0.1, 0.03),
            beside=(OLDEST,),
        ),
    )


def _over_time() -> Tile:
    return lines(
        "kept-lines",
        "Decided in rhythm · $unit · marks: strategic decisions",
        *(rhythm.kept_lines(name, "decide") for name in rhythm.RHYTHMS),
        width=14,
        unit="percentunit",
        beside=_PROOF,
        about="The three shares over time.",
    )


def _share(name: str, rhythm_: str, clock: str) -> Column:
    return Column(name, rhythm.by_unit("ratio", rhythm_, clock), "percentunit", _GOOD, decimals=0, width=_NARROW)


def _by_unit() -> Tile:
    columns = (
        _share("Day", "daily", "decide"),
        Column("of", rhythm.by_unit("eligible", "daily", "decide"), width=_NARROW),
        _share("Week", "weekly", "decide"),
        _share("Month", "monthly", "decide"),
        _share("Effect, week", "weekly", "effect"),
        Column("of those", rhythm.by_unit("eligible", "weekly", "effect"), width=_NARROW),
    )
    return heat_table(
        "by-unit",
        "Rhythm by unit · decide, and effect",
        "Shares kept within the rhythm, and of how many clocks. Few clocks: the share means little.",
        ["unit"],
        columns,
        10,
        sort_by="Day",
        beside=_PROOF,
    )


def _named(query: Query, name: str) -> Query:
    return query._replace(legend=name)


def _delay() -> tuple[Tile, ...]:
    return (
        figure(
            "delay",
            "Hidden delay p50 · all · by window",
            *(_named(clocks.length_or_not_yet("decide", "0.5", window), window) for window in ("1d", "7d", "28d")),
            width=8,
            unit="s",
            decimals=1,
            words=NOT_YET,
            about="Half wait longer for a decision. Those that wait are counted; not yet: fewer than half are decided.",
        ),
        lines(
            "delay-lines",
            "Hidden delay · all · last 7d",
            _named(clocks.length("decide", "0.5", "7d"), "p50"),
            _named(clocks.length("decide", "0.9", "7d"), "p90"),
            _named(clocks.completed("decide", "7d"), "p50 of the decided alone"),
            width=10,
            unit="s",
            about="p50 and p90 with those that wait, and p50 of the decided alone, which looks better the longer the "
            "queue.",
        ),
        figure(
            "change",
            "Change in 28 days · $unit",
            *(rhythm.kept_before(name, "decide", "28d") for name in rhythm.RHYTHMS),
            width=6,
            unit="percentunit",
            decimals=1,
            steps=(BAD, ((-0.02, PLAIN), (0.02, GOOD))),
            beside=_PROOF,
            about="By how much the shares decided in rhythm have changed since 28 days ago, in points. No data: no "
            "history.",
        ),
    )


def _impact() -> tuple[Tile, ...]:
    columns = (
        Column("p50", rhythm.impact_or_not_yet("0.5"), "s", bad_from(14 * DAY, 5 * DAY), words=NOT_YET),
        Column("p90", rhythm.impact_or_not_yet("0.9"), "s", bad_from(28 * DAY, 14 * DAY), words=NOT_YET),
        Column("Trend", rhythm.IMPACT, over_time=True),
    )
    return (
        bars("impact-level", "Slowest unit p50 · by level", rhythm.SLOWEST_IMPACT, 6, "s"),
        heat_table(
            "impact",
            "Decision to impact · by unit and level",
            "From made to effective, those without effect yet counted with their age. Not yet: too few have one.",
            ["unit", "level"],
            columns,
            12,
            sort_by="p50",
            descending=True,
        ),
        bars("in-flight", "In flight now · by unit and level", rhythm.IN_FLIGHT, 6),
    )


_STAGES = {
    "Made": "made",
    "Effective": "effective",
    "Revoked": "revoked",
    "Cases answered": "cases",
    "Reopened after": "reopened",
}


def _decisions() -> Tile:
    return heat_table(
        "decisions",
        "Decisions · by unit and level",
        "How many were made, took effect, were revoked; how many cases they answered, and how many came back.",
        ["unit", "level"],
        [Column(name, rhythm.decisions(stage)) for name, stage in _STAGES.items()],
        24,
        sort_by="Made",
        descending=True,
    )
