"""`friction`, and the standing mean: over the episodes of obstacles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from . import lifetable
from .setting import Setting
from .windows import Row, for_all, groups, rfc3339, row, start_ms

STAGES = ["raised", "removed"]  # of the same instant, in this order
COLUMNS = ["touchpoint", "cause", "raised", "removed", "cases"]


def episodes(events: pd.DataFrame, at_ms: int) -> pd.DataFrame:
    """Touchpoint, cause, raised, removed (NaN while it stands), how many cases the obstacle names by then."""
    rows: list[list[Any]] = []
    known = events[events["at_ms"] <= at_ms].to_dict("records")
    known.sort(key=lambda one: (one["obstacle"], one["at_ms"], STAGES.index(one["stage"]), one["id"]))
    for _, told in groupby(known, key=itemgetter("obstacle")):
        ordered = list(told)
        cases = len({case for one in ordered for case in one["cases"]})
        rows += [[*episode, cases] for episode in _of_one(ordered)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"raised": "float64", "removed": "float64", "cases": "int64"})


def _of_one(told: list[dict[str, Any]]) -> list[list[Any]]:
    found: list[list[Any]] = []
    removed_before = False  # before it was ever raised: counts at the raising
    for one in told:
        stands = bool(found) and found[-1][3] is None
        if one["stage"] == "raised" and not stands:
            at_once = one["at_ms"] if removed_before and not found else None
            found.append([one["touchpoint"], one["cause"], one["at_ms"], at_once])
        elif one["stage"] == "removed" and stands:
            found[-1][3] = one["at_ms"]
        elif one["stage"] == "removed" and not found:
            removed_before = True
    return found


def inside_ms(found: pd.DataFrame, begin_ms: int, at_ms: int) -> pd.Series:
    """Of each episode, how long it stood in [begin, at)."""
    ends = found["removed"].fillna(at_ms)
    return (ends.clip(upper=at_ms) - found["raised"].clip(lower=begin_ms)).clip(lower=0)


def standing_mean(found: pd.DataFrame, begin_ms: int, at_ms: int) -> float:
    return float(inside_ms(found, begin_ms, at_ms).sum()) / (at_ms - begin_ms)


def friction_rows(found: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    counted = for_all(found, "touchpoint", "cause")
    for window, window_ms in setting.windows.items():
        begin_ms = start_ms(at_ms, window_ms)
        for labels, group in groups(counted, ["touchpoint", "cause"]):
            values = friction_values(group, begin_ms, at_ms)
            if values["raised"] or values["removed"] or values["standing_now"]:
                yield row("friction", labels, window, at_ms, values)


def friction_values(found: pd.DataFrame, begin_ms: int, at_ms: int) -> dict[str, Any]:
    standing = found[found["removed"].isna()]
    fresh = found[found["raised"] >= begin_ms]
    removed = fresh["removed"].notna().to_numpy()
    lengths = np.where(removed, fresh["removed"], at_ms) - fresh["raised"].to_numpy()
    table = lifetable.life_table(lengths, removed)
    return {
        "raised": len(fresh),
        "removed": int((found["removed"] >= begin_ms).sum()),
        "standing_now": len(standing),
        "oldest_at": rfc3339(standing["raised"].min()) if len(standing) else None,
        "standing_mean": standing_mean(found, begin_ms, at_ms),
        "removal_p50_s": lifetable.percentile_s(table, 0.5),
        "removal_p90_s": lifetable.percentile_s(table, 0.9),
        "blocked_case_s": float((inside_ms(found, begin_ms, at_ms) * found["cases"]).sum()) / 1000,
    }
