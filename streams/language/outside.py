"""Text that others have chosen (names, causes, titles), as it may be shown."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"  # some languages are written with them


def plain(text: object, most: int = 0) -> str:
    """In one line, without control and direction marks; cut to `most` letters, if that is not 0."""
    kept = str(text)
    if not kept.isprintable():  # seldom
        kept = "".join(c for c in kept if c in _JOINERS or unicodedata.category(c) not in _HIDDEN or c in "\n\t")
    kept = " ".join(kept.split())
    return kept if not most or len(kept) <= most else kept[: most - 1] + "…"
