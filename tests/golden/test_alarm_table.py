"""The alarm table holds: hand, core and oracle say the same, and docs/alarm-table.md says it too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from processors.backtest import Backtest
from processors.canonical import parse
from streams import config as configuration
from tests.golden import alarm_page, story
from tests.golden.alarm_table import GROUPS, Row, Scenario
from tests.oracle import alarms as oracle

PAGE = Path(__file__).resolve().parents[2] / "docs" / "alarm-table.md"
SCENARIOS = [scenario for group in GROUPS.values() for scenario in group]


def _ask_core(config: dict[str, Any], events: list[dict[str, Any]], until: int) -> list[dict[str, Any]]:
    backtest = Backtest(configuration.parse(config).policies)
    for event in events:
        assert backtest.add(parse(event)) == "folded"
    assert list(backtest.finish()) == []
    return [alarm for found in backtest.cases() for alarm in backtest.alarms(*found, until)]


def _judge(scenario: Scenario) -> list[Row]:
    """What the core says, after holding it against the oracle."""
    config, events = alarm_page.config(scenario), alarm_page.events(scenario.story)
    until = story.instant(scenario.read)
    rows = alarm_page.rows(_ask_core(config, events, until))
    assert rows == alarm_page.rows(oracle.alarms(events, config, until, ["v"]))
    return rows


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.title for scenario in SCENARIOS])
def test_core_and_oracle_tell_whom_was_worked_out_by_hand(scenario: Scenario) -> None:
    assert _judge(scenario) == list(scenario.rows)


def test_committed_page_says_what_the_core_says(rewrite_golden: bool) -> None:
    text = alarm_page.render({group: [(one, _judge(one)) for one in scenarios] for group, scenarios in GROUPS.items()})
    if rewrite_golden:
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "see the difference, then `make golden`"


def test_every_scenario_has_a_title_of_its_own() -> None:
    assert len({scenario.title for scenario in SCENARIOS}) == len(SCENARIOS)
