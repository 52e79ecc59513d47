"""The words that all families of cells share.

A *cell* is what one family counts for two labels in one hour (UTC): `Cell(family, a, b, hour)`. It is a multiset of
*facts*: small tuples that begin with the pane of the hour (0 to 11, of 5 minutes) in which the fact belongs to a
window. Amounts are integers, so cells add up exactly, in any order. What grows with time alone (the age of what still
runs) is a fact with its instant, evaluated when read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, Self

from processors.calendar import ALWAYS, Calendar
from processors.panes import DAY_MS, HOUR_MS, PANE_MS, Span, window
from processors.policy import OTHER, Policies

ALL = "*"
NANO = 1_000_000_000
"""Scores and emotions are summed in units of 10^-9: whole numbers, which add up to the same in any order."""
MONTH: Span = window("28d", 28 * DAY_MS)

Fact = tuple[Any, ...]


class Cell(NamedTuple):
    """The address of a cell. hour: hours since the Unix epoch."""

    family: str
    a: str
    b: str
    hour: int


class Share(NamedTuple):
    """What an entity adds to a cell: a fact, so many times (or a sum: that much). A plain tuple does as well."""

    cell: Cell
    fact: Fact
    amount: int


Shared = tuple[Cell, Fact, int]
Contribution = tuple[Shared, ...]
NOTHING: Contribution = ()


class Row(NamedTuple):
    """A measure at an instant. window: label of the window, None where there is none."""

    measure: str
    labels: dict[str, str]
    window: str | None
    values: dict[str, float | int | None]


class Sum(Protocol):
    """What a family keeps of one pair of labels over one span."""

    def add(self, fact: Fact, amount: int) -> None:
        """Take a fact in (or out: a negative amount)."""

    def is_empty(self) -> bool:
        """Whether nothing is left of it."""


class Additive(Protocol):
    """Figures at an instant that add up over labels."""

    def plus(self, other: Self) -> None: ...


class Intended(NamedTuple):
    """What a touchpoint is meant to be: mean emotion, mean score on 0..1, mean number of obstacles standing."""

    emotion: float | None = None
    score: float | None = None
    standing: float | None = None


@dataclass(frozen=True)
class Frame:
    """What the measures need to know of the organisation.

    windows: milliseconds by label. calendars: by name. functions: after how many milliseconds their indicators are
    stale, by function.
    """

    policies: Policies
    windows: Mapping[str, int]
    calendars: Mapping[str, Calendar] = field(default_factory=lambda: {"always": ALWAYS})
    functions: Mapping[str, int | None] = field(default_factory=dict)
    intended: Mapping[str, Intended] = field(default_factory=dict)

    @property
    def spans(self) -> list[Span]:
        """The configured windows."""
        return [window(label, length) for label, length in self.windows.items()]


def cell(family: str, a: str, b: str, at: int) -> tuple[Cell, int]:
    """The cell of an instant, and the pane in it."""
    hour, rest = divmod(at, HOUR_MS)
    return Cell(family, a, b, hour), rest // PANE_MS


def pane_at(hour: int, fact: Fact) -> int:
    """The beginning of the pane of a fact, milliseconds."""
    at: int = hour * HOUR_MS + fact[0] * PANE_MS
    return at


def unit_label(unit: str | None, policies: Policies) -> str:
    """A unit as a label: those that the configuration does not know are `other`."""
    return unit if unit is not None and unit in policies.units else OTHER


def nano(value: object) -> int:
    """A score or an emotion in units of 10^-9."""
    assert isinstance(value, int | float)
    return round(value * NANO)


def ratio(part: float, whole: float) -> float | None:
    """Their ratio, None of nothing."""
    return part / whole if whole else None


def gather(found: dict[Any, Additive], keys: Any, figures: Any, empty: Any) -> None:
    """Add figures to those under each of the keys."""
    for key in keys:
        sums = found.get(key)
        if sums is None:
            sums = found[key] = empty()
        sums.plus(figures)
