"""Windows, labels and rows: what all measures share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
MONTH_MS = 28 * DAY_MS
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def pane_ms(window_ms: int) -> int:
    if window_ms <= 48 * HOUR_MS:
        return 5 * MINUTE_MS
    return HOUR_MS if window_ms <= 35 * DAY_MS else DAY_MS


def start_ms(at_ms: int, window_ms: int) -> int:
    pane = pane_ms(window_ms)
    return (at_ms - window_ms) // pane * pane


def for_all(table: pd.DataFrame, *labels: str) -> pd.DataFrame:
    """With every row once more for `*` in each label, and in all of them."""
    for label in labels:
        table = pd.concat([table, table.assign(**{label: "*"})], ignore_index=True)
    return table


def groups(table: pd.DataFrame, labels: Sequence[str]) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    if len(table):
        for values, group in table.groupby(list(labels), sort=False):
            yield dict(zip(labels, values, strict=True)), group


def mean(values: pd.Series) -> float | None:
    return math.fsum(values) / len(values) if len(values) else None


def rfc3339(at_ms: float | None) -> str | None:
    if at_ms is None:
        return None
    instant = EPOCH + timedelta(milliseconds=int(at_ms))
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def row(measure: str, labels: dict[str, str], window: str | None, at_ms: int, values: dict[str, Any]) -> Row:
    return {
        "measure": measure,
        "labels": labels,
        "window": window,
        "at": rfc3339(at_ms),
        "values": {name: round(value, 6) if isinstance(value, float) else value for name, value in values.items()},
    }
