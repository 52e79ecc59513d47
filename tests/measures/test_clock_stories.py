"""Clocks, windows and rhythms on small stories, worked out by hand; the product and its oracle alike."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.measures.story import NOON, Story, ago, middle_s, said

MS = timedelta(milliseconds=1)
LATER = NOON + timedelta(minutes=2, seconds=30)  # inside a pane of 5 minutes
DAY = timedelta(days=1)
COUNTS = ("received", "done", "withdrawn", "running", "met", "missed", "overdue")


def test_clocks_are_counted_by_what_has_become_of_them(story: Story) -> None:
    begin = ago(hours=3)  # 09:00; the target of an hour is due at 10:00
    story.decided("in-time", begin, 1_800).decided("too-late", begin, 7_200).decided("just-in-time", begin, 3_600)
    story.feedback("gave-up", begin).action("gave-up", begin + timedelta(minutes=20), "withdrawn")
    story.feedback("gave-up-late", begin).action("gave-up-late", begin + timedelta(hours=2), "withdrawn")
    story.feedback("waits-long", begin).feedback("waits", ago(minutes=30)).feedback("is-due-now", ago(minutes=60))
    assert said(story.clock("decide", "1d"), *COUNTS) == [8, 3, 2, 3, 2, 3, 1]
    assert said(story.clock("decide", "1h"), *COUNTS) == [2, 0, 0, 2, 0, 0, 0]
    assert said(story.clock("decide", "1d", NOON + MS), *COUNTS) == [8, 3, 2, 3, 2, 4, 2]  # the last one is late now
    assert said(story.clock("resolve", "1d"), *COUNTS) == [8, 3, 2, 3, 0, 0, 0]  # no target: neither met nor missed
    assert said(story.clock("tell", "1d"), *COUNTS) == [3, 0, 0, 3, 0, 0, 0]  # started by closing
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
        ("15m", NOON),  # T - W is 12:02:30, its pane of 5 minutes begins at 12:00
        ("1h", NOON - timedelta(minutes=45)),
        ("1d", NOON - timedelta(days=1, minutes=-15)),
        ("48h", NOON - timedelta(days=2, minutes=-15)),  # the longest one with such panes
        ("7d", NOON - timedelta(days=7)),  # panes of an hour
        ("28d", NOON - timedelta(days=28)),
        ("35d", NOON - timedelta(days=35)),
        ("36d", datetime(2026, 1, 25, tzinfo=NOON.tzinfo)),  # of a day
        ("60d", datetime(2026, 1, 1, tzinfo=NOON.tzinfo)),
    ],
)
def test_windows_begin_at_the_pane_that_holds_their_beginning(story: Story, window: str, start: datetime) -> None:
    at = NOON + timedelta(minutes=17, seconds=30)
    story.feedback("before", start - MS, emotion=-1).feedback("at", start, emotion=1)
    assert said(story.clock("decide", window, at), "received") == [1]
    assert said(story.of("emotion", window, at, touchpoint="delivery"), "count", "mean") == [1, 1]
    story.feedback("after", start + MS)
    assert said(story.clock("decide", window, at), "received") == [2]


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
