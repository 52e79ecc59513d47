"""Opening hours in words: `Mon-Fri 08:00-16:00; closed on public holidays (FI)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from processors.calendar import Hours
from streams.language.instants import time
from streams.language.locales import Locale

_DAY_MINUTES = 1440
Intervals = tuple[tuple[int, int], ...]
"""Minutes of a day from and to which something is open."""


def opening(hours: Hours, locale: Locale, say: Callable[..., str]) -> str:
    """Days and times; days off. say: the sentence of a key of the family `hours` with its values."""
    said = [f"{_days(first, last, locale)} {_times(open_, locale, say)}" for first, last, open_ in _weekly(hours)]
    off = [say("hours.holidays", calendar=hours.holidays)] if hours.holidays else []
    off += [say("hours.other_days", n=len(hours.closed))] if hours.closed else []
    if off:
        said.append(say("hours.closed", days=locale.last_comma.join(off)))
    return "; ".join(said)


def _weekly(hours: Hours) -> Iterator[tuple[int, int, Intervals]]:
    """Neighbouring days with the same hours: first, last (Monday is 0), hours. Closed days are left out."""
    first = 0
    for day in range(1, 8):
        if day == 7 or hours.weekly[day] != hours.weekly[first]:
            if hours.weekly[first]:
                yield first, day - 1, hours.weekly[first]
            first = day


def _days(first: int, last: int, locale: Locale) -> str:
    return locale.dash.join(locale.weekdays[day] for day in dict.fromkeys((first, last)))


def _times(intervals: Intervals, locale: Locale, say: Callable[..., str]) -> str:
    if intervals == ((0, _DAY_MINUTES),):
        return say("hours.all_day")
    return ", ".join(locale.dash.join(_time(minutes, locale) for minutes in pair) for pair in intervals)


def _time(minutes: int, locale: Locale) -> str:
    """A closing after midnight is told as on the next day, midnight at its end as 24:00."""
    hour, minute = divmod(minutes, 60)
    return time(hour - 24 if minutes > _DAY_MINUTES else hour, minute, locale)
