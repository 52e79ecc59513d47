"""Every measure on small stories, with what it says worked out by hand; the product and its oracle alike."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams import config as configuration
from tests.measures.product import written
from tests.measures.story import CONFIG, NOON, Rows, Story, ago, middle_s
from tests.oracle import measures

MS = timedelta(milliseconds=1)
LATER = NOON + timedelta(minutes=2, seconds=30)  # inside a pane of 5 minutes
DAY = timedelta(days=1)


@pytest.fixture(params=["product", "oracle"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    def product(events: list[dict[str, Any]], at_ms: int) -> Rows:
        lines = [json.dumps(event).encode() for event in reversed(events)]
        return written(configuration.parse(CONFIG), lines, at_ms, tmp_path)

    def oracle(events: list[dict[str, Any]], at_ms: int) -> Rows:
        return measures.rows(events, CONFIG, at_ms)

    return Story(product if request.param == "product" else oracle)


def said(values: dict[str, Any] | None, *names: str) -> list[Any] | None:
    return None if values is None else [values[name] for name in names]


COUNTS = ("received", "done", "withdrawn", "running", "met", "missed")


def test_clocks_are_counted_by_what_has_become_of_them(story: Story) -> None:
    begin = ago(hours=3)  # 09:00; the target of an hour is due at 10:00
    story.decided("in-time", begin, 1_800).decided("too-late", begin, 7_200).decided("just-in-time", begin, 3_600)
    story.feedback("gave-up", begin).action("gave-up", begin + timedelta(minutes=20), "withdrawn")
    story.feedback("gave-up-late", begin).action("gave-up-late", begin + timedelta(hours=2), "withdrawn")
    story.feedback("waits-long", begin).feedback("waits", ago(minutes=30)).feedback("is-due-now", ago(minutes=60))
    assert said(story.clock("decide", "1d"), *COUNTS) == [8, 3, 2, 3, 2, 3]
    assert said(story.clock("decide", "1h"), *COUNTS) == [2, 0, 0, 2, 0, 0]
    assert said(story.clock("decide", "1d", NOON + MS), *COUNTS) == [8, 3, 2, 3, 2, 4]  # the last one is late now
    assert said(story.clock("resolve", "1d"), *COUNTS) == [8, 3, 2, 3, 0, 0]  # no target: neither met nor missed
    assert said(story.clock("tell", "1d"), *COUNTS) == [3, 0, 0, 3, 0, 0]  # started by closing
    assert story.clock("effect", "1d") is None  # no decision decided anything


def test_percentiles_count_those_that_wait(story: Story) -> None:
    begin = ago(hours=2)
    story.decided("a", begin, 100).decided("b", begin, 200).decided("c", begin, 400)
    story.feedback("d", NOON - timedelta(seconds=150)).feedback("e", NOON - timedelta(seconds=800))
    values = story.clock("decide", "1d")
    assert values is not None
    # 100 s: 5 at risk, survival 4/5. 150 s: d is censored. 200 s: 3 at risk, 8/15. 400 s: 2 at risk, 4/15 <= 1/2.
    assert said(values, "p50_s", "p50_at_risk") == [middle_s(62), 2]
    assert said(values, "p90_s", "p90_at_risk", "p95_s", "p95_at_risk") == [None] * 4
    # Of 100, 200, 400 the second is the median.
    assert values["completed_p50_s"] == middle_s(55)
    # At 100 s: log S = -0.2231, V = 1/20, 0.8^exp(1.96 * 0.2236 / 0.2231) = 0.8^7.13 = 0.20 <= 1/2. The upper one at
    # 400 s: log S = -1.3218, V = 1/20 + 1/6 + 1/2, (4/15)^exp(-1.96 * 0.8466 / 1.3218) = (4/15)^0.285 = 0.69 > 1/2.
    assert said(values, "p50_low_s", "p50_high_s") == [middle_s(48), None]


def test_upper_bound_of_the_median_comes_to_one_half_with_enough_cases(story: Story) -> None:
    for number in range(10):  # 1, 2, 4 ... 512 s
        story.decided(f"c{number}", ago(hours=1), 2**number)
    values = story.clock("decide", "1d")
    # Half have ended by 16 s, of 6 at risk; 9 of 10 by 256 s; 95 % with the last. 24 log10(16) = 28.9 and so on.
    names = ("p50_s", "p50_at_risk", "p90_s", "p90_at_risk", "p95_s", "p95_at_risk")
    assert said(values, *names) == [middle_s(28), 6, middle_s(57), 2, middle_s(65), 1]
    # V is i / (10 (10 - i)) without censoring. The lower one at 2 s: 0.8^exp(1.96 * 0.1581 / 0.2231) = 0.8^4.01 =
    # 0.41 (at 1 s: 0.9^exp(1.96 * 0.1054 / 0.1054) = 0.9^7.10 = 0.47 <= 1/2, so at 1 s already). The upper one at
    # 128 s: 0.2^exp(-1.96 * 0.6325 / 1.6094) = 0.2^0.463 = 0.47, at 64 s: 0.3^exp(-1.96 * 0.4830 / 1.2040) = 0.58.
    assert said(values, "p50_low_s", "p50_high_s") == [middle_s(0), middle_s(50)]


def test_ends_come_before_censorings_of_the_same_bin(story: Story) -> None:
    # 108 s and 101 s share the bin [100, 110.07): the one that runs is at risk when the other ends.
    story.decided("a", ago(hours=1), 108).feedback("b", NOON - timedelta(seconds=101))
    assert said(story.clock("decide", "1d"), "p50_s", "p50_at_risk") == [middle_s(48), 2]


def test_lengths_fall_into_bins_from_their_first_millisecond_on(story: Story) -> None:
    story.decided("a", ago(hours=1), 0.999)
    assert said(story.clock("decide", "1d"), "p50_s", "completed_p50_s") == [0, 0]
    for case, seconds, expected in (("b", 1, 0), ("c", 9.999, 23), ("d", 10, 24), ("e", 99.999, 47), ("f", 1_000, 72)):
        story.decided(case, ago(hours=1), seconds, touchpoint="web", severity="low", channel=case)
        story.action(case, ago(hours=1), "reclassified", touchpoint="web", severity="low")
        values = story.clock("decide", "1d", touchpoint="web", severity="low")
        assert values is not None
        assert values["p95_s"] == middle_s(expected)


def test_worked_time_has_percentiles_of_its_own(story: Story) -> None:
    # Today 07:00 to 10:00: three hours, two of them worked (08:00-10:00); paused 08:30 to 09:00: an hour and a half.
    story.decided("a", ago(hours=5), 3 * 3_600)
    values = story.clock("decide", "1d")
    assert said(values, "p50_s", "worked_p50_s", "worked_p90_s") == [middle_s(96), middle_s(92), middle_s(92)]
    story.action("a", ago(hours=3.5), "paused").action("a", ago(hours=3), "resumed")
    assert said(story.clock("decide", "1d"), "p50_s", "worked_p50_s") == [middle_s(96), middle_s(89)]
    assert said(story.clock("resolve", "1d"), "worked_p50_s") == [middle_s(92)]  # not pausable
    # One that runs since yesterday 15:00: worked 5 h by noon, more than 1.5 h, so one of two has ended.
    story.feedback("b", ago(hours=21))
    assert said(story.clock("decide", "1d"), "worked_p50_s", "worked_p90_s") == [middle_s(89), None]


def test_worked_time_of_one_that_runs_stands_still_while_it_is_paused(story: Story) -> None:
    # b is paused 1 h after its start at 08:00 and counts 1 h since, less than the 1.5 h after which a ends.
    story.decided("a", ago(hours=4), 5_400).feedback("b", ago(hours=4)).action("b", ago(hours=3), "paused")
    values = story.clock("decide", "1d")
    # Worked: b censored at 1 h, then a ends alone: survival 0. Elapsed: a ends with 2 at risk, 1/2.
    assert said(values, "p50_at_risk", "p90_s", "worked_p50_s", "worked_p90_s") == [
        *(2, None),
        *(middle_s(89), middle_s(89)),
    ]


@pytest.mark.parametrize(
    ("window", "start"),
    [
        ("15m", LATER - timedelta(minutes=17, seconds=30)),  # T - W is 11:47:30, its pane begins at 11:45
        ("1h", LATER - timedelta(hours=1, minutes=2, seconds=30)),
        ("1d", LATER - timedelta(days=1, minutes=2, seconds=30)),
        ("7d", NOON - timedelta(days=7)),  # panes of an hour
        ("28d", NOON - timedelta(days=28)),
        ("60d", datetime(2026, 1, 1, tzinfo=NOON.tzinfo)),  # panes of a day
    ],
)
def test_windows_begin_at_the_pane_that_holds_their_beginning(story: Story, window: str, start: datetime) -> None:
    story.feedback("before", start - MS, emotion=-1).feedback("at", start, emotion=1)
    assert said(story.clock("decide", window, LATER), "received") == [1]
    assert said(story.of("emotion", window, LATER, touchpoint="delivery"), "count", "mean") == [1, 1]
    story.feedback("after", start + MS)
    assert said(story.clock("decide", window, LATER), "received") == [2]


def test_what_happens_at_the_instant_itself_is_known_and_nothing_later(story: Story) -> None:
    story.feedback("now", NOON, emotion=1).feedback("later", NOON + MS, emotion=-1)
    assert said(story.clock("decide", "15m"), "received", "running") == [1, 1]
    assert said(story.of("emotion", "15m", touchpoint="delivery"), "count", "mean") == [1, 1]
    story.obstacle("o", NOON, "raised").obstacle("o", NOON + MS, "removed")
    friction = story.of("friction", "15m", touchpoint="delivery", cause="stock")
    assert said(friction, "raised", "removed", "standing_now", "standing_mean") == [1, 0, 1, 0]


def test_a_case_is_what_it_was_at_the_instant(story: Story) -> None:
    story.feedback("c", ago(hours=2)).action("c", ago(hours=1), "reclassified", touchpoint="web")
    story.decision("d", ago(minutes=50), "made", "c").decision("d", ago(minutes=10), "revoked")
    at = ago(minutes=70)
    assert said(story.clock("decide", "1d", at), "running") == [1]
    assert story.clock("decide", "1d") is None
    moved = {"touchpoint": "web"}
    assert said(story.clock("decide", "1d", ago(minutes=20), **moved), "done", "met", "missed") == [1, 0, 1]
    assert said(story.clock("decide", "1d", **moved), "done", "running") == [0, 1]  # never decided, as we know now


def test_clocks_belong_to_the_last_classification_of_their_cycle(story: Story) -> None:
    story.decided("c", ago(hours=9), 3_600).action("c", ago(hours=7), "reopened")
    story.action("c", ago(hours=6), "acknowledged").feedback("c", ago(hours=5), severity="critical")
    story.action("c", ago(hours=4), "reclassified", touchpoint="kiosk")
    assert said(story.clock("acknowledge", "1d"), "received") == [1]  # the first cycle stays where it was
    assert said(story.clock("acknowledge", "1d", touchpoint="kiosk", severity="critical"), "received", "done") == [1, 1]
    assert said(story.clock("acknowledge", "1d", touchpoint="*", severity="*"), "received") == [2]
    assert said(story.clock("acknowledge", "1d", touchpoint="*", severity="critical"), "received") == [1]
    assert said(story.clock("acknowledge", "1d", touchpoint="kiosk", severity="*"), "received") == [1]


def test_unknown_touchpoints_are_other(story: Story) -> None:
    story.feedback("c", ago(hours=1), touchpoint="nowhere", emotion=0.5)
    assert said(story.clock("resolve", "1d", touchpoint="other"), "received") == [1]
    assert said(story.of("emotion", "1d", touchpoint="other"), "count") == [1]


FRICTION = ("raised", "removed", "standing_now", "standing_mean", "removal_p50_s", "blocked_case_s")


def test_friction_is_number_times_speed(story: Story) -> None:
    # Stands since before the window, and blocks two cases; another stood for 6 of 24 h, and names three by and by.
    story.obstacle("old", ago(days=3), "raised", "a", "b")
    story.obstacle("short", ago(hours=12), "raised", "a").obstacle("short", ago(hours=6), "removed", "b", "c")
    values = story.of("friction", "1d", touchpoint="delivery", cause="stock")
    # 6 h are 21,600 s: 24 log10 of it is 104.03.
    assert said(values, *FRICTION) == [1, 1, 1, 1.25, middle_s(104), 2 * 86_400 + 3 * 21_600]
    assert said(values, "oldest_at", "removal_p90_s") == ["2026-02-27T12:00:00.000Z", middle_s(104)]
    assert said(story.of("friction", "1h", touchpoint="*", cause="*"), *FRICTION) == [0, 0, 1, 1, None, 7_200]
    # In 7 days: 3 d and 6 h of 7 d. Two raised: one removed after 6 h, one censored at 3 d: survival 1/2.
    week = story.of("friction", "7d", touchpoint="delivery", cause="*")
    assert said(week, *FRICTION[:5]) == [2, 1, 1, round(78 / 168, 6), middle_s(104)]
    assert said(week, "removal_p90_s") == [None]


def test_friction_at_the_edges_of_a_window(story: Story) -> None:
    story.obstacle("o", ago(days=1), "raised").obstacle("o", ago(days=1) + MS, "removed")
    assert said(story.of("friction", "1d", touchpoint="delivery", cause="stock"), *FRICTION[:5]) == [
        *(1, 1, 0, 0.0, 0),  # a millisecond of a day is 1.2e-8
    ]
    story.obstacle("p", ago(days=2), "raised", cause="staff").obstacle("p", ago(days=1), "removed", cause="staff")
    values = story.of("friction", "1d", touchpoint="delivery", cause="staff")
    assert said(values, *FRICTION) == [0, 1, 0, 0, None, 0]
    story.obstacle("q", ago(days=2), "raised", cause="cash").obstacle("q", ago(days=1) - MS, "removed", cause="cash")
    assert story.of("friction", "1d", touchpoint="delivery", cause="cash") is None
    assert said(story.of("friction", "7d", touchpoint="delivery", cause="cash"), *FRICTION[:3]) == [1, 1, 0]


def test_an_obstacle_may_be_raised_again_and_removed_before_it_was_raised(story: Story) -> None:
    story.obstacle("o", ago(hours=6), "raised").obstacle("o", ago(hours=5), "removed")
    story.obstacle("o", ago(hours=2), "raised", touchpoint="web", cause="staff")  # the labels are those of the raising
    story.obstacle("o", ago(hours=1), "removed", touchpoint="kiosk", cause="none")
    story.obstacle("p", ago(hours=9), "removed").obstacle("p", ago(hours=8), "raised")
    # p never stood: removed at its raising, after 0 s. So two episodes of 0 s and 3,600 s: 24 log10(3600) = 85.35.
    values = story.of("friction", "1d", touchpoint="delivery", cause="stock")
    assert said(values, *FRICTION[:5]) == [2, 2, 0, round(1 / 24, 6), 0]
    assert said(values, "removal_p90_s") == [middle_s(85)]
    assert said(story.of("friction", "1d", touchpoint="web", cause="staff"), *FRICTION[:4]) == [
        1,
        1,
        0,
        round(1 / 24, 6),
    ]
    assert story.of("friction", "1d", touchpoint="kiosk", cause="*") is None
    assert said(story.of("friction", "1d", touchpoint="*", cause="*"), "raised", "removed") == [3, 3]
    assert said(story.of("friction", "1d", touchpoint="*", cause="staff"), "raised") == [1]


RHYTHM = ("eligible", "kept", "ratio")


def test_daily_rhythm_is_of_those_that_started_the_day_before(story: Story) -> None:
    # At 12:02:30: from 12:00 two days ago up to 12:00 yesterday, half-open.
    first, last = ago(days=2), ago(days=1)
    story.decided("kept", first, 86_400).decided("a-millisecond-late", first, 86_400.001)
    story.feedback("waits", last - MS)
    story.decided("too-early", first - MS, 1).decided("too-young", last, 1)
    story.feedback("gave-up", first).action("gave-up", first + DAY, "withdrawn")
    labels = {"unit": "logistics", "rhythm": "daily", "clock": "decide"}
    assert said(story.of("rhythm", "1d", LATER, **labels), *RHYTHM) == [3, 1, round(1 / 3, 6)]
    # What had been decided before it was withdrawn stopped in time.
    story.feedback("decided", first).decision("d", first + timedelta(hours=2), "made", "decided")
    story.action("decided", first + timedelta(hours=3), "withdrawn")
    assert said(story.of("rhythm", "1d", LATER, **labels), *RHYTHM) == [4, 2, 0.5]
    # A clock of effect that ended with the withdrawal is not eligible; there is no other.
    assert story.of("rhythm", "1d", LATER, **{**labels, "clock": "effect"}) is None


def test_started_exactly_24_h_ago_is_in_the_window_and_not_yet_in_the_rhythm(story: Story) -> None:
    story.decided("c", ago(days=1), 60)
    labels = {"unit": "logistics", "rhythm": "daily", "clock": "decide"}
    assert said(story.clock("decide", "1d"), "received") == [1]
    assert story.of("rhythm", "1d", **labels) is None
    later = NOON + timedelta(minutes=5)  # the next pane
    assert story.clock("decide", "1d", later) is None
    assert said(story.of("rhythm", "1d", later, **labels), *RHYTHM) == [1, 1, 1]


def test_weekly_and_monthly_rhythms_go_by_the_hour(story: Story) -> None:
    story.decided("week", ago(days=7) - MS, 7 * 86_400).decided("this-week", ago(days=7), 1)
    story.decided("first", ago(days=14), 7 * 86_400.001).decided("before", ago(days=14) - MS, 1)
    labels = {"unit": "logistics", "clock": "decide"}
    assert said(story.of("rhythm", "7d", LATER, rhythm="weekly", **labels), *RHYTHM) == [2, 1, 0.5]
    story.decided("month", ago(days=56), 28 * 86_400, touchpoint="web")
    story.decided("not-any-more", ago(days=56) - MS, 1, touchpoint="web")
    story.decided("nowhere", ago(days=40), None, touchpoint="kiosk")
    monthly = {"rhythm": "monthly", "clock": "decide"}
    assert said(story.of("rhythm", "28d", LATER, unit="online", **monthly), *RHYTHM) == [1, 1, 1]
    assert said(story.of("rhythm", "28d", LATER, unit="other", **monthly), *RHYTHM) == [1, 0, 0]


def test_rhythm_of_the_effect_begins_with_the_decision(story: Story) -> None:
    story.feedback("c", ago(days=5)).decision("d", ago(hours=36), "made", "c").decision("d", ago(hours=11), "effective")
    labels = {"unit": "logistics", "rhythm": "daily", "clock": "effect"}
    assert said(story.of("rhythm", "1d", **labels), *RHYTHM) == [1, 0, 0]  # 25 h


DECISION = ("made", "effective", "revoked", "cases", "reopened")


def test_decisions_are_counted_by_stage_and_timed_from_made_to_effective(story: Story) -> None:
    story.decision("good", ago(hours=10), "made").decision("good", ago(hours=8), "effective")
    story.decision("void", ago(hours=10), "made").decision("void", ago(hours=9), "revoked")
    story.decision("void", ago(hours=7), "effective")  # it was revoked before: never
    story.decision("late", ago(hours=10), "made").decision("late", ago(hours=6), "effective")
    story.decision("late", ago(hours=5), "revoked")  # after its effect: counts as it did
    story.decision("at-once", ago(hours=10), "made").decision("at-once", ago(hours=4), "effective")
    story.decision("at-once", ago(hours=4), "revoked")  # at that very instant: likewise
    story.decision("waits", ago(hours=3), "made")
    story.decision("old", ago(days=2), "made").decision("old", ago(hours=1), "effective")
    values = story.of("decision", "1d", unit="logistics", level="tactical")
    assert said(values, *DECISION) == [5, 4, 3, 0, 0]
    # Made in the window: void censored at 1 h; ends at 2 h (4 at risk: 3/4), 3 h censored, 4 h (2: 3/8), 6 h (1: 0).
    assert said(values, "p50_s", "p90_s") == [middle_s(99), middle_s(104)]
    # In an hour: only the effect of the old one, and nothing to time.
    assert said(story.of("decision", "1h", unit="logistics", level="tactical"), *DECISION, "p50_s") == [
        *(0, 1, 0, 0, 0),
        None,
    ]


def test_decisions_answer_cases_from_their_first_event_on(story: Story) -> None:
    story.decision("d", ago(days=2), "made", "a").decision("d", ago(hours=2), "effective", "a", "b")
    # Labels are those of the earliest event; its pairs are dated by it, though b was named later.
    story.decision("e", ago(hours=3), "made", "a", unit="nobody").decision(
        "e", ago(hours=1), "effective", level="strategic"
    )
    story.decision("f", ago(minutes=5), "made", "z", unit=None)
    assert said(story.of("decision", "1d", unit="logistics", level="tactical"), *DECISION) == [0, 1, 0, 0, 0]
    assert said(story.of("decision", "7d", unit="logistics", level="tactical"), *DECISION) == [1, 1, 0, 2, 0]
    assert said(story.of("decision", "1d", unit="other", level="tactical"), *DECISION) == [2, 1, 0, 2, 0]
    assert story.of("decision", "1d", unit="other", level="strategic") is None


def test_a_decision_failed_where_its_case_was_reopened_after_the_effect(story: Story) -> None:
    effect = ago(hours=10)
    for case, reopened in (("before", effect - MS), ("at", effect), ("after", effect + MS)):
        story.feedback(case, ago(hours=20)).action(case, ago(hours=19), "closed").action(case, reopened, "reopened")
    story.feedback("open", ago(hours=20)).action("open", ago(hours=5), "reopened")  # was never closed: no new cycle
    story.feedback("again", ago(hours=20)).action("again", ago(hours=19), "closed")
    story.feedback("again", ago(hours=6))  # a new cycle, but not by `reopened`
    story.decision("d", ago(hours=15), "made", "before", "at", "after", "open", "again", "nobody")
    story.decision("d", effect, "effective")
    labels = {"unit": "logistics", "level": "tactical"}
    assert said(story.of("decision", "1d", **labels), "cases", "reopened") == [6, 1]
    # Closed and reopened once more: dated by the first one.
    story.action("after", ago(minutes=40), "closed").action("after", ago(minutes=30), "reopened")
    assert said(story.of("decision", "1d", **labels), "reopened") == [1]
    assert story.of("decision", "1h", **labels) is None
    # Both instants: the one before the effect is followed by one after it.
    story.action("before", ago(minutes=40), "closed").action("before", ago(minutes=30), "reopened")
    assert said(story.of("decision", "1h", **labels), "cases", "reopened") == [0, 1]
    # Revoked before it took effect: it answered, but nothing of it can fail.
    story.decision("d", effect - MS, "revoked")
    assert said(story.of("decision", "1d", **labels), "effective", "revoked", "cases", "reopened") == [0, 1, 6, 0]


def test_emotion_scores_and_kinds_are_of_the_feedback_itself(story: Story) -> None:
    scored = [("a", 10, 0.5), ("b", 9, -0.1), ("c", 8, 0.0), ("d", 7, -0.4), ("e", 6, 0.3), ("f", 2, 0.3)]
    for case, score, emotion in scored:
        kind = {"kind": "complaint"} if case < "c" else {}
        story.feedback(case, ago(hours=1), score=score, scale="nps", emotion=emotion, **kind)
    story.feedback("g", ago(hours=1), touchpoint="web", score=4, scale="csat", kind="praise")
    story.action("a", ago(minutes=50), "reclassified", touchpoint="kiosk")  # the case moves, what was said does not
    assert story.of("emotion", "1d", touchpoint="delivery") == {"count": 6, "mean": 0.1, "negative_share": 0.333333}
    assert story.of("emotion", "1d", touchpoint="*") == {"count": 6, "mean": 0.1, "negative_share": 0.333333}
    assert story.of("emotion", "1d", touchpoint="web") is None  # it has none
    # Two of six are 9 or 10, two are 6 or less.
    assert story.of("score", "1d", touchpoint="delivery", scale="nps") == {"count": 6, "mean": 7, "nps": 0}
    story.feedback("h", ago(hours=1), score=10, scale="nps")
    assert said(story.of("score", "1d", touchpoint="delivery", scale="nps"), "nps") == [14.285714]
    assert story.of("score", "1d", touchpoint="web", scale="csat") == {"count": 1, "mean": 4, "nps": None}
    assert story.of("score", "1d", touchpoint="*", scale="nps") is None
    assert story.of("feedback", "1d", touchpoint="delivery", kind="complaint") == {"count": 2}
    assert story.of("feedback", "1d", touchpoint="delivery", kind="none") == {"count": 5}
    assert story.of("feedback", "1d", touchpoint="*", kind="praise") == {"count": 1}


def test_alignment_shows_level_and_distance(story: Story) -> None:
    for case, score, scale in (("a", 10, "nps"), ("b", 3, "csat"), ("c", 7, "ces"), ("d", 2, "stars")):
        story.feedback(case, ago(days=3), score=score, scale=scale)  # 1, 0.5, 1, 0.25: 0.6875
    asked = {"question": "q", "level": "front"}
    story.add("pulse", ago(days=28), unit="logistics", score=0.4, **asked)
    story.add("pulse", ago(days=2), unit="logistics", score=0.7, **asked)
    story.add("pulse", ago(days=28) - MS, unit="logistics", score=0.0, **asked)
    story.add("pulse", ago(days=1), unit="nobody", score=0.25, **asked)
    story.feedback("e", ago(days=3), touchpoint="web", score=4, scale="ces")
    assert story.of("alignment", "28d", LATER, unit="logistics") == {
        "customer": 0.6875,
        "employee": 0.55,
        "alignment": 0.8625,
        "level": 0.55,
    }
    nothing = {"alignment": None, "level": None}
    assert story.of("alignment", "28d", LATER, unit="other") == {"customer": None, "employee": 0.25, **nothing}
    assert story.of("alignment", "28d", LATER, unit="online") == {"customer": 0.5, "employee": None, **nothing}
    assert story.of("alignment", "28d", LATER, unit="finance") is None


def test_perception_gap_needs_two_levels(story: Story) -> None:
    answers = [("top", 0.9), ("top", 0.8), ("middle", 0.6), ("front", 0.3), ("front", 0.5)]
    for level, score in answers:
        story.add("pulse", ago(days=2), unit="logistics", level=level, question="in time?", score=score)
    story.add("pulse", ago(days=2), unit="logistics", level="top", question="heard?", score=0.5)
    labels = {"unit": "logistics"}
    assert story.of("perception_gap", "28d", question="in time?", **labels) == {"gap": 0.45, "levels": 3}
    assert story.of("perception_gap", "28d", question="heard?", **labels) == {"gap": None, "levels": 1}


def test_indicators_are_the_latest_and_functions_say_how_fresh(story: Story) -> None:
    margin = {"function": "sales", "indicator": "margin", "kind": "operational", "timing": "lagging"}
    story.add("indicator", ago(days=2), value=5, **margin).add("indicator", ago(days=2), value=4.5, **margin)
    story.add("indicator", ago(days=3), value=9, **margin)
    story.add("indicator", ago(days=2) - MS, value=1, **{**margin, "kind": "customer"})
    story.add("indicator", ago(days=2), value=2, **{**margin, "kind": "customer", "indicator": "reach"})
    story.add("indicator", ago(days=90), value=3, **{**margin, "function": "nobody"})
    # Of the same instant the greater id counts.
    latest = {"value": 4.5, "value_at": "2026-02-28T12:00:00.000Z"}
    assert story.of("indicator", None, function="sales", indicator="margin", kind="operational") == latest
    old = {"value": 3, "value_at": "2025-12-02T12:00:00.000Z"}
    assert story.of("indicator", None, function="nobody", indicator="margin", kind="operational") == old
    assert story.of("function", None, function="sales") == {
        "customer": 2,
        "operational": 1,
        "customer_fresh": 1,
        "operational_fresh": 1,  # exactly two days old is no older than that
    }
    assert story.of("function", None, NOON + MS, function="sales") == {
        "customer": 2,
        "operational": 1,
        "customer_fresh": 0,
        "operational_fresh": 0,
    }
    none = {"customer": 0, "operational": 0, "customer_fresh": 0, "operational_fresh": 0}
    assert story.of("function", None, function="stock") == none  # always, as none is what should be seen
    assert story.of("function", None, function="nobody") is None


def test_intended_experience_stands_beside_what_is(story: Story) -> None:
    meant = {"emotion_intended": 0.3, "score_intended": 0.8, "standing_intended": 2}
    assert story.of("intended", "28d", touchpoint="delivery") == {
        "emotion": None,
        "score": None,
        "standing": 0,
        **meant,
    }
    story.feedback("a", ago(days=1), emotion=0.5).feedback("b", ago(days=1), emotion=-0.25, score=2, scale="stars")
    story.feedback("c", ago(days=29), emotion=-1).obstacle("o", ago(days=30), "raised")
    story.obstacle("p", ago(days=7), "raised", cause="staff")
    assert story.of("intended", "28d", touchpoint="delivery") == {
        "emotion": 0.125,
        "score": 0.25,
        "standing": 1.25,
        **meant,
    }
    assert story.of("intended", "28d", touchpoint="web") is None


def test_rows_are_sorted_and_their_numbers_rounded(story: Story) -> None:
    story.feedback("a", ago(hours=1), emotion=1 / 3).feedback("b", ago(hours=1), touchpoint="web", emotion=-1 / 3)
    rows = story.rows()
    names = [row["measure"] for row in rows]
    assert names == sorted(names)
    assert {row["at"] for row in rows} == {"2026-03-02T12:00:00.000Z"}
    assert said(story.of("emotion", "1d", touchpoint="delivery"), "mean") == [0.333333]
    floats = [value for row in rows for value in row["values"].values() if isinstance(value, float)]
    assert all(value == round(value, 6) for value in floats)
