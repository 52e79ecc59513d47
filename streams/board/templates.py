"""Pages from templates. Everything is escaped; what comes from outside is cleaned by the filter `plain` first."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from streams.language.outside import plain


@cache
def environment() -> Environment:
    """The templates of the board."""
    found = Environment(
        loader=PackageLoader("streams.board"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {"plain": plain, "segment": segment}
    return found


def segment(text: Any) -> str:
    """A name as a part of an address."""
    return quote(str(text), safe="")
