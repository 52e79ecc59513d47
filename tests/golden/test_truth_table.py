"""The truth table holds: hand, core and oracle say the same, and docs/truth-table.md says it too."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from processors.backtest import Backtest
from processors.canonical import parse
from processors.settled import row
from streams import config as configuration
from streams.results.files import outcome_row
from tests.golden import page, story
from tests.golden.story import Scenario
from tests.golden.truth_table import ANY_ORDER, GROUPS
from tests.oracle import oracle

PAGE = Path(__file__).resolve().parents[2] / "docs" / "truth-table.md"
SCENARIOS = [scenario for group in GROUPS.values() for scenario in group] + [ANY_ORDER]


def _ask_core(
    config: dict[str, Any], events: list[dict[str, Any]], until: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Rows of cases.jsonl, outcomes in the words of clock.jsonl less the ids, versions of the policy sets."""
    policies = configuration.parse(config).policies
    backtest = Backtest(policies)
    for event in events:
        assert backtest.add(parse(event)) == "folded"
    assert list(backtest.finish()) == []
    cases, outcomes = [], []
    for name, entries, judged in backtest.cases():
        cases.append(row(backtest.record(name, entries, judged), until, policies))
        outcomes += [_shown(outcome) for outcome in backtest.outcomes(name, judged)]
    return cases, sorted(outcomes, key=_order), [str(dated.version) for dated in policies.sets]


def _shown(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome_row(outcome).items() if name != "id"}


def _order(outcome: dict[str, Any]) -> tuple[Any, ...]:
    return outcome["case"], outcome["cycle"], outcome["clock"], outcome["kind"]


def _judge(scenario: Scenario, events: list[dict[str, Any]]) -> list[page.Row]:
    """What core and oracle say of these events, after holding one against the other."""
    config, until = story.config(scenario), story.instant(scenario.read)
    cases, outcomes, versions = _ask_core(config, events, until)
    assert cases == oracle.cases(events, config, until, versions)
    assert outcomes == sorted(oracle.clock_records(events, config, until, versions), key=_order)
    assert len(cases) == 1
    return page.rows(cases[0], scenario)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.title for scenario in SCENARIOS])
def test_core_and_oracle_say_what_was_worked_out_by_hand(scenario: Scenario) -> None:
    assert _judge(scenario, story.events(scenario.story)) == list(scenario.rows)


def test_five_events_in_every_order_of_arrival_give_one_result() -> None:
    events = story.events(ANY_ORDER.story)
    orders = list(permutations(events))
    assert len(orders) == 120
    assert {tuple(_judge(ANY_ORDER, list(order))) for order in orders} == {ANY_ORDER.rows}


def test_committed_page_says_what_the_core_says(rewrite_golden: bool) -> None:
    judged = {
        group: [(scenario, _judge(scenario, story.events(scenario.story))) for scenario in scenarios]
        for group, scenarios in GROUPS.items()
    }
    text = page.render(judged, (ANY_ORDER, _judge(ANY_ORDER, story.events(ANY_ORDER.story))), orders=120)
    if rewrite_golden:
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "see the difference, then `make golden`"


def test_every_scenario_has_a_title_of_its_own() -> None:
    assert len({scenario.title for scenario in SCENARIOS}) == len(SCENARIOS)
