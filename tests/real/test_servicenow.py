"""A real desk's log through `examples/servicenow.yaml`, and its verdicts through `examples/servicenow-rytmi.yaml`.

Everything expected comes from the CSV alone: by `pandas_oracle.py`, which shares no code with
Rytmi, or as a figure that was counted from the file beforehand (`data/README.md` beside it).
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

from processors.events import Action, Decision, Event, Feedback, Obstacle
from streams.mapping import load_mapping
from streams.mapping.replay import Rejects, mapped_events

sys.path.insert(0, str(Path(__file__).parent))
import pandas_oracle as oracle

ROOT = Path(__file__).resolve().parents[2]
MAPPING, POLICY = ROOT / "examples/servicenow.yaml", ROOT / "examples/servicenow-rytmi.yaml"


@pytest.fixture(scope="module")
def log(shared: Path) -> Path:
    return shared / "data" / "incident_event_log.csv.gz"


@pytest.fixture(scope="module")
def table(log: Path) -> pd.DataFrame:
    return oracle.read(log)


@pytest.fixture(scope="module")
def events(log: Path) -> list[Event]:
    return list(mapped_events(load_mapping(MAPPING), [str(log)], Rejects(), pytest.fail))


@pytest.fixture(scope="module")
def results(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `rytmi replay --dry-run` and then `rytmi backtest` make of the log."""
    out = tmp_path_factory.mktemp("results")
    rytmi("replay", "--mapping", MAPPING, "--dry-run", "--out", out / "events.jsonl", log, home=out)
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


def test_every_row_gives_the_events_that_it_stands_for(events: list[Event]) -> None:
    assert kinds(events) == {
        "feedback": 24_918,
        "action acknowledged": 24_918,  # no incident stays New
        "action assigned": 29_459,
        "action reclassified": 1_739,
        "action paused": 6_241,
        "action resumed": 6_241,
        "action closed": 24_930,  # 12 incidents are reopened after they were closed, and closed again
        "action reopened": 331,
        "decision made": 24_905,  # 13 incidents are closed without a Resolved row
        "decision effective": 24_918,
        "obstacle raised": 6_398,  # 6,241 entered and 157 switched
        "obstacle removed": 6_398,
    }


def test_ids_are_unique_and_the_same_each_time(events: list[Event], log: Path) -> None:
    assert len({event.id for event in events}) == len(events)
    assert list(mapped_events(load_mapping(MAPPING), [str(log)], Rejects(), pytest.fail)) == events


def test_every_incident_is_one_case(events: list[Event], table: pd.DataFrame) -> None:
    feedback = Counter(event.case for event in events if isinstance(event, Feedback))
    assert set(feedback.values()) == {1}
    assert set(feedback) == set(table.number)
    assert len(feedback) == 24_918


def test_events_stand_in_replay_order(events: list[Event]) -> None:
    at = [event.at for event in events if not isinstance(event, Feedback)]
    assert at == sorted(at)


def test_reaction_and_resolution_take_as_long_as_in_the_log(events: list[Event], table: pd.DataFrame) -> None:
    rows = oracle.first_rows(table, table.incident_state != "New")
    assert first_reaction_hours(events) == pytest.approx(oracle.median_hours(rows))
    assert first_reaction_hours(events) == pytest.approx(0.35)
    opened_at = {event.case: event.at for event in events if isinstance(event, Feedback)}
    made = [event for event in events if isinstance(event, Decision) and event.stage == "made"]
    rows = oracle.first_rows(table, table.incident_state == "Resolved")
    hours = median((event.at - opened_at[event.cases[0]]) / 3_600_000 for event in made)
    assert hours == pytest.approx(oracle.median_hours(rows))


def test_obstacles_are_the_episodes_that_pandas_counts(events: list[Event], table: pd.DataFrame) -> None:
    raised = {e.obstacle: e for e in events if isinstance(e, Obstacle) and e.stage == "raised"}
    removed = {e.obstacle: e for e in events if isinstance(e, Obstacle) and e.stage == "removed"}
    found = pd.DataFrame(
        {"case": event.cases[0], "cause": event.cause, "minutes": (removed[name].at - event.at) / 60_000}
        for name, event in raised.items()
    )
    expected = oracle.episodes(table)
    assert sorted(found.itertuples(index=False)) == sorted(expected.itertuples(index=False))
    by_cause = expected.groupby("cause").minutes.agg(["count", "median"])
    assert by_cause["count"].to_dict() == {"user-info": 5_852, "vendor": 269, "problem": 253, "evidence": 24}
    assert (by_cause["median"] / 60).round(2).to_dict() == {
        "user-info": 88.53,
        "vendor": 623.15,
        "problem": 79.33,
        "evidence": 264.92,
    }


def test_backtest_reproduces_the_verdicts_of_the_fitted_policy(results: Path, table: pd.DataFrame) -> None:
    cases = [json.loads(line) for line in (results / "cases.jsonl").read_bytes().splitlines()]
    assert len(cases) == 24_918
    # A verdict belongs to the first Closed row, so to the first cycle: 12 incidents have a second one.
    assert Counter(len(case["cycles"]) for case in cases) == {1: 24_906, 2: 12}
    missed = pd.Series({case["case"]: case["cycles"][0]["clocks"]["resolve"]["outcome"] == "missed" for case in cases})
    assert missed.sum() == 9_256
    assert oracle.verdicts(table, missed) == oracle.Verdicts(9_105, 151, 10, 15_652)
    expected = oracle.missed(table)
    assert missed.reindex(expected.index).equals(expected)


def test_backtest_folds_every_event(results: Path) -> None:
    assert (results / "deadletters.jsonl").read_bytes() == b""
