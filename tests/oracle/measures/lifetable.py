"""Life tables: binned as docs/measures.md says, with numpy; and exact ones by lifelines to hold them against."""

from __future__ import annotations

import math
import warnings
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.exceptions import ApproximationWarning
from lifelines.utils import median_survival_times, qth_survival_time

A_DECADE = 24  # bins
DECADES = 11  # up to 10^11 seconds, more than three thousand years
BIN_ERROR = 0.0492
TO_WITHIN = 1e-12
ROUNDING = 1e-9  # lifelines adds up logarithms
NORMAL_975 = 1.959963984540054  # the 97.5 % point of the normal distribution

Lengths = npt.NDArray[np.float64]  # milliseconds
Ended = npt.NDArray[np.bool_]


def _edges_ms() -> npt.NDArray[np.int64]:
    """The first whole millisecond of every bin but the first, in exact arithmetic: no length lies on the wrong side."""
    with localcontext() as context:
        context.prec = 60
        tenth = Decimal(10) ** (Decimal(1) / A_DECADE)
        found = []
        for k in range(A_DECADE * DECADES):
            whole, part = divmod(k, A_DECADE)
            edge = Decimal(1000) * Decimal(10) ** whole * tenth**part
            # A power of ten is meant where part is 0; elsewhere the edge is irrational, and never a whole number.
            found.append(int(edge.to_integral_value(ROUND_CEILING)))
    return np.array(found, dtype=np.int64)


EDGES_MS = _edges_ms()
MIDDLES_S = np.array([0.0] + [10 ** ((k + 0.5) / A_DECADE) for k in range(A_DECADE * DECADES)])


def bins(lengths: Lengths) -> npt.NDArray[np.int64]:
    """0 for less than a second, k + 1 for [10^(k/24), 10^((k+1)/24)) seconds."""
    return np.searchsorted(EDGES_MS, lengths, side="right")


class LifeTable(NamedTuple):
    """By bin: how many ended and were censored, were at risk, and the share that survives it."""

    ends: npt.NDArray[np.int64]
    censored: npt.NDArray[np.int64]
    at_risk: npt.NDArray[np.int64]
    survival: npt.NDArray[np.float64]


def life_table(lengths: Lengths, ended: Ended) -> LifeTable:
    size = len(MIDDLES_S)
    where = bins(lengths)
    ends = np.bincount(where[ended], minlength=size)
    censored = np.bincount(where[~ended], minlength=size)
    gone = ends + censored
    at_risk = len(lengths) - (np.cumsum(gone) - gone)
    survival = np.cumprod(1 - ends / np.maximum(at_risk, 1))
    return LifeTable(ends, censored, at_risk, survival)


def _first(reached: npt.NDArray[np.bool_]) -> int | None:
    return int(np.argmax(reached)) if reached.any() else None


def _middle(at: int | None) -> float | None:
    return None if at is None else float(MIDDLES_S[at])


def percentile_bin(table: LifeTable, q: float) -> int | None:
    return _first(table.survival <= 1 - q + TO_WITHIN)


def percentile_s(table: LifeTable, q: float) -> float | None:
    return _middle(percentile_bin(table, q))


def at_risk(table: LifeTable, q: float) -> int | None:
    at = percentile_bin(table, q)
    return None if at is None else int(table.at_risk[at])


def median_bounds_s(table: LifeTable) -> tuple[float | None, float | None]:
    """The first bins in which the lower and the upper bound of survival are at most one half.

    exp(-exp(log(-log S) -+ z sqrt(V) / log S)), V the sum of d / (n (n - d)). Where nobody survives both are 0.
    """
    low, high = None, None
    variance = 0.0
    for at in np.flatnonzero(table.ends):
        d, n, survival = int(table.ends[at]), int(table.at_risk[at]), float(table.survival[at])
        if survival > TO_WITHIN:
            variance += d / (n * (n - d))
            width = NORMAL_975 * math.sqrt(variance) / -math.log(survival)
            bounds = survival ** math.exp(width), survival ** math.exp(-width)
        else:
            bounds = 0.0, 0.0
        low = at if low is None and bounds[0] <= 0.5 + TO_WITHIN else low
        high = at if high is None and bounds[1] <= 0.5 + TO_WITHIN else high
    return _middle(low), _middle(high)


def completed_median_s(table: LifeTable) -> float | None:
    done = int(table.ends.sum())
    return _middle(_first(2 * np.cumsum(table.ends) >= done)) if done else None


def brackets_s(lengths: Lengths, ended: Ended, q: float) -> tuple[float | None, float | None]:
    """Between which edges of bins the percentile of the lengths as they are must lie: from, to (half-open).

    Ends first is the most that can survive a bin, censorings first is the least. None: not reached even then.
    """
    table = life_table(lengths, ended)
    fewest = np.cumprod(1 - table.ends / np.maximum(table.at_risk - table.censored, 1))
    earliest, latest = _first(fewest <= 1 - q + TO_WITHIN), percentile_bin(table, q)
    return (
        None if earliest is None else float(EDGES_MS[earliest - 1]) / 1000 if earliest else 0.0,
        None if latest is None else float(EDGES_MS[latest]) / 1000,
    )


def mixed(lengths: Lengths, ended: Ended) -> bool:
    """Whether some bin holds a censoring before an end: only then does it matter that ends are taken to come first."""
    where = bins(lengths)
    first_censored = np.full(len(MIDDLES_S), np.inf)
    np.minimum.at(first_censored, where[~ended], lengths[~ended])
    return bool((first_censored[where[ended]] < lengths[ended]).any())


def fitted(lengths_s: npt.NDArray[np.float64], ended: Ended) -> KaplanMeierFitter:
    """Kaplan-Meier by lifelines. Equal lengths are put together first: that is what makes it fast enough."""
    table = pd.DataFrame({"length": lengths_s, "ended": ended}).value_counts().reset_index(name="weight")
    return KaplanMeierFitter().fit(table["length"], table["ended"], weights=table["weight"])


def _reached_s(model: KaplanMeierFitter, q: float) -> float | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ApproximationWarning)  # it says so of every fit without a formula
        return _finite(qth_survival_time(1 - q + ROUNDING, model))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def exact_percentile_s(lengths: Lengths, ended: Ended, q: float) -> float | None:
    """By lifelines, of the lengths as they are."""
    return _reached_s(fitted(lengths / 1000, ended), q)


def by_lifelines(lengths: Lengths, ended: Ended) -> dict[str, float | None]:
    """What lifelines makes of the lengths in the middles of their bins: percentiles, and bounds of the median."""
    model = fitted(MIDDLES_S[bins(lengths)], ended)
    found = {f"p{round(q * 100)}_s": _reached_s(model, q) for q in (0.5, 0.9, 0.95)}
    bounds = median_survival_times(model.confidence_interval_)
    low, high = (_finite(bounds.iloc[0, column]) for column in (0, 1))
    return {**found, "p50_low_s": low, "p50_high_s": high}
