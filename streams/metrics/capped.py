"""Which names have series of their own, where producers choose the names."""

from __future__ import annotations

from collections.abc import Mapping

MOST_NAMES = 50
_STAYS = 0.8


class Capped:
    """The most frequent names. One that is among them stays until it has fallen to four fifths of who would come in,
    so that two that are about as frequent do not change places all the time.
    """

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._in: set[str] = set()

    def choose(self, counts: Mapping[str, int]) -> set[str]:
        """The names that keep their own. counts: how often each was seen."""
        ranked = sorted(counts, key=lambda name: (-counts[name] / (_STAYS if name in self._in else 1), name))
        self._in = set(ranked[: self._most])
        return self._in
