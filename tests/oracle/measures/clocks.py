"""The clocks of all cases as one table, as of any instant.

What a case is at an instant depends on the events up to it: on its own, and on those of every decision that names
it. A case of which all of them lie before the instant is looked at once for all; one of which some lie before and
some after, at every instant anew. Cycles, clocks and verdicts are those of `tests/oracle/oracle.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tests.oracle import history, hours, oracle, policies

from .reading import Known
from .setting import Setting

COLUMNS = ["case", "clock", "touchpoint", "severity", "start", "stop", "end", "due", "outcome", "elapsed", "worked"]
COLUMNS += ["as_of", "calendar"]  # of those that run: until when `worked` counts, and by what it grows on


class Standing(NamedTuple):
    """All clocks at an instant, and when cycles began by `reopened`. Instants and lengths in milliseconds."""

    clocks: pd.DataFrame
    reopenings: pd.DataFrame


class Cases:
    """The cases of a set of events."""

    def __init__(self, known: Known, setting: Setting) -> None:
        self._setting = setting
        self._own: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in known.events["feedback"] + known.events["action"]:
            self._own[event["case"]].append(event)
        self._of_decision: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in known.events["decision"]:
            self._of_decision[event["decision"]].append(event)
        self._decisions: dict[str, set[str]] = defaultdict(set)
        for decision, events in self._of_decision.items():
            for case in {case for event in events for case in event.get("cases") or ()}:
                self._decisions[case].add(decision)
        self._span = {case: self._first_and_last(case) for case in self._own}
        self._settled: Standing | None = None
        self._last_ms = pd.Series({case: last for case, (_, last) in self._span.items()}, dtype="float64")
        self._grown: dict[tuple[str, int], _Grown] = {}

    def _first_and_last(self, case: str) -> tuple[int, int]:
        events = [*self._own[case], *(one for name in self._decisions[case] for one in self._of_decision[name])]
        at = [event["at_ms"] for event in events]
        return min(at), max(at)

    def at(self, at_ms: int) -> Standing:
        """Everything known up to an instant."""
        if self._settled is None:
            self._settled = self._looked_at({case: last for case, (_, last) in self._span.items()})
        over = set(self._last_ms.index[self._last_ms <= at_ms])
        between = {case: at_ms for case, (first, last) in self._span.items() if first <= at_ms < last}
        anew = self._looked_at(between)
        parts = [
            pd.concat([old[old["case"].isin(over)], new], ignore_index=True)
            if len(new)
            else old[old["case"].isin(over)]
            for old, new in zip(self._settled, anew, strict=True)
        ]
        return Standing(self._running_on(parts[0].copy(), at_ms), parts[1])

    def _looked_at(self, until_ms: dict[str, int]) -> Standing:
        """Each case with its events up to an instant of its own."""
        rows: list[tuple[Any, ...]] = []
        reopenings: list[tuple[str, int]] = []
        for case, at_ms in until_ms.items():
            for cycle in self._cycles(case, at_ms):
                if cycle.counted[0].name == "reopened":
                    reopenings.append((case, cycle.received_ms))
                rows.extend((case, *row) for row in self._clocks(cycle, at_ms))
        clocks = pd.DataFrame(rows, columns=COLUMNS)
        numbers = ["start", "stop", "end", "due", "elapsed", "worked", "as_of"]
        clocks[numbers] = clocks[numbers].astype("float64")
        return Standing(clocks, pd.DataFrame(reopenings, columns=["case", "at_ms"]))

    def _cycles(self, case: str, at_ms: int) -> list[history.Cycle]:
        events = [event for event in self._own[case] if event["at_ms"] <= at_ms]
        for name in self._decisions[case]:
            told = [event for event in self._of_decision[name] if event["at_ms"] <= at_ms]
            if any(case in (event.get("cases") or ()) for event in told):
                events.extend({**event, "cases": [case]} for event in told)
        happenings = history.in_order(events).get(case)
        return history.cycles(happenings) if happenings else []

    def _clocks(self, cycle: history.Cycle, at_ms: int) -> Iterator[tuple[Any, ...]]:
        setting = self._setting
        last = cycle.classification_at(None)
        chosen = policies.set_in_force(setting.clocks, setting.versions, cycle.received_ms)
        for name, clock in oracle.clocks(cycle).items():
            if clock is not None:
                verdict = oracle.judge(clock, cycle, setting.clocks, chosen, at_ms)
                running = clock.stop_ms is None and clock.end_ms is None
                yield (
                    *(name, last.touchpoint, last.severity, clock.start_ms, clock.stop_ms, clock.end_ms),
                    *(verdict.due_ms, verdict.outcome, verdict.elapsed_ms, verdict.worked_ms),
                    at_ms if running else None,
                    self._grows_by(clock, cycle, chosen) if running else None,
                )

    def _grows_by(self, clock: oracle.Clock, cycle: history.Cycle, chosen: policies.PolicySet) -> str | None:
        """The calendar by which the worked time of a running clock grows; None inside a pause that counts."""
        policy = policies.first_match(self._setting.clocks, chosen, cycle.classification_at(None))
        if policy is None:
            return "always"
        pauses = cycle.pauses() if clock.name in (policy.get("pausable") or []) else []
        return None if pauses and pauses[-1][1] is None else str(policy["calendar"])

    def _running_on(self, clocks: pd.DataFrame, at_ms: int) -> pd.DataFrame:
        """Those that run as they are at the instant, though nothing happens to them since they were looked at."""
        runs = clocks["as_of"].notna()
        clocks.loc[runs, "elapsed"] = at_ms - clocks.loc[runs, "start"]
        for calendar in clocks.loc[runs, "calendar"].dropna().unique():
            those = runs & (clocks["calendar"] == calendar)
            since = clocks.loc[those, "as_of"].to_numpy(dtype="int64")
            clocks.loc[those, "worked"] += self._worked_since(calendar, since, at_ms)
        clocks.loc[runs & (clocks["due"] < at_ms), "outcome"] = "missed"
        return clocks

    def _worked_since(self, calendar: str, since: np.ndarray, at_ms: int) -> np.ndarray:
        name = (calendar, at_ms)
        if name not in self._grown:
            self._grown = {key: grown for key, grown in self._grown.items() if key[1] == at_ms}
            first = min(first for first, _ in self._span.values())
            opened = hours.open_intervals(
                self._setting.clocks["calendars"][calendar], self._setting.clocks["timezone"], first, at_ms
            )
            self._grown[name] = _Grown(opened)
        return self._grown[name].since(since)


class _Grown:
    """Open time from any instant to the end of a list of intervals."""

    def __init__(self, opened: list[tuple[int, int]]) -> None:
        self._opens, self._closes = (
            (np.array(side, dtype="int64") for side in zip(*opened, strict=True))
            if opened
            else (
                np.zeros(0, dtype="int64"),
                np.zeros(0, dtype="int64"),
            )
        )
        lengths = self._closes - self._opens
        self._after = np.append(np.cumsum(lengths[::-1])[::-1], 0)  # in the i-th interval and all after it

    def since(self, at: np.ndarray) -> np.ndarray:
        following = np.searchsorted(self._closes, at, side="right")  # the first interval that closes later
        begun = np.append(self._opens, 0)[following]
        inside = np.where(following < len(self._opens), np.maximum(at - begun, 0), 0)
        return self._after[following] - inside
