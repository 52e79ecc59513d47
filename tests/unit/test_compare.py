"""`rytmi compare`: what differs, by what, who would be told when, and what is no result of the same events."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner, Result

from processors.canonical import instant, rfc3339
from processors.policy import CLOCKS
from streams import UserError
from streams.cli.main import main
from streams.report.compare.outcomes import Change, Compared, Example, compare
from streams.report.compare.results import Results, Told, kinds

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT / "tests" / "golden" / "day.jsonl"
DAY_CONFIG = ROOT / "tests" / "golden" / "day.yaml"
RECEIVED = "2026-03-02T07:00:00.000Z"
CLOSED = "2026-03-02T09:00:00.000Z"
UNTIL = instant("2026-03-02T12:00:00Z")


def cycle(closed: bool = True, until: int = UNTIL, **outcomes: str) -> dict[str, Any]:
    clocks: dict[str, Any] = dict.fromkeys(CLOCKS)
    elapsed = ((instant(CLOSED) if closed else until) - instant(RECEIVED)) / 1000
    for clock, outcome in ({"resolve": "none"} | outcomes).items():
        clocks[clock] = {"outcome": outcome, "due_at": None, "elapsed_s": elapsed, "worked_s": elapsed}
    instants = dict.fromkeys(("acknowledged_at", "decided_at", "effective_at", "told_at", "withdrawn_at"))
    return {"received_at": RECEIVED, **instants, "closed_at": CLOSED if closed else None, "clocks": clocks}


def row(case: str, *cycles: dict[str, Any], severity: str = "high", touchpoint: str = "web") -> dict[str, Any]:
    return {"case": case, "touchpoint": touchpoint, "severity": severity, "cycles": list(cycles)}


# -- outcomes


def test_outcomes_that_differ_are_counted_by_clock_classification_and_change_with_examples() -> None:
    a = [
        row("k1", cycle(decide="met"), cycle(decide="met", resolve="met")),
        row("k2", cycle(decide="met", resolve="missed"), severity="low"),
        row("k3", cycle(decide="met")),
    ]
    b = [
        row("k1", cycle(decide="missed"), cycle(decide="missed", resolve="met")),
        row("k2", cycle(decide="missed", resolve="met"), severity="low"),
        row("k3", cycle(decide="met")),
    ]
    found = compare(a, b)
    high, low = Change("decide", "high", "web", "met", "missed"), Change("decide", "low", "web", "met", "missed")
    back = Change("resolve", "low", "web", "missed", "met")
    assert found.changes == {high: 2, low: 1, back: 1}
    assert found.examples == {
        high: [Example("k1", 1), Example("k1", 2)],
        low: [Example("k2", 1)],
        back: [Example("k2", 1)],
    }
    assert (found.cases, found.changed_cases, found.only_a, found.only_b, found.other_events) == (3, 2, 0, 0, 0)
    assert (found.outcomes_a["decide", "met"], found.outcomes_b["decide", "met"]) == (4, 1)


def test_cases_of_one_side_only_are_counted_and_the_others_compared() -> None:
    a = [row(name, cycle(decide="met")) for name in ("a", "b", "d", "f")]
    b = [row(name, cycle(decide="missed")) for name in ("b", "c", "d", "e", "g", "h")]
    found = compare(a, b)
    assert (found.cases, found.only_a, found.only_b) == (2, 2, 4)
    assert found.changes == {Change("decide", "high", "web", "met", "missed"): 2}


def test_cases_that_happened_otherwise_are_told_from_those_judged_otherwise() -> None:
    found = compare([row("k", cycle(decide="met"))], [row("k", cycle(closed=False, decide="met"))])
    assert found.other_events == 1


def test_results_as_of_different_instants_are_refused() -> None:
    a = [row("k1", cycle()), row("k2", cycle(closed=False))]
    with pytest.raises(UserError, match=r"2026-03-02T12:00:00.000Z and 2026-03-02T13:00:00.000Z.*the same --until"):
        compare(a, [row("k1", cycle()), row("k2", cycle(closed=False, until=UNTIL + 3_600_000))])
    assert compare(a, a).until == UNTIL
    assert compare(a[:1], a[:1]).until is None


def test_memory_does_not_grow_with_the_number_of_cases() -> None:
    def rows(count: int, outcome: str) -> Iterator[dict[str, Any]]:
        return (row(f"case-{number:09d}", cycle(decide=outcome)) for number in range(count))

    def peak(count: int) -> tuple[int, Compared]:
        tracemalloc.start()
        try:
            found = compare(rows(count, "met"), rows(count, "missed"))
            return tracemalloc.get_traced_memory()[1], found
        finally:
            tracemalloc.stop()

    few, _ = peak(500)
    many, found = peak(10_000)
    (change,) = found.changes
    assert found.changes[change] == 10_000
    assert len(found.examples[change]) == 5
    assert many < few + 20_000


# -- alarms


def test_people_are_told_at_hours_of_their_own_week() -> None:
    told = [
        ("breach", "owner", instant("2026-03-01T22:30:00Z")),  # Monday 00:30 in Helsinki
        ("breach", "owner", instant("2026-03-29T00:30:00Z")),  # Sunday 02:30, winter time
        ("breach", "owner", instant("2026-03-29T01:30:00Z")),  # Sunday 04:30, summer time
        ("escalation", None, instant("2026-03-08T21:59:59.999Z")),  # Sunday, the last millisecond of the week
    ]
    counted = Told(told, ZoneInfo("Europe/Helsinki"))
    hours = {hour: counted.of(hour=hour) for hour in range(168) if counted.of(hour=hour)}
    assert hours == {0: 1, 6 * 24 + 2: 1, 6 * 24 + 4: 1, 167: 1}
    assert (counted.of(), counted.of(("breach", "owner"))) == (4, 3)


def test_levels_and_roles_are_in_the_order_of_escalation() -> None:
    zone = ZoneInfo("UTC")
    a = Told([("escalation", "leader", 0), ("warning", "owner", 0)], zone)
    b = Told([("breach", "owner", 0), ("escalation", "supervisor", 0), ("breach", None, 0)], zone)
    assert kinds(a, b) == [
        ("warning", "owner"),
        ("breach", "owner"),
        ("breach", None),
        ("escalation", "supervisor"),
        ("escalation", "leader"),
    ]


# -- what is no result


def written(path: Path, *rows: dict[str, Any], alarms: list[dict[str, Any]] | None = None) -> Path:
    path.mkdir()
    (path / "cases.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    if alarms is not None:
        (path / "alarms.jsonl").write_text("".join(json.dumps(one) + "\n" for one in alarms), encoding="utf-8")
    return path


def test_what_is_no_result_of_a_backtest_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such directory"):
        Results(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"cases.jsonl is missing; run `rytmi backtest --out"):
        Results(tmp_path)
    unsorted = Results(written(tmp_path / "unsorted", row("b"), row("a")))
    with pytest.raises(UserError, match=r"cases.jsonl:2: case a after b"):
        list(unsorted.cases())
    with pytest.raises(UserError, match=r"cases.jsonl:1: not what `rytmi backtest` writes"):
        list(Results(written(tmp_path / "other", {"case": "x"})).cases())
    torn = written(tmp_path / "torn", row("a", cycle()))
    (torn / "cases.jsonl").write_bytes((torn / "cases.jsonl").read_bytes()[:-20])
    with pytest.raises(UserError, match=r"cases.jsonl:1: not JSON .*was the backtest interrupted"):
        list(Results(torn).cases())


# -- the command


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """The golden day under its own configuration, and under one with other targets and nobody told."""
    other = yaml.safe_load(DAY_CONFIG.read_text(encoding="utf-8"))
    for dated in other.get("policy_sets", [other]):
        for policy in dated["policies"]:
            policy["targets"] = {"acknowledge": "1m", "decide": "1m"}
            policy["warn"], policy["escalate"] = [], [{"after": "0m", "to": "leader"}]
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(other, default_flow_style=False), encoding="utf-8")
    for config, out in ((DAY_CONFIG, "a"), (tmp_path / "other.yaml", "b")):
        done = run("backtest", "--config", config, "--events", DAY, "--out", tmp_path / out)
        assert done.exit_code == 0, done.output
    return tmp_path / "a", tmp_path / "b"


def test_two_configurations_are_compared_for_programs_as_their_files_say(both: tuple[Path, Path]) -> None:
    done = run("compare", *both, "--timezone", "Europe/Helsinki", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    rows = [[json.loads(line) for line in (side / "cases.jsonl").read_bytes().splitlines()] for side in both]
    differing = [
        (clock, one["case"], number)
        for one, other in zip(*rows, strict=True)
        for number, (was, now) in enumerate(zip(one["cycles"], other["cycles"], strict=True), 1)
        for clock in CLOCKS
        if (was["clocks"][clock] or {}).get("outcome") != (now["clocks"][clock] or {}).get("outcome")
    ]
    assert differing
    assert sum(change["count"] for change in said["changes"]) == len(differing)
    examples = {(c["clock"], e["case"], e["cycle"]) for c in said["changes"] for e in c["examples"]}
    assert examples <= set(differing)
    assert said["cases"]["both"] == len(rows[0])
    alarms = [[json.loads(line) for line in (side / "alarms.jsonl").read_bytes().splitlines()] for side in both]
    raised = [sum(alarm["kind"] == "raised" for alarm in side) for side in alarms]
    assert raised[1] > 0
    for part in ("by_level", "by_hour"):
        assert [sum(one[side] for one in said["alarms"][part]) for side in ("a", "b")] == raised
    assert said["timezone"] == "Europe/Helsinki"


def test_two_configurations_are_compared_for_people(both: tuple[Path, Path]) -> None:
    done = run("compare", *both)
    assert done.exit_code == 0, done.output
    assert "Outcomes that differ" in done.stdout
    assert "By hour of the week (UTC)" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120
    same = run("compare", both[0], both[0])
    assert "No outcome differs." in same.stdout


def test_results_of_other_events_are_compared_as_far_as_they_go_and_missing_alarms_are_told(tmp_path: Path) -> None:
    a = written(tmp_path / "a", row("k1", cycle(decide="met")), row("k2", cycle()), alarms=[])
    b = written(tmp_path / "b", row("k1", cycle(decide="missed")), row("k3", cycle()), row("k4", cycle()))
    done = run("compare", a, b)
    assert done.exit_code == 0, done.output
    assert "Not the same events: cases only in A: 1, only in B: 2." in done.stdout
    said = " ".join(done.stdout.split())
    assert f"Alarms are not compared: there is no alarms.jsonl in {b}; run the backtest again" in said
    assert json.loads(run("compare", a, b, "--json").stdout)["alarms"]["compared"] is False


def test_alarms_of_results_are_those_that_were_raised(tmp_path: Path) -> None:
    common = {"level": "breach", "to": None, "announced_at": rfc3339(0)}
    side = written(tmp_path / "a", alarms=[{"kind": "raised", **common}, {"kind": "resolved", **common}])
    assert list(Results(side).told()) == [("breach", None, 0)]


def test_unknown_time_zone_and_a_wrong_directory_are_told_without_a_traceback(tmp_path: Path) -> None:
    wrong = run("compare", tmp_path, tmp_path)
    assert (wrong.exit_code, wrong.output.count("\n")) == (1, 1)
    assert "cases.jsonl is missing" in wrong.output
    assert "no time zone is called 'Mars'" in run("compare", tmp_path, tmp_path, "--timezone", "Mars").output
