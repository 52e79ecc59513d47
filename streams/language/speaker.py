"""From statements to sentences. A language is a catalogue: a sentence for every key, words for every term.

In a sentence `{due}` is a value as the language writes it, and `{clock:of}` a term in the form that the catalogue calls
`of`, which Finnish needs for its cases. A sentence whose value `n` is 1 may have a form of its own under `key.one`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import tzinfo
from typing import NamedTuple

from processors.calendar import Hours
from streams.language import instants, lengths
from streams.language.hours import opening
from streams.language.instants import is_repeated, wall
from streams.language.locales import Locale
from streams.language.statements import Instant, Length, Part, Rough, Statement, Term, TimeOfDay, Value


class Language(NamedTuple):
    """sentences: by key. words: by name of a term, or `name:form`."""

    locale: Locale
    sentences: Mapping[str, str]
    words: Mapping[str, str] = {}


class _Bent:
    """A term in a sentence: its format is the form."""

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        self._name, self._words = name, words

    def __format__(self, form: str) -> str:
        plain = self._words.get(self._name, self._name)
        return self._words.get(f"{self._name}:{form}", plain) if form else plain


class Speaker:
    """Says statements in a language.

    zone: of instants; None: this machine's. at_ms: years are told only where they differ from that of this instant;
    None: always.
    """

    def __init__(self, language: Language, zone: tzinfo | None = None, at_ms: int | None = None) -> None:
        self.language, self.locale, self.zone = language, language.locale, zone
        self._year = None if at_ms is None else wall(at_ms, zone).year

    def say(self, key: str, **values: Value) -> str:
        """What a key says, as a part of a line."""
        return self.phrase(Statement(key, values))

    def phrase(self, statement: Statement) -> str:
        """A statement inside another sentence."""
        sentences, (key, values) = self.language.sentences, statement
        if values.get("n") == 1 and f"{key}.one" in sentences:
            key = f"{key}.one"
        return sentences[key].format(**{name: self.written(value) for name, value in values.items()})

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

    def written(self, value: Value) -> object:  # noqa: PLR0911 - one line a kind of value
        """A value as it stands in a sentence."""
        match value:
            case Instant(ms, fine, year):
                local = wall(ms, self.zone)
                text = instants.instant(local, self.locale, year or local.year != self._year, fine)
                return f"{text} (UTC{local.isoformat()[-6:]})" if is_repeated(local) else text
            case TimeOfDay(at):
                return instants.seconds(wall(int(at * 1000), self.zone), self.locale)
            case Length(ms, worked):
                return lengths.spoken(ms, self.locale, worked)
            case Rough(seconds):
                return lengths.rough(seconds, self.locale)
            case Term(name):
                return _Bent(name, self.language.words)
            case Hours():
                text = opening(value, self.locale, self.say)
                return text if value.timezone == str(self.zone) else f"{text}; {value.timezone}"
            case Statement():
                return self.phrase(value)
            case tuple():
                return self.locale.listed([self.phrase(one) for one in value])
            case int():
                return self.locale.number(value)
        return value
