"""What an alarm says and what it is told by: labels, sentences, lengths, instants."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from processors.canonical import instant
from streams.alertmanager import Links, text
from streams.alertmanager.labels import labels
from streams.alertmanager.text import described, summary
from streams.language.instants import exact, utc, zoned
from streams.language.lengths import passed

ROOT = Path(__file__).resolve().parents[2]
HELSINKI = ZoneInfo("Europe/Helsinki")
DUE = instant("2026-11-24T09:15:00+02:00")
MINUTE, HOUR = 60_000, 3_600_000
LINKS = Links("https://crm.example/cases/{case}", "https://wiki.example/{page}.md")
BREACH: dict[str, Any] = {
    "id": "a1",
    "about": "clock",
    "kind": "raised",
    "level": "breach",
    "step": 0,
    "case": "C/47 11",
    "cycle": 1,
    "clock": "decide",
    "at": DUE,
    "announced_at": DUE + 150,
    "touchpoint": "delivery",
    "severity": "critical",
    "unit": "logistics",
    "policy": "critical",
    "policy_version": "0123456789ab",
    "received_at": DUE - 6 * HOUR,
    "due_at": DUE,
    "promised": False,
    "target_ms": 4 * HOUR,
    "share": None,
    "after_ms": None,
    "elapsed_ms": 6 * HOUR,
    "worked_ms": 4 * HOUR,
    "owner": "anna",
    "to": "owner",
    "recipient": "anna",
    "last_kind": "assigned",
    "last_at": DUE - 5 * HOUR,
    "reason": None,
    "revision": 3,
}
WARNING = BREACH | {"level": "warning", "step": 2, "share": 0.75, "at": DUE - HOUR}
ESCALATION = BREACH | {
    "level": "escalation",
    "step": 2,
    "after_ms": 30 * MINUTE,
    "to": "supervisor",
    "recipient": "logistics-supervisor",
}
DEAD_LETTER = {
    "id": "d1",
    "about": "deadletter",
    "kind": "raised",
    "level": "breach",
    "step": 0,
    "case": None,
    "touchpoint": "delivery",
    "severity": "critical",
    "unit": "logistics",
    "to": "supervisor",
    "recipient": "logistics-supervisor",
    "at": DUE,
    "announced_at": DUE,
    "reason": "too_large",
}


def test_labels_say_what_is_routed_by() -> None:
    assert labels(ESCALATION) == {
        "alertname": "RytmiEscalation",
        "service": "rytmi",
        "level": "escalation",
        "step": "2",
        "to": "supervisor",
        "supervisor": "logistics-supervisor",
        "case": "C/47 11",
        "cycle": "1",
        "clock": "decide",
        "touchpoint": "delivery",
        "severity": "critical",
        "unit": "logistics",
    }


def test_a_breach_has_no_step_and_a_missing_attribute_no_label() -> None:
    found = labels(BREACH | {"unit": None, "recipient": None})
    assert found["alertname"] == "RytmiBreach"
    assert not {"step", "unit", "owner"} & set(found)


def test_labels_do_not_follow_what_may_change_while_the_alarm_stands() -> None:
    later = BREACH | {"last_kind": "paused", "elapsed_ms": 9 * HOUR, "owner": "ben", "revision": 9, "policy": "other"}
    assert labels(later) == labels(BREACH)


def test_alarms_of_two_cycles_of_a_case_are_told_apart() -> None:
    assert labels(BREACH) != labels(BREACH | {"cycle": 2})


def test_two_dead_letters_that_name_no_case_are_told_apart() -> None:
    assert labels(DEAD_LETTER)["alertname"] == "RytmiDeadLetter"
    assert labels(DEAD_LETTER) != labels(DEAD_LETTER | {"id": "d2"})


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            BREACH,
            "Case C/47 11 (critical, delivery): nothing has been decided; that was due Tue 2026-11-24 09:15 EET.",
        ),
        (
            WARNING,
            (
                "Case C/47 11 (critical, delivery): nothing has been decided, and 75 % of the time is gone; "
                "due Tue 2026-11-24 09:15 EET."
            ),
        ),
        (
            ESCALATION,
            (
                "Case C/47 11 (critical, delivery): nothing has been decided, 30 min after it was due; "
                "this goes to the supervisor, logistics-supervisor."
            ),
        ),
        (
            ESCALATION | {"after_ms": 0, "recipient": None},
            (
                "Case C/47 11 (critical, delivery): nothing has been decided, and the time is up; "
                "this goes to the supervisor."
            ),
        ),
        (
            BREACH | {"kind": "resolved", "reason": "stopped"},
            "Case C/47 11 (critical, delivery): the alarm that nothing has been decided has ended (stopped).",
        ),
        (DEAD_LETTER, "A critical feedback could not be read, so no clock runs for it (delivery)."),
        (
            {"id": "b", "about": "blind", "kind": "raised", "level": "breach", "at": DUE},
            "Rytmi cannot see whether anything is overdue.",
        ),
    ],
)
def test_a_summary_is_one_sentence_that_says_what_is_missing(record: dict[str, Any], said: str) -> None:
    assert summary(record, HELSINKI) == said


@pytest.mark.parametrize("clock", ["acknowledge", "decide", "effect", "resolve", "tell"])
@pytest.mark.parametrize("record", [WARNING, BREACH, ESCALATION, BREACH | {"kind": "retracted", "reason": "changed"}])
def test_every_clock_and_level_has_its_words(record: dict[str, Any], clock: str) -> None:
    found = described(record | {"clock": clock}, LINKS, HELSINKI)
    assert "None" not in " ".join(found.values())
    assert found["summary"].endswith(".")
    assert found["description"].endswith(".")


def test_annotations_hold_all_that_somebody_woken_at_night_needs() -> None:
    assert described(BREACH, LINKS, HELSINKI) == {
        "summary": summary(BREACH, HELSINKI),
        "description": (
            "The target is 4 h of working time by policy critical, reached on Tue 2026-11-24 09:15 EET. "
            "By Tue 2026-11-24 09:15 EET the customer had waited 6 h, 4 h of it in working hours. "
            "The case came in on Tue 2026-11-24 03:15 EET. Last done: assigned, Tue 2026-11-24 04:15 EET. "
            "It belongs to anna. Decide, or ask whoever may decide to do so now. "
            "Acknowledging or assigning the case stops further escalation."
        ),
        "due": "2026-11-24T09:15:00+02:00 (2026-11-24T07:15:00Z)",
        "target": "4 h of working time",
        "elapsed": "6 h",
        "worked": "4 h",
        "last": "assigned, Tue 2026-11-24 04:15 EET",
        "policy": "critical",
        "id": "a1",
        "case_url": "https://crm.example/cases/C%2F47%2011",
        "runbook_url": "https://wiki.example/overdue.md",
    }


def test_a_promise_is_named_as_one() -> None:
    found = described(BREACH | {"clock": "resolve", "promised": True, "target_ms": None}, LINKS, HELSINKI)
    assert found["promise"] == "made to the customer"
    assert "target" not in found
    assert found["description"].startswith("The customer was promised that the case would be resolved by Tue")


def test_what_waits_is_the_decision_or_the_outcome_where_it_is_not_the_customer() -> None:
    assert "what was decided had waited 6 h" in described(BREACH | {"clock": "effect"}, LINKS, HELSINKI)["description"]
    assert "the outcome had waited 6 h" in described(BREACH | {"clock": "tell"}, LINKS, HELSINKI)["description"]


def test_neither_customer_nor_text_is_ever_said() -> None:
    record = BREACH | {"customer": "SECRET", "text": "SECRET", "title": "SECRET"}
    assert "SECRET" not in str(described(record, LINKS, HELSINKI)) + str(labels(record))


def test_every_alarm_leads_to_a_runbook_that_exists() -> None:
    assert described(DEAD_LETTER, LINKS, HELSINKI)["runbook_url"] == "https://wiki.example/deadletter.md"
    for page in text._PAGES.values():
        assert (ROOT / "docs" / "runbooks" / f"{page}.md").exists()


def test_without_templates_there_are_no_links() -> None:
    assert not {"case_url", "runbook_url"} & set(described(BREACH, Links(), HELSINKI))
    assert "case_url" not in described(DEAD_LETTER, LINKS, HELSINKI)


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 s"),
        (999, "0 s"),
        (1000, "1 s"),
        (59_999, "59 s"),
        (MINUTE, "1 min"),
        (90_000, "1 min 30 s"),
        (90 * MINUTE, "1 h 30 min"),
        (HOUR + 59_999, "1 h"),
        (24 * HOUR - 1, "23 h 59 min"),
        (24 * HOUR, "1 d"),
        (51 * HOUR + 59 * MINUTE, "2 d 3 h"),
    ],
)
def test_a_length_is_in_its_two_largest_units(ms: int, words: str) -> None:
    assert passed(ms) == words


def test_instants_say_their_zone_also_in_the_hour_that_is_repeated() -> None:
    first, second = instant("2026-10-25T03:30:00+03:00"), instant("2026-10-25T03:30:00+02:00")
    assert zoned(first, HELSINKI) == "Sun 2026-10-25 03:30 EEST"
    assert zoned(second, HELSINKI) == "Sun 2026-10-25 03:30 EET"
    assert exact(first, HELSINKI) == "2026-10-25T03:30:00+03:00 (2026-10-25T00:30:00Z)"
    assert utc(first + 7) == "2026-10-25T00:30:00.007Z"
