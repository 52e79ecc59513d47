"""What the wall says, in the language of whoever looks: sentences by key, numbers, lengths and times of day.

The sentences of a language are in `words_en` and `words_fi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from streams.demo.words_en import ENGLISH
from streams.demo.words_fi import FINNISH
from streams.language import lengths
from streams.language import speaker as speaking
from streams.language.statements import Rough as Length
from streams.language.statements import Statement as Said
from streams.language.statements import TimeOfDay as Moment

__all__ = ["Length", "Moment", "Said", "Speaker", "language_of", "speaker"]
_LANGUAGES = {"en": ENGLISH, "fi": FINNISH}


class Speaker(speaking.Speaker):
    """Says things in a language, as there is room for them on a wall."""

    def said(self, what: Said) -> str:
        """The sentence of what is to be said."""
        return self.phrase(what)

    def number(self, value: int) -> str:
        """A whole number."""
        return self.locale.number(value)

    def decimal(self, value: float, digits: int) -> str:
        """A number with so many digits after the point."""
        return self.locale.narrow(value, digits)

    def length(self, seconds: float) -> str:
        """A length of time in one unit."""
        return lengths.rough(seconds, self.locale)

    def lag(self, seconds: float) -> str:
        """A short length in tenths of a second."""
        return f"{self.decimal(seconds, 1)} {self.locale.units['s']}"

    def span(self, seconds: float) -> str:
        """A length of time in its two largest units, as in `6d 3h`."""
        return lengths.tight(seconds, self.locale)

    def window(self, label: str) -> str:
        """A window by its label, as the configuration writes lengths: `7d`."""
        number = label.rstrip("smhd")
        unit = {"m": "min"}.get(label[len(number) :], label[len(number) :])
        known = number.isdecimal() and unit in self.locale.units
        return f"{number} {self.locale.units[unit]}" if known else label

    def time(self, at: float) -> str:
        """A time of day with seconds; `at`: seconds since the epoch."""
        return str(self.written(Moment(at)))

    def short_time(self, at: float) -> str:
        """A time of day without seconds."""
        return self.time(at)[:-3]


def language_of(environment: Mapping[str, str]) -> str:
    """`fi` or `en`, by the first that is set of LC_ALL, LC_MESSAGES and LANG; English for every other language."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "fi" if named.lower().replace("-", "_").split(".")[0].split("_")[0] == "fi" else "en"


def speaker(code: str, zone: tzinfo | None = None) -> Speaker:
    """One who speaks `en` or `fi`, and tells times of day in that zone; None: in this machine's."""
    return Speaker(_LANGUAGES[code], zone)
