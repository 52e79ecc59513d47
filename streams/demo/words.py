"""What the wall says, in the language of whoever looks: sentences by key, numbers, lengths and times of day.

A language is a table: `words_en`, `words_fi`. A sentence with a number `n` may have a form of its own for one, under
its key and `.1`. Numbers in a sentence are written as the language writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Length(NamedTuple):
    """A length of time in a sentence, seconds."""

    seconds: float


class Moment(NamedTuple):
    """A time of day in a sentence, seconds since the epoch."""

    at: float


class Said(NamedTuple):
    """What is to be said: the key of a sentence, and its values. A text is said as it is."""

    key: str
    values: Mapping[str, Value] = {}


Value = Length | Moment | Said | int | str


class Language(NamedTuple):
    """sentences: by key. units: of time, with what stands between number and unit; `joined` in spans, as in `6d 3h`.

    thousands, decimal: what stands between digits. clock: a time of day.
    """

    code: str
    sentences: Mapping[str, str]
    units: Mapping[str, str]
    joined: Mapping[str, str]
    thousands: str
    decimal: str
    clock: str


class Speaker:
    """Says things in a language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, key: str, **values: Value) -> str:
        """The sentence of a key."""
        return self.said(Said(key, values))

    def said(self, what: Said) -> str:
        """The sentence of what is to be said."""
        sentences, key = self._language.sentences, what.key
        if what.values.get("n") == 1 and f"{key}.1" in sentences:
            key = f"{key}.1"
        return sentences[key].format(**{name: self._value(value) for name, value in what.values.items()})

    def _value(self, value: Value) -> str:
        match value:
            case Length(seconds):
                return self.length(seconds)
            case Moment(at):
                return self.time(at)
            case Said():
                return self.said(value)
            case int():
                return self.number(value)
        return value

    def number(self, value: int) -> str:
        """A whole number."""
        return f"{value:,}".replace(",", self._language.thousands)

    def decimal(self, value: float, digits: int) -> str:
        """A number with so many digits after the point."""
        return f"{value:.{digits}f}".replace(".", self._language.decimal)

    def length(self, seconds: float) -> str:
        """A length of time in one unit with two or three digits: what a life table gives is no finer."""
        for unit, size, until in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
            if seconds < until:
                return self._amount(seconds / size, unit)
        return self._amount(seconds / 86_400, "d")

    def _amount(self, amount: float, unit: str) -> str:
        digits = 1 if amount < 9.95 and unit in {"h", "d"} and amount != int(amount) else 0
        return f"{self.decimal(amount, digits)}{self._language.units[unit]}"

    def lag(self, seconds: float) -> str:
        """A short length in tenths of a second."""
        return f"{self.decimal(seconds, 1)}{self._language.units['s']}"

    def span(self, seconds: float) -> str:
        """A length of time in its two largest units, as in `6d 3h`."""
        minutes, joined = max(0, int(seconds // 60)), self._language.joined
        if minutes < 1:
            return f"{max(0, int(seconds))}{joined['s']}"
        if minutes < 60:
            return f"{minutes}{joined['min']}"
        hours = minutes // 60
        first, second = ((hours, "h"), (minutes % 60, "min")) if hours < 24 else ((hours // 24, "d"), (hours % 24, "h"))
        return f"{first[0]}{joined[first[1]]} {second[0]}{joined[second[1]]}"

    def window(self, label: str) -> str:
        """A window by its label, as the configuration writes lengths: `7d`."""
        number = label.rstrip("smhd")
        unit = {"m": "min"}.get(label[len(number) :], label[len(number) :])
        known = number.isdecimal() and unit in self._language.units
        return f"{number}{self._language.units[unit]}" if known else label

    def time(self, at: float) -> str:
        """A time of day with seconds, as on this machine's clock; `at`: seconds since the epoch."""
        local = datetime.fromtimestamp(at).astimezone()
        return self._language.clock.format(hour=local.hour, minute=local.minute, second=local.second)

    def short_time(self, at: float) -> str:
        """A time of day without seconds."""
        return self.time(at)[:-3]


def language_of(environment: Mapping[str, str]) -> str:
    """`fi` or `en`, by the first that is set of LC_ALL, LC_MESSAGES and LANG; English for every other language."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "fi" if named.lower().replace("-", "_").split(".")[0].split("_")[0] == "fi" else "en"


def speaker(code: str) -> Speaker:
    """One who speaks `en` or `fi`."""
    from streams.demo.words_en import ENGLISH
    from streams.demo.words_fi import FINNISH

    return Speaker({"en": ENGLISH, "fi": FINNISH}[code])
