"""The shape of rytmi.yaml. What one key may hold is said here; what one says of another is in `references.py`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

import holidays as holiday_data
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from processors.alarms import MOST_STEPS
from streams.config.problems import unknown
from streams.config.values import day, days, duration_ms, instant_ms, interval, positive_ms

DAY_MS = 86_400_000
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


Name = Annotated[str, AfterValidator(_name)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Duration = Annotated[int, BeforeValidator(duration_ms)]
Length = Annotated[int, BeforeValidator(positive_ms)]
Zone = Annotated[str, AfterValidator(_timezone)]
Interval = Annotated[tuple[int, int], BeforeValidator(interval)]
Day = Annotated[date, BeforeValidator(day)]
DayRange = Annotated[str, AfterValidator(_day_range)]
Instant = Annotated[int, BeforeValidator(instant_ms)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class CalendarSpec(_Strict):
    """Opening hours; without `hours` every hour of every day that is not taken away."""

    hours: dict[DayRange, list[Interval]] | None = Field(None, min_length=1)
    holidays: Annotated[str, AfterValidator(_holidays)] | None = None
    closed: list[Day] = []
    timezone: Zone | None = None


class UnitSpec(_Strict):
    """A unit of the organisation, and who is told."""

    id: Identifier
    supervisor: Name | None = None
    leader: Name | None = None


class Intended(_Strict):
    """What a touchpoint is meant to be."""

    emotion: Annotated[float, Field(ge=-1, le=1)] | None = None
    score: float | None = None
    standing: Annotated[float, Field(ge=0)] | None = None


class TouchpointSpec(_Strict):
    """Where customers meet the organisation."""

    id: Identifier
    path: Identifier | None = None
    stage: Name | None = None
    unit: Identifier | None = None
    mode: Name | None = None
    intended: Intended | None = None


class FunctionSpec(_Strict):
    """A function that reports indicators. stale_after: milliseconds."""

    id: Identifier
    stale_after: Length | None = None


class Match(_Strict):
    """Patterns by attribute; `*` stands for any run of characters."""

    severity: list[Name] | None = None
    touchpoint: list[Name] | None = None
    channel: list[Name] | None = None
    unit: list[Name] | None = None
    path: list[Name] | None = None


class Targets(_Strict):
    """Worked time by clock, milliseconds."""

    acknowledge: Length | None = None
    decide: Length | None = None
    effect: Length | None = None
    resolve: Length | None = None
    tell: Length | None = None


class Step(_Strict):
    """Who is told how long after the breach, milliseconds."""

    after: Duration
    to: Literal["owner", "supervisor", "leader"]


class PolicySpec(_Strict):
    """Targets for what it matches."""

    name: Name
    match: Match = Match()
    calendar: str = "always"
    targets: Targets = Targets()
    pausable: list[str] = []
    warn: list[Annotated[float, Field(gt=0, lt=1)]] = Field([], max_length=MOST_STEPS)
    escalate: list[Step] = Field([], max_length=MOST_STEPS)


class PolicySetSpec(_Strict):
    """Policies in force from an instant on, milliseconds since the epoch."""

    from_ms: Instant = Field(alias="from")
    policies: list[PolicySpec]


class SourceSpec(_Strict):
    """A system that events come from and that says now and then that it lives; silent for longer, it is not trusted."""

    id: Identifier
    records: list[Literal["feedback", "action", "decision"]] = Field(["feedback", "action"], min_length=1)
    touchpoints: list[Identifier] = []
    silent_after: Length = 120_000


class ConfigFile(_Strict):
    """All of rytmi.yaml."""

    timezone: Zone = "UTC"
    calendars: dict[Identifier, CalendarSpec] = {}
    units: list[UnitSpec] = []
    touchpoints: list[TouchpointSpec] = []
    functions: list[FunctionSpec] = []
    sources: list[SourceSpec] = []
    settle: Duration = 200
    unknown_touchpoint: Literal["other", "reject"] = "other"
    policies: list[PolicySpec] | None = None
    policy_sets: list[PolicySetSpec] | None = Field(None, min_length=1)
    windows: list[str] = Field(["15m", "1h", "1d", "7d", "28d"], min_length=1)
    retention: Length = 60 * DAY_MS
