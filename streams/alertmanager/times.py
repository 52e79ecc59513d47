"""Lengths and instants as people read them. Milliseconds in, words out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # not strftime's, which follow the machine's language
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))  # d is 24 h


@overload
def length(ms: int) -> str: ...
@overload
def length(ms: int | None) -> str | None: ...
def length(ms: int | None) -> str | None:
    """In its two largest units, `1 h 30 min`, `2 d`, `45 s`; cut, never rounded up to a time that is not over yet."""
    if ms is None:
        return None
    for place, (unit, name) in enumerate(_UNITS):
        if ms >= unit:
            parts = [f"{ms // unit} {name}"]
            if place + 1 < len(_UNITS) and (rest := ms % unit // _UNITS[place + 1][0]):
                parts.append(f"{rest} {_UNITS[place + 1][1]}")
            return " ".join(parts)
    return "0 s"


def local(at_ms: int, zone: tzinfo) -> str:
    """`Tue 2026-11-24 09:15 EET`."""
    at = _moment(at_ms).astimezone(zone)
    return f"{_DAYS[at.weekday()]} {at:%Y-%m-%d %H:%M %Z}"


def exact(at_ms: int, zone: tzinfo) -> str:
    """RFC 3339 in the zone, and in UTC: `2026-11-24T09:15:00+02:00 (2026-11-24T07:15:00Z)`."""
    return f"{_moment(at_ms).astimezone(zone).isoformat('T', 'seconds')} ({utc(at_ms, 'seconds')})"


def utc(at_ms: int, finest: str = "milliseconds") -> str:
    """RFC 3339 in UTC, `2026-11-24T07:15:00.000Z`."""
    return _moment(at_ms).isoformat("T", finest).replace("+00:00", "Z")


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)
