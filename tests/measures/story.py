"""Writes down small stories around one instant, and asks what a measure says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.oracle.hours import to_ms

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday; on the border of every pane but a day's
CONFIG: dict[str, Any] = {
    "timezone": "UTC",
    "calendars": {"day": {"hours": {"mon-sun": ["08:00-16:00"]}}},
    "units": [{"id": "logistics"}, {"id": "finance"}, {"id": "online"}],
    "touchpoints": [
        {"id": "delivery", "unit": "logistics", "intended": {"emotion": 0.3, "score": 0.8, "standing": 2}},
        {"id": "web", "unit": "online"},
        {"id": "kiosk"},
    ],
    "functions": [{"id": "sales", "stale_after": "2d"}, {"id": "stock"}],
    "policies": [
        {
            "name": "any",
            "match": {},
            "calendar": "day",
            "targets": {"decide": "1h"},
            "pausable": ["decide"],
        }
    ],
    "windows": ["15m", "1h", "1d", "48h", "7d", "28d", "35d", "36d", "60d"],
    "retention": "130d",
}

Rows = list[dict[str, Any]]
Measuring = Callable[[dict[str, Any], list[dict[str, Any]], int], Rows]  # configuration, events, instant


def middle_s(k: int) -> float:
    """Of the bin [10^(k/24), 10^((k+1)/24)) seconds; `k` is worked out by hand: the integer part of 24 log10(s)."""
    return round(10 ** ((k + 0.5) / 24), 6)


def ago(**length: float) -> datetime:
    return NOON - timedelta(**length)


class Story:
    """Events, one after the other. `measuring` is the oracle or the product."""

    def __init__(self, measuring: Measuring) -> None:
        self.config = CONFIG
        self.events: list[dict[str, Any]] = []
        self._measuring = measuring
        self._rows: dict[datetime, Rows] = {}

    def add(self, of_type: str, at: datetime, **fields: Any) -> Story:
        self._rows.clear()
        self.events.append({"type": of_type, "id": f"e{len(self.events):03}", "at": at.isoformat(), **fields})
        return self

    def feedback(self, case: str, at: datetime, touchpoint: str = "delivery", **fields: Any) -> Story:
        return self.add("feedback", at, **{"case": case, "touchpoint": touchpoint, "severity": "normal", **fields})

    def action(self, case: str, at: datetime, kind: str, **fields: Any) -> Story:
        return self.add("action", at, case=case, kind=kind, **fields)

    def decision(self, decision: str, at: datetime, stage: str, *cases: str, **fields: Any) -> Story:
        said = {"level": "tactical", "unit": "logistics", **fields}
        return self.add("decision", at, decision=decision, stage=stage, cases=list(cases), **said)

    def decided(self, case: str, begin: datetime, seconds: float | None, **fields: Any) -> Story:
        """A case that is closed after so long, or runs."""
        self.feedback(case, begin, **fields)
        return self if seconds is None else self.action(case, begin + timedelta(seconds=seconds), "closed")

    def obstacle(self, obstacle: str, at: datetime, stage: str, *cases: str, **fields: Any) -> Story:
        said = {"touchpoint": "delivery", "cause": "stock", **fields}
        return self.add("obstacle", at, obstacle=obstacle, stage=stage, cases=list(cases), **said)

    def rows(self, at: datetime = NOON) -> Rows:
        if at not in self._rows:
            self._rows[at] = self._measuring(self.config, json.loads(json.dumps(self.events)), to_ms(at))
        return self._rows[at]

    def of(self, measure: str, window: str | None, at: datetime = NOON, **labels: str) -> dict[str, Any] | None:
        """The values of one row; None if there is none."""
        found = [
            row["values"]
            for row in self.rows(at)
            if (row["measure"], row["window"], row["labels"]) == (measure, window, labels)
        ]
        assert len(found) < 2
        return found[0] if found else None

    def clock(self, clock: str, window: str, at: datetime = NOON, **labels: str) -> dict[str, Any] | None:
        return self.of(
            "clock", window, at, **{"touchpoint": "delivery", "severity": "normal", "clock": clock, **labels}
        )


def said(values: dict[str, Any] | None, *names: str) -> list[Any] | None:
    """Some of the values of a row."""
    return None if values is None else [values[name] for name in names]
