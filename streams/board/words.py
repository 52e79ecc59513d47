"""How the board says it: the languages of `rytmi explain`, with the words of the pages added.

What comes from outside (names, causes) is shown with control and direction marks taken out, so that no name can turn
the text around it; Jinja escapes everything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from streams.board.words_en import WORDS as ENGLISH_WORDS
from streams.board.words_fi import WORDS as FINNISH_WORDS
from streams.explain.words import Instant, Language, Length, Speaker, Statement, Term, Value, wall
from streams.explain.words_en import ENGLISH
from streams.explain.words_fi import FINNISH

DEFAULT = "en"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"  # some languages are written with them
_MOST = 120
_PREFERRED = re.compile(r"\s*([a-zA-Z]{2})[^,;]*(?:;\s*q=([0-9.]+))?\s*")


def _with(language: Language, sentences: Mapping[str, str]) -> Language:
    return language._replace(sentences={**language.sentences, **sentences})


LANGUAGES = {"en": _with(ENGLISH, ENGLISH_WORDS), "fi": _with(FINNISH, FINNISH_WORDS)}
NAMES = {"en": "English", "fi": "Suomi"}


def plain(text: object, most: int = 0) -> str:
    """A text from outside as it may be shown; cut to `most` letters, if that is not 0."""
    kept = str(text)
    if not kept.isprintable():  # seldom
        kept = "".join(c for c in kept if c in _JOINERS or unicodedata.category(c) not in _HIDDEN or c in "\n\t")
    kept = " ".join(kept.split())
    return kept if not most or len(kept) <= most else kept[: most - 1] + "…"


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
        self._speaker = Speaker(self.language, timezone, now)

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
        return self.language.length(max(0, ms) // 1000 * 1000, not worked)

    def machine(self, ms: int) -> str:
        """As a <time> element wants it."""
        return wall(ms, self.zone).isoformat(timespec="seconds")

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the language's decimal sign."""
        text = f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
        return text.replace(",", "\u00a0").replace(".", ",") if self.code == "fi" else text

    def percent(self, share: float) -> str:
        """A share of 0..1."""
        return f"{self.number(100 * share)}\u00a0%" if self.code == "fi" else f"{100 * share:.0f}%"


def _cut(value: Value) -> Value:
    return plain(value, _MOST) if isinstance(value, str) else value


__all__ = ["LANGUAGES", "NAMES", "Instant", "Length", "Term", "Words", "plain", "preferred"]
