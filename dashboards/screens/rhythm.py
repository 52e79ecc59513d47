"""Rhythm: for whoever decides how decisions are made. Do we decide in our customers' time, and did a change help?"""

from __future__ import annotations

from dashboards import panels
from dashboards.colours import BAD, GOOD, PLAIN
from dashboards.model import Query, Screen, Tile
from dashboards.queries import cases, clocks, rhythm
from dashboards.screens.shared import NOT_YET, decision_marks, freshness, unit_variable, window_variable
from dashboards.tables import Column, heat_table

UID = "rytmi-rhythm"
_DAY = 86_400
_NARROW = 100  # of a column, so that all are seen
_GOOD = panels.good_from(0.9, 0.7)
_OLDEST = "Oldest waiting · all cases"
_TAIL = "Hidden delay p95 · all · last 28d"
_REOPENED = "Decisions that failed · last $window"


def screen() -> Screen:
    """Kept rhythms, the hidden delay, and from decision to impact."""
    return Screen(
        UID,
        "Rytmi · Rhythm",
        "Do we decide in our customers' time? Marks are strategic decisions: before and after are seen at a glance.",
        (
            freshness(),
            (*_kept(), *_proof()),
            (_over_time(), _by_unit()),
            "Hidden delay: from the customer's word to the decision",
            _delay(),
            "From decision to impact · $unit · last $window",
            _impact(),
            _decisions(),
        ),
        (window_variable(), unit_variable()),
        (decision_marks(),),
        since="now-28d",
        refresh="1m",
    )


_NAMES = {"daily": "a day", "weekly": "a week", "monthly": "28 days"}


def _kept() -> tuple[Tile, ...]:
    return tuple(
        panels.figure(
            f"kept-{name}",
            f"Decided within {_NAMES[name]} · $unit",
            "Of the feedback that has had so long, the share decided within it; always rolling. Undecided ones count "
            "against it.",
            rhythm.kept(name, "decide"),
            unit="percentunit",
            decimals=0,
            size=(4, 6),
            steps=_GOOD,
            beside=(_OLDEST, _TAIL, _REOPENED),
        )
        for name in rhythm.RHYTHMS
    )


def _proof() -> tuple[Tile, ...]:
    """What would show that those shares are made to look good."""
    return (
        panels.figure(
            "oldest",
            _OLDEST,
            "Easy cases first looks good above, and bad here.",
            cases.oldest(),
            unit="s",
            decimals=1,
            size=(4, 6),
        ),
        panels.figure(
            "tail",
            _TAIL,
            "One in twenty waits longer for a decision.",
            clocks.length_or_not_yet("decide", "0.95", "28d"),
            unit="s",
            decimals=1,
            words=NOT_YET,
            size=(4, 6),
        ),
        panels.figure(
            "reopened",
            _REOPENED,
            "Of the cases that decisions answered, the share reopened after the effect. Quick and wrong is seen here.",
            rhythm.reopened_share(),
            unit="percentunit",
            decimals=1,
            size=(4, 6),
            steps=panels.bad_from(0.1, 0.03),
            beside=(_OLDEST,),
        ),
    )


def _over_time() -> Tile:
    return panels.lines(
        "kept-lines",
        "Decided in rhythm · $unit · marks: strategic decisions",
        "The three shares over time.",
        *(rhythm.kept_lines(name, "decide") for name in rhythm.RHYTHMS),
        unit="percentunit",
        size=(14, 11),
        beside=(_OLDEST, _TAIL, _REOPENED),
    )


def _share(name: str, rhythm_: str, clock: str) -> Column:
    return Column(name, rhythm.kept_by_unit(rhythm_, clock), "percentunit", _GOOD, decimals=0, width=_NARROW)


def _by_unit() -> Tile:
    title = "Rhythm by unit · decide, and effect"
    columns = (
        _share("Day", "daily", "decide"),
        Column("of", rhythm.eligible("daily", "decide"), width=_NARROW),
        _share("Week", "weekly", "decide"),
        _share("Month", "monthly", "decide"),
        _share("Effect, week", "weekly", "effect"),
        Column("of those", rhythm.eligible("weekly", "effect"), width=_NARROW),
    )
    return heat_table(
        "by-unit",
        title,
        "Shares kept within the rhythm, and of how many clocks. Few clocks: the share means little.",
        {"unit": "Unit"},
        columns,
        (10, 11),
        sort_by="Day",
        beside=(_OLDEST, _TAIL, _REOPENED),
    )


def _named(query: Query, name: str) -> Query:
    return query._replace(legend=name)


def _delay() -> tuple[Tile, ...]:
    return (
        panels.figure(
            "delay",
            "Hidden delay p50 · all · by window",
            "Half wait longer for a decision. Those that wait are counted; not yet: fewer than half are decided.",
            *(_named(clocks.length_or_not_yet("decide", "0.5", window), window) for window in ("1d", "7d", "28d")),
            unit="s",
            decimals=1,
            words=NOT_YET,
            size=(8, 7),
        ),
        panels.lines(
            "delay-lines",
            "Hidden delay · all · last 7d",
            "p50 and p90 with those that wait, and p50 of the decided alone, which looks better the longer the queue.",
            _named(clocks.length("decide", "0.5", "7d"), "p50"),
            _named(clocks.length("decide", "0.9", "7d"), "p90"),
            _named(clocks.completed("decide", "7d"), "p50 of the decided alone"),
            unit="s",
            size=(10, 7),
        ),
        panels.figure(
            "change",
            "Change in 28 days · $unit",
            "By how much the shares decided in rhythm have changed since 28 days ago, in points. No data: no history.",
            *(rhythm.kept_before(name, "decide", "28d") for name in rhythm.RHYTHMS),
            unit="percentunit",
            decimals=1,
            size=(6, 7),
            steps=(BAD, ((-0.02, PLAIN), (0.02, GOOD))),
            beside=(_OLDEST, _TAIL, _REOPENED),
        ),
    )


def _impact() -> tuple[Tile, ...]:
    columns = (
        Column("p50", rhythm.impact_or_not_yet("0.5"), "s", panels.bad_from(14 * _DAY, 5 * _DAY), words=NOT_YET),
        Column("p90", rhythm.impact_or_not_yet("0.9"), "s", panels.bad_from(28 * _DAY, 14 * _DAY), words=NOT_YET),
        Column("Trend", rhythm.impact("0.5"), over_time=True),
    )
    return (
        panels.bars(
            "impact-level",
            "Slowest unit p50 · by level",
            "From made to effective: the median of the slowest unit, as medians of units cannot be added.",
            rhythm.slowest_impact(),
            unit="s",
            size=(6, 10),
        ),
        heat_table(
            "impact",
            "Decision to impact · by unit and level",
            "From made to effective, those without effect yet counted with their age. Not yet: too few have one.",
            {"unit": "Unit", "level": "Level"},
            columns,
            (12, 10),
            sort_by="p50",
            descending=True,
        ),
        panels.bars(
            "in-flight",
            "In flight now · by unit and level",
            "Decisions that are made and have no effect yet.",
            rhythm.in_flight(),
            unit="none",
            size=(6, 10),
        ),
    )


def _decisions() -> tuple[Tile, ...]:
    columns = tuple(
        Column(name, rhythm.decisions(stage))
        for name, stage in (
            ("Made", "made"),
            ("Effective", "effective"),
            ("Revoked", "revoked"),
            ("Cases answered", "cases"),
            ("Reopened after", "reopened"),
        )
    )
    return (
        heat_table(
            "decisions",
            "Decisions · by unit and level",
            "How many were made, took effect, were revoked; how many cases they answered, and how many came back.",
            {"unit": "Unit", "level": "Level"},
            columns,
            (24, 9),
            sort_by="Made",
            descending=True,
        ),
    )
