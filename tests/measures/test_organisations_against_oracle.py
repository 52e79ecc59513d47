"""`measures.jsonl` of simulated organisations, and of small nasty worlds, against the oracle.

Counts must be equal, everything else to six digits. Printed: the largest deviation of every value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from processors.canonical import render
from streams import config as configuration
from streams.demo.organisation import Organisation, beginning
from tests.measures.leading import leading
from tests.measures.looks import INSTANTS, Events, Looks, events_of, looks
from tests.measures.product import written
from tests.measures.worlds import measured_worlds
from tests.oracle.hours import parse_ms
from tests.oracle.measures import rows
from tests.oracle.measures.compare import compare
from tests.oracle.strategies import World
from tests.tiers import size

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = size(40, 200, "RYTMI_MEASURES_EXAMPLES")
SEED = int(os.environ.get("RYTMI_ORACLE_SEED", "20261123"))
END = "2026-04-02T15:00:00+03:00"
WEEKS = 5  # with a clock change, and weekly and monthly windows that are full
MEASURES = {
    *("clock", "friction", "rhythm", "decision", "feedback", "emotion"),
    *("score", "alignment", "perception_gap", "indicator", "function", "intended"),
}


def organisation(number: int) -> Events:
    path, end_ms = ROOT / "examples/rytmi.yaml", parse_ms(END)
    config = configuration.load(path)
    begin_ms = beginning(end_ms, WEEKS, config.timezone)
    simulated = [render(event) for event in Organisation(config, number, begin_ms).until(end_ms)]
    return events_of(path, simulated + leading(number, begin_ms, end_ms))


@pytest.fixture(scope="module", params=[1, 2, 3])
def compared(request: pytest.FixtureRequest) -> Iterator[Looks]:
    """A simulated organisation by its seed."""
    with looks(f"organisation {request.param}", organisation(request.param), MEASURES) as made:
        yield made


@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(INSTANTS))
def test_measures_are_those_of_the_oracle(compared: Looks, number: int, tmp_path: Path) -> None:
    compared.compare(number, tmp_path)


@pytest.mark.timeout(900)
@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # what differs is told with its world; making that smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(small=measured_worlds())
def test_measures_of_small_nasty_worlds(small: World, tmp_path: Path) -> None:
    config, events, at_ms = small
    if config["unknown_touchpoint"] == "reject":  # then there are dead letters, which are no concern here
        known = {"other"} | {one["id"] for one in config["touchpoints"]}
        events = [event for event in events if event.get("touchpoint") in known | {None}]
    lines = [json.dumps(event).encode() for event in events]
    found = written(configuration.parse(config), lines, at_ms, tmp_path)
    assert compare(found, rows(events, config, at_ms)).differences == []
