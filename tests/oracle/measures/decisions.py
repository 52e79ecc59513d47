"""`decision`: by unit and level of a decision's earliest event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from . import lifetable
from .setting import Setting
from .windows import Row, row, start_ms

STAGES = ["made", "effective", "revoked"]  # of the same instant, in this order
LABELS = ["unit", "level"]


def decisions(events: pd.DataFrame, setting: Setting, at_ms: int) -> pd.DataFrame:
    """By decision: labels, when first told of, the first instant of each stage (NaN: none), the cases that it names.

    One that is revoked before its effect has none.
    """
    known = events[events["at_ms"] <= at_ms]
    ordered = known.assign(rank=known["stage"].map(STAGES.index)).sort_values(["at_ms", "rank", "id"])
    first = ordered.drop_duplicates("decision").set_index("decision")
    table = pd.DataFrame(
        {
            "unit": [setting.known_unit(unit) for unit in first["unit"]],
            "level": first["level"],
            "first": first["at_ms"],
        },
        index=first.index,
    )
    for stage in STAGES:
        of_stage = ordered[ordered["stage"] == stage]
        table[stage] = of_stage.groupby("decision")["at_ms"].min().reindex(table.index).astype("float64")
    table.loc[table["revoked"] < table["effective"], "effective"] = float("nan")
    named = ordered.explode("cases").dropna(subset=["cases"]).groupby("decision")["cases"].agg(set)
    table["cases"] = [named.get(decision, set()) for decision in table.index]
    return table


def pairs(table: pd.DataFrame, reopenings: pd.DataFrame) -> pd.DataFrame:
    """By decision and case: labels, when the decision was first told of, the first reopening after its effect."""
    found = table.explode("cases").dropna(subset=["cases"]).reset_index(names="decision")
    after = found.merge(reopenings, left_on="cases", right_on="case")
    after = after[after["at_ms"] > after["effective"]]
    reopened = after.groupby(["decision", "cases"])["at_ms"].min().rename("reopened")
    return found.merge(reopened, how="left", left_on=["decision", "cases"], right_index=True)


def decision_rows(table: pd.DataFrame, reopenings: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    if table.empty:
        return
    both = pairs(table, reopenings)
    for window, window_ms in setting.windows.items():
        for unit, level in table[LABELS].drop_duplicates().itertuples(index=False):
            own = table[(table["unit"] == unit) & (table["level"] == level)]
            answered = both[(both["unit"] == unit) & (both["level"] == level)]
            values = decision_values(own, answered, start_ms(at_ms, window_ms), at_ms)
            if any(values[name] for name in ("made", "effective", "revoked", "cases", "reopened")):
                yield row("decision", {"unit": unit, "level": level}, window, at_ms, values)


def decision_values(own: pd.DataFrame, answered: pd.DataFrame, begin_ms: int, at_ms: int) -> dict[str, Any]:
    made = own[own["made"] >= begin_ms]
    ended = made["effective"].notna()
    until = made["effective"].fillna(made["revoked"]).fillna(at_ms)
    lengths = (until - made["made"]).clip(lower=0)
    table = lifetable.life_table(lengths.to_numpy(), ended.to_numpy())
    return {
        "made": len(made),
        "effective": int((own["effective"] >= begin_ms).sum()),
        "revoked": int((own["revoked"] >= begin_ms).sum()),
        "p50_s": lifetable.percentile_s(table, 0.5),
        "p90_s": lifetable.percentile_s(table, 0.9),
        "cases": int((answered["first"] >= begin_ms).sum()),
        "reopened": int((answered["reopened"] >= begin_ms).sum()),
    }
