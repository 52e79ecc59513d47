"""A desk's log through `examples/servicenow.yaml`, and its verdicts through `examples/servicenow-rytmi.yaml`.

Everything expected comes from the CSV alone, by `pandas_oracle.py`, which shares no code with Rytmi, or is known of the
log beforehand (`facts.py`).
"""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

from processors.events import Action, Decision, Event, Feedback, Obstacle
from streams.mapping import load_mapping
from streams.mapping.replay import Rejects, mapped_events
from tests.real import pandas_oracle as oracle
from tests.real.logs import Log

ROOT = Path(__file__).resolve().parents[2]
MAPPING, POLICY = ROOT / "examples/servicenow.yaml", ROOT / "examples/servicenow-rytmi.yaml"


@pytest.fixture(scope="module")
def table(log: Log) -> pd.DataFrame:
    return oracle.read(log.path)


def mapped(log: Log) -> list[Event]:
    return list(mapped_events(load_mapping(MAPPING), [str(log.path)], Rejects(), pytest.fail))


@pytest.fixture(scope="module")
def events(log: Log) -> list[Event]:
    return mapped(log)


@pytest.fixture(scope="module")
def results(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `rytmi replay --dry-run` and then `rytmi backtest` make of the log."""
    out = tmp_path_factory.mktemp("results")
    rytmi("replay", "--mapping", MAPPING, "--dry-run", "--out", out / "events.jsonl", log.path, home=out)
    rytmi("backtest", "--config", POLICY, "--events", out / "events.jsonl", "--out", out, home=out)
    return out


def rytmi(*arguments: str | Path, home: Path) -> None:
    command = [sys.executable, "-m", "streams.cli.main", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env={"RYTMI_HOME": str(home / ".rytmi")}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(
        f"{type(event).__name__.lower()} {getattr(event, 'kind', None) or getattr(event, 'stage', '')}".strip()
        for event in events
    )


def first_reaction_hours(events: list[Event]) -> float:
    opened_at = {event.case: event.at for event in events if isinstance(event, Feedback)}
    reacted = (event for event in events if isinstance(event, Action) and event.kind == "acknowledged")
    return median((event.at - opened_at[event.case]) / 3_600_000 for event in reacted)


def test_log_has_the_oddities_that_are_known_of_it(log: Log) -> None:
    """Counted row by row, as the file has them."""
    with gzip.open(log.path, "rt", newline="", encoding="utf-8") as lines:
        incidents = [list(rows) for _, rows in groupby(csv.DictReader(lines), key=lambda row: row["number"])]
    assert (len(incidents), sum(map(len, incidents))) == (log.facts.incidents, log.facts.rows)
    at = [[wall(row["sys_updated_at"]) for row in rows] for rows in incidents]
    steps = [step for times in at for step in pairwise(times)]
    assert sum(a == b for a, b in steps) == log.facts.equal_times
    assert sum(a > b for a, b in steps) == log.facts.backwards
    early = sum(times[0] < wall(rows[0]["opened_at"]) for rows, times in zip(incidents, at, strict=True))
    assert early == log.facts.early
    last = [rows[-1] for rows in incidents]
    assert sum(int(row["reassignment_count"]) for row in last) == log.facts.reassignments
    desk = {
        priority: (sum(row["made_sla"] == "false" for row in last if row["priority"] == priority), count)
        for priority, count in Counter(row["priority"] for row in last).items()
    }
    assert desk == log.facts.desk


def wall(written: str) -> datetime:
    return datetime.strptime(written, "%d/%m/%Y %H:%M")  # noqa: DTZ007 - the log names no zone


def test_every_row_gives_the_events_that_it_stands_for(log: Log, events: list[Event]) -> None:
    assert kinds(events) == log.facts.kinds


def test_ids_are_unique_and_the_same_each_time(log: Log, events: list[Event]) -> None:
    assert len({event.id for event in events}) == len(events)
    assert mapped(log) == events


def test_every_incident_is_one_case(log: Log, events: list[Event], table: pd.DataFrame) -> None:
    feedback = Counter(event.case for event in events if isinstance(event, Feedback))
    assert set(feedback.values()) == {1}
    assert set(feedback) == set(table.number)
    assert len(feedback) == log.facts.incidents


def test_events_stand_in_replay_order(events: list[Event]) -> None:
    at = [event.at for event in events if not isinstance(event, Feedback)]
    assert at == sorted(at)


def test_reaction_and_resolution_take_as_long_as_in_the_log(log: Log, events: list[Event], table: pd.DataFrame) -> None:
    rows = oracle.first_rows(table, table.incident_state != "New")
    assert first_reaction_hours(events) == pytest.approx(oracle.median_hours(rows))
    assert first_reaction_hours(events) == pytest.approx(log.facts.reaction_hours)
    opened_at = {event.case: event.at for event in events if isinstance(event, Feedback)}
    made = [event for event in events if isinstance(event, Decision) and event.stage == "made"]
    rows = oracle.first_rows(table, table.incident_state == "Resolved")
    hours = median((event.at - opened_at[event.cases[0]]) / 3_600_000 for event in made)
    assert hours == pytest.approx(oracle.median_hours(rows))


def test_obstacles_are_the_episodes_that_pandas_counts(log: Log, events: list[Event], table: pd.DataFrame) -> None:
    raised = {e.obstacle: e for e in events if isinstance(e, Obstacle) and e.stage == "raised"}
    removed = {e.obstacle: e for e in events if isinstance(e, Obstacle) and e.stage == "removed"}
    found = pd.DataFrame(
        {"case": event.cases[0], "cause": event.cause, "minutes": (removed[name].at - event.at) / 60_000}
        for name, event in raised.items()
    )
    expected = oracle.episodes(table)
    assert sorted(found.itertuples(index=False)) == sorted(expected.itertuples(index=False))
    for cause, (count, hours) in log.facts.waits.items():
        minutes = expected.minutes[expected.cause == cause]
        assert (len(minutes), minutes.median() / 60) == (count, pytest.approx(hours, abs=0.005)), cause
    assert len(expected) == sum(count for count, _ in log.facts.waits.values())


def test_backtest_reproduces_the_verdicts_of_the_fitted_policy(log: Log, results: Path, table: pd.DataFrame) -> None:
    cases = [json.loads(line) for line in (results / "cases.jsonl").read_bytes().splitlines()]
    # A verdict belongs to the first Closed row, so to the first cycle: who is reopened after it has a second one.
    twice = log.facts.reopened_closed
    assert Counter(len(case["cycles"]) for case in cases) == {1: log.facts.incidents - twice, 2: twice}
    missed = pd.Series({case["case"]: case["cycles"][0]["clocks"]["resolve"]["outcome"] == "missed" for case in cases})
    assert missed.sum() == log.facts.verdicts.missed
    assert oracle.verdicts(table, missed) == log.facts.verdicts
    expected = oracle.missed(table)
    assert missed.reindex(expected.index).equals(expected)


def test_backtest_folds_every_event(results: Path) -> None:
    assert (results / "deadletters.jsonl").read_bytes() == b""
