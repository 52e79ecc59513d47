"""What makes an event valid: every vocabulary and range, at its edge and just beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf, nan
from typing import Any

import pytest

from processors.admission import at_declared_touchpoint, claimed_ahead
from processors.canonical import instant, parse, render, rfc3339
from processors.events import (
    ACTION_KINDS,
    DECISION_LEVELS,
    DECISION_STAGES,
    FEEDBACK_KINDS,
    INDICATOR_KINDS,
    MAX_CASES,
    OBSTACLE_STAGES,
    PULSE_LEVELS,
    SEVERITIES,
    TIMINGS,
    TYPES,
    Event,
    Feedback,
    InvalidEvent,
)
from processors.policy import Policies, Touchpoint
from processors.validity import MAX_AT_MS, MAX_NAME_BYTES, MAX_TEXT_BYTES, MIN_AT_MS, check, from_fields

AT = 1_772_442_900_000
VALID: Mapping[str, Mapping[str, Any]] = {
    "feedback": {"case": "c", "touchpoint": "t", "severity": "low"},
    "action": {"case": "c", "kind": "told"},
    "decision": {"decision": "d", "stage": "made", "level": "tactical"},
    "obstacle": {"obstacle": "o", "stage": "raised", "touchpoint": "t", "cause": "stock"},
    "pulse": {"unit": "u", "level": "top", "question": "q", "score": 0.5},
    "indicator": {"function": "f", "indicator": "i", "kind": "customer", "timing": "lagging", "value": 1},
    "link": {"case": "c", "source": "decision", "origin": "d", "stage": "made"},
}
VOCABULARIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("feedback", "severity"): SEVERITIES,
    ("feedback", "kind"): FEEDBACK_KINDS,
    ("action", "kind"): ACTION_KINDS,
    ("action", "severity"): SEVERITIES,
    ("decision", "stage"): DECISION_STAGES,
    ("decision", "level"): DECISION_LEVELS,
    ("obstacle", "stage"): OBSTACLE_STAGES,
    ("pulse", "level"): PULSE_LEVELS,
    ("indicator", "kind"): INDICATOR_KINDS,
    ("indicator", "timing"): TIMINGS,
    ("link", "source"): ("decision", "obstacle"),
}
RANGES = [
    ("feedback", "score", {"scale": "nps"}, 0, 10),
    ("feedback", "score", {"scale": "csat"}, 1, 5),
    ("feedback", "score", {"scale": "ces"}, 1, 7),
    ("feedback", "score", {"scale": "stars"}, 1, 5),
    ("feedback", "emotion", {}, -1, 1),
    ("pulse", "score", {}, 0, 1),
    ("indicator", "value", {}, -1e300, 1e300),
]


def event(type_name: str, **fields: Any) -> Event:
    return from_fields(type_name, {"id": "e", "at": AT, **VALID[type_name], **fields})


def refusal(type_name: str, **fields: Any) -> tuple[str, str]:
    """(field, reason) of the fault that is found."""
    with pytest.raises(InvalidEvent) as caught:
        event(type_name, **fields)
    assert str(caught.value) == f"{caught.value.field}: {caught.value.message}"
    assert len(str(caught.value)) < 250, "a message is a line, whatever came in"
    return caught.value.field, caught.value.reason


@pytest.mark.parametrize("type_name", TYPES)
def test_least_event_of_each_type_is_valid(type_name: str) -> None:
    assert type(event(type_name)) is TYPES[type_name]


def test_vocabularies_are_those_of_the_design() -> None:
    assert SEVERITIES == ("low", "normal", "high", "critical")
    assert FEEDBACK_KINDS == ("complaint", "praise", "question", "suggestion")
    said = "acknowledged assigned paused resumed reclassified told closed reopened withdrawn"
    assert sorted(ACTION_KINDS) == sorted(said.split())
    assert DECISION_STAGES == ("made", "effective", "revoked")
    assert DECISION_LEVELS == ("operational", "tactical", "strategic")
    assert (OBSTACLE_STAGES, PULSE_LEVELS) == (("raised", "removed"), ("top", "middle", "front"))
    assert (INDICATOR_KINDS, TIMINGS) == (("customer", "operational"), ("lagging", "realtime"))


@pytest.mark.parametrize(("type_name", "field"), VOCABULARIES)
def test_word_outside_its_vocabulary_is_refused(type_name: str, field: str) -> None:
    for word in VOCABULARIES[type_name, field]:
        stage = {"stage": "raised"} if word == "obstacle" else {}
        assert getattr(event(type_name, **{field: word}, **stage), field) == word
    for wrong in ("", "Low", "low ", "urgent", 1, True, ["low"], {"low": 1}, "x" * 100_000):
        assert refusal(type_name, **{field: wrong}) == (field, "invalid")


def test_stages_of_a_link_are_those_of_its_source() -> None:
    assert refusal("link", stage="raised") == ("stage", "invalid")
    assert refusal("link", source="obstacle", stage="made") == ("stage", "invalid")


@pytest.mark.parametrize(("type_name", "field", "others", "low", "high"), RANGES)
def test_number_is_inside_its_range_ends_included(
    type_name: str, field: str, others: dict[str, Any], low: float, high: float
) -> None:
    for right in (low, high, float(low), (low + high) / 2):
        assert getattr(event(type_name, **others, **{field: right}), field) == right
    step = max(abs(high), 1) * 1e-9
    for wrong in (low - step, high + step, nan, inf, -inf, True, False, "1", [1], 10**400, -(10**400), "9" * 100_000):
        assert refusal(type_name, **others, **{field: wrong}) == (field, "invalid")


def test_score_and_scale_go_together() -> None:
    assert refusal("feedback", score=3) == ("score", "invalid")
    assert refusal("feedback", scale="nps") == ("score", "invalid")
    assert refusal("feedback", score=3, scale="thumbs") == ("scale", "invalid")


@pytest.mark.parametrize(
    ("type_name", "field"),
    [
        *((type_name, "id") for type_name in VALID),
        *(("feedback", field) for field in ("case", "touchpoint", "channel", "segment", "customer")),
        *(("action", field) for field in ("case", "actor", "owner", "touchpoint", "cause")),
        *(("decision", field) for field in ("decision", "unit")),
        *(("obstacle", field) for field in ("obstacle", "touchpoint", "cause", "owner")),
        *(("pulse", field) for field in ("unit", "touchpoint", "question")),
        *(("indicator", field) for field in ("function", "indicator", "unit_of_measure")),
        *(("link", field) for field in ("case", "origin")),
    ],
)
def test_name_is_a_text_that_is_neither_empty_nor_endless(type_name: str, field: str) -> None:
    longest = "ä" * MAX_NAME_BYTES
    assert getattr(event(type_name, **{field: longest}), field) == longest
    assert refusal(type_name, **{field: longest + "ä"}) == (field, "too_large")
    for wrong in ("", 7, b"c", True, ["c"]):
        assert refusal(type_name, **{field: wrong}) == (field, "invalid")


@pytest.mark.parametrize(("type_name", "field"), [("feedback", "text"), ("decision", "title")])
def test_text_has_at_most_64_kib_counted_in_bytes(type_name: str, field: str) -> None:
    assert MAX_TEXT_BYTES == 65_536
    for right in ("", "x" * MAX_TEXT_BYTES, "ä" * (MAX_TEXT_BYTES // 2), "👍" * (MAX_TEXT_BYTES // 4)):
        assert getattr(event(type_name, **{field: right}), field) == right
    for wrong in ("x" * (MAX_TEXT_BYTES + 1), "ä" * (MAX_TEXT_BYTES // 2) + "x", "👍" * (MAX_TEXT_BYTES // 4) + "x"):
        assert refusal(type_name, **{field: wrong}) == (field, "too_large")
    assert refusal(type_name, **{field: 5}) == (field, "invalid")


@pytest.mark.parametrize(("type_name", "field"), [("feedback", "at"), ("feedback", "due_at"), ("pulse", "at")])
def test_instant_lies_in_this_century(type_name: str, field: str) -> None:
    for right in (MIN_AT_MS, MAX_AT_MS - 1):
        assert getattr(event(type_name, **{field: right}), field) == right
    assert refusal(type_name, **{field: MIN_AT_MS - 1}) == (field, "invalid")
    assert refusal(type_name, **{field: AT // 1000}) == (field, "invalid")
    assert refusal(type_name, **{field: MAX_AT_MS}) == (field, "from_the_future")
    for wrong in (float(AT), True, str(AT)):
        assert refusal(type_name, **{field: wrong}) == (field, "invalid")


@pytest.mark.parametrize(
    ("type_name", "field"), [("decision", "cases"), ("decision", "obstacles"), ("obstacle", "cases")]
)
def test_list_of_names_is_bounded_and_holds_names(type_name: str, field: str) -> None:
    most = tuple(map(str, range(MAX_CASES)))
    assert MAX_CASES == 10_000
    assert getattr(event(type_name, **{field: list(most)}), field) == most
    assert getattr(event(type_name), field) == ()
    assert refusal(type_name, **{field: [*most, "one more"]}) == (field, "too_large")
    for wrong in ("c", {"c": 1}, 5, [""], [1], [None], [["c"]]):
        assert refusal(type_name, **{field: wrong}) == (field, "invalid")


def test_taken_is_true_or_false() -> None:
    assert refusal("action", taken=1) == ("taken", "invalid")
    assert refusal("action", taken="yes") == ("taken", "invalid")


@pytest.mark.parametrize("type_name", [name for name in TYPES if name != "link"])
def test_missing_and_unknown_fields_are_named(type_name: str) -> None:
    complete = {"id": "e", "at": AT, **VALID[type_name]}
    for field in complete:
        with pytest.raises(InvalidEvent, match=f"^{field}: is missing$"):
            from_fields(type_name, {name: value for name, value in complete.items() if name != field})
    with pytest.raises(InvalidEvent, match=f"^mood: no such field of {type_name}$"):
        from_fields(type_name, {**complete, "mood": "good"})


def test_unknown_type_is_named() -> None:
    with pytest.raises(InvalidEvent, match=r"^type: unknown type 'applause'"):
        from_fields("applause", {})
    for wrong in ({}, {"type": None}, {"type": ["feedback"]}, [], "feedback", 5, None):
        with pytest.raises(InvalidEvent):
            parse(wrong)  # type: ignore[arg-type]


def test_event_made_by_hand_is_checked_too() -> None:
    with pytest.raises(InvalidEvent, match=r"^emotion: "):
        check(Feedback("e", AT, "c", "t", "low", emotion=nan))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-02T09:15:00Z", AT),
        ("2026-03-02T11:15:00+02:00", AT),
        ("2026-03-02t04:15:00-05:00", AT),
        ("2026-03-02 09:15:00z", AT),
        ("2026-03-02T09:15:00-00:00", AT),
        ("2026-03-02T09:15:00.5Z", AT + 500),
        ("2026-03-02T09:15:00.001999999Z", AT + 1),  # finer digits are cut, not rounded
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_rfc_3339_time_is_read_to_the_millisecond(text: str, at: int) -> None:
    assert instant(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T09:15:00",
        "2026-03-02",
        "2026-03-02T09:15Z",
        "20260302T091500Z",
        "2026-W10-1T09:15:00Z",
        "2026-02-30T09:15:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T09:15:60Z",
        "2026-03-02T09:15:00+25:00",
        "2026-03-02T09:15:00+0200",
        "2026-03-02T09:15:00Z\n",
        " 2026-03-02T09:15:00Z",
        "٢٠٢٦-03-02T09:15:00Z",
        "now",
        "",
        AT,
        True,
        ["2026-03-02T09:15:00Z"],
        "2" * 100_000,
    ],
)
def test_what_is_no_rfc_3339_time_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        instant(text)
    said = {"type": "feedback", "id": "e", "at": text, **VALID["feedback"]}
    with pytest.raises(InvalidEvent, match=r"^at: ") as caught:
        parse(said)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("at", [AT, AT + 7, MIN_AT_MS, MAX_AT_MS - 1, 951_782_400_000, 0, -1])
def test_written_time_is_read_back(at: int) -> None:
    assert instant(rfc3339(at)) == at
    assert len(rfc3339(at)) == len("2026-03-02T09:15:00.000Z")


FULL: Mapping[str, Mapping[str, Any]] = {
    "feedback": {
        "kind": "complaint",
        "channel": "phone",
        "segment": "gold",
        "customer": "x",
        "score": 3.5,
        "scale": "csat",
        "emotion": -0.5,
        "due_at": AT + 1,
        "text": "Ää 👍",
    },
    "action": {"actor": "a", "owner": "b", "severity": "high", "touchpoint": "t", "cause": "c", "taken": False},
    "decision": {"unit": "u", "cases": ("a", "b"), "obstacles": ("o",), "title": "t"},
    "obstacle": {"cases": ("a",), "owner": "b"},
    "pulse": {"touchpoint": "t"},
    "indicator": {"unit_of_measure": "h"},
    "link": {"level": "tactical", "unit": "u", "touchpoint": "t", "cause": "c"},
}


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("full", [False, True])
def test_canonical_form_is_read_back(type_name: str, full: bool) -> None:
    made = event(type_name, **(FULL[type_name] if full else {}))
    written = json.loads(json.dumps(render(made)))
    assert parse(written) == made
    assert None not in written.values()
    assert written["type"] == type_name
    if full:
        assert {"type", *made._fields} == set(written)


def test_null_stands_for_an_absent_field() -> None:
    said = {"type": "pulse", "id": "e", "at": "2026-03-02T09:15:00Z", **VALID["pulse"], "touchpoint": None}
    assert parse(said) == event("pulse")


@pytest.mark.parametrize(
    ("ahead", "taken_instead"), [(-(10**9), False), (0, False), (300_000, False), (300_001, True), (86_400_000, True)]
)
def test_clock_that_is_fast_by_more_than_five_minutes_is_not_believed(ahead: int, taken_instead: bool) -> None:
    assert claimed_ahead(AT + ahead, AT) is taken_instead


def test_instant_more_than_a_day_ahead_is_from_the_future() -> None:
    with pytest.raises(InvalidEvent) as caught:
        claimed_ahead(AT + 86_400_001, AT)
    assert (caught.value.field, caught.value.reason) == ("at", "from_the_future")


@pytest.mark.parametrize("type_name", ["feedback", "action", "obstacle", "pulse"])
def test_unknown_touchpoint_becomes_other_or_is_refused(type_name: str) -> None:
    lenient = Policies((), {"t": Touchpoint("t")})
    strict = Policies((), {"t": Touchpoint("t")}, reject_unknown=True)
    for known in (event(type_name, touchpoint="t"), event(type_name, touchpoint="other")):
        assert at_declared_touchpoint(known, lenient) == at_declared_touchpoint(known, strict) == known
    elsewhere = event(type_name, touchpoint="elsewhere")
    assert at_declared_touchpoint(elsewhere, lenient) == event(type_name, touchpoint="other")
    with pytest.raises(InvalidEvent) as caught:
        at_declared_touchpoint(elsewhere, strict)
    assert (caught.value.field, caught.value.reason) == ("touchpoint", "unknown_touchpoint")


@pytest.mark.parametrize("type_name", ["action", "pulse", "decision", "indicator"])
def test_event_without_a_touchpoint_is_taken_as_it_is(type_name: str) -> None:
    strict = Policies((), {}, reject_unknown=True)
    assert at_declared_touchpoint(event(type_name), strict) == event(type_name)
