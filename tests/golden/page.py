"""docs/truth-table.md, written from the stories and from what the core says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from processors.canonical import instant as parsed
from tests.golden.story import ZONE, Policy, Scenario, at_of, instant
from tests.golden.truth_table import BY_SEVERITY, NEVER, NO

Row = tuple[str, str, str, str, str]

_HEAD = """\
# Truth table: what the clocks say

Every answer on this page is computed by the program and held against two others: one worked out by hand, and one by a
second, much simpler program that shares no code with the first. `make golden` writes the page, `make test` compares it.

How to read it. Everything happens in 2026, in Helsinki's time, to one case; feedback is of normal severity unless it
says otherwise. *Elapsed* is the time that the customer waited; *worked* is the part of it inside the calendar that
judges, less pauses that count. A clock is `met` when it stopped at or before its due time, `missed` when it stopped
later or still runs past it, `running` while it can still be met, `cancelled` when it ended without having stopped:
the case was withdrawn, or reopened before the customer was told. *Office hours* are Monday to Friday from 08:00 to
12:00 and from 12:30 to 16:30, Finnish holidays left out; *nights* are every day from 22:00 to 06:00. *By severity*
stands for these policies:

{by_severity}

The clocks:

| clock | runs from | until |
|---|---|---|
| `acknowledge` | the feedback | somebody reacts: acknowledges, takes the case on, tells the customer, decides |
| `decide` | the feedback | a decision is made (or the case is closed) |
| `effect` | a decision is made | it takes effect |
| `resolve` | the feedback | the case is closed |
| `tell` | the effect (or the closing) | the customer is told |

Clocks without a target are left out.
"""

_FOOT = "Tried in all {orders} orders of arrival, through both programs: the one result.\n"


def rows(case: dict[str, Any], scenario: Scenario) -> list[Row]:
    """What a row of cases.jsonl says, in the words of the page: each clock that has a target."""
    aimed = {clock for policy in scenario.policies for clock in policy.targets}
    found: list[Row] = []
    for cycle in case["cycles"]:
        place = f" (cycle {cycle['cycle']})" if len(case["cycles"]) > 1 else ""
        for name, clock in cycle["clocks"].items():
            if name not in aimed:
                continue
            if clock is None:
                found.append((name + place, NO, *NEVER))
            else:
                due = "" if clock["due_at"] is None else _moment(parsed(clock["due_at"]))
                lengths = _length(clock["elapsed_s"]), _length(clock["worked_s"])
                found.append((name + place, clock["outcome"], due, *lengths))
    return found


def render(groups: dict[str, list[tuple[Scenario, list[Row]]]], last: tuple[Scenario, list[Row]], orders: int) -> str:
    """The whole page."""
    by_severity = "\n".join(f"* {_policy(policy)}." for policy in BY_SEVERITY)
    parts, number = [_HEAD.format(by_severity=by_severity)], 0
    for group, told in groups.items():
        parts.append(f"## {group}\n")
        for scenario, found in told:
            number += 1
            parts.append(_section(number, scenario, found))
    parts.append("## Order of arrival\n")
    parts.append(_section(number + 1, *last))
    parts.append(_FOOT.format(orders=orders))
    return "\n".join(parts)


def _section(number: int, scenario: Scenario, found: list[Row]) -> str:
    lines = [f"### {number}. {scenario.title}", "", f"{_told(scenario)}  ", f"*Judged* {_judged(scenario)}", ""]
    lines += ["| clock | outcome | due | elapsed | worked |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cell or "-" for cell in (f"`{row[0]}`", *row[1:])) + " |" for row in found]
    return "\n".join([*lines, "", f"*Why:* {scenario.why}", ""])


def _told(scenario: Scenario) -> str:
    """One sentence: day by day what happens, in the order in which it happens, and when the clocks are read."""
    happened = sorted(((at_of(line), " ".join(_words(line))) for line in scenario.story), key=lambda one: one[0])
    happened.append((instant(scenario.read), "the clocks are read"))
    days: dict[str, list[str]] = {}
    for at_ms, what in happened:
        days.setdefault(_day(at_ms), []).append(f"{_time(at_ms)} {what}")
    return "; ".join(f"{day}: {', '.join(said)}" for day, said in days.items()) + "."


def _words(line: str) -> Iterator[str]:
    words = line.split()[2:]
    if "promised" in words:
        yield f"feedback, with a promise for {_moment(instant(' '.join(words[-2:])))}"
    elif words[0] == "decision" and words[1] == "effective":
        yield "decision takes effect"
    elif words[0] == "reclassified":
        yield f"reclassified as {words[1]}"
    else:
        yield from words


def _judged(scenario: Scenario) -> str:
    if scenario.policies == BY_SEVERITY:
        return "by severity."
    assert len(scenario.policies) == 1
    return f"by {_policy(scenario.policies[0])}."


def _policy(policy: Policy) -> str:
    who = f"{policy.severity or 'any other severity'}: " if policy in BY_SEVERITY else ""
    targets = ", ".join(f"`{clock}` within {_target(target)}" for clock, target in policy.targets.items())
    clocks = " and ".join(f"`{clock}`" for clock in policy.pausable)
    stands = f"; {clocks} {'stand' if len(policy.pausable) > 1 else 'stands'} still in a pause" if clocks else ""
    return f"{who}{policy.calendar}; {targets}{stands}"


def _target(text: str) -> str:
    return f"{text[:-1]} {({'m': 'min'}).get(text[-1], text[-1])}".replace("1 d", "24 h")


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, ZONE).replace(microsecond=at_ms % 1000 * 1000)


def _day(at_ms: int) -> str:
    at = _local(at_ms)
    return f"{at:%a} {at.day} {at:%b}"


def _time(at_ms: int) -> str:
    at = _local(at_ms)
    repeated = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() and at.hour == 3
    offset = f" (+0{(at.utcoffset() or timedelta()).seconds // 3600}:00)" if repeated else ""
    seconds = f":{at:%S}.{at.microsecond // 1000:03d}" if at.second or at.microsecond else ""
    return f"{at:%H:%M}{seconds}{offset}"


def _moment(at_ms: int) -> str:
    return f"{_day(at_ms)} {_time(at_ms)}"


def _length(seconds: float) -> str:
    hours, rest_ms = divmod(round(seconds * 1000), 3_600_000)
    minutes, rest_ms = divmod(rest_ms, 60_000)
    shown = [f"{hours} h"] if hours else []
    shown += [f"{minutes} min"] if minutes or not (hours or rest_ms) else []
    shown += [f"{rest_ms / 1000:g} s"] if rest_ms else []
    return " ".join(shown)
