"""Friction and decisions on small stories, worked out by hand; the product and its oracle alike."""

from __future__ import annotations

from datetime import timedelta

from tests.measures.story import Story, ago, middle_s, said

MS = timedelta(milliseconds=1)


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
