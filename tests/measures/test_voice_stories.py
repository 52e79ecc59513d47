"""What is said, on small stories, worked out by hand; and rows, labels, units; the product and its oracle alike."""

from __future__ import annotations

from datetime import timedelta

from tests.measures.story import CONFIG, NOON, Story, ago, said

MS = timedelta(milliseconds=1)
LATER = NOON + timedelta(minutes=2, seconds=30)  # inside a pane of 5 minutes


def test_units_are_those_declared_or_else_those_that_touchpoints_name(story: Story) -> None:
    for number, unit in enumerate(("online", "finance", "nobody")):
        story.decision(f"d{number}", ago(hours=1), "made", unit=unit)
    told = {unit: story.of("decision", "1d", unit=unit, level="tactical") for unit in ("online", "finance", "other")}
    assert [said(values, "made") for values in told.values()] == [[1], [1], [1]]
    story.config = {name: value for name, value in CONFIG.items() if name != "units"}
    later = NOON + MS
    assert said(story.of("decision", "1d", later, unit="online", level="tactical"), "made") == [1]
    assert story.of("decision", "1d", later, unit="finance", level="tactical") is None
    assert said(story.of("decision", "1d", later, unit="other", level="tactical"), "made") == [2]


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
    for level in ("top", "front"):
        story.add("pulse", ago(days=2), unit="logistics", level=level, question="asked?", score=0.5)
    story.add("pulse", ago(days=2), unit="logistics", level="top", question="heard?", score=0.5)
    labels = {"unit": "logistics"}
    assert story.of("perception_gap", "28d", question="in time?", **labels) == {"gap": 0.45, "levels": 3}
    assert story.of("perception_gap", "28d", question="asked?", **labels) == {"gap": 0, "levels": 2}
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
