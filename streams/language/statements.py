"""What is to be said, before it is said in a language: the key of a sentence, and its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from processors.calendar import Hours


class Instant(NamedTuple):
    """An instant, milliseconds. fine: to the millisecond, where minutes would not tell two apart. year: in any case."""

    ms: int
    fine: bool = False
    year: bool = False


class TimeOfDay(NamedTuple):
    """The time of day of an instant, seconds since the epoch."""

    at: float


class Length(NamedTuple):
    """A length of time, milliseconds. worked: inside a calendar, where a day is not 24 hours: told in hours."""

    ms: int
    worked: bool = False


class Rough(NamedTuple):
    """A length of time in seconds that is an estimate: told in one unit."""

    seconds: float


class Term(NamedTuple):
    """A word of our own (a clock, a severity, a role ...), which a language may bend."""

    name: str


class Statement(NamedTuple):
    """The key of a sentence, and its values. A text is said as it is, a whole number as the language writes it."""

    key: str
    values: Mapping[str, Value] = {}


Value = Instant | TimeOfDay | Length | Rough | Term | Hours | Statement | tuple[Statement, ...] | str | int
Part = tuple[Statement, tuple[Statement, ...]]
"""A heading and what is said under it."""
