"""Situations of real desks, small enough to be reckoned by hand: what a backtest says of each, in whatever order its
events come. What is marked as failing is a rule that is still to come, and fails today by just this answer.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml

from processors.canonical import instant
from streams.config import parse
from streams.measures.subscriber import frame
from streams.results import backtest

DESKS = """
timezone: Europe/Helsinki
calendars: {office: {hours: {mon-fri: ["09:00-17:00"]}, timezone: UTC}}
touchpoints: [{id: phone, unit: front}, {id: workshop, unit: back}]
units: [{id: front, supervisor: aino, leader: kaisa}, {id: back, supervisor: eero, leader: kaisa}]
"""


class Desk(NamedTuple):
    """policies: of rytmi.yaml. events: `kind at case key=value`, a line each. says: fields of a case's clocks."""

    policies: str
    events: str
    until: str
    says: dict[tuple[str, int, str], dict[str, Any]]


def coming(section: str, desk: Desk) -> Any:
    """A desk whose rule is not there yet."""
    return pytest.param(desk, marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=section))


ALWAYS = "[{name: all, match: {}, targets: {acknowledge: 1h, resolve: 8h}}]"
OFFICE = "[{name: all, match: {}, calendar: office, targets: {acknowledge: 1h}}]"

TABLE = {
    "a_case_reopened_after_days_is_a_second_cycle_and_the_first_stays_met": Desk(
        ALWAYS,
        """feedback 2026-05-04T08:00Z A
           closed   2026-05-04T14:00Z A
           reopened 2026-05-07T08:00Z A
           closed   2026-05-07T17:00Z A""",
        "2026-05-08T00:00Z",
        {
            ("A", 1, "resolve"): {"outcome": "met", "worked_s": 21600.0, "due_at": "2026-05-04T16:00:00.000Z"},
            ("A", 2, "resolve"): {"outcome": "missed", "worked_s": 32400.0, "due_at": "2026-05-07T16:00:00.000Z"},
        },
    ),
    "who_writes_again_is_still_answered_once": Desk(
        ALWAYS,
        """feedback     2026-05-04T08:00Z A
           feedback     2026-05-04T08:40Z A severity=high
           acknowledged 2026-05-04T08:50Z A
           acknowledged 2026-05-04T11:00Z A""",
        "2026-05-04T12:00Z",
        {("A", 1, "acknowledge"): {"outcome": "met", "elapsed_s": 3000.0, "due_at": "2026-05-04T09:00:00.000Z"}},
    ),
    "a_case_that_moves_is_judged_by_the_unit_that_ends_it": Desk(
        "[{name: slow, match: {unit: [back]}, targets: {resolve: 30h}},"
        " {name: fast, match: {}, targets: {resolve: 4h}}]",
        """feedback     2026-05-04T08:00Z A touchpoint=phone
           reclassified 2026-05-04T20:00Z A touchpoint=workshop
           closed       2026-05-05T13:00Z A
           feedback     2026-05-04T08:00Z B touchpoint=phone
           closed       2026-05-04T13:00Z B""",
        "2026-05-06T00:00Z",
        {
            ("A", 1, "resolve"): {"outcome": "met", "due_at": "2026-05-05T14:00:00.000Z", "worked_s": 104400.0},
            ("B", 1, "resolve"): {"outcome": "missed", "due_at": "2026-05-04T12:00:00.000Z", "worked_s": 18000.0},
        },
    ),
    "who_leaves_in_time_is_cancelled_and_who_leaves_too_late_was_missed": Desk(
        ALWAYS,
        """feedback  2026-05-04T08:00Z A
           withdrawn 2026-05-04T08:30Z A
           feedback  2026-05-04T08:00Z B
           withdrawn 2026-05-04T09:30Z B""",
        "2026-05-04T12:00Z",
        {
            ("A", 1, "acknowledge"): {"outcome": "cancelled", "worked_s": 1800.0},
            ("B", 1, "acknowledge"): {"outcome": "missed", "worked_s": 5400.0},
        },
    ),
    "an_emergency_runs_on_saturday_and_the_rest_waits_for_monday": Desk(
        "[{name: urgent, match: {severity: [critical]}, targets: {acknowledge: 2h}},"
        " {name: rest, match: {}, calendar: office, targets: {acknowledge: 2h}}]",
        """feedback 2026-05-09T12:00Z A severity=critical
           feedback 2026-05-09T12:00Z B""",
        "2026-05-11T10:00Z",
        {
            ("A", 1, "acknowledge"): {"outcome": "missed", "due_at": "2026-05-09T14:00:00.000Z", "worked_s": 165600.0},
            ("B", 1, "acknowledge"): {"outcome": "running", "due_at": "2026-05-11T11:00:00.000Z", "worked_s": 3600.0},
        },
    ),
    "a_promise_goes_before_the_target": Desk(
        ALWAYS,
        """feedback 2026-05-04T08:00Z A due_at=2026-05-04T10:00:00Z
           closed   2026-05-04T11:00Z A""",
        "2026-05-04T12:00Z",
        {("A", 1, "resolve"): {"outcome": "missed", "due_at": "2026-05-04T10:00:00.000Z"}},
    ),
    "what_was_closed_days_before_it_was_said_is_open": coming(
        "rules of real desks, 2: `early`, ten minutes by default",
        Desk(
            ALWAYS,
            """closed   2026-05-01T08:00Z A
               feedback 2026-05-04T08:00Z A""",
            "2026-05-04T12:00Z",
            {("A", 1, "resolve"): {"outcome": "running", "elapsed_s": 14400.0}},
        ),
    ),
    "a_saturday_worked_for_a_bridge_day_is_a_working_day": coming(
        "rules of real desks, 1: `make_up`, on by default",
        Desk(
            "[{name: all, match: {}, calendar: budapest, targets: {acknowledge: 3h}}]",
            "feedback 2026-08-07T15:00Z A",
            "2026-08-08T09:00Z",
            {("A", 1, "acknowledge"): {"due_at": "2026-08-08T10:00:00.000Z", "worked_s": 7200.0}},
        ),
    ),
}


def event(number: int, line: str) -> dict[str, Any]:
    """`kind at case key=value ...` as an object of JSON Lines."""
    kind, at, name, *more = line.split()
    said = {"id": f"e{number}", "at": at.replace("Z", ":00Z"), "case": name}
    if kind == "feedback":
        said |= {"type": "feedback", "touchpoint": "phone", "severity": "normal"}
    else:
        said |= {"type": "action", "kind": kind}
    return said | dict(one.split("=") for one in more)


def run(desk: Desk, out: Path, order: Random | None = None) -> Path:
    config = yaml.safe_load(DESKS) | {"policies": yaml.safe_load(desk.policies)}
    config["calendars"]["budapest"] = {"hours": {"mon-fri": ["08:00-16:00"]}, "holidays": "HU", "timezone": "UTC"}
    events = [event(number, line) for number, line in enumerate(desk.events.splitlines())]
    if order is not None:
        order.shuffle(events)
    lines = [json.dumps(one).encode() for one in events]
    backtest.run(frame(parse(config)), lines, instant(desk.until.replace("Z", ":00Z")), out, lambda _: None)
    return out


def rows(path: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("desk", TABLE.values(), ids=TABLE)
def test_desk(desk: Desk, tmp_path: Path) -> None:
    cases = {one["case"]: one for one in rows(run(desk, tmp_path / "told") / "cases.jsonl")}
    for (name, cycle, clock), says in desk.says.items():
        found = cases[name]["cycles"][cycle - 1]["clocks"][clock]
        assert {key: found[key] for key in says} == says, (name, cycle, clock)
    for seed in range(3):
        shuffled = run(desk, tmp_path / str(seed), Random(seed))
        for file in ("cases.jsonl", "clock.jsonl", "alarms.jsonl", "measures.jsonl"):
            assert (shuffled / file).read_bytes() == (tmp_path / "told" / file).read_bytes(), file


def test_who_waits_is_counted_and_a_median_that_nobody_reached_is_none(tmp_path: Path) -> None:
    desk = Desk(
        ALWAYS,
        """feedback     2026-05-04T08:00Z A
           feedback     2026-05-04T08:00Z B
           feedback     2026-05-04T08:00Z C touchpoint=workshop
           acknowledged 2026-05-04T08:10Z C""",
        "2026-05-04T10:00Z",
        {},
    )
    found = {
        row["labels"]["touchpoint"]: row["values"]
        for row in rows(run(desk, tmp_path) / "measures.jsonl")
        if (row["measure"], row["window"]) == ("clock", "1d")
        and (row["labels"]["clock"], row["labels"]["severity"]) == ("acknowledge", "*")
    }
    assert (found["phone"]["running"], found["phone"]["p50_s"], found["phone"]["completed_p50_s"]) == (2, None, None)
    assert found["workshop"]["p50_s"] == pytest.approx(600, rel=0.1)  # bins are ten percent apart


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="rules of real desks, 6: `after` is worked time")
def test_escalation_over_a_weekend_waits_for_the_office_to_open(tmp_path: Path) -> None:
    steps = "escalate: [{after: 0m, to: owner}, {after: 2h, to: supervisor}]"
    desk = Desk(OFFICE.replace("}]", f", {steps}}}]"), "feedback 2026-05-08T15:30Z A", "2026-05-12T00:00Z", {})
    told = {row["step"]: row["announced_at"] for row in rows(run(desk, tmp_path) / "alarms.jsonl")}
    assert told[2] == "2026-05-11T10:30:00.000Z"  # due on Friday at 16:30: half an hour is left that day
