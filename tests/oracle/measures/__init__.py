"""The oracle of the measures: docs/measures.md in pandas and numpy, from canonical events and `rytmi.yaml` alone.

    rows(events, config, at_ms)             # the objects of `measures.jsonl` at an instant
    oracle = Measures(events, config)       # for many instants of the same events
    oracle.rows(at_ms)

`events` are the objects of canonical JSON Lines, `config` is what a YAML reader makes of `rytmi.yaml`. Nothing of
Rytmi is imported; cycles, clocks and verdicts are those of the oracle of clocks beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import decisions, judged, obstacles, said
from .clocks import Cases
from .reading import Event, read
from .setting import setting
from .windows import Row

__all__ = ["Measures", "Row", "rows"]


def rows(events: Iterable[Event], config: Mapping[str, Any], at_ms: int) -> list[Row]:
    """The rows of all measures at an instant, by measure, labels and window."""
    return Measures(events, config).rows(at_ms)


class Measures:
    """All measures of a set of events, at any instant. What nothing happened to in between is not looked at again."""

    def __init__(self, events: Iterable[Event], config: Mapping[str, Any]) -> None:
        self.setting = setting(config)
        known = read(events, self.setting)
        self._tables = known.tables
        self.cases = Cases(known, self.setting)

    def rows(self, at_ms: int) -> list[Row]:
        """Instants and what `at` says in milliseconds, lengths in the names' units."""
        of, tables = self.setting, self._tables
        standing = self.cases.at(at_ms)
        feedback, pulses, indicators = (
            tables[kind][tables[kind]["at_ms"] <= at_ms] for kind in ("feedback", "pulse", "indicator")
        )
        episodes = obstacles.episodes(tables["obstacle"], at_ms)
        made = decisions.decisions(tables["decision"], of, at_ms)
        found = [
            *judged.clock_rows(standing.clocks, of, at_ms),
            *judged.rhythm_rows(standing.clocks, of, at_ms),
            *obstacles.friction_rows(episodes, of, at_ms),
            *decisions.decision_rows(made, standing.reopenings, of, at_ms),
            *said.feedback_rows(feedback, of, at_ms),
            *said.alignment_rows(feedback, pulses, of, at_ms),
            *said.indicator_rows(indicators, of, at_ms),
            *said.intended_rows(feedback, episodes, of, at_ms),
        ]
        return sorted(found, key=lambda one: (one["measure"], sorted(one["labels"].items()), one["window"] or ""))
