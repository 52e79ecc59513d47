"""What customers, employees and functions say: `emotion`, `score`, `feedback`, `alignment`, `perception_gap`,
`indicator`, `function`, `intended`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from .obstacles import standing_mean
from .setting import Setting
from .windows import MONTH_MS, Row, for_all, groups, mean, rfc3339, row, start_ms

SCALES = {"nps": (0, 10), "csat": (1, 5), "stars": (1, 5), "ces": (1, 7)}  # lowest and highest


def since(table: pd.DataFrame, begin_ms: int) -> pd.DataFrame:
    return table[table["at_ms"] >= begin_ms]


def on_0_to_1(said: pd.DataFrame) -> pd.Series:
    """Scores of any scale, those that there are."""
    scored = said[said["score"].notna()]
    low = scored["scale"].map({scale: ends[0] for scale, ends in SCALES.items()})
    high = scored["scale"].map({scale: ends[1] for scale, ends in SCALES.items()})
    return ((scored["score"] - low) / (high - low)).astype("float64")


def feedback_rows(feedback: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    for window, window_ms in setting.windows.items():
        said = since(feedback, start_ms(at_ms, window_ms))
        felt = for_all(said[said["emotion"].notna()], "touchpoint")
        for labels, group in groups(felt, ["touchpoint"]):
            values = {
                "count": len(group),
                "mean": mean(group["emotion"]),
                "negative_share": int((group["emotion"] < 0).sum()) / len(group),
            }
            yield row("emotion", labels, window, at_ms, values)
        for labels, group in groups(said[said["score"].notna()], ["touchpoint", "scale"]):
            scores = group["score"]
            nps = (
                100 * int((scores >= 9).sum() - (scores <= 6).sum()) / len(scores) if labels["scale"] == "nps" else None
            )
            yield row("score", labels, window, at_ms, {"count": len(scores), "mean": mean(scores), "nps": nps})
        by_kind = for_all(said.assign(kind=said["kind"].fillna("none")), "touchpoint")
        for labels, group in groups(by_kind, ["touchpoint", "kind"]):
            yield row("feedback", labels, window, at_ms, {"count": len(group)})


def alignment_rows(feedback: pd.DataFrame, pulses: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    begin_ms = start_ms(at_ms, MONTH_MS)
    said, answered = since(feedback, begin_ms), since(pulses, begin_ms)
    answered = answered.assign(unit=[setting.known_unit(unit) for unit in answered["unit"]])
    scores = pd.DataFrame({"unit": said["touchpoint"].map(setting.unit_of), "score": on_0_to_1(said)}).dropna()
    for unit in {*scores["unit"], *answered["unit"]}:
        customer = mean(scores.loc[scores["unit"] == unit, "score"])
        employee = mean(answered.loc[answered["unit"] == unit, "score"])
        alignment, level = None, None
        if customer is not None and employee is not None:
            alignment, level = 1 - abs(customer - employee), min(customer, employee)
        values = {"customer": customer, "employee": employee, "alignment": alignment, "level": level}
        yield row("alignment", {"unit": unit}, "28d", at_ms, values)
    for labels, group in groups(answered, ["unit", "question"]):
        means = [mean(scores) for _, scores in group.groupby("level")["score"]]
        gap = max(means) - min(means) if len(means) > 1 else None
        yield row("perception_gap", labels, "28d", at_ms, {"gap": gap, "levels": len(means)})


def indicator_rows(indicators: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    labels = ["function", "indicator", "kind"]
    known = indicators[indicators["at_ms"] <= at_ms].sort_values(["at_ms", "id"])
    latest = known.groupby(labels).last().reset_index()
    for one in latest.to_dict("records"):
        values = {"value": float(one["value"]), "value_at": rfc3339(one["at_ms"])}
        yield row("indicator", {name: one[name] for name in labels}, None, at_ms, values)
    for function, stale_after in setting.functions.items():
        own = latest[latest["function"] == function]
        fresh = own if stale_after is None else own[at_ms - own["at_ms"] <= stale_after]
        counts = {kind: int((own["kind"] == kind).sum()) for kind in ("customer", "operational")}
        counts |= {f"{kind}_fresh": int((fresh["kind"] == kind).sum()) for kind in ("customer", "operational")}
        yield row("function", {"function": function}, None, at_ms, counts)


def intended_rows(feedback: pd.DataFrame, episodes: pd.DataFrame, setting: Setting, at_ms: int) -> Iterator[Row]:
    begin_ms = start_ms(at_ms, MONTH_MS)
    for touchpoint, intended in setting.intended.items():
        said = since(feedback[feedback["touchpoint"] == touchpoint], begin_ms)
        values: dict[str, Any] = {
            "emotion": mean(said["emotion"].dropna()),
            "score": mean(on_0_to_1(said)),
            "standing": standing_mean(episodes[episodes["touchpoint"] == touchpoint], begin_ms, at_ms),
        }
        values |= {f"{name}_intended": _number(intended.get(name)) for name in ("emotion", "score", "standing")}
        yield row("intended", {"touchpoint": touchpoint}, "28d", at_ms, values)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
