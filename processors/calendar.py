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
_MINUTE_MS = 60_000
_DAY_MINUTES = 1440
_LAST_YEAR = 2250  # instants end with 2099; a target reached later than this is never reached
_NEVER = 1 << 63
_REACH_MS = 3 * _DAY_MINUTES * _MINUTE_MS  # no interval over midnight reaches further in from a year not laid


class Hours(NamedTuple):
    """Opening hours in wall time.

    weekly: seven tuples (Monday first) of (opening, closing) in minutes after midnight; closing may exceed 1440.
    holidays: a code of the `holidays` library, `FI` or `DE-BY`. closed: further days without hours.
    """

    timezone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    holidays: str | None = None
    closed: frozenset[date] = frozenset()


class _Laid(NamedTuple):
    """The open intervals of whole years, merged: opening, closing, worked time before the opening. Never changed.

    From `low` until `high` every interval that matters is among them.
    """

    from_year: int
    to_year: int
    low: int
    high: int
    opens: list[int]
    closes: list[int]
    before: list[int]

    def at(self, at_ms: int) -> int:
        """Worked time of these years up to an instant."""
        i = bisect_right(self.opens, at_ms) - 1
        if i < 0:
            return 0
        return self.before[i] + min(at_ms, self.closes[i]) - self.opens[i]

    def total(self) -> int:
        return self.before[-1] + self.closes[-1] - self.opens[-1] if self.opens else 0


class Calendar:
    """Worked time of one set of hours; `Calendar(None)` is open always.

    Years are laid when first asked for, and kept; threads may ask at the same time.
    """

    def __init__(self, hours: Hours | None) -> None:
        self.hours = hours
        self._laid: _Laid | None = None

    def worked(self, start_ms: int, end_ms: int) -> int:
        """Worked milliseconds in [start, end); 0 where end <= start."""
        if end_ms <= start_ms:
            return 0
        if self.hours is None:
            return end_ms - start_ms
        laid = self._cover(self.hours, start_ms, end_ms)
        return laid.at(end_ms) - laid.at(start_ms)

    def after(self, start_ms: int, worked_ms: int) -> int | None:
        """The first instant at or after start by which that much has been worked; None if that never comes."""
        if self.hours is None or worked_ms <= 0:
            return start_ms + max(worked_ms, 0)
        laid = self._cover(self.hours, start_ms, start_ms + worked_ms)
        while (goal := laid.at(start_ms) + worked_ms) > laid.total():
            if laid.to_year >= _LAST_YEAR:
                return None
            laid = self._extend(self.hours, laid)
        i = bisect_left(laid.before, goal) - 1  # the last interval that starts with less than the goal
        return laid.opens[i] + goal - laid.before[i]

    def opening(self, at_ms: int) -> int | None:
        """The first instant at or after `at` at which the calendar is open: `at` itself inside open hours, which
        include the opening instant and not the closing one; None if it never opens again.
        """
        if self.hours is None:
            return at_ms
        laid = self._cover(self.hours, at_ms, at_ms)
        while (i := bisect_right(laid.closes, at_ms)) == len(laid.closes):  # i: the first that closes later
            if laid.to_year >= _LAST_YEAR:
                return None
            laid = self._extend(self.hours, laid)
        return max(at_ms, laid.opens[i])

    def _cover(self, hours: Hours, start_ms: int, end_ms: int) -> _Laid:
        laid = self._laid
        if laid is not None and laid.low <= start_ms and end_ms < laid.high:
            return laid
        first, last = _year(start_ms - _REACH_MS), min(_year(end_ms + _REACH_MS), _LAST_YEAR)
        if laid is not None:
            first, last = min(first, laid.from_year), max(last, laid.to_year)
        self._laid = laid = _lay(hours, first, last)
        return laid

    def _extend(self, hours: Hours, laid: _Laid) -> _Laid:
        """Twice as many years."""
        self._laid = laid = _lay(hours, laid.from_year, min(2 * laid.to_year - laid.from_year + 1, _LAST_YEAR))
        return laid


def _lay(hours: Hours, from_year: int, to_year: int) -> _Laid:
    opens: list[int] = []
    closes: list[int] = []
    before: list[int] = []
    total = 0
    for opening, closing in sorted(_intervals(hours, from_year, to_year)):
        if opens and opening <= closes[-1]:
            extra = max(0, closing - closes[-1])
            closes[-1] += extra
            total += extra
        else:
            opens.append(opening)
            closes.append(closing)
            before.append(total)
            total += closing - opening
    low, high = _wall_ms(date(from_year, 1, 1)) + _REACH_MS, _wall_ms(date(to_year + 1, 1, 1)) - _REACH_MS
    return _Laid(from_year, to_year, low, high if to_year < _LAST_YEAR else _NEVER, opens, closes, before)


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
    day += timedelta(days=days)
    hour, minute = divmod(minutes, 60)
    wall = _wall_ms(day) + minutes * _MINUTE_MS
    first = _offset_ms(datetime.combine(day, time(hour, minute), zone))
    second = _offset_ms(datetime.combine(day, time(hour, minute, fold=1), zone))
    if first < second:  # skipped: read with the offset after the change it lies before it, and the other way round
        return _change_between(wall - second, wall - first, zone)
    return wall - (second if fold else first)


def _change_between(low: int, high: int, zone: ZoneInfo) -> int:
    """The instant of the clock change after `low` and not after `high`, found by bisection on the offset."""
    before = _offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset_at(at_ms: int, zone: ZoneInfo) -> int:
    return _offset_ms((_EPOCH + at_ms * _MS).astimezone(zone))


def _offset_ms(at: datetime) -> int:
    offset = at.utcoffset()
    assert offset is not None
    return offset // _MS


def _wall_ms(day: date) -> int:
    return (day.toordinal() - _EPOCH.toordinal()) * _DAY_MINUTES * _MINUTE_MS


def _year(at_ms: int) -> int:
    return (_EPOCH + at_ms * _MS).year


ALWAYS = Calendar(None)
