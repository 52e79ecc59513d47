"""What is known of a case at an instant, as values. Instants and lengths in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Any, NamedTuple

from processors.calendar import Hours

Record = Mapping[str, Any]


class State(StrEnum):
    """What can be said of a clock: the first five run, the others do not."""

    RUNNING = auto()
    STANDING = auto()
    OVERDUE = auto()
    NEVER_DUE = auto()
    UNTARGETED = auto()
    IN_TIME = auto()
    LATE = auto()
    LATE_ENDED = auto()
    CALLED_OFF = auto()
    STOPPED = auto()


class Rule(NamedTuple):
    """Who judges a clock. target: worked milliseconds. hours: None for a calendar that is always open."""

    policy: str | None
    version: str | None
    target: int | None
    calendar: str
    hours: Hours | None
    pausable: bool


class Pause(NamedTuple):
    """A pause as far as it falls on a clock. taken: worked milliseconds that it takes off."""

    begun: int
    ended: int | None
    taken: int


class Clock(NamedTuple):
    """A clock that has started.

    rule: None if the configuration is not the one that judged. classified: (touchpoint, severity) when it stopped, or
    an earlier one of the case while it runs, where that differs from the case's now. worked, left: None if unknown.
    resumed_due: when it would be due if the pause ended now. opens: from when its calendar is open, now or later.
    """

    name: str
    state: State
    started: int
    ended: int | None
    due: int | None
    promised: bool
    classified: tuple[str, str] | None
    elapsed: int
    worked: int | None
    alarms: tuple[Record, ...]
    rule: Rule | None = None
    left: int | None = None
    pauses: tuple[Pause, ...] = ()
    resumed_due: int | None = None
    opens: int | None = None

    @property
    def runs(self) -> bool:
        return self.ended is None


class Cycle(NamedTuple):
    """A cycle of the case; `record` in the fields of CaseCycle."""

    record: Record
    clocks: tuple[Clock, ...]


class Facts(NamedTuple):
    """All of a case at an instant; `record` in the fields of rytmi.case.v1. others: alarms about no clock of it."""

    at: int
    record: Record
    cycles: tuple[Cycle, ...]
    others: tuple[Record, ...]
