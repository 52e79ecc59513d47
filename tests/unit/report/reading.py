"""A page as somebody reads it who cannot see it: its text, its tables, its pictures, and what it would fetch."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(("meta", "link", "br", "img", "input", "hr"))
_HIDDEN = frozenset(("style", "title"))
_CELLS = ("th", "td")


@dataclass
class Table:
    """Its caption and its rows as text; the first `heads` are those of the head."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    heads: int = 0

    def row(self, name: str) -> list[str]:
        """The row of a name."""
        (found,) = (row for row in self.rows if row and row[0] == name)
        return found

    @property
    def head(self) -> list[str]:
        """The last row before the first of the body."""
        return self.rows[self.heads - 1]


class Page(HTMLParser):
    """elements: every element with its attributes. text: outside of tables and drawings. wrong: what is not closed in
    its order.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.tables: list[Table] = []
        self.text: list[str] = []
        self.pictures: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.elements.append((tag, said))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.tables[-1].rows.append([])
            self.tables[-1].heads += "thead" in self._open
        elif tag in _CELLS:
            self.tables[-1].rows[-1].append("")
        elif tag == "svg" and said.get("role") == "img":
            self.pictures.append({"labelledby": said.get("aria-labelledby", "")})
        elif tag in ("title", "desc") and "svg" in self._open:
            self.pictures[-1][tag] = said.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or not self._open or self._open[-1] in _HIDDEN or "svg" in self._open:
            return
        if self._open[-1] == "caption":
            self.tables[-1].caption += text
        elif any(tag in _CELLS for tag in self._open):
            if text != "▲":
                row = self.tables[-1].rows[-1]
                row[-1] = f"{row[-1]} {text}".strip()
        else:
            self.text.append(text)

    def table(self, caption: str) -> Table:
        """The table of a caption."""
        (found,) = (one for one in self.tables if one.caption == caption)
        return found


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    page.wrong += page._open
    return page
