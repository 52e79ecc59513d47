"""`measures.jsonl` of a log against the oracle.

Counts must be equal, everything else to six digits. Printed: the largest deviation of every value; and how far the
binned percentiles are from those of the exact Kaplan-Meier curve, by lifelines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.canonical import render
from streams.mapping import load_mapping
from streams.mapping.replay import Rejects, mapped_events
from tests.measures.looks import INSTANTS, Events, Looks, events_of, looks
from tests.oracle.measures import lifetable
from tests.oracle.measures.judged import started
from tests.oracle.measures.windows import for_all, groups
from tests.real.logs import Log

ROOT = Path(__file__).resolve().parents[2]
PERCENTILES = (0.5, 0.9, 0.95)
MEASURES = {"clock", "friction", "rhythm", "decision", "feedback"}


@pytest.fixture(scope="module")
def desk(log: Log) -> Events:
    mapping = load_mapping(ROOT / "examples/servicenow.yaml")
    events = [render(event) for event in mapped_events(mapping, [str(log.path)], Rejects(), pytest.fail)]
    assert len(events) == log.facts.events
    return events_of(ROOT / "examples/servicenow-rytmi.yaml", events)


@pytest.fixture(scope="module")
def compared(log: Log, desk: Events) -> Iterator[Looks]:
    with looks(f"the {log.name} log", desk, MEASURES) as made:
        yield made


@pytest.mark.timeout(900)  # the log and the oracle's first look at it take half a minute of an idle machine
@pytest.mark.parametrize("number", range(INSTANTS))
def test_measures_are_those_of_the_oracle(compared: Looks, number: int, tmp_path: Path) -> None:
    compared.compare(number, tmp_path)


@pytest.mark.timeout(900)
def test_percentiles_of_a_log_are_those_of_lifelines(desk: Events) -> None:
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
