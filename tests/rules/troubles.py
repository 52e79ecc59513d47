"""An alert's trouble: what happens, which labels it fires with and after how many minutes.

Here are those of customers, which must not be told where the input is incomplete. How it becomes so is in `blindness`,
what befalls the workers in `pipeline`, a touchpoint's silence in `test_silence`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.rules.world import WORKERS, World, outcomes

CASE = {"touchpoint": "delivery", "clock": "decide"}


class Span(NamedTuple):
    """Minutes from begin to end, the end not among them; called with a minute, it says whether that is one of them."""

    begin: float
    end: float

    def __call__(self, minute: float) -> bool:
        return self.begin <= minute < self.end


Happens = Callable[[World, Span], None]


class Trouble(NamedTuple):
    """labels: of the alert, less its name. after: minutes until it fires, of which it is silent all but the last.

    quiet: minutes after its end at which all is silent again. also: other alerts that the same trouble sets off.
    """

    title: str
    alert: str
    labels: Mapping[str, str]
    happens: Happens
    after: int
    quiet: int = 8
    also: frozenset[str] = frozenset()


def _overdue(severity: str, *by_worker: int) -> Happens:
    def happens(world: World, during: Span) -> None:
        for worker, count in zip(WORKERS, by_worker, strict=False):
            world.change("rytmi_cases_overdue", worker, count, during, severity=severity, **CASE)

    return happens


def _missed(severity: str, window: str, met: int, missed: int) -> Happens:
    """Half of it in each worker, the odd one in the first; somebody is overdue."""

    def happens(world: World, during: Span) -> None:
        for worker, odd in zip(WORKERS, (1, 0), strict=True):
            counts = {"met": (met + odd) // 2, "missed": (missed + odd) // 2, "running": 7, "none": 3}
            outcomes(world, worker, window, counts, during, severity=severity, **CASE)
        world.change("rytmi_cases_overdue", "w2", 1, during, severity=severity, **CASE)

    return happens


def missed(burn: str, severity: str, window: str, met: int, missed: int, level: str = "ticket") -> Trouble:
    objective = "0.95" if severity == "critical" else "0.9"
    labels = {"severity": level, "case_severity": severity, "objective": objective, "window": window, **CASE}
    title = f"{missed} of {missed + met} {severity} cases missed in {window}"
    return Trouble(title, f"RytmiMissed{burn}", labels, _missed(severity, window, met, missed), after=5)


BUSINESS = (
    Trouble(
        "a critical case is overdue for half an hour",
        "RytmiCriticalOverdue",
        {"severity": "page", "case_severity": "critical", **CASE},
        _overdue("critical", 0, 1),
        after=30,
    ),
    Trouble(
        "five cases at two workers are overdue for four hours",
        "RytmiOverdueStanding",
        {"severity": "ticket", "case_severity": "high", **CASE},
        _overdue("high", 3, 2),
        after=240,
    ),
    missed("Fast", "critical", "1d", 7, 4, "page"),
    missed("FastFew", "critical", "1d", 2, 3, "page"),
    missed("Fast", "normal", "1d", 4, 7),
    missed("FastFew", "normal", "1d", 2, 6),
    missed("Slow", "critical", "7d", 17, 3),
    missed("SlowFew", "critical", "7d", 10, 3),
    missed("Slow", "low", "7d", 14, 6),
    missed("SlowFew", "low", "7d", 10, 5),
    missed("Lasting", "critical", "28d", 46, 4),
    missed("LastingFew", "critical", "28d", 40, 4),
    missed("Lasting", "high", "28d", 86, 14),
    missed("LastingFew", "high", "28d", 40, 7),
)
