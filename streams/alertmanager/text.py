"""What an alarm says: sentences for somebody who is woken by it at night and knows nothing else.

Instants are given in the organisation's time zone, the due time in UTC as well; no age, which would be wrong by the
time somebody reads it. The customer's words and who the customer is are never part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

from streams.alertmanager.labels import alertname
from streams.language.instants import exact, zoned
from streams.language.lengths import passed

_ABSENT = {
    "acknowledge": "nobody has acknowledged it",
    "decide": "nothing has been decided",
    "effect": "what was decided has not taken effect",
    "resolve": "it is not resolved",
    "tell": "the customer has not been told the outcome",
}
_REMEDY = {
    "acknowledge": "Acknowledge the case, or assign it to somebody.",
    "decide": "Decide, or ask whoever may decide to do so now.",
    "effect": "See to it that what was decided takes effect.",
    "resolve": "Resolve the case and close it.",
    "tell": "Tell the customer the outcome, and record that it was told.",
}
_WAITING = {"effect": "what was decided", "tell": "the outcome"}  # else: the customer
_ENDS_ESCALATION = "Acknowledging or assigning the case stops further escalation."
_HEADLINES = {
    "deadletter": "A critical feedback could not be read, so no clock runs for it",
    "blind": "Rytmi cannot see whether anything is overdue",
}
_ELSE_TO_DO = {
    "deadletter": "Its bytes and the reason are in rytmi.deadletter.v1: mend it at its source and send it again.",
    "blind": "Something that it must read first has stopped coming: look at the workers, the broker and the producers.",
}


@dataclass(frozen=True)
class Links:
    """Where an alarm leads: URLs with `{case}`, or `{page}`, in the place of the value. None: no link."""

    case: str | None = None  # https://crm.example/cases/{case}
    runbook: str | None = None  # https://wiki.example/runbooks/{page}.md: the pages of docs/runbooks

    def to_case(self, record: Mapping[str, Any]) -> str | None:
        case = record.get("case")
        return self.case.replace("{case}", quote(case, safe="")) if self.case and case else None

    def to_runbook(self, record: Mapping[str, Any]) -> str | None:
        return self.runbook.replace("{page}", _PAGES[alertname(record)]) if self.runbook else None


_PAGES = {  # of docs/runbooks
    "RytmiWarning": "warning",
    "RytmiBreach": "overdue",
    "RytmiEscalation": "escalation",
    "RytmiDeadLetter": "deadletter",
    "RytmiBlind": "blind",
}


def described(record: Mapping[str, Any], links: Links, zone: tzinfo) -> dict[str, str]:
    """Annotation to text of an alarm record; what is not known is left out."""
    due, target = record.get("due_at"), _length(record, "target_ms")
    found = {
        "summary": summary(record, zone),
        "description": " ".join(_sentences(record, zone)),
        "due": None if due is None else exact(due, zone),
        "promise": "made to the customer" if record.get("promised") else None,
        "target": None if target is None else f"{target} of working time",
        "elapsed": _length(record, "elapsed_ms"),
        "worked": _length(record, "worked_ms"),
        "last": _last(record, zone),
        "policy": record.get("policy"),
        "reason": record.get("reason"),
        "id": record["id"],
        "case_url": links.to_case(record),
        "runbook_url": links.to_runbook(record),
    }
    return {name: words for name, words in found.items() if words}


def summary(record: Mapping[str, Any], zone: tzinfo) -> str:
    """One line: which case, what is missing, since when or until when."""
    if record["about"] != "clock":
        named = ", ".join(record[name] for name in ("case", "touchpoint") if record.get(name))
        headline = f"{_HEADLINES[record['about']]} ({named})" if named else _HEADLINES[record["about"]]
        return f"{headline}." if record["kind"] == "raised" else f"{headline}: that has ended."
    about, absent, due = _subject(record), _ABSENT[record["clock"]], _due(record, zone)
    if record["kind"] != "raised":
        return f"{about}: the alarm that {absent} has ended{_because(record)}."
    if record["level"] == "warning":
        share = record.get("share")
        gone = "" if share is None else f", and {share * 100:.0f} % of the time is gone"
        return f"{about}: {absent}{gone}; due {due}."
    if record["level"] == "breach":
        return f"{about}: {absent}; that was due {due}."
    return f"{about}: {absent}, {_late(record)}; {_told(record)}."


def _sentences(record: Mapping[str, Any], zone: tzinfo) -> Iterator[str]:
    if record["kind"] != "raised":
        yield f"It ended on {zoned(record['at'], zone)}{_because(record)}."
    elif record["about"] == "clock":
        yield _measured_by(record, zone)
    elif record.get("reason"):
        yield f"Reason: {record['reason']}."
    if record.get("elapsed_ms") is not None:
        worked = _length(record, "worked_ms")
        within = "" if worked is None else f", {worked} of it in working hours"
        who = _WAITING.get(record.get("clock") or "", "the customer")
        yield f"By {zoned(record['at'], zone)} {who} had waited {passed(record['elapsed_ms'])}{within}."
    if record["about"] == "clock":
        if record.get("received_at") is not None:
            yield f"The case came in on {zoned(record['received_at'], zone)}."
        yield f"Last done: {_last(record, zone)}."
        yield f"It belongs to {record['owner']}." if record.get("owner") else "Nobody owns it."
        if record["kind"] == "raised":
            yield _REMEDY[record["clock"]]
            if record["level"] != "warning" and record["clock"] != "acknowledge":
                yield _ENDS_ESCALATION
    elif record["kind"] == "raised":
        yield _ELSE_TO_DO[record["about"]]


def _measured_by(record: Mapping[str, Any], zone: tzinfo) -> str:
    due = _due(record, zone)
    if record.get("promised"):
        return f"The customer was promised that the case would be resolved by {due}."
    policy = f" by policy {record['policy']}" if record.get("policy") else ""
    target = _length(record, "target_ms")
    return (
        f"The target is {target} of working time{policy}, reached on {due}." if target else f"It is due {due}{policy}."
    )


def _length(record: Mapping[str, Any], field: str) -> str | None:
    ms = record.get(field)
    return None if ms is None else passed(ms)


def _subject(record: Mapping[str, Any]) -> str:
    where = ", ".join(record[name] for name in ("severity", "touchpoint") if record.get(name))
    return f"Case {record['case']} ({where})" if where else f"Case {record['case']}"


def _due(record: Mapping[str, Any], zone: tzinfo) -> str:
    return "at a time unknown" if record.get("due_at") is None else zoned(record["due_at"], zone)


def _late(record: Mapping[str, Any]) -> str:
    return f"{passed(record['after_ms'])} after it was due" if record.get("after_ms") else "and the time is up"


def _told(record: Mapping[str, Any]) -> str:
    role, recipient = record.get("to"), record.get("recipient")
    if not role:
        return "this goes to whoever is on duty"
    return f"this goes to the {role}, {recipient}" if recipient else f"this goes to the {role}"


def _last(record: Mapping[str, Any], zone: tzinfo) -> str | None:
    if record["about"] != "clock":
        return None
    if record.get("last_kind") is None:
        return "nothing yet"
    at = record.get("last_at")
    return record["last_kind"] if at is None else f"{record['last_kind']}, {zoned(at, zone)}"


def _because(record: Mapping[str, Any]) -> str:
    return f" ({record['reason']})" if record.get("reason") else ""
