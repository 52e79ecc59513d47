"""How a report says it: the words of a language, and its way of writing numbers, lengths and instants.

What comes from outside (titles, causes, names) is shown without control and direction marks, and no longer than a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streams.language.instants import wall
from streams.language.outside import plain
from streams.report.words_en import WORDS as ENGLISH
from streams.report.words_fi import WORDS as FINNISH

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "fi": FINNISH}
NONE = "\N{EN DASH}"
_NARROW = "\u00a0"
_MINUS = "\N{MINUS SIGN}"
_UNITS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))
_MOST_LETTERS = 120
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Speech(NamedTuple):
    """A language and a time zone."""

    code: str
    zone: ZoneInfo

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key, with its values. Numbers must be written already."""
        return LANGUAGES[self.code][key].format(**values)

    def many(self, key: str, n: int, **values: object) -> str:
        """The same of a number: `key.one` where it is 1."""
        return self(f"{key}.one" if n == 1 else key, n=self.number(n), **values)

    def term(self, kind: str, name: str) -> str:
        """A word of a closed vocabulary; what is not in it stands as it is."""
        return LANGUAGES[self.code].get(f"{kind}.{name}") or self.name(name)

    def place(self, touchpoint: str) -> str:
        """A touchpoint."""
        return self.term("touchpoint", touchpoint)

    def name(self, text: str) -> str:
        """A name, cause or title from outside."""
        return plain(text, _MOST_LETTERS) or NONE

    def number(self, value: float | None, digits: int = 0) -> str:
        if value is None:
            return NONE
        shown = f"{value:,.{digits}f}"
        if not shown.strip("-0.,"):
            shown = shown.lstrip("-")
        shown = shown.replace("-", _MINUS)
        return shown.replace(",", _NARROW).replace(".", ",") if self.code == "fi" else shown

    def amount(self, value: float | None) -> str:
        """A mean, or a rate: a decimal, two below a tenth, none from a hundred on."""
        if value is None:
            return NONE
        return self.number(value, 0 if abs(value) >= 100 or not value else 1 if abs(value) >= 0.095 else 2)

    def counted(self, value: float | None) -> str:
        """A mean of counts: whole where it is, with a decimal below a hundred where it is not."""
        if value is None:
            return NONE
        return self.number(value, 0 if abs(value) >= 100 or abs(value - round(value)) < 1e-9 else 1)

    def signed(self, value: float, digits: int = 0) -> str:
        shown = self.number(value, digits)
        return shown if value <= 0 or not shown.strip("0.,") else f"+{shown}"

    def percent(self, share: float | None) -> str:
        """Of a share on 0..1; with a decimal where it is nearly all, or nearly none."""
        if share is None:
            return NONE
        if 0.995 <= share < 1:
            return self._percent(self.number(min(99.9, 100 * share), 1))
        return self._percent(self.number(100 * share, int(0 < share < 0.095)))

    def signed_percent(self, value: float) -> str:
        """Of percent."""
        return self._percent(self.signed(value, int(0 < abs(value) < 9.95)))

    def _percent(self, shown: str) -> str:
        return f"{shown}{_NARROW}%" if self.code == "fi" else f"{shown}%"

    def of_hundred(self, share: float | None) -> str:
        """A mean on 0..1, as of a hundred."""
        return NONE if share is None else self.number(100 * share)

    def length(self, seconds: float | None, digits: int = 1) -> str:
        """A length, in the largest unit of which it has one and a half; below ten with a decimal."""
        if seconds is None:
            return NONE
        unit, name = next(((unit, name) for unit, name in _UNITS if seconds >= 1.5 * unit or unit == 1), _UNITS[-1])
        found = seconds / unit
        return f"{self.number(found, digits if 0 < found < 9.95 else 0)}{_NARROW}{self(f'length.{name}')}"

    def round_length(self, seconds: float) -> str:
        """A length without decimals, for an axis."""
        return self.length(seconds, 0)

    def _wall(self, at: int) -> datetime:
        return wall(at, self.zone)

    def day(self, at: int) -> str:
        """Weekday and date."""
        local = self._wall(at)
        name = _DAYS[self.code][local.weekday()]
        if self.code == "fi":
            return f"{name} {local.day}.{local.month}.{local.year}"
        return f"{name} {local.day} {_MONTHS[local.month - 1]} {local.year}"

    def date(self, at: int) -> str:
        """Day and month."""
        local = self._wall(at)
        return f"{local.day}.{local.month}." if self.code == "fi" else f"{local.day} {_MONTHS[local.month - 1]}"

    def instant(self, at: int) -> str:
        """Date and time."""
        local = self._wall(at)
        if self.code == "fi":
            return f"{self.day(at)} klo {local.hour}.{local:%M}"
        return f"{self.day(at)}, {local:%H:%M}"
