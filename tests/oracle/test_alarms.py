"""Whom the core would have told of what, against an oracle that looks on and shares no code with it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings

from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.events import InvalidEvent
from streams import config as configuration
from tests.tiers import size

from .alarm_strategies import alarming_worlds, versions_of
from .alarms import alarms
from .strategies import World

EXAMPLES = size(150, 2000, "RYTMI_ORACLE_ALARM_EXAMPLES")
SEED = int(os.environ.get("RYTMI_ORACLE_SEED", "20261123"))
SAID = ("case", "cycle", "clock", "level", "step", "kind", "at", "announced_at", "reason", "recipient")


@pytest.fixture(autouse=True, scope="module")
def _told() -> None:
    print(f"{EXAMPLES:,} examples, seed {SEED} (RYTMI_ORACLE_ALARM_EXAMPLES and RYTMI_ORACLE_SEED choose others)")


def _core(config: dict[str, Any], events: list[dict[str, Any]], until: int) -> list[dict[str, Any]]:
    backtest = Backtest(configuration.parse(config).policies)
    for line in events:
        if instant(line["at"]) <= until:
            try:
                backtest.add(parse(line))
            except InvalidEvent:
                assert config["unknown_touchpoint"] == "reject"
    assert list(backtest.finish()) == []
    return [alarm for found in backtest.cases() for alarm in backtest.alarms(*found, until)]


def _shown(alarm: dict[str, Any]) -> tuple[Any, ...]:
    """What is compared of an alarm. Who it is for is said when it is raised."""
    return (*(alarm[name] for name in SAID), alarm["to"] if alarm["kind"] == "raised" else None)


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(alarming_worlds())
def test_people_are_told_what_the_oracle_says(world: World) -> None:
    config, events, until = world
    note(str(config))
    for event in sorted(events, key=lambda event: instant(event["at"])):
        note(str(event))
    said = sorted(map(_shown, _core(config, events, until)), key=repr)
    assert said == sorted(map(_shown, alarms(events, config, until, versions_of(config))), key=repr)
