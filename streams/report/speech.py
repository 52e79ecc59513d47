"""How a report says it: its words in a language, and how exactly its figures are written.

What comes from outside (titles, causes, names) is shown without control and direction marks, and no longer than a line.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from processors.measures.terms import ALL
from streams.language import instants, locales
from streams.language.instants import wall
from streams.language.lengths import SECONDS, fitting
from streams.language.locales import NO_BREAK
from streams.language.outside import plain
from streams.language.speaker import Language, Speaker
from streams.language.statements import Value
from streams.report.words_en import WORDS as ENGLISH
from streams.report.words_fi import WORDS as FINNISH

LANGUAGES = {"en": Language(locales.ENGLISH, ENGLISH), "fi": Language(locales.FINNISH, FINNISH)}
NONE = "\N{EN DASH}"
_MOST_LETTERS = 120


class Speech(Speaker):
    """A report's speaker, called with a key and its values. Figures that are None are written as a dash."""

    def __init__(self, code: str, zone: ZoneInfo) -> None:
        super().__init__(LANGUAGES[code], zone)

    def __call__(self, key: str, **values: Value) -> str:
        return self.say(key, **values)

    def head(self, *columns: str) -> list[str]:
        """The headings of a table."""
        return [self(f"col.{name}") for name in columns]

    def term(self, kind: str, name: str) -> str:
        """A word of a closed vocabulary; what is not in it stands as it is."""
        return self.language.sentences.get(f"{kind}.{name}") or self.name(name)

    def place(self, touchpoint: str) -> str:
        """A touchpoint, or all of them."""
        return self("all") if touchpoint == ALL else self.term("touchpoint", touchpoint)

    def name(self, text: str) -> str:
        """A name, cause or title from outside."""
        return plain(text, _MOST_LETTERS) or NONE

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number; one that rounds to 0 has no sign."""
        return NONE if value is None else self.locale.number(value if round(value, digits) else 0.0, digits)

    def amount(self, value: float | None) -> str:
        """A mean, or a rate: a decimal, two below a tenth, none from a hundred on."""
        return self.number(value, 0 if not value or abs(value) >= 100 else 1 if abs(value) >= 0.095 else 2)

    def counted(self, value: float | None) -> str:
        """A mean of counts: whole where it is, with a decimal below a hundred where it is not."""
        return self.number(value, 0 if not value or abs(value) >= 100 or abs(value - round(value)) < 1e-9 else 1)

    def signed(self, value: float | None, digits: int = 0) -> str:
        """A number with its sign, also where it is above 0."""
        return f"{'+' if value and round(value, digits) > 0 else ''}{self.number(value, digits)}"

    def percent(self, share: float | None) -> str:
        """A share on 0..1; with a decimal where it is nearly all, or nearly none."""
        if share is None:
            return NONE
        if 0.995 <= share < 1:
            return self._percent(self.number(min(99.9, 100 * share), 1))
        return self._percent(self.number(100 * share, int(0 < share < 0.095)))

    def signed_percent(self, value: float) -> str:
        """A change that is in percent already."""
        return self._percent(self.signed(value, int(0 < abs(value) < 9.95)))

    def _percent(self, shown: str) -> str:
        return self.locale.percent.format(shown)

    def of_hundred(self, share: float | None) -> str:
        """A mean on 0..1, as of a hundred."""
        return NONE if share is None else self.number(100 * share)

    def length(self, seconds: float | None, digits: int = 1) -> str:
        """A length, in the largest unit of which it has one and a half; below ten with a decimal."""
        if seconds is None:
            return NONE
        unit = fitting(seconds)
        found = seconds / SECONDS[unit]
        return f"{self.number(found, digits if 0 < found < 9.95 else 0)}{NO_BREAK}{self.locale.units[unit]}"

    def round_length(self, seconds: float) -> str:
        """A length without decimals, for an axis."""
        return self.length(seconds, 0)

    def day(self, at: int) -> str:
        """Weekday and date."""
        return instants.day(wall(at, self.zone), self.locale)

    def date(self, at: float | None) -> str:
        """Day and month."""
        return NONE if at is None else instants.date(wall(int(at), self.zone), self.locale)

    def instant(self, at: int) -> str:
        """Date and time."""
        local = wall(at, self.zone)
        return self.say("instant", day=self.day(at), time=instants.time(local.hour, local.minute, self.locale))
