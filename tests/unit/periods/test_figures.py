"""Figures of a period: those of the window where both are the same time; those of then where it is read later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from processors.lifetable import bin_of
from processors.measures.terms import Row
from processors.panes import DAY_MS, HOUR_MS
from processors.periods.changes import Change, compare, figures
from processors.periods.figures import Figure, Figures, Key, counted
from processors.periods.intervals import Estimate
from processors.periods.period import Period, aligned, both
from streams.demo.organisation import Organisation, Plan
from tests.unit.shop import BEGIN, END, MIDDLE, Shop, cells_of, measured, small_config

WEEK = 7 * DAY_MS
BEFORE = (BEGIN, MIDDLE)
AFTER = (MIDDLE, END)
HALF_A_BIN = 10 ** (1 / 48) - 1 + 1e-6


@pytest.fixture(scope="module")
def now(shop: Shop) -> Figures:
    """The second week, read at its end."""
    return figures(shop.both, Period(*AFTER, END, END), shop.config.policies)


@pytest.fixture(scope="module")
def rows(shop: Shop) -> list[Row]:
    return [row for row in measured(shop.both, END, shop.config) if row.window in ("7d", "28d")]


def of(
    rows: list[Row], measure: str, window: str = "7d"
) -> Iterator[tuple[tuple[tuple[str, str], ...], dict[str, float]]]:
    for row in rows:
        if row.measure == measure and row.window == window:
            yield tuple(row.labels.items()), row.values  # type: ignore[misc]


def test_clocks_of_a_period_that_ends_now_are_those_of_the_window(now: Figures, rows: list[Row]) -> None:
    seen = 0
    for labels, values in of(rows, "clock"):
        received = now[Key("clock", labels, "received_per_day")]
        assert received.n == values["received"]
        for name in ("p50_s", "p90_s", "completed_p50_s"):
            found = now[Key("clock", labels, name)].estimate.value
            if values[name] is None:
                assert found is None
            else:
                assert found is not None
                assert found == pytest.approx(values[name], rel=HALF_A_BIN)
        for outcome in ("met", "missed"):
            figure = now.get(Key("clock", labels, f"{outcome}_share"))
            assert (figure.estimate.value if figure else 0.0) == pytest.approx(values[outcome] / values["received"])
        seen += 1
    assert seen > 40


def test_friction_of_a_period_that_ends_now_is_that_of_the_window(now: Figures, rows: list[Row]) -> None:
    seen = 0
    for labels, values in of(rows, "friction"):
        found = {
            name: now[Key("friction", labels, name)] for name in ("standing_mean", "raised_per_day", "removal_p50_s")
        }
        assert found["standing_mean"].estimate.value == pytest.approx(values["standing_mean"])
        assert found["raised_per_day"].n == values["raised"]
        blocked = now[Key("friction", labels, "blocked_case_s_per_day")].estimate.value
        assert blocked == pytest.approx(values["blocked_case_s"] / 7)
        median = found["removal_p50_s"].estimate.value
        if values["removal_p50_s"] is not None and median is not None:
            assert median == pytest.approx(values["removal_p50_s"], rel=HALF_A_BIN)
        seen += 1
    assert seen > 5


def test_voices_and_decisions_of_a_period_that_ends_now_are_those_of_the_window(now: Figures, rows: list[Row]) -> None:
    for labels, values in of(rows, "emotion"):
        assert now[Key("emotion", labels, "mean")].estimate.value == pytest.approx(values["mean"])
        assert now[Key("emotion", labels, "negative_share")].estimate.value == pytest.approx(values["negative_share"])
    for labels, values in of(rows, "score"):
        assert now[Key("score", labels, "mean")].estimate.value == pytest.approx(values["mean"])
        if values["nps"] is not None:
            assert now[Key("score", labels, "nps")].estimate.value == pytest.approx(values["nps"])
    for labels, values in of(rows, "feedback"):
        assert now[Key("feedback", labels, "count_per_day")].n == values["count"]
    for labels, values in of(rows, "decision"):
        assert now[Key("decision", labels, "made_per_day")].n == values["made"]
        assert now[Key("decision", labels, "reopened_share")].n == values["cases"]


def test_alignment_of_28_days_is_that_of_the_measure(shop: Shop, rows: list[Row]) -> None:
    found = figures(shop.both, Period(END - 28 * DAY_MS, END, END, END), shop.config.policies)
    seen = 0
    for labels, values in of(rows, "alignment", "28d"):
        for name, value in values.items():
            if values["alignment"] is not None:
                assert found[Key("alignment", labels, name)].estimate.value == pytest.approx(value)
                seen += 1
    assert seen == 8


def test_week_that_is_read_again_later_says_what_it_said_at_its_end(shop: Shop) -> None:
    """Known is what happened in the week after; read as of the week's end that must not show. Lengths, and how long
    they were allowed, are told by bins, so a few clocks of some hundred may come out otherwise.
    """
    policies = shop.config.policies
    then = figures(shop.first, Period(*BEFORE, MIDDLE, MIDDLE), policies)
    again = figures(shop.both, Period(*BEFORE, MIDDLE, END), policies)
    hindsight = figures(shop.both, Period(*BEFORE, END, END), policies)
    everything = (("touchpoint", "*"), ("severity", "*"))
    for clock in ("acknowledge", "decide", "effect", "resolve", "tell"):
        labels = (*everything, ("clock", clock))
        for name, within in (("p50_s", 0.01), ("completed_p50_s", 0.01)):
            value = then[Key("clock", labels, name)].estimate.value
            assert again[Key("clock", labels, name)].estimate.value == pytest.approx(value, rel=within)
        for name in ("met_share", "missed_share"):
            value = then[Key("clock", labels, name)].estimate.value
            assert again[Key("clock", labels, name)].estimate.value == pytest.approx(value, abs=0.006)
    resolved = Key("clock", (*everything, ("clock", "resolve")), "met_share")
    assert hindsight[resolved].estimate.value - then[resolved].estimate.value > 0.1  # type: ignore[operator]
    for key, figure in then.items():
        if key.measure in ("emotion", "feedback", "score") or key.value in ("standing_mean", "raised_per_day"):
            assert again[key].estimate == figure.estimate, key


def test_both_periods_are_read_as_long_after_their_ends_as_what_is_known_allows() -> None:
    before, after = both((0, WEEK), (WEEK, 2 * WEEK), 2 * WEEK + HOUR_MS, 2 * WEEK + HOUR_MS)
    assert (before.read_at, after.read_at) == (WEEK + HOUR_MS, 2 * WEEK + HOUR_MS)
    pinned, after = both((0, WEEK), (50 * WEEK, 51 * WEEK), WEEK + 5, 60 * WEEK)
    assert (pinned.read_at, after.read_at) == (WEEK + 5, 51 * WEEK + 5)


def test_periods_begin_and_end_with_panes_and_their_days_with_them() -> None:
    start, end = aligned(BEGIN + 61_000, BEGIN + 61_000 + 36 * HOUR_MS)
    assert (start, end) == (BEGIN, BEGIN + 36 * HOUR_MS)
    period = Period(start, end, end, end)
    assert (period.days, period.exact_days) == (2, 1.5)
    assert [period.day(at) for at in (start - 1, start, start + DAY_MS, end - 1, end)] == [None, 0, 1, 1, None]


def test_what_has_ended_runs_for_who_reads_before() -> None:
    period = Period(0, DAY_MS, DAY_MS, 2 * DAY_MS)
    an_hour = bin_of(HOUR_MS)
    assert period.age(DAY_MS - 2 * HOUR_MS, an_hour) is None
    assert period.age(DAY_MS - 30 * 60_000, an_hour) == 30 * 60_000
    assert period.age(DAY_MS - 2 * HOUR_MS, None) == 2 * HOUR_MS
    assert Period(0, DAY_MS, DAY_MS, DAY_MS).age(DAY_MS - 1, an_hour) is None  # known then: it has really ended


# -- changes


@pytest.fixture(scope="module")
def changes(shop: Shop) -> dict[Key, Change]:
    periods = both(BEFORE, AFTER, END, END)
    sides = [figures(shop.both, period, shop.config.policies) for period in periods]
    return {change.key: change for change in compare(sides[0], sides[1], (7, 7))}


def test_change_of_a_figure_is_that_of_its_two_values(changes: dict[Key, Change]) -> None:
    assert len(changes) > 200
    for change in changes.values():
        before, after = change.before.estimate.value, change.after.estimate.value
        if before is not None and after is not None:
            assert change.difference.value == pytest.approx(after - before)
            if change.ratio.value is not None:
                assert change.ratio.value == pytest.approx(after / before)
        for one in (change.ratio, change.difference, change.before.estimate, change.after.estimate):
            assert one.value is None or one.low is None or one.low <= one.value + 1e-9
            assert one.value is None or one.high is None or one.high >= one.value - 1e-9


def test_medians_of_lengths_alone_come_with_a_logrank(changes: dict[Key, Change]) -> None:
    tested = {change.key.value for change in changes.values() if change.test is not None}
    assert tested == {"p50_s", "removal_p50_s"}


def test_what_only_one_period_has_is_a_rate_from_nothing_and_no_other_figure() -> None:
    labels = (("touchpoint", "web"), ("kind", "complaint"))
    key = Key("feedback", labels, "count_per_day")
    now = figures({}, Period(0, WEEK, WEEK, WEEK), None)  # type: ignore[arg-type]
    assert all(figure.n == 0 for figure in now.values())
    (change,) = compare({}, {key: counted([1, 2, 3, 4, 5, 6, 7], 7.0)}, (7, 7))
    assert change.before.estimate.value == 0.0
    assert change.difference.value == 4.0
    assert change.ratio == Estimate(None)
    assert change.better == -1


def test_nothing_changed_where_nothing_happened() -> None:
    empty = figures({}, Period(0, WEEK, WEEK, WEEK), None)  # type: ignore[arg-type]
    assert compare(empty, empty, (7, 7)) == []


def test_direction_is_told_only_beyond_chance() -> None:
    def change(ratio: Estimate) -> Change:
        key = Key("clock", (), "p50_s")
        return Change(key, Figure(Estimate(1.0)), Figure(Estimate(1.0)), Estimate(0.0, -1.0, 1.0), ratio, None, -1)

    assert change(Estimate(0.8, 0.7, 0.9)).direction == -1
    assert change(Estimate(1.2, 1.01, None)).direction == 1
    assert change(Estimate(0.8, 0.7, 1.1)).direction == 0
    assert change(Estimate(0.8, None, 1.1)).direction == 0
    assert change(Estimate(0.8, None, None)).direction == 0  # its difference says so


def test_totals_alone_are_those_among_all(shop: Shop, now: Figures) -> None:
    together = figures(shop.both, Period(*AFTER, END, END), shop.config.policies, together=True)
    assert len(together) < len(now) / 3
    for key, figure in together.items():
        assert figure.estimate == pytest.approx(now[key].estimate)
        assert figure.n == now[key].n


def test_rhythm_that_was_changed_is_found_and_what_was_not_is_not() -> None:
    """Of an organisation that decides, and brings into effect, in half of the time from an instant on."""
    config, weeks = small_config(), 4 * WEEK
    begin, split = END - 2 * weeks - WEEK, END - weeks  # the first week is nobody's: it began with nothing open
    events = list(Organisation(config, 5, begin, Plan(rhythm_change=(split, 0.5))).until(END))
    cells = cells_of(events, END, config)
    sides = [
        figures(cells, period, config.policies, together=True)
        for period in both((split - weeks, split), (split, END), END, END)
    ]
    found = {change.key: change for change in compare(sides[0], sides[1], (28, 28))}

    def change(clock: str, value: str) -> Change:
        return found[Key("clock", (("touchpoint", "*"), ("severity", "*"), ("clock", clock)), value)]

    for clock in ("decide", "effect"):
        assert change(clock, "p50_s").direction == -1
        assert change(clock, "within_1d_share").direction == 1
        test = change(clock, "p50_s").test
        assert test is not None
        assert test.by_day is not None
        assert test.by_day < 0.001
    # A decision is a first reaction, too, so that comes sooner as well; but no more feedback comes.
    assert change("acknowledge", "received_per_day").direction == 0
    assert found[Key("feedback", (("touchpoint", "*"), ("kind", "complaint")), "count_per_day")].direction == 0
