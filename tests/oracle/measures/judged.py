"""`clock` and `rhythm`: over the table of clocks at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from . import lifetable
from .setting import Setting
from .windows import DAY_MS, HOUR_MS, MINUTE_MS, Row, for_all, groups, row, start_ms

LABELS = ["touchpoint", "severity", "clock"]
# Name, length, pane.
RHYTHMS = [
    ("daily", "1d", DAY_MS, 5 * MINUTE_MS),
    ("weekly", "7d", 7 * DAY_MS, HOUR_MS),
    ("monthly", "28d", 28 * DAY_MS, HOUR_MS),
]


def started(clocks: pd.DataFrame, at_ms: int, window_ms: int) -> pd.DataFrame:
    """The clocks of a window."""
    return clocks[clocks["start"] >= start_ms(at_ms, window_ms)]


def clock_rows(clocks: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    counted = for_all(clocks, "touchpoint", "severity")
    for window, window_ms in setting.windows.items():
        for labels, group in groups(started(counted, at_ms, window_ms), LABELS):
            yield row("clock", labels, window, at_ms, clock_values(group))


def clock_values(clocks: pd.DataFrame) -> dict[str, Any]:
    stopped = clocks["stop"].notna().to_numpy()
    elapsed = lifetable.life_table(clocks["elapsed"].to_numpy(), stopped)
    worked = lifetable.life_table(clocks["worked"].to_numpy(), stopped)
    low, high = lifetable.median_bounds_s(elapsed)
    running = clocks["stop"].isna() & clocks["end"].isna()
    missed = clocks["outcome"] == "missed"
    values: dict[str, Any] = {
        "received": len(clocks),
        "done": int(stopped.sum()),
        "withdrawn": int((clocks["stop"].isna() & clocks["end"].notna()).sum()),
        "running": int(running.sum()),
        "met": int((clocks["outcome"] == "met").sum()),
        "missed": int(missed.sum()),
        "overdue": int((missed & running).sum()),
    }
    for name, q in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95)):
        values[f"{name}_s"] = lifetable.percentile_s(elapsed, q)
        values[f"{name}_at_risk"] = lifetable.at_risk(elapsed, q)
    return {
        **values,
        "p50_low_s": low,
        "p50_high_s": high,
        "completed_p50_s": lifetable.completed_median_s(elapsed),
        "worked_p50_s": lifetable.percentile_s(worked, 0.5),
        "worked_p90_s": lifetable.percentile_s(worked, 0.9),
    }


def rhythm_rows(clocks: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    by_unit = clocks.assign(unit=clocks["touchpoint"].map(setting.unit_of))
    by_unit = by_unit[by_unit["clock"].isin(["decide", "effect"]) & ~(by_unit["stop"].isna() & by_unit["end"].notna())]
    for rhythm, window, length_ms, pane in RHYTHMS:
        first, last = ((at_ms - many * length_ms) // pane * pane for many in (2, 1))
        eligible = by_unit[(by_unit["start"] >= first) & (by_unit["start"] < last)]
        for labels, group in groups(eligible.assign(rhythm=rhythm), ["unit", "rhythm", "clock"]):
            kept = int((group["stop"].notna() & (group["elapsed"] <= length_ms)).sum())
            values = {"eligible": len(group), "kept": kept, "ratio": kept / len(group)}
            yield row("rhythm", labels, window, at_ms, values)
