"""The notations inside rytmi.yaml: durations, week days, wall-clock intervals, instants, dates.

Every function takes what YAML gave and returns the value, or raises ValueError with a
sentence that says what was found and what would be right.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile("".join(rf"(?:(?P<{unit}>{_NUMBER}){unit})?" for unit in "dhms"))
_UNIT_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}
_LONGEST_MS = 36_525 * _UNIT_MS["d"]
_INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440


def duration_ms(found: object) -> int:
    """Milliseconds of `30m`, `1h30m`, `6.38h`, `2d`; a day has 24 hours. Rounded to the millisecond."""
    match = _DURATION.fullmatch(found) if isinstance(found, str) else None
    if not match or not match[0]:
        raise ValueError(f"{shown(found)} is not a duration; write 30m, 1h30m, 6.38h or 2d (d is 24 hours)")
    length_ms = round(sum(Decimal(number) * _UNIT_MS[unit] for unit, number in match.groupdict().items() if number))
    if length_ms > _LONGEST_MS:
        raise ValueError(f"{shown(found)} is longer than a hundred years")
    return length_ms


def positive_ms(found: object) -> int:
    """As duration_ms, and more than nothing."""
    length_ms = duration_ms(found)
    if length_ms < 1:
        raise ValueError(f"{shown(found)} is no time at all; it must be longer than 0")
    return length_ms


def shown_ms(length_ms: int) -> str:
    """A length as this file writes it: `1h30m`."""
    parts, rest = [], length_ms
    for unit, unit_ms in _UNIT_MS.items():
        count, rest = divmod(rest, unit_ms)
        if unit == "s" and rest:
            parts.append(f"{Decimal(count * 1000 + rest) / 1000}s")
        elif count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0m"


def interval(found: object) -> tuple[int, int]:
    """(opening, closing) in minutes after midnight of `08:00-16:30`; closing exceeds 1440 over midnight."""
    match = _INTERVAL.fullmatch(found) if isinstance(found, str) else None
    if not match:
        raise ValueError(f'{shown(found)} is not an interval; write "08:00-16:30", in quotes')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    opening, closing = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or opening >= DAY_MINUTES or closing > DAY_MINUTES:
        raise ValueError(f"{shown(found)} holds no time of day; they run from 00:00 to 23:59, an end may be 24:00")
    if opening == closing:
        raise ValueError(f'{shown(found)} is empty or a whole day; a whole day is written "00:00-24:00"')
    return opening, closing if closing > opening else closing + DAY_MINUTES


def days(found: str) -> tuple[int, ...]:
    """The week days, Monday being 0, of `mon-fri`, `sat`, `mon,wed`, `fri-mon`."""
    named: list[int] = []
    for part in found.split(","):
        ends = [end.strip() for end in part.split("-")]
        if len(ends) > 2 or not set(ends) <= set(DAYS):
            raise ValueError(f"{shown(found)} names no week days; write mon-fri, sat or mon,wed ({' '.join(DAYS)})")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        named += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
    return tuple(sorted(set(named)))


def instant_ms(found: object) -> int:
    """Milliseconds since the epoch of a time with an offset, as a text or as YAML's own type."""
    try:
        at = datetime.fromisoformat(found) if isinstance(found, str) else found
    except ValueError:
        at = None
    if isinstance(at, datetime) and at.tzinfo is None:
        raise ValueError(f"{shown(found)} has no offset, so it is no instant; write {at.isoformat()}+02:00 or ...Z")
    if isinstance(at, datetime) and 1970 < at.year < 2100:
        return (at - _EPOCH) // timedelta(milliseconds=1)
    raise ValueError(f"{shown(found)} is not a time from 1971 to 2099; write 2026-01-01T00:00:00+02:00")


def day(found: object) -> date:
    """A date, as a text or as YAML's own type."""
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    try:
        if isinstance(found, str) and _DATE.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise ValueError(f"{shown(found)} is not a date; write 2026-12-24")


def shown(found: object) -> str:
    """What was found, short enough for one line."""
    text = found.isoformat() if isinstance(found, date) else repr(found)
    return text if len(text) <= 60 else f"{text[:57]}..."
