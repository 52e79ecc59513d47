"""What a report consists of, written out but for its looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

LATE, GOOD, SOFT = "late", "good", "soft"
"""Tones of a cell. Each has a sign or words beside its colour."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table. also: further lines of it. more: what stands under it, smaller."""

    text: str
    tone: str = ""
    more: str = ""
    also: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """texts: the columns that are text; the others are figures. wide: one that needs room. total: whether the last row
    sums up.

    groups: a heading over several columns, and how many; of all columns in their order.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    texts: Collection[int] = (0,)
    wide: int | None = None
    total: bool = False
    groups: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Chart:
    """title: what it shows. legend: pairs of a mark (SVG) and what it means."""

    title: str
    svg: Markup
    legend: Sequence[tuple[Markup, str]] = ()


@dataclass(frozen=True)
class Note:
    text: str


@dataclass(frozen=True)
class Heading:
    """Of what follows, inside a section."""

    text: str
    more: str


Part = Table | Chart | Note | Heading


@dataclass(frozen=True)
class Section:
    """key: its place in the page's address."""

    key: str
    title: str
    lead: str = ""
    parts: Sequence[Part] = ()


@dataclass(frozen=True)
class Tile:
    """A figure at the head of the page."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Report:
    """sentences: the state in plain words, the weightiest first. notes: how it is to be read."""

    kind: str
    title: str
    subtitle: str
    sentences: Sequence[str]
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    notes: Sequence[str] = field(default=())


def cells(*texts: str) -> list[Cell]:
    """Plain cells."""
    return [Cell(text) for text in texts]
