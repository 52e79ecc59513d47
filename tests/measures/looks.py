"""The product and its oracle look at the same events, at several instants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from streams import config as configuration
from streams.config import Config
from tests.measures.product import written
from tests.oracle.hours import parse_ms
from tests.oracle.measures import Measures
from tests.oracle.measures.compare import Comparison
from tests.oracle.measures.windows import DAY_MS, HOUR_MS, MINUTE_MS
from tests.tiers import size

INSTANTS = size(4, 20, "RYTMI_MEASURES_INSTANTS")


class Events(NamedTuple):
    """Events, and the instants at which they are looked at."""

    config: Config
    lines: list[bytes]
    oracle: Measures
    instants: list[int]


def events_of(config: Path, events: list[dict[str, Any]]) -> Events:
    lines = [json.dumps(event).encode() for event in events]
    oracle = Measures(map(json.loads, lines), yaml.safe_load(config.read_text()))
    return Events(configuration.load(config), lines, oracle, instants([parse_ms(event["at"]) for event in events]))


def instants(at: list[int]) -> list[int]:
    """Spread evenly over the events: at one of them, beside it, at the borders of panes; the last a month after all."""
    at = sorted(at)
    beside = [lambda at: at, lambda at: at // HOUR_MS * HOUR_MS, lambda at: at - 1, lambda at: at // DAY_MS * DAY_MS]
    beside += [lambda at: at // (5 * MINUTE_MS) * 5 * MINUTE_MS, lambda at: at + 7_654_321]
    found = [at[len(at) * (i + 1) // INSTANTS - 1] for i in range(INSTANTS - 1)]
    return [beside[i % len(beside)](one) for i, one in enumerate(found)] + [at[-1] + 30 * DAY_MS]


class Looks(NamedTuple):
    """What both say of the same events, at each instant."""

    of: Events
    comparison: Comparison

    def compare(self, number: int, directory: Path) -> None:
        """At one of the instants; `directory` is for what the product writes."""
        at_ms = self.of.instants[number]
        found, expected = written(self.of.config, self.of.lines, at_ms, directory), self.of.oracle.rows(at_ms)
        known = len(self.comparison.differences)
        differences = self.comparison.add(found, expected).differences[known:]
        assert not differences, differences


@contextmanager
def looks(whose: str, of: Events, measures: set[str]) -> Iterator[Looks]:
    """What was compared is printed at the end. measures: those that must have been among it."""
    comparison = Comparison()
    yield Looks(of, comparison)
    print(f"\n{whose}, {len(of.lines):,} events, {comparison.instants} instants\n{comparison.table()}")
    if comparison.instants == INSTANTS:
        assert {measure for measure, _ in comparison.values} == measures
