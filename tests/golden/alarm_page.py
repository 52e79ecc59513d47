"""docs/alarm-table.md, written from the stories and from what the core says of them; and their configuration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.golden import page, story
from tests.golden.alarm_table import BY_SEVERITY, Policy, Row, Scenario

PEOPLE = {"Onni": "owner", "Ville": "owner", "Sari": "supervisor", "Satu": "supervisor"}
UNITS = [
    {"id": "logistics", "supervisor": "Sari", "leader": "Liisa"},
    {"id": "online", "supervisor": "Satu", "leader": "Lauri"},
]

_HEAD = """\
# Alarm table: who is told when

Every answer on this page is computed by the program and held against two others: one worked out by hand, and one by a
second, much simpler program that shares no code with the first. `make golden` writes the page, `make test` compares it.

How to read it. Everything happens in 2026, in Helsinki's time, to one case; feedback is of normal severity unless it
says otherwise. A clock warns its owner when half of its time is over (of a target: of worked time; of a promise to the
customer: of real time), tells the owner of the breach, the supervisor 30 minutes after it and the leader 2 hours after
it. Sari is the supervisor and Liisa the leader of the unit that answers for the touchpoint (Lauri leads the other
one); a case without an owner is the supervisor's. *Reached* says when a level was reached, where people are told
later: when the hours of the policy's calendar begin, or when it became known. *Stands until* says when it ended, and
why: the clock `stopped`, it `ended` without having stopped, somebody has `taken` the case after the breach, or what
was due was `changed`. Nobody is told before everything has been read that could show the alarm to be false.
*Office hours* are Monday to Friday from 08:00 to 12:00 and from 12:30 to 16:30, Finnish holidays left out.
*By severity* stands for these policies:

{by_severity}
"""


def config(scenario: Scenario) -> dict[str, Any]:
    """The rytmi.yaml of a scenario."""
    plain = [story.Policy(p.calendar, p.targets, p.pausable, p.severity) for p in scenario.policies]
    made = story.config(story.Scenario(scenario.title, tuple(plain), scenario.story, scenario.read, (), scenario.why))
    for written, policy in zip(made["policies"], scenario.policies, strict=True):
        written["warn"] = list(policy.warn)
        written["escalate"] = [{"after": after, "to": to} for after, to in policy.escalate]
    touchpoints = [{"id": "delivery", "unit": "logistics"}, {"id": "web", "unit": "online"}]
    return {**made, "units": UNITS, "touchpoints": touchpoints}


def events(lines: tuple[str, ...]) -> list[dict[str, Any]]:
    """The canonical events of a story."""
    found = story.events(lines)
    for event, line in zip(found, lines, strict=True):
        words = line.split()
        if words[2] == "assigned":
            event["owner"] = words[-1]
        elif words[3:4] == ["taken"]:
            event |= {"taken": True, "actor": words[-1]}
        elif words[2] == "reclassified" and words[3] not in story.SEVERITIES:
            event["touchpoint"] = event.pop("severity")
    return found


def rows(alarms: Iterable[dict[str, Any]]) -> list[Row]:
    """What records of alarms, in their order, say in the words of the page."""
    made: list[dict[str, Any]] = []
    standing: dict[tuple[Any, ...], dict[str, Any]] = {}
    for alarm in alarms:
        key = tuple(alarm[name] for name in ("cycle", "clock", "level", "step"))
        if alarm["kind"] == "raised":
            made.append({**alarm, "until": ""})
            standing[key] = made[-1]
        else:
            standing.pop(key)["until"] = f"{page._moment(alarm['at'])}, {alarm['reason']}"
    made.sort(key=lambda alarm: (alarm["announced_at"], alarm["at"]))
    return [
        (
            page._moment(alarm["announced_at"]),
            _who(alarm["to"], alarm["recipient"]),
            _what(alarm),
            page._moment(alarm["at"]) if alarm["at"] != alarm["announced_at"] else "",
            alarm["until"],
        )
        for alarm in made
    ]


def _who(role: str, recipient: str) -> str:
    return f"{recipient} (nobody owns it)" if role == "owner" != PEOPLE[recipient] else f"{recipient}, the {role}"


def _what(alarm: dict[str, Any]) -> str:
    steps = {"warning": ["half the time is over"], "breach": ["breach"], "escalation": ["30 min after", "2 h after"]}
    cycle = f" (cycle {alarm['cycle']})" if alarm["cycle"] > 1 else ""
    return steps[alarm["level"]][max(0, alarm["step"] - 1)] + cycle


def render(groups: dict[str, list[tuple[Scenario, list[Row]]]]) -> str:
    """The whole page."""
    by_severity = "\n".join(f"* {_policy(policy)}." for policy in BY_SEVERITY)
    parts, number = [_HEAD.format(by_severity=by_severity)], 0
    for group, told in groups.items():
        parts.append(f"## {group}\n")
        for scenario, found in told:
            number += 1
            parts.append(_section(number, scenario, found))
    return "\n".join(parts)


def _section(number: int, scenario: Scenario, found: list[Row]) -> str:
    lines = [f"### {number}. {scenario.title}", "", f"{_told(scenario)}  ", f"*Judged* {_judged(scenario)}", ""]
    lines += ["| told | who | of what | reached | stands until |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cell or "-" for cell in row) + " |" for row in found]
    return "\n".join([*lines, "", f"*Why:* {scenario.why}", ""])


def _told(scenario: Scenario) -> str:
    """One sentence: day by day what happens, and until when people are told."""
    happened = [(story.at_of(line), _words(line)) for line in scenario.story]
    happened.append((story.instant(scenario.read), "the table is read"))
    days: dict[str, list[str]] = {}
    for at_ms, what in happened:
        days.setdefault(page._day(at_ms), []).append(f"{page._time(at_ms)} {what}")
    return "; ".join(f"{day}: {', '.join(said)}" for day, said in days.items()) + "."


def _words(line: str) -> str:
    words = line.split()
    if words[3:4] == ["taken"]:
        return f"customer told, and the case taken by {words[-1]}"
    if words[2] == "reclassified" and words[3] not in story.SEVERITIES:
        return f"moved to touchpoint {words[3]}"
    return " ".join(page._words(line))


def _judged(scenario: Scenario) -> str:
    if scenario.policies == BY_SEVERITY:
        return "by severity."
    return f"by {_policy(scenario.policies[0])}."


def _policy(policy: Policy) -> str:
    who = f"{policy.severity or 'any other severity'}: " if policy in BY_SEVERITY else ""
    return who + page._policy(story.Policy(policy.calendar, policy.targets, policy.pausable))
