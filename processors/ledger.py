"""The set of events that an entity is, and how new ones join it.

An entity is a list of entries in the order of (at, rank, id); ids are unique in it,
so plain tuple order is that order. The same id with the same content is a repeat;
with another content it is a producer's error.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

MAX_EVENTS = 1_000

FOLDED: Final = "folded"
REPEATED: Final = "repeated"
ID_CONFLICT: Final = "id_conflict"
TOO_LARGE: Final = "too_large"

WORDS: Final = {
    ID_CONFLICT: "the id is known in this entity with another content: a producer must not use an id twice",
    TOO_LARGE: "the entity has as many events, or names as many cases, as it may",
}

Fact = str | int | float | bool | None


class Entry(NamedTuple):
    """One event as its entity keeps it.

    at: milliseconds. rank: its place among events of the same instant, which is also its kind.
    claimed: the producer's own `at` where it lay ahead of the append time and that was taken instead, else 0.
    facts: what the fold and the measures need, by rank; flat, so that it can be stored compactly.
    """

    at: int
    rank: int
    id: str
    claimed: int
    facts: tuple[Fact, ...]


class Told(NamedTuple):
    """An alarm that was announced (see processors/alarms.py). Instants in milliseconds.

    at: when its level was reached. told: from when people could be told. announced: when they were, by the worker's
    clock. ended: when its reason went, else 0; how: why. The rest is as announced, so that its name stays to its end.
    """

    at: int
    told: int
    announced: int
    ended: int
    how: int
    due: int | None
    touchpoint: str
    severity: str
    recipient: str | None
    to: str


class Ledger(NamedTuple):
    """What is stored of an entity.

    entries: sorted. purged: until which instant it was purged once, else 0.
    published: outcome code to the digest of what was last published for it (see outcomes).
    announced: level code to what was announced of it (see alarms).
    """

    entries: tuple[Entry, ...] = ()
    purged: int = 0
    published: dict[int, int] = {}  # noqa: RUF012 - a NamedTuple's default; ledgers are never changed in place
    announced: dict[int, Told] = {}  # noqa: RUF012 - likewise


EMPTY: Final = Ledger()


def add(known: dict[str, Entry], entry: Entry) -> str:
    """Put an entry among those known by id, unless it is a repeat, an id conflict or one too many; says which."""
    standing = known.get(entry.id)
    if standing is not None:
        return REPEATED if _content(standing) == _content(entry) else ID_CONFLICT
    if len(known) >= MAX_EVENTS:
        return TOO_LARGE
    known[entry.id] = entry
    return FOLDED


def _content(entry: Entry) -> tuple[object, ...]:
    return entry.claimed or entry.at, entry.rank, entry.facts


def text_digest(text: str | None) -> str | None:
    """What stands in an entry for a text: enough to tell a repeat from another content, and nothing of the text."""
    return None if text is None else digest(text)


def digest(*parts: object) -> str:
    """A stable 128-bit identity of some values, as 32 hex digits."""
    text = "\x1f".join(map(str, parts))
    if text.count("\x1f") >= len(parts):  # a separator inside a name: say where each part ends
        text = "\x1f".join(f"{len(str(part))}:{part}" for part in parts)
    found = _NOTHING_YET.copy()  # cheaper than a new one
    found.update(text.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


_NOTHING_YET = blake2b(digest_size=16)
