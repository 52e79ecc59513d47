"""Worked time: the real time inside a calendar's open intervals.

A calendar is a monotone function W from instants to worked milliseconds. It is
held as three parallel arrays (opening, closing, worked time before the opening),
so that a length is two bisections and a due instant is one.

Rules: interval ends are wall times of the zone. One that a clock change skips is
the instant of the change; one that it repeats is its first occurrence when
opening and its second when closing. What runs over midnight belongs to the day
on which it starts; overlapping intervals count once; intervals are half-open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays as holiday_data

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY_MINUTES = 1440
_LAST_YEAR = 2250  # instants end with 2099; a target reached later than this is never reached


class Hours(NamedTuple):
    """Opening hours in wall time.

    weekly: seven tuples (Monday first) of (opening, closing) in minutes after midnight; closing may exceed 1440.
    holidays: a code of the `holidays` library, `FI` or `DE-BY`. closed: further days without hours.
    """

    timezone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    holidays: str | None = None
    closed: frozenset[date] = frozenset()


class Calendar:
    """Worked time of one set of hours; `Calendar(None)` is open always."""

    def __init__(self, hours: Hours | None) -> None:
        self.hours = hours
        self._from_year = self._to_year = 0
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._covered = (0, 0)

    def worked(self, start_ms: int, end_ms: int) -> int:
        """Worked milliseconds in [start, end); 0 where end <= start."""
        if end_ms <= start_ms:
            return 0
        if self.hours is None:
            return end_ms - start_ms
        self._cover(start_ms, end_ms)
        return self._at(end_ms) - self._at(start_ms)

    def after(self, start_ms: int, worked_ms: int) -> int | None:
        """The first instant at or after start by which that much has been worked; None if that never comes."""
        if self.hours is None or worked_ms <= 0:
            return start_ms + max(worked_ms, 0)
        self._cover(start_ms, start_ms + worked_ms)
        while (goal := self._at(start_ms) + worked_ms) > self._total():
            if self._to_year >= _LAST_YEAR:
                return None
            self._build(self._from_year, min(2 * self._to_year - self._from_year + 1, _LAST_YEAR))
        i = bisect_left(self._before, goal) - 1  # the last interval that starts with less than the goal
        return self._opens[i] + goal - self._before[i]

    def _total(self) -> int:
        return self._before[-1] + self._closes[-1] - self._opens[-1] if self._opens else 0

    def _at(self, at_ms: int) -> int:
        i = bisect_right(self._opens, at_ms) - 1
        if i < 0:
            return 0
        return self._before[i] + min(at_ms, self._closes[i]) - self._opens[i]

    def _cover(self, start_ms: int, end_ms: int) -> None:
        low, high = self._covered
        if low <= start_ms and end_ms < high:
            return
        first, last = _year(start_ms) - 1, min(_year(end_ms) + 1, _LAST_YEAR)
        if self._to_year:
            first, last = min(first, self._from_year), max(last, self._to_year)
        self._build(first, last)

    def _build(self, from_year: int, to_year: int) -> None:
        """Lay the intervals of whole years, merged, with the worked time before each."""
        assert self.hours is not None
        self._from_year, self._to_year = from_year, to_year
        self._opens, self._closes, self._before = [], [], []
        total = 0
        for opening, closing in sorted(_intervals(self.hours, from_year, to_year)):
            if self._opens and opening <= self._closes[-1]:
                extra = max(0, closing - self._closes[-1])
                self._closes[-1] += extra
                total += extra
            else:
                self._opens.append(opening)
                self._closes.append(closing)
                self._before.append(total)
                total += closing - opening
        # A day on either side is left out: an interval over midnight may reach in from a year not laid.
        self._covered = (_wall_ms(date(from_year, 1, 3)), _wall_ms(date(to_year, 12, 29)))


def _intervals(hours: Hours, from_year: int, to_year: int) -> list[tuple[int, int]]:
    zone = ZoneInfo(hours.timezone)
    off = _days_off(hours, from_year, to_year)
    day, found = date(from_year, 1, 1), []
    while day.year <= to_year:
        for opening, closing in hours.weekly[day.weekday()] if day not in off else ():
            start, end = _to_utc(day, opening, zone, fold=0), _to_utc(day, closing, zone, fold=1)
            if start < end:  # a clock change may swallow an interval whole
                found.append((start, end))
        day += timedelta(days=1)
    return found


def _days_off(hours: Hours, from_year: int, to_year: int) -> frozenset[date]:
    if hours.holidays is None:
        return hours.closed
    country, _, subdivision = hours.holidays.partition("-")
    years = range(from_year, to_year + 1)
    named = holiday_data.country_holidays(country, subdiv=subdivision or None, years=years)
    return hours.closed | frozenset(named)


def _to_utc(day: date, minutes: int, zone: ZoneInfo, fold: int) -> int:
    days, minutes = divmod(minutes, _DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), zone).replace(fold=fold)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return (instant - _EPOCH) // _MS
    return _change_near(wall, zone)


def _change_near(wall: datetime, zone: ZoneInfo) -> int:
    """The instant of the clock change that skips this wall time, found by bisection on the offset."""
    low = (wall.replace(fold=1).astimezone(UTC) - _EPOCH) // _MS  # with the offset after: before the change
    high = (wall.replace(fold=0).astimezone(UTC) - _EPOCH) // _MS  # with the offset before: after the change
    before = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(at_ms: int, zone: ZoneInfo) -> timedelta | None:
    return (_EPOCH + at_ms * _MS).astimezone(zone).utcoffset()


def _wall_ms(day: date) -> int:
    return (datetime.combine(day, time(), UTC) - _EPOCH) // _MS


def _year(at_ms: int) -> int:
    return (_EPOCH + at_ms * _MS).year


ALWAYS = Calendar(None)
