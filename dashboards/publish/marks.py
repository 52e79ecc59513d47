"""Marks of strategic decisions on every line: before and after are seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dashboards.publish.grafana import Grafana
from dashboards.screens.shared import MARKS

_MOST = 10_000
_KEY = "decision:"


class Mark(NamedTuple):
    """A stage of a decision. at: milliseconds since the epoch."""

    decision: str
    stage: str
    at: int
    text: str

    @property
    def key(self) -> str:
        """The tag by which it is found again."""
        return f"{_KEY}{self.decision}:{self.stage}"

    def annotation(self) -> dict[str, Any]:
        """As Grafana takes it, on no dashboard, so that all of them may show it."""
        return {"time": self.at, "tags": [*MARKS, self.key], "text": self.text}


def put(grafana: Grafana, marks: Sequence[Mark]) -> tuple[int, int]:
    """Make those that are missing and mend those that differ; how many of each."""
    there = _there(grafana)
    made = mended = 0
    for mark in marks:
        wanted, known = mark.annotation(), there.get(mark.key)
        if known is None:
            grafana.post("/annotations", wanted, f"the mark of {mark.decision}")
            made += 1
        elif any(known.get(name) != value for name, value in wanted.items() if name != "tags"):
            grafana.put(f"/annotations/{known['id']}", wanted, f"the mark of {mark.decision}")
            mended += 1
    return made, mended


def missing(grafana: Grafana, marks: Sequence[Mark]) -> list[Mark]:
    """Those that are not there, or differ."""
    there = _there(grafana)
    return [
        mark
        for mark in marks
        if any(there.get(mark.key, {}).get(name) != value for name, value in (("time", mark.at), ("text", mark.text)))
    ]


def _there(grafana: Grafana) -> dict[str, dict[str, Any]]:
    asked = urlencode([*(("tags", tag) for tag in MARKS), ("type", "annotation"), ("limit", _MOST)])
    found = grafana.get(f"/annotations?{asked}") or []
    return {tag: one for one in found for tag in one.get("tags", []) if tag.startswith(_KEY)}
