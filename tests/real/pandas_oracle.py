"""What a log of incidents says, computed from the CSV alone with pandas: nothing of Rytmi is imported here.

Rules counted: an obstacle episode is a run of rows of one incident, in replay order, with the
same Awaiting state, from its first row to the first row after it. A verdict compares the time
from `opened_at` to the first Closed row, Monday to Friday around the clock, with a target by
the priority of that row. `python -m tests.real.pandas_oracle LOG.csv.gz` prints all of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.real.facts import Verdicts

CAUSES = {
    "Awaiting User Info": "user-info",
    "Awaiting Vendor": "vendor",
    "Awaiting Problem": "problem",
    "Awaiting Evidence": "evidence",
}
TARGET_HOURS = {"1 - Critical": 6.38, "2 - High": 0.1, "3 - Moderate": 153.37, "4 - Low": 345.57}
_COLUMNS = ["number", "incident_state", "made_sla", "opened_at", "sys_updated_at", "priority"]
_MONDAY = pd.Timestamp("2016-01-04")
_DAY_MS, _WEEK_DAYS, _WORK_DAYS = 86_400_000, 7, 5


def read(log: Path) -> pd.DataFrame:
    """The log in replay order."""
    table = pd.read_csv(log, usecols=_COLUMNS, dtype=str, keep_default_na=False)
    for column in ("opened_at", "sys_updated_at"):
        table[column] = pd.to_datetime(table[column], format="%d/%m/%Y %H:%M")
    return table.sort_values("sys_updated_at", kind="stable").reset_index(drop=True)


def episodes(table: pd.DataFrame) -> pd.DataFrame:
    """Obstacle episodes: case, cause, minutes."""
    rows = table.sort_values(["number", "sys_updated_at"], kind="stable")
    fresh = (rows.number != rows.number.shift()) | (rows.incident_state != rows.incident_state.shift())
    runs = rows[fresh].copy()
    runs["left_at"] = runs.groupby("number").sys_updated_at.shift(-1)
    runs = runs[runs.incident_state.isin(list(CAUSES))]
    minutes = (runs.left_at - runs.sys_updated_at).dt.total_seconds() / 60
    return pd.DataFrame({"case": runs.number, "cause": runs.incident_state.map(CAUSES), "minutes": minutes})


def first_rows(table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """The first row of each incident, in replay order, on which something holds."""
    return table[where].groupby("number", sort=True).head(1).set_index("number").sort_index()


def median_hours(rows: pd.DataFrame) -> float:
    """Median time from opening to these rows."""
    return float((rows.sys_updated_at - rows.opened_at).dt.total_seconds().median() / 3600)


def missed(table: pd.DataFrame) -> pd.Series:
    """By incident: whether the fitted policy calls it missed."""
    closed = first_rows(table, table.incident_state == "Closed")
    worked_ms = _worked_ms(closed.sys_updated_at) - _worked_ms(closed.opened_at)
    target_ms = closed.priority.map(TARGET_HOURS) * 3_600_000
    return pd.Series(worked_ms > np.round(target_ms), index=closed.index)


def verdicts(table: pd.DataFrame, says_missed: pd.Series) -> Verdicts:
    """Verdicts by incident against `made_sla` of the first Closed row."""
    closed = first_rows(table, table.incident_state == "Closed")
    truth = closed.made_sla == "false"
    said = says_missed.reindex(closed.index)
    return Verdicts(
        *(int(n) for n in ((said & truth).sum(), (said & ~truth).sum(), (~said & truth).sum(), (~said & ~truth).sum()))
    )


def _worked_ms(at: pd.Series) -> pd.Series:
    """Milliseconds of Mondays to Fridays since a Monday."""
    since = (at - _MONDAY) // pd.Timedelta(milliseconds=1)
    days, rest = since // _DAY_MS, since % _DAY_MS
    weeks, day = days // _WEEK_DAYS, days % _WEEK_DAYS
    return (weeks * _WORK_DAYS + day.clip(upper=_WORK_DAYS)) * _DAY_MS + rest.where(day < _WORK_DAYS, 0)


def figures(log: Path) -> dict[str, object]:
    """Everything at once."""
    table = read(log)
    found = episodes(table)
    by_cause = found.groupby("cause").minutes.agg(["count", "median"])
    return {
        "cases": int(table.number.nunique()),
        "episodes": {cause: int(row["count"]) for cause, row in by_cause.iterrows()},
        "median_hours": {cause: round(float(row["median"]) / 60, 4) for cause, row in by_cause.iterrows()},
        "first_reaction_median_hours": median_hours(first_rows(table, table.incident_state != "New")),
        "resolved_median_hours": median_hours(first_rows(table, table.incident_state == "Resolved")),
        "verdicts": verdicts(table, missed(table))._asdict(),
    }


if __name__ == "__main__":
    print(json.dumps(figures(Path(sys.argv[1])), indent=2))
