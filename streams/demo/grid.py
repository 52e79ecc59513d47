"""Columns of a wall: every cell has its width, so nothing moves while figures change, and no line is too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rich.text import Text

BLANK = "-"
Row = TypeVar("Row")


class Column(NamedTuple, Generic[Row]):
    """heading: two lines. cell: what it says of a row."""

    heading: str
    width: int
    cell: Callable[[Row], Text | str]
    is_text: bool = False  # to the left, as words are; figures stand to the right


def headings(columns: Sequence[Column[Row]]) -> list[Text]:
    """The two lines over a table."""
    above, below = [], []
    for column in columns:
        first, _, second = column.heading.partition("\n")
        above.append(fitted(first, column.width, column.is_text))
        below.append(fitted(second, column.width, column.is_text))
    return [Text.assemble(*above, style="dim"), Text.assemble(*below, style="dim underline")]


def line(columns: Sequence[Column[Row]], row: Row, style: str = "") -> Text:
    """One row of a table."""
    return Text.assemble(*(fitted(column.cell(row), column.width, column.is_text) for column in columns), style=style)


def fitted(said: Text | str, width: int, is_text: bool = False) -> Text:
    """Cut or filled up to a width: the first column of it is the distance to what stands before."""
    text = said.copy() if isinstance(said, Text) else Text(said)
    text.truncate(width - 1, overflow="ellipsis")
    text.align("left" if is_text else "right", width - 1)
    return Text.assemble(" ", text)


def clipped(lines: Iterable[Text], width: int) -> list[Text]:
    """No line longer than the screen is wide."""
    found = []
    for text in lines:
        text.truncate(width, overflow="ellipsis")
        text.no_wrap = True
        found.append(text)
    return found
