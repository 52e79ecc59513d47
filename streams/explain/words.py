"""From statements to sentences. A language is a catalogue: a sentence for every key, words for every term.

In a sentence `{due}` is a value as the language writes it, and `{clock:of}` a term in the form that the catalogue calls
`of`, which Finnish needs for its cases.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from processors.calendar import Hours

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MINUTES = 1440


class Instant(NamedTuple):
    """An instant, milliseconds. fine: to the millisecond, where minutes would not tell two apart. year: in any case."""

    ms: int
    fine: bool = False
    year: bool = False


class Length(NamedTuple):
    """A length of time, milliseconds. worked: inside a calendar, where a day is not 24 hours: told in hours."""

    ms: int
    worked: bool = False


class Term(NamedTuple):
    """A word of our own (a clock, a severity, a role ...), which a language may bend."""

    name: str


class Statement(NamedTuple):
    """What is to be said: the key of a sentence, and its values."""

    key: str
    values: Mapping[str, Value] = {}


Value = Instant | Length | Term | Hours | Statement | tuple[Statement, ...] | str | int
Part = tuple[Statement, tuple[Statement, ...]]
"""A heading and what is said under it."""


class Language(NamedTuple):
    """sentences: by key. words: by name of a term, or `name:form`.

    instant: from wall time, and whether to tell the year and finer than minutes. length: from milliseconds, and whether
    days may be told. hours: from opening hours and the name of their time zone where that is not the usual one.
    """

    code: str
    sentences: Mapping[str, str]
    words: Mapping[str, str]
    instant: Callable[[datetime, bool, bool], str]
    length: Callable[[int, bool], str]
    hours: Callable[[Hours, str | None], str]
    comma: str
    last_comma: str


class _Bent:
    """A term in a sentence: its format is the form."""

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        self._name, self._words = name, words

    def __format__(self, form: str) -> str:
        plain = self._words.get(self._name, self._name)
        return self._words.get(f"{self._name}:{form}", plain) if form else plain


class Speaker:
    """Says statements in a language, with instants in a time zone; years only where they differ from that of `at`."""

    def __init__(self, language: Language, timezone: str, at_ms: int) -> None:
        self._language, self._timezone, self._zone = language, timezone, ZoneInfo(timezone)
        self._year = wall(at_ms, self._zone).year

    def sentence(self, statement: Statement) -> str:
        """A whole sentence, with a capital at its start."""
        text = self.phrase(statement)
        return text[:1].upper() + text[1:]

    def lines(self, part: Part, width: int) -> list[str]:
        """The heading, and under it each sentence from a line of its own on, no wider than `width`."""
        heading, said = part
        lines = textwrap.wrap(self.sentence(heading), width)
        for statement in said:
            lines += textwrap.wrap(
                self.sentence(statement), width, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
            )
        return lines

    def phrase(self, statement: Statement) -> str:
        """The same inside another sentence."""
        values = {name: self._said(value) for name, value in statement.values.items()}
        return self._language.sentences[statement.key].format(**values)

    def _said(self, value: Value) -> object:  # noqa: PLR0911 - one line a kind of value
        language = self._language
        match value:
            case Instant(ms, fine, year):
                local = wall(ms, self._zone)
                text = language.instant(local, year or local.year != self._year, fine)
                return f"{text} (UTC{local.isoformat()[-6:]})" if _is_repeated(local) else text
            case Length(ms, worked):
                return language.length(ms, not worked)
            case Term(name):
                return _Bent(name, language.words)
            case Hours():
                return language.hours(value, value.timezone if value.timezone != self._timezone else None)
            case Statement():
                return self.phrase(value)
            case tuple():
                return self._list([self.phrase(one) for one in value])
        return value

    def _list(self, items: list[str]) -> str:
        if len(items) < 2:
            return "".join(items)
        return self._language.comma.join(items[:-1]) + self._language.last_comma + items[-1]


def wall(ms: int, zone: ZoneInfo) -> datetime:
    """The wall time of an instant."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def _is_repeated(local: datetime) -> bool:
    """Whether the clocks show that time twice, as they do for an hour in autumn."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def weekly(hours: Hours) -> Iterator[tuple[int, int, tuple[tuple[int, int], ...]]]:
    """Neighbouring days with the same hours, as (first, last, hours); Monday is 0. Days without hours are left out."""
    first = 0
    for day in range(1, 8):
        if day == 7 or hours.weekly[day] != hours.weekly[first]:
            if hours.weekly[first]:
                yield first, day - 1, hours.weekly[first]
            first = day


def is_all_day(intervals: tuple[tuple[int, int], ...]) -> bool:
    """Whether a day's hours are its 24."""
    return intervals == ((0, _DAY_MINUTES),)


def clock_face(minutes: int) -> tuple[int, int]:
    """Hour and minute; a closing after midnight is told as on the next day, midnight at its end as 24:00."""
    hour, minute = divmod(minutes, 60)
    return (hour - 24, minute) if minutes > _DAY_MINUTES else (hour, minute)


def parts_of(ms: int, with_days: bool) -> list[tuple[int, str]]:
    """The two largest units of a length of a minute at least, (number, `day` | `h` | `min`); days from two on."""
    minutes = ms // 60_000
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24)
    found = [(days, "day"), (rest, "h")] if with_days and days > 1 else [(hours, "h"), (minutes, "min")]
    return [(number, unit) for number, unit in found if number]
