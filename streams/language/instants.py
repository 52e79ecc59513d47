"""Instants in words. Milliseconds since the epoch in; wall time of a zone, or of this machine where it is None."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from streams.language.locales import ENGLISH, Locale

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall(ms: int, zone: tzinfo | None) -> datetime:
    """The wall time of an instant."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def is_repeated(local: datetime) -> bool:
    """Whether the clocks show that time twice, as they do for an hour in autumn."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def date(local: datetime, locale: Locale, year: bool = False) -> str:
    """`24 Nov`, `24.11.`; with the year `24 Nov 2026`, `24.11.2026`."""
    text = locale.date.format(day=local.day, month=locale.months[local.month - 1])
    return text + locale.year.format(year=local.year) if year else text


def day(local: datetime, locale: Locale, year: bool = True) -> str:
    """The date with its weekday: `Tue 24 Nov 2026`."""
    return f"{locale.weekdays[local.weekday()]} {date(local, locale, year)}"


def time(hour: int, minute: int, locale: Locale) -> str:
    """`09:15`, `9.15`."""
    return f"{hour:{locale.hour}}{locale.colon}{minute:02d}"


def seconds(local: datetime, locale: Locale) -> str:
    """A time of day with its seconds: `09:15:00`."""
    return f"{time(local.hour, local.minute, locale)}{locale.colon}{local.second:02d}"


def instant(local: datetime, locale: Locale, year: bool = True, fine: bool = False) -> str:
    """`Tue 24 Nov 2026 09:15`, `ti 24.11.2026 klo 9.15`. fine: to the millisecond."""
    text = seconds(local, locale) if fine else time(local.hour, local.minute, locale)
    text += f"{locale.decimal}{local.microsecond // 1000:03d}" if fine else ""
    return locale.instant.format(day=day(local, locale, year), time=text)


def zoned(ms: int, zone: tzinfo) -> str:
    """`Tue 2026-11-24 09:15 EET`, in English: for people in several zones."""
    local = wall(ms, zone)
    return f"{ENGLISH.weekdays[local.weekday()]} {local:%Y-%m-%d %H:%M %Z}"


def exact(ms: int, zone: tzinfo) -> str:
    """RFC 3339 in the zone, and in UTC: `2026-11-24T09:15:00+02:00 (2026-11-24T07:15:00Z)`."""
    return f"{wall(ms, zone).isoformat('T', 'seconds')} ({utc(ms, 'seconds')})"


def utc(ms: int, finest: str = "milliseconds") -> str:
    """RFC 3339 in UTC, `2026-11-24T07:15:00.000Z`."""
    return wall(ms, UTC).isoformat("T", finest).replace("+00:00", "Z")
