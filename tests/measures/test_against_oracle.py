"""`measures.jsonl` against the oracle: simulated organisations, the real log, small nasty worlds.

Counts must be equal, everything else to six digits. Printed: the largest deviation of every value; and how far the
binned percentiles are from those of the exact Kaplan-Meier curve, by lifelines.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from processors.canonical import render
from streams import config as configuration
from streams.config import Config
from streams.mapping import load_mapping
from streams.replay import Rejects, mapped_events
from streams.simulation import Organisation, beginning
from tests.measures.leading import leading
from tests.measures.product import written
from tests.measures.worlds import measured_worlds
from tests.oracle.hours import parse_ms
from tests.oracle.measures import Measures, lifetable, rows
from tests.oracle.measures.compare import Comparison, compare
from tests.oracle.measures.judged import started
from tests.oracle.measures.windows import DAY_MS, HOUR_MS, MINUTE_MS, for_all, groups
from tests.oracle.strategies import World

ROOT = Path(__file__).resolve().parents[2]
LOG = "real log"
EXAMPLES = int(os.environ.get("RYTMI_MEASURES_EXAMPLES", "200"))
SEED = int(os.environ.get("RYTMI_ORACLE_SEED", "20261123"))
INSTANTS = int(os.environ.get("RYTMI_MEASURES_INSTANTS", "20"))
END = "2026-04-02T15:00:00+03:00"
WEEKS = 5  # with a clock change, and weekly and monthly windows that are full
PERCENTILES = (0.5, 0.9, 0.95)
OF_A_LOG = {"clock", "friction", "rhythm", "decision", "feedback"}
ALL = OF_A_LOG | {"emotion", "score", "alignment", "perception_gap", "indicator", "function", "intended"}


class World20(NamedTuple):
    """Events, and the instants at which they are looked at."""

    config: Config
    lines: list[bytes]
    oracle: Measures
    instants: list[int]


def world(config: Path, events: list[dict[str, Any]]) -> World20:
    lines = [json.dumps(event).encode() for event in events]
    oracle = Measures(map(json.loads, lines), yaml.safe_load(config.read_text()))
    return World20(configuration.load(config), lines, oracle, instants([parse_ms(event["at"]) for event in events]))


def instants(at: list[int]) -> list[int]:
    """Spread evenly over the events: at one of them, beside it, at the borders of panes; the last a month after all."""
    at = sorted(at)
    beside = [lambda at: at, lambda at: at // HOUR_MS * HOUR_MS, lambda at: at - 1, lambda at: at // DAY_MS * DAY_MS]
    beside += [lambda at: at // (5 * MINUTE_MS) * 5 * MINUTE_MS, lambda at: at + 7_654_321]
    found = [at[len(at) * (i + 1) // INSTANTS - 1] for i in range(INSTANTS - 1)]
    return [beside[i % len(beside)](one) for i, one in enumerate(found)] + [at[-1] + 30 * DAY_MS]


def organisation(number: int) -> World20:
    path, end_ms = ROOT / "examples/rytmi.yaml", parse_ms(END)
    config = configuration.load(path)
    begin_ms = beginning(end_ms, WEEKS, config.timezone)
    simulated = [render(event) for event in Organisation(config, number, begin_ms).until(end_ms)]
    return world(path, simulated + leading(number, begin_ms, end_ms))


def real_log(shared: Path) -> World20:
    log = shared / "data" / "incident_event_log.csv.gz"
    mapping = load_mapping(ROOT / "examples/servicenow.yaml")
    events = [render(event) for event in mapped_events(mapping, [str(log)], Rejects(), pytest.fail)]
    assert len(events) == 181_396
    return world(ROOT / "examples/servicenow-rytmi.yaml", events)


@pytest.fixture(scope="module")
def desk(shared: Path) -> World20:
    return real_log(shared)


def together(of: int | str) -> Any:
    """In one process: at its end, all instants are there, and the world was made once."""
    return pytest.param(of, marks=pytest.mark.xdist_group(str(of)))


@pytest.fixture(scope="module", params=map(together, (LOG, 1, 2, 3)))
def compared(request: pytest.FixtureRequest) -> Iterator[tuple[World20, Comparison]]:
    """A simulated organisation by its seed, or the real log; what is compared of it is printed at its end."""
    of_log = request.param == LOG
    found = request.getfixturevalue("desk") if of_log else organisation(request.param)
    comparison = Comparison()
    yield found, comparison
    whose = "the real log" if of_log else f"organisation {request.param}"
    print(f"\n{whose}, {len(found.lines):,} events, {comparison.instants} instants\n{comparison.table()}")
    if comparison.instants == INSTANTS:
        assert {measure for measure, _ in comparison.values} == (OF_A_LOG if of_log else ALL)


@pytest.mark.timeout(900)  # the log and the oracle's first look at it take half a minute of an idle machine
@pytest.mark.parametrize("number", range(INSTANTS))
def test_measures_are_those_of_the_oracle(compared: tuple[World20, Comparison], number: int, tmp_path: Path) -> None:
    world, comparison = compared
    at_ms = world.instants[number]
    found, expected = written(world.config, world.lines, at_ms, tmp_path), world.oracle.rows(at_ms)
    comparison.add(found, expected)
    assert compare(found, expected).differences == []


@pytest.mark.timeout(900)
@pytest.mark.xdist_group(LOG)
def test_percentiles_of_the_real_log_are_those_of_lifelines(desk: World20) -> None:
    """Of all touchpoints and severities, and of each touchpoint; by every clock and window."""
    checked, near = 0, Nearness()
    for at_ms in desk.instants[INSTANTS // 5 :: INSTANTS // 4]:
        clocks = for_all(desk.oracle.cases.at(at_ms).clocks, "touchpoint")
        for window_ms in desk.oracle.setting.windows.values():
            for _, group in groups(started(clocks, at_ms, window_ms), ["touchpoint", "clock"]):
                lengths, ended = group["elapsed"].to_numpy(), group["stop"].notna().to_numpy()
                table = lifetable.life_table(lengths, ended)
                low, high = lifetable.median_bounds_s(table)
                ours = {f"p{round(q * 100)}_s": lifetable.percentile_s(table, q) for q in PERCENTILES}
                assert {**ours, "p50_low_s": low, "p50_high_s": high} == lifetable.by_lifelines(lengths, ended)
                near.note(lengths, ended)
                checked += 1
    print(f"{checked:,} groups: percentiles and bounds of the median are those of lifelines, of the same bins.\n{near}")


class Nearness:
    """How near binned percentiles are to exact ones."""

    def __init__(self) -> None:
        self.compared = self.within = self.mixed = self.beyond = 0
        self.largest = 0.0

    def note(self, lengths: lifetable.Lengths, ended: lifetable.Ended) -> None:
        """Within the bin's error; further only where censorings stand before ends in one bin, and between bounds."""
        table, mixed = lifetable.life_table(lengths, ended), lifetable.mixed(lengths, ended)
        for q in PERCENTILES:
            exact, binned = lifetable.exact_percentile_s(lengths, ended, q), lifetable.percentile_s(table, q)
            earliest, latest = lifetable.brackets_s(lengths, ended, q)
            if exact is None:
                assert latest is None
                continue
            assert earliest is not None
            assert earliest <= exact
            assert latest is None or exact < latest
            self.compared += 1
            if binned is None:
                assert mixed
                self.beyond += 1
                continue
            away = abs(binned - exact) / max(exact, 1)
            if away <= lifetable.BIN_ERROR:
                self.within += 1
            else:
                assert mixed
                self.mixed += 1
                self.largest = max(self.largest, away)

    def __str__(self) -> str:
        return (
            f"Of {self.compared:,} exact percentiles {self.within:,} have a binned one within "
            f"{lifetable.BIN_ERROR:.2%}; where a bin holds censorings before ends, {self.mixed:,} more have one "
            f"up to {self.largest:.0%} away and {self.beyond:,} have none."
        )


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
