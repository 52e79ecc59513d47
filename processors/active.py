"""The alarms that stand in one partition, counted by cell; derived from what was announced, never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Cell = tuple[str, str, str, str]  # touchpoint, severity, clock, level


class ActiveAlarms:
    """Takes records of `rytmi.alarm.v1` in their order. Reading is safe beside one writing thread."""

    def __init__(self) -> None:
        self._cells: dict[str, Cell] = {}

    def take(self, alarms: Iterable[Mapping[str, Any]]) -> None:
        """Take what was announced of clocks; other alarms have no end that could be counted."""
        for alarm in alarms:
            if alarm["about"] != "clock":
                continue
            if alarm["kind"] == "raised":
                self._cells[alarm["id"]] = alarm["touchpoint"], alarm["severity"], alarm["clock"], alarm["level"]
            else:
                self._cells.pop(alarm["id"], None)

    def counts(self) -> Counter[Cell]:
        """How many stand, by cell."""
        return Counter(self._cells.copy().values())
