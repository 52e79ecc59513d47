"""What one value of rytmi.yaml may be: names, lengths, patterns, days.

It is read strictly; or, in the context LENIENT, as far as it can be, for what can be said of a file with faults.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import holidays as holiday_data
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from processors.policy import CLOCKS
from streams.config.problems import unknown
from streams.config.values import day, days, duration_ms, instant_ms, interval, positive_ms

SHORTEST_WINDOW_MS = 300_000  # one pane of the finest kind
LENIENT = "what cannot be read is None, or the field's default"
RESERVED = frozenset({"*", "all"})  # what stands for all in a label


def _name(found: str) -> str:
    if not found or found != found.strip() or len(found.encode()) > 256 or not found.isprintable():
        raise ValueError(f"{found[:60]!r} is no name: 1 to 256 printable bytes, no space at either end")
    return found


def _identifier(found: str) -> str:
    if "*" in _name(found) or found in RESERVED:
        raise ValueError(f"{found!r} cannot be declared: * and the word all stand for all of them")
    return found


def _timezone(found: str) -> str:
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        raise ValueError(unknown("time zone", found, sorted(available_timezones()))) from None
    return found


def _holidays(found: str) -> str:
    country, _, subdivision = found.partition("-")
    try:
        holiday_data.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        countries = holiday_data.list_supported_countries()  # takes half a second, hence only now
        if country in countries:
            raise ValueError(unknown(f"part of {country}", subdivision, countries[country])) from None
        raise ValueError(unknown("country", country, sorted(countries))) from None
    return found


def _day_range(found: str) -> str:
    days(found)
    return found


def _clock(found: str) -> str:
    if found not in CLOCKS:
        raise ValueError(unknown("clock", found, CLOCKS))
    return found


def _window(found: str) -> str:
    if positive_ms(found) < SHORTEST_WINDOW_MS:
        raise ValueError(f"{found} is shorter than a pane; the shortest window is 5m")
    return found


def _intervals(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if not found:
        raise ValueError("has no interval; leave the days out instead")
    return found


def _patterns(found: list[str]) -> list[str]:
    if not found:
        raise ValueError("matches nothing when empty; leave it out to match everything")
    return found


def rising(found: list[float]) -> list[float]:
    """Shares, each above the one before it. Raises ValueError."""
    if found != sorted(set(found)):
        raise ValueError(f"shares must rise; write {sorted(set(found))}")
    return found


def _or_none(found: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """An item of a list, which keeps its place where it cannot be read."""
    try:
        return read(found)
    except ValueError:
        if info.context is not LENIENT:
            raise
        return None


Item = WrapValidator(_or_none)

Name = Annotated[str, AfterValidator(_name)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Duration = Annotated[int, BeforeValidator(duration_ms)]
Length = Annotated[int, BeforeValidator(positive_ms)]
Zone = Annotated[str, AfterValidator(_timezone)]
Interval = Annotated[tuple[int, int], BeforeValidator(interval)]
Day = Annotated[date, BeforeValidator(day)]
DayRange = Annotated[str, AfterValidator(_day_range)]
Instant = Annotated[int, BeforeValidator(instant_ms)]
Clock = Annotated[str, AfterValidator(_clock)]
Window = Annotated[str, AfterValidator(_window)]
Country = Annotated[str, AfterValidator(_holidays)]
Intervals = Annotated[list[Interval], AfterValidator(_intervals)]
Patterns = Annotated[list[Annotated[Name, Item]], AfterValidator(_patterns)]
