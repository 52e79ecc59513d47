"""The core against the slow, obvious oracle, which shares no code with it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings

from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.settled import row
from streams import config as configuration
from streams.results.files import outcome_row
from tests.oracle import oracle
from tests.oracle.strategies import worlds
from tests.tiers import size

EXAMPLES = size(500, 10000, "RYTMI_ORACLE_EXAMPLES")
SEED = int(os.environ.get("RYTMI_ORACLE_SEED", "20261123"))


@pytest.fixture(autouse=True, scope="module")
def _told() -> None:
    print(f"{EXAMPLES:,} examples, seed {SEED} (RYTMI_ORACLE_EXAMPLES and RYTMI_ORACLE_SEED choose others)")


def _core(config: dict[str, Any], events: list[dict[str, Any]], until: int) -> tuple[list[Any], list[Any], list[str]]:
    policies = configuration.parse(config).policies
    backtest = Backtest(policies)
    for line in events:
        if instant(line["at"]) <= until:
            try:
                backtest.add(parse(line))
            except ValueError:
                assert config.get("unknown_touchpoint") == "reject"
    assert list(backtest.finish()) == []
    cases, outcomes = [], []
    for name, entries, judged in backtest.cases():
        cases.append(row(backtest.record(name, entries, judged), until, policies))
        outcomes += list(backtest.outcomes(name, judged))
    return cases, outcomes, [str(dated.version) for dated in policies.sets]


def _shown(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome in the words of `clock.jsonl`, less its id."""
    return {name: value for name, value in outcome_row(outcome).items() if name != "id"}


def _order(record: dict[str, Any]) -> tuple[Any, ...]:
    return record["case"], record["cycle"], record["clock"], record["kind"]


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(worlds())
def test_the_core_says_what_the_oracle_says(world: tuple[dict[str, Any], list[dict[str, Any]], int]) -> None:
    config, events, until = world
    cases, outcomes, versions = _core(config, events, until)
    for event in events:
        note(str(event))
    assert cases == oracle.cases(events, config, until, versions)
    expected = oracle.clock_records(events, config, until, versions)
    assert sorted(map(_shown, outcomes), key=_order) == sorted(expected, key=_order)
