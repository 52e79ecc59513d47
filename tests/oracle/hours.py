"""Working hours, spelled out: every open interval of a calendar is written down day by day.

A calendar is the plain mapping of `rytmi.yaml` (`hours`, `holidays`, `closed`, `timezone`). Instants and lengths are
whole milliseconds, intervals half-open. Nothing here is clever: intervals are listed, merged, cut and added up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

Interval = tuple[int, int]

DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000
GIVE_UP_AFTER_DAYS = 20_000  # two days of work at two minutes a week, the least of the palette, take 10,080 days


def to_ms(value: datetime) -> int:
    return (value - EPOCH) // MILLISECOND


def from_ms(at_ms: int) -> datetime:
    return EPOCH + at_ms * MILLISECOND


def parse_ms(value: str | datetime) -> int:
    """An RFC 3339 text, or what a YAML reader made of one (without a zone it then means UTC)."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return to_ms(instant)


def parse_duration_ms(text: str) -> int:
    return int(text[:-1]) * {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY_MS}[text[-1]]


@cache
def instant_of_change(wall: datetime, zone: ZoneInfo) -> int:
    """The instant at which the clocks jump over `wall`: the first one that shows a later wall time, looked for by
    the second (no zone changes inside one) around the two instants that the old and the new offset would give.
    """
    guesses = [to_ms(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
    at_ms = min(guesses)
    while from_ms(at_ms).astimezone(zone).replace(tzinfo=None) < wall:
        at_ms += 1_000
    return at_ms


def instant_of_wall(wall: datetime, zone: ZoneInfo, *, closing: bool) -> int:
    first, second = (to_ms(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if first < second:  # the wall time is repeated
        return second if closing else first
    if first > second:  # it is skipped
        return instant_of_change(wall, zone)
    return first


def days_named(text: str) -> list[int]:
    """Week days of `mon`, `mon-fri`, `sat-mon`."""
    first, last = (DAY_NAMES.index(name) for name in (text.split("-") * 2)[:2])
    days = [first]
    while days[-1] != last:
        days.append((days[-1] + 1) % 7)
    return days


def minutes_of(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def wall_intervals(calendar: Mapping[str, Any], day: date) -> list[tuple[datetime, datetime]]:
    """What the calendar writes down for this day as (opens, closes) in wall time, holidays not looked at."""
    midnight = datetime.combine(day, time())
    if calendar.get("hours") is None:
        return [(midnight, midnight + timedelta(days=1))]
    found = []
    for days, texts in calendar["hours"].items():
        if day.weekday() in days_named(days):
            for text in texts:
                opens, closes = (minutes_of(part) for part in text.split("-"))
                if closes <= opens:  # over midnight: belongs to the day it starts on
                    closes += 24 * 60
                found.append((midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)))
    return found


@cache
def _national(code: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(code, years=year))


@cache
def _day(calendar_json: str, zone_name: str, day: date) -> tuple[Interval, ...]:
    """The open intervals that start on `day`. Kept, because neighbouring questions list the same days again."""
    calendar = json.loads(calendar_json)
    if str(day) in (calendar.get("closed") or []):
        return ()
    if calendar.get("holidays") and day in _national(calendar["holidays"], day.year):
        return ()
    zone = ZoneInfo(zone_name)
    intervals = []
    for opens, closes in wall_intervals(calendar, day):
        interval = instant_of_wall(opens, zone, closing=False), instant_of_wall(closes, zone, closing=True)
        if interval[0] < interval[1]:
            intervals.append(interval)
    return tuple(intervals)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    result: list[Interval] = []
    for opens, closes in sorted(intervals):
        if result and opens <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], closes))
        else:
            result.append((opens, closes))
    return result


def open_intervals(calendar: Mapping[str, Any], default_zone: str, begin_ms: int, end_ms: int) -> list[Interval]:
    """The calendar's union of intervals inside [from, to), in order."""
    if calendar.get("hours") is None and not calendar.get("holidays") and not calendar.get("closed"):
        return [(begin_ms, end_ms)] if begin_ms < end_ms else []
    zone_name = str(calendar.get("timezone") or default_zone)
    text = json.dumps(dict(calendar), default=str)
    day = from_ms(begin_ms).astimezone(ZoneInfo(zone_name)).date() - timedelta(days=2)
    last_day = from_ms(end_ms).astimezone(ZoneInfo(zone_name)).date() + timedelta(days=1)
    listed: list[Interval] = []
    while day <= last_day:
        listed.extend(_day(text, zone_name, day))
        day += timedelta(days=1)
    cut = [(max(opens, begin_ms), min(closes, end_ms)) for opens, closes in merged(listed)]
    return [(opens, closes) for opens, closes in cut if opens < closes]


def without(intervals: list[Interval], pauses: list[Interval]) -> list[Interval]:
    """What is left of the intervals when the pauses are cut out."""
    for pause_from, pause_to in pauses:
        if pause_from < pause_to:
            pieces = [
                piece
                for opens, closes in intervals
                for piece in ((opens, min(closes, pause_from)), (max(opens, pause_to), closes))
            ]
            intervals = [(opens, closes) for opens, closes in pieces if opens < closes]
    return intervals


def worked_ms(calendar: Mapping[str, Any], zone: str, start_ms: int, end_ms: int, pauses: list[Interval]) -> int:
    return sum(closes - opens for opens, closes in without(open_intervals(calendar, zone, start_ms, end_ms), pauses))


def reached_ms(
    calendar: Mapping[str, Any], zone: str, start_ms: int, target_ms: int, pauses: list[Interval]
) -> int | None:
    """The first instant at which worked time since `start_ms` is `target_ms`; None if it never is."""

    def opened(days: int) -> list[Interval]:
        return without(open_intervals(calendar, zone, start_ms, start_ms + days * DAY_MS), pauses)

    return _walk(opened, target_ms)


def _walk(opened: Callable[[int], list[Interval]], target_ms: int) -> int | None:
    days = 8  # look ahead a week, then twice as far, and so on
    while days <= GIVE_UP_AFTER_DAYS:
        left_ms = target_ms
        for opens, closes in opened(days):
            if closes - opens >= left_ms:
                return opens + left_ms
            left_ms -= closes - opens
        days *= 2
    return None
