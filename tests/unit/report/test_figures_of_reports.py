"""The figures in the tables are those of measures.jsonl, of decisions.jsonl and of `rytmi compare`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from processors.decided import Decided
from processors.events import Feedback
from processors.measures.terms import ALL, Row
from processors.panes import DAY_MS, HOUR_MS
from processors.periods.changes import compare, figures
from processors.periods.period import both
from streams.report.material import Material
from streams.report.periods import moved, told, verdict
from streams.report.speech import Speech
from streams.report.writing import render
from streams.results.cells import KnownCells
from tests.unit.report.made import SUNDAYS, decided, material, of_shop
from tests.unit.report.reading import Page, read
from tests.unit.shop import END, Shop, cells_of, measured

T = Speech("en", ZoneInfo("Europe/Helsinki"))
WEEK = 7 * DAY_MS
CLOCKS = ("acknowledge", "decide", "effect", "resolve", "tell")


@pytest.fixture(scope="module")
def rows(shop: Shop) -> list[Row]:
    return measured(shop.both, END, shop.config)


@pytest.fixture(scope="module")
def pages(shop: Shop) -> dict[str, Page]:
    found = of_shop(shop)
    return {kind: read(render(kind, found, "en")) for kind in ("daily", "weekly", "monthly")}


def of(rows: list[Row], measure: str, window: str | None, **labels: str) -> dict[str, float | int | None]:
    return next((row.values for row in rows if (row.measure, row.window, row.labels) == (measure, window, labels)), {})


def plain(*texts: str) -> list[str]:
    """As the reading of a page has them: spaces are spaces."""
    return [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize(("name", "touchpoint"), [("delivery", "delivery"), ("support", "support"), ("All", ALL)])
def test_waiting_is_that_of_the_clocks(name: str, touchpoint: str, pages: dict[str, Page], rows: list[Row]) -> None:
    shown = []
    for window, clock in (("1d", "acknowledge"), ("7d", "decide")):
        values = of(rows, "clock", window, touchpoint=touchpoint, severity=ALL, clock=clock)
        shown += [T.length(values[p]) if values[p] is not None else "not yet" for p in ("p50_s", "p90_s")]
        shown += [T.length(values["completed_p50_s"]), T.number(values["running"])]
    assert pages["daily"].table("First reaction and decision by touchpoint").row(name)[1:] == plain(*shown)


def test_what_came_in_is_the_feedback_of_the_day(pages: dict[str, Page], rows: list[Row]) -> None:
    table = pages["daily"].table("Feedback by touchpoint and kind")
    for name, touchpoint in (("support", "support"), ("All", ALL)):
        counts = [
            of(rows, "feedback", "1d", touchpoint=touchpoint, kind=kind).get("count") or 0
            for kind in ("complaint", "question", "suggestion", "praise", "none")
        ]
        assert table.row(name)[1:] == [T.number(n) for n in (sum(counts), *counts)]


def test_what_usually_comes_is_one_figure_and_counts_weeks_without_anything(shop: Shop) -> None:
    came = {7: 6, 14: 0, 21: 3, 27: 1}  # feedback by how many days ago; the last is of no such weekday
    events = [
        Feedback(f"{back}-{n}", END - back * DAY_MS - HOUR_MS, f"{back}-{n}", "support", "normal")
        for back, count in came.items()
        for n in range(count)
    ]
    cells = cells_of(events, END, shop.config)
    known = KnownCells("here", END, END - 27 * DAY_MS, cells)
    page = read(render("daily", Material(shop.config, known, END, list), "en"))
    assert "usually 3 on this weekday" in page.text
    _, today, usual, *earlier = page.table("Today and the same weekday before").row("Feedback a day")
    assert (today, usual, earlier) == ("0", "3", ["6", "0", "3"])


def test_critical_that_is_overdue_is_what_runs_past_its_due(pages: dict[str, Page], rows: list[Row]) -> None:
    """All clocks of the shop are younger than 28 days, so those that are overdue are those of that window."""
    table = pages["daily"].table("Overdue clocks of critical feedback by unit")
    for unit, touchpoint in (("logistics", "delivery"), ("care", "support")):
        counts = {
            (window, value): [
                of(rows, "clock", window, touchpoint=touchpoint, severity="critical", clock=clock).get(value) or 0
                for clock in CLOCKS
            ]
            for window, value in (("28d", "overdue"), ("1d", "missed"))
        }
        overdue, missed = counts["28d", "overdue"], sum(counts["1d", "missed"])
        assert table.row(unit)[1:] == [T.number(n) for n in (sum(overdue), *overdue, missed)]


@pytest.mark.parametrize(("rhythm", "window"), [("daily", "1d"), ("weekly", "7d")])
def test_rhythm_is_kept_of_eligible(rhythm: str, window: str, pages: dict[str, Page], rows: list[Row]) -> None:
    (table,) = (one for one in pages[rhythm].tables if one.caption.startswith("Decided and in effect"))
    for unit in ("logistics", "care"):
        shown = table.row(unit)
        for place, clock in ((1, "decide"), (3, "effect")):
            values = of(rows, "rhythm", window, unit=unit, rhythm=rhythm, clock=clock)
            assert shown[place + 1] == f"{values['kept']} of {values['eligible']}"
            assert shown[place] == T.percent(values["ratio"])


def test_friction_of_the_week_stands_beside_what_is_intended(pages: dict[str, Page], rows: list[Row]) -> None:
    table = pages["weekly"].table("Friction by touchpoint")
    for touchpoint in ("delivery", "support"):
        values = of(rows, "friction", "7d", touchpoint=touchpoint, cause=ALL)
        meant = of(rows, "intended", "28d", touchpoint=touchpoint)["standing_intended"]
        shown = table.row(touchpoint)
        assert shown[1:4] == [T.amount(values["standing_mean"]), T.amount(meant), T.number(values["standing_now"])]
        assert shown[5:7] == [T.number(values["raised"]), T.number(values["removed"])]


def test_one_picture_is_the_alignment(pages: dict[str, Page], rows: list[Row]) -> None:
    table = pages["weekly"].table("Customers, employees and leadership by unit")
    for unit in ("logistics", "care"):
        values = of(rows, "alignment", "28d", unit=unit)
        names = ("customer", "employee", "alignment", "level")
        assert table.row(unit)[1:5] == [T.of_hundred(values[name]) for name in names]


def test_customers_are_emotion_and_scores(pages: dict[str, Page], rows: list[Row]) -> None:
    row = pages["weekly"].table("Customers by touchpoint").row("support")
    felt = of(rows, "emotion", "7d", touchpoint="support")
    nps = of(rows, "score", "7d", touchpoint="support", scale="nps")["nps"]
    assert row[3] == T.signed(felt["mean"] or 0.0, 2)
    assert row[5] == T.percent(felt["negative_share"])
    assert f"NPS {T.signed(nps or 0.0)}" in row[6]


def test_gap_is_from_the_highest_to_the_lowest_level(pages: dict[str, Page], rows: list[Row]) -> None:
    table = pages["weekly"].table("Answers by unit, question and level")
    (row,) = (one for one in table.rows if one[:2] == ["care", "told in time"])
    gap = of(rows, "perception_gap", "28d", unit="care", question="told in time")["gap"]
    assert row[5] == T.of_hundred(gap)
    assert row[2] != row[4]


def test_indicators_stand_side_by_side_and_what_is_missing_is_said(pages: dict[str, Page], rows: list[Row]) -> None:
    table = pages["weekly"].table("Indicators by function: the latest value, and of which day")
    functions = [row for row in rows if row.measure == "function"]
    assert len(functions) > 1
    for row in functions:
        shown = table.row(row.labels["function"])
        for place, kind in ((1, "customer"), (2, "operational")):
            assert ("Missing" in shown[place]) == (row.values[kind] == 0)
            assert ("no fresh value" in shown[place]) == (row.values[kind] != 0 and row.values[f"{kind}_fresh"] == 0)


@pytest.mark.parametrize(("kind", "window"), [("weekly", "7d"), ("monthly", "28d")])
def test_decisions_by_level_are_those_of_the_measure(
    kind: str, window: str, pages: dict[str, Page], rows: list[Row]
) -> None:
    table = pages[kind].table("Decisions by level and unit")
    measure = [row for row in rows if (row.measure, row.window) == ("decision", window)]
    assert len(measure) >= 3
    for row in measure:
        unit = "No unit" if row.labels["unit"] == "other" else row.labels["unit"]
        (shown,) = (one for one in table.rows if one[:2] == [T.term("level", row.labels["level"]), unit])
        assert shown[2:5] == [T.number(row.values[name]) for name in ("made", "effective", "revoked")]
        assert shown[7:9] == [T.number(row.values[name]) for name in ("cases", "reopened")]


def test_every_weighty_decision_is_listed_with_what_it_took(shop: Shop, pages: dict[str, Page]) -> None:
    table = pages["monthly"].table("Decisions")
    weighty = [one for one in [*decided(shop), SUNDAYS] if one.level != "operational" or one.title or one.cases >= 10]
    assert sorted(int(row[4]) for row in table.rows[1:]) == sorted(one.cases for one in weighty)
    (row,) = (row for row in table.rows[1:] if row[0].startswith("Open on Sundays"))
    assert row[0] == "Open on Sundays Strategic · Whole organisation · delivery, support"
    assert row[1:6] == ["22 Feb", "23 Feb", "24 h", "99", "2"]


def test_decisions_sum_up_to_the_measure(shop: Shop, rows: list[Row]) -> None:
    """Cases and reopenings of decisions.jsonl are those that the measure counts."""
    found = decided(shop)
    measure = [row.values for row in rows if (row.measure, row.window) == ("decision", "28d")]
    assert sum(one.cases for one in found) == sum(values["cases"] or 0 for values in measure)
    assert sum(one.reopened for one in found) == sum(values["reopened"] or 0 for values in measure)
    assert sum(one.made_at is not None for one in found) == sum(values["made"] or 0 for values in measure)
    assert sum(one.effective_at is not None for one in found) == sum(values["effective"] or 0 for values in measure)


def test_what_moved_after_a_decision_is_the_comparison_of_its_touchpoints(shop: Shop) -> None:
    effective = END - WEEK
    one = Decided("d", "strategic", None, "Open on Sundays", effective - HOUR_MS, effective, None, 3, ("support",), 0)
    found = moved(of_shop(shop), one)
    assert found.weeks == 1
    cells = {where: facts for where, facts in shop.both.items() if where.a == "support"}
    periods = both((effective - WEEK, effective), (effective, END), END, END)
    sides = [figures(cells, period, shop.config.policies, together=True) for period in periods]
    theirs = {change.key: change for change in compare(sides[0], sides[1], (7, 7))}
    assert set(found.changes) == {"decision", "resolve", "standing", "complaints", "emotion"}
    for change in found.changes.values():
        assert theirs[change.key].ratio == change.ratio
        assert theirs[change.key].difference == change.difference


@pytest.mark.parametrize(
    ("effective", "touchpoints", "why"),
    [
        (None, ("support",), "moved.no_effect"),
        (END - WEEK, (), "moved.nowhere"),
        (END - 6 * DAY_MS, ("support",), "moved.early"),
        (END - 14 * DAY_MS, ("support",), "moved.unknown"),
    ],
)
def test_why_nothing_can_be_told_is_said(
    shop: Shop, effective: int | None, touchpoints: tuple[str, ...], why: str
) -> None:
    one = Decided("d", "tactical", None, None, END - WEEK, effective, None, 3, touchpoints, 0)
    found = moved(of_shop(shop), one)
    assert (found.weeks, found.why) == (0, why)


def test_day_is_read_as_the_same_weekday_before_was(shop: Shop, pages: dict[str, Page]) -> None:
    table = pages["daily"].table("Today and the same weekday before")
    assert table.head == ["Figure", "Today", "Usually", "23 Feb"]
    came = [event.at for event in shop.events if type(event) is Feedback]
    counts = [sum(END - back - DAY_MS <= at < END - back for at in came) for back in (0, WEEK)]
    assert table.row("Feedback a day")[1:] == [str(counts[0]), str(counts[1]), str(counts[1])]


def test_changes_are_written_with_what_they_are(shop: Shop) -> None:
    seen = set()
    for change in of_shop(shop).changes((END - 2 * WEEK, END - WEEK), (END - WEEK, END)):
        if change.ratio.value is not None:
            assert "%" in told(T, change)
        direction, found = change.direction, verdict(T, change).text
        assert (found == "may be chance") == (direction == 0)
        assert (found == "too little to tell") == (direction is None)
        if direction and change.better:
            assert found == ("better" if direction == change.better else "worse")
        seen.add(found)
    assert len(seen) > 1


def test_decisions_that_wait_longest_come_first(shop: Shop) -> None:
    made = [END - days * DAY_MS for days in (3, 40, 20)]
    waiting = [
        Decided(f"d{n}", "tactical", "care", f"title {n}", at, None, None, n, ("support",), 0)
        for n, at in enumerate(made)
    ]
    page = read(render("monthly", material(shop.config, shop.both, waiting), "en"))
    table = page.table("Decisions that wait for their effect")
    assert [row[0].split(" Tactical")[0] for row in table.rows[1:]] == ["title 1", "title 2", "title 0"]
    assert table.rows[1][2] == "40 d"
