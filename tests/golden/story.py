"""A scenario of the truth table: what happens, who judges, what a hand worked out; and the events that it stands for.

A story is told in lines of Helsinki's wall time: `2026-03-02 10:00 feedback`, `... critical feedback`,
`... feedback promised 2026-03-03 09:00`, `... reclassified high`, `... decision made`, `... paused`. An offset behind
the time (`03:30+02:00`) says which of two readings of a clock is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from processors.canonical import rfc3339

ZONE = ZoneInfo("Europe/Helsinki")
SEVERITIES = ("low", "normal", "high", "critical")

OFFICE = "office hours"
ROUND_THE_CLOCK = "round the clock"
NIGHTS = "nights"
SUNDAY_SKIPPED = "Sundays 03:30 to 05:00"
SUNDAY_REPEATED = "Sundays 03:15 to 03:45"

CALENDARS: dict[str, dict[str, Any]] = {
    ROUND_THE_CLOCK: {},
    OFFICE: {"hours": {"mon-fri": ["08:00-12:00", "12:30-16:30"]}, "holidays": "FI"},
    NIGHTS: {"hours": {"mon-sun": ["22:00-06:00"]}},
    SUNDAY_SKIPPED: {"hours": {"sun": ["03:30-05:00"]}},
    SUNDAY_REPEATED: {"hours": {"sun": ["03:15-03:45"]}},
}


class Policy(NamedTuple):
    """Who judges: `targets` by clock, as rytmi.yaml writes them; `severity` None: any."""

    calendar: str
    targets: dict[str, str]
    pausable: tuple[str, ...] = ()
    severity: str | None = None


class Scenario(NamedTuple):
    """rows: what the clocks say at `read`, worked out by hand: (clock, outcome, due, elapsed, worked)."""

    title: str
    policies: tuple[Policy, ...]
    story: tuple[str, ...]
    read: str
    rows: tuple[tuple[str, str, str, str, str], ...]
    why: str


def instant(text: str) -> int:
    """Milliseconds of `2026-03-02 10:00`, Helsinki's unless an offset follows."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZONE)
    return round(at.astimezone(UTC).timestamp() * 1000)


def at_of(line: str) -> int:
    """When a line of a story happens, in milliseconds."""
    return instant(" ".join(line.split()[:2]))


def events(story: tuple[str, ...]) -> list[dict[str, Any]]:
    """The canonical events of a story, all about one case."""
    return [_event(f"e{number}", line) for number, line in enumerate(story, 1)]


def _event(name: str, line: str) -> dict[str, Any]:
    words = line.split()[2:]
    common = {"id": name, "at": rfc3339(at_of(line))}
    if words[0] == "decision":
        said = {"decision": "d", "stage": words[1], "level": "operational", "cases": ["c"]}
        return {"type": "decision", **common, **said}
    if "feedback" in words:
        severity = words[0] if words[0] in SEVERITIES else "normal"
        made = {"type": "feedback", **common, "case": "c", "touchpoint": "delivery", "severity": severity}
        if "promised" in words:
            made["due_at"] = rfc3339(instant(" ".join(words[-2:])))
        return made
    made = {"type": "action", **common, "case": "c", "kind": words[0]}
    if words[0] == "reclassified":
        made["severity"] = words[1]
    return made


def config(scenario: Scenario) -> dict[str, Any]:
    """The rytmi.yaml of a scenario."""
    return {
        "timezone": "Europe/Helsinki",
        "calendars": {policy.calendar: CALENDARS[policy.calendar] for policy in scenario.policies},
        "touchpoints": [{"id": "delivery"}],
        "unknown_touchpoint": "other",
        "policies": [
            {
                "name": policy.severity or "any",
                "match": {} if policy.severity is None else {"severity": [policy.severity]},
                "calendar": policy.calendar,
                "targets": policy.targets,
                "pausable": list(policy.pausable),
            }
            for policy in scenario.policies
        ],
    }
