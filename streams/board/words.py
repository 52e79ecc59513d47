"""How the board says it: the catalogues of `rytmi explain`, with the words of the pages added.

What comes from outside (names, causes) is shown with control and direction marks taken out, so that no name can turn
the text around it; Jinja escapes everything.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from streams.board.words_en import WORDS as ENGLISH_WORDS
from streams.board.words_fi import WORDS as FINNISH_WORDS
from streams.explain import words as explained
from streams.language.instants import wall
from streams.language.lengths import spoken
from streams.language.outside import plain
from streams.language.speaker import Speaker
from streams.language.statements import Instant, Statement, Term, Value

DEFAULT = "en"
_MOST = 120
_PREFERRED = re.compile(r"\s*([a-zA-Z]{2})[^,;]*(?:;\s*q=([0-9.]+))?\s*")


LANGUAGES = {
    code: language._replace(sentences={**language.sentences, **{"en": ENGLISH_WORDS, "fi": FINNISH_WORDS}[code]})
    for code, language in explained.LANGUAGES.items()
}
NAMES = {"en": "English", "fi": "Suomi"}


def preferred(accepted: str | None) -> str:
    """The language of an Accept-Language header that we have, the one liked best."""
    best, liked = DEFAULT, 0.0
    for one in (accepted or "").split(",")[:20]:
        if (found := _PREFERRED.fullmatch(one)) and found[1].lower() in LANGUAGES:
            try:
                quality = float(found[2] or 1)
            except ValueError:
                continue
            if quality > liked:
                best, liked = found[1].lower(), quality
    return best


class Words:
    """One page's language, zone and instant (milliseconds)."""

    def __init__(self, code: str, timezone: str, now: int) -> None:
        self.code, self.now = code, now
        self.language = LANGUAGES[code]
        self.zone = ZoneInfo(timezone)
        self._speaker = Speaker(self.language, self.zone, now)

    def __call__(self, key: str, **values: Value) -> str:
        """The sentence of a key, with a capital, unless it begins with somebody's name."""
        first, _, _ = self.language.sentences[key].partition("}")
        if first.startswith("{") and isinstance(values.get(first[1:]), str):
            return self.inside(key, **values)
        return self.say(Statement(key, {name: _cut(value) for name, value in values.items()}))

    def inside(self, key: str, **values: Value) -> str:
        """The same as a part of a line."""
        return plain(self._speaker.phrase(Statement(key, {name: _cut(value) for name, value in values.items()})))

    def has(self, key: str) -> bool:
        """Whether there is one."""
        return key in self.language.sentences

    def say(self, statement: Statement) -> str:
        """A statement as a sentence."""
        return plain(self._speaker.sentence(statement))

    def term(self, name: str) -> str:
        """A word of our own, with a capital."""
        return self.say(Statement("term", {"term": Term(name)}))

    def instant(self, ms: int) -> str:
        """Day and time."""
        return self.inside("the_instant", at=Instant(ms))

    def length(self, ms: int, worked: bool = False) -> str:
        """A length of time, of two units at most."""
        return spoken(max(0, ms) // 1000 * 1000, self.language.locale, worked)

    def machine(self, ms: int) -> str:
        """As a <time> element wants it."""
        return wall(ms, self.zone).isoformat(timespec="seconds")

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's decimal sign."""
        return self.language.locale.number(value, digits)

    def percent(self, share: float) -> str:
        """A share of 0..1."""
        return self.language.locale.percent.format(self.number(100 * share))


def _cut(value: Value) -> Value:
    """A name cut to what fits; a whole number without marks between thousands."""
    if isinstance(value, int):
        return str(value)
    return plain(value, _MOST) if isinstance(value, str) else value
