"""Text that others have chosen (names, causes, titles), as it may be shown, and templates into which it may be put."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"  # some languages are written with them


def plain(text: object, most: int = 0) -> str:
    """In one line, without control and direction marks; cut to `most` letters, if that is not 0."""
    kept = str(text)
    if not kept.isprintable():  # seldom
        kept = "".join(c for c in kept if c in _JOINERS or unicodedata.category(c) not in _HIDDEN or c in "\n\t")
    kept = " ".join(kept.split())
    return kept if not most or len(kept) <= most else kept[: most - 1] + "…"


def environment(package: str, **filters: Callable[[Any], Any]) -> Environment:
    """The templates of a package, with filters of its own. Everything that is put in is escaped."""
    found = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= filters
    return found
