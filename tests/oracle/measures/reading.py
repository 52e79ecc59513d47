"""Canonical events as pandas tables, one a type: each event once, at a declared touchpoint, with `at_ms`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from tests.oracle.hours import parse_ms

from .setting import OTHER, Setting

Event = Mapping[str, Any]
# What an id is unique in.
ENTITY = {
    "feedback": "case",
    "action": "case",
    "decision": "decision",
    "obstacle": "obstacle",
    "pulse": "unit",
    "indicator": "function",
}
OPTIONAL = {
    "feedback": ["kind", "emotion", "score", "scale"],
    "decision": ["unit", "cases"],
    "obstacle": ["cases"],
}
COLUMNS = {
    "feedback": ["case", "touchpoint"],
    "action": ["case"],
    "decision": ["decision", "stage", "level"],
    "obstacle": ["obstacle", "stage", "touchpoint", "cause"],
    "pulse": ["unit", "level", "question", "score"],
    "indicator": ["function", "indicator", "kind", "value"],
}


class Known(NamedTuple):
    """`tables`: by type, in the order of the file; `events`: the same rows as they are, by type."""

    tables: dict[str, pd.DataFrame]
    events: dict[str, list[dict[str, Any]]]


def read(events: Iterable[Event], setting: Setting) -> Known:
    seen: set[tuple[str, str, str]] = set()
    kept: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ENTITY}
    for given in events:
        event = dict(given)
        kind = event["type"]
        entity = ENTITY[kind]
        if event.get("touchpoint") is not None and event["touchpoint"] not in setting.touchpoints:
            if setting.reject:
                continue
            event["touchpoint"] = OTHER
        name = (entity, event[entity], event["id"])
        if name not in seen:
            seen.add(name)
            event["at_ms"] = parse_ms(event["at"])
            kept[kind].append(event)
    return Known({kind: _table(kind, rows) for kind, rows in kept.items()}, kept)


def _table(kind: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["id", "at_ms", *COLUMNS[kind], *OPTIONAL.get(kind, [])]
    table = pd.DataFrame([[row.get(column) for column in columns] for row in rows], columns=columns)
    for column in ("emotion", "score", "value"):
        if column in columns:
            table[column] = table[column].astype("float64")
    if "cases" in columns:
        table["cases"] = [tuple(named or ()) for named in table["cases"]]
    return table
