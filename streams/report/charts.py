"""The charts of reports: a row for each thing, its name to the left, so that they are read like a table.

Marks differ by their shapes, never by colour alone; every figure stands in the table beside the chart as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple

from markupsafe import Markup

from streams.report import svg
from streams.report.svg import Scale

WIDTH = 860.0
_LABEL, _ROW, _AXIS = 230.0, 30.0, 26.0
_RIGHT = 130.0  # room for words at the end of a row
_MOST_LETTERS = 32
_TIMES = (60, 600, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 28 * 86_400)
_LEAST_S = 30.0

# The marks by themselves, for legends.
_AT = 9.0
DOT, RING = svg.mark(svg.dot(_AT, _AT)), svg.mark(svg.ring(_AT, _AT))
DIAMOND, SQUARE = svg.mark(svg.diamond(_AT, _AT)), svg.mark(svg.square(_AT, _AT))
MEANT = svg.mark(svg.line(_AT, 1, _AT, 17, "meant"))
RANGE_END = svg.mark(svg.line(1, _AT, 15, _AT, "line"), svg.tick(15, _AT))
INTERVAL = svg.mark(svg.line(2, _AT, 16, _AT, "line"), svg.tick(2, _AT), svg.tick(16, _AT))


class Words(NamedTuple):
    """What a chart says to who cannot see it. key: of its own in the page."""

    key: str
    title: str
    desc: str


def _name(label: str, y: float) -> Markup:
    shown = label if len(label) <= _MOST_LETTERS else label[: _MOST_LETTERS - 1] + "…"
    return svg.text(0.0, y + 4, shown)


def _middle(place: int) -> float:
    return _AXIS + _ROW * (place + 0.5)


def _picture(words: Words, rows: int, parts: Sequence[Markup]) -> Markup:
    return svg.picture(*words, WIDTH, _AXIS + _ROW * rows + 6, parts)


def _axis(scale: Scale, ticks: Sequence[tuple[float, str]], rows: int) -> list[Markup]:
    bottom, parts = _AXIS + _ROW * rows, []
    for value, said in ticks:
        parts.append(svg.line(scale(value), _AXIS - 6, scale(value), bottom, "grid"))
        parts.append(svg.text(scale(value), _AXIS - 12, said, "middle", "s"))
    return parts


class Range(NamedTuple):
    """Seconds; None: not reached. other: of the completed alone."""

    label: str
    p50: float | None
    p90: float | None
    other: float | None


def ranges(words: Words, rows: Sequence[Range], length: Callable[[float], str], unreached: str) -> Markup:
    """How long things take, on a scale of times: from p50 to p90, and p50 of the completed alone."""
    known = [x for row in rows for x in row[1:] if x]
    low, high = max(_LEAST_S, min(known, default=600)), max([*known, 3_600])
    scale = Scale(log(low / 1.5), log(high * 1.5), _LABEL, WIDTH - 12)
    ticks = [(log(t), length(t)) for t in _TIMES if low / 1.5 <= t <= high * 1.5]
    parts = _axis(scale, ticks, len(rows))
    for place, row in enumerate(rows):
        y = _middle(place)
        parts.append(_name(row.label, y))
        p50, p90, other = (None if x is None else scale(log(max(x, low))) for x in row[1:])
        if p50 is None:
            parts.append(svg.text(WIDTH - 12, y + 4, unreached, "end", "s"))
        else:
            end = WIDTH - 12 if p90 is None else p90
            parts.append(svg.line(p50, y, end, y, "line"))
            parts.append(svg.arrow(end, y, 1) if p90 is None else svg.tick(end, y))
            parts.append(svg.dot(p50, y))
        if other is not None:
            parts.append(svg.diamond(other, y))
    return _picture(words, len(rows), parts)


class Bar(NamedTuple):
    """said: the figure at its end. meant: where a mark stands, what it is meant to be."""

    label: str
    value: float | None
    said: str
    meant: float | None = None


def bars(words: Words, rows: Sequence[Bar], most: float | None = None) -> Markup:
    """Amounts from 0. most: the end of the scale; None: the largest."""
    largest = most or max((x for row in rows for x in (row.value, row.meant) if x is not None), default=1.0) or 1.0
    scale, parts = Scale(0.0, largest, _LABEL, WIDTH - _RIGHT), []
    for place, row in enumerate(rows):
        y = _middle(place) - _AXIS + 6
        parts.append(_name(row.label, y))
        parts.append(svg.line(_LABEL, y, WIDTH - _RIGHT, y, "grid"))
        if row.value is not None:
            parts.append(svg.bar(_LABEL, y - 6, scale(row.value) - _LABEL, 12, "a"))
        if row.meant is not None:
            parts.append(svg.line(scale(row.meant), y - 11, scale(row.meant), y + 11, "meant"))
        parts.append(svg.text(WIDTH - _RIGHT + 14, y + 4, row.said))
    return svg.picture(*words, WIDTH, _ROW * len(rows) + 12, parts)


class Pair(NamedTuple):
    """Two values on one scale: a filled dot, and a hollow square (or a line across: what the one is meant to be)."""

    label: str
    one: float | None
    other: float | None


def pairs(
    words: Words, rows: Sequence[Pair], ends: tuple[float, float], ticks: Sequence[tuple[float, str]], meant: bool
) -> Markup:
    """Two values a row. meant: the other is what the one is meant to be."""
    scale = Scale(*ends, _LABEL, WIDTH - 24)
    parts = _axis(scale, ticks, len(rows))
    for place, row in enumerate(rows):
        y = _middle(place)
        parts.append(_name(row.label, y))
        if row.one is not None and row.other is not None:
            parts.append(svg.line(scale(row.one), y, scale(row.other), y, "between"))
        if row.other is not None:
            x = scale(row.other)
            parts.append(svg.line(x, y - 9, x, y + 9, "meant") if meant else svg.square(x, y))
        if row.one is not None:
            parts.append(svg.dot(scale(row.one), y))
    return _picture(words, len(rows), parts)


class Span(NamedTuple):
    """A change in percent and its bounds (None: open); said: what it comes to."""

    label: str
    value: float
    low: float | None
    high: float | None
    said: str


_FARTHEST = (-100.0, 150.0)


def changes(words: Words, rows: Sequence[Span], percent: Callable[[float], str]) -> Markup:
    """Changes with their intervals, about no change. What is beyond the scale is an arrow."""
    right = WIDTH - _RIGHT
    bounds = [x for row in rows for x in row[1:4] if x is not None]
    low = max(_FARTHEST[0], min([*bounds, -10.0]))
    high = min(_FARTHEST[1], max([*bounds, 10.0]))
    scale = Scale(low, high, _LABEL, right)
    ticks = [(t, percent(t)) for t in (-100.0, -75.0, -50.0, -25.0, 0.0, 25.0, 50.0, 100.0, 150.0) if low <= t <= high]
    parts = _axis(scale, ticks, len(rows))
    parts.append(svg.line(scale(0.0), _AXIS - 6, scale(0.0), _AXIS + _ROW * len(rows), "zero"))
    for place, row in enumerate(rows):
        y = _middle(place)
        parts.append(_name(row.label, y))
        parts += _span(row, y, scale)
        parts.append(svg.text(right + 14, y + 4, row.said))
    return _picture(words, len(rows), parts)


def _span(row: Span, y: float, scale: Scale) -> list[Markup]:
    parts = []
    if row.low is not None or row.high is not None:
        start, end = (scale.low if row.low is None else row.low), (scale.high if row.high is None else row.high)
        parts.append(svg.line(scale(start), y, scale(end), y, "line"))
        for x, way, is_open in ((start, -1, row.low is None), (end, 1, row.high is None)):
            beyond = x < scale.low or x > scale.high
            parts.append(svg.arrow(scale(x), y, way) if is_open or beyond else svg.tick(scale(x), y))
    parts.append(svg.dot(scale(row.value), y))
    return parts


class Strip(NamedTuple):
    """What a value was before, and is now; each row has a scale of its own. said: what it is."""

    label: str
    earlier: Sequence[float | None]
    now: float | None
    said: str


def strips(words: Words, rows: Sequence[Strip]) -> Markup:
    """Now among before: where a value lies between the least and the most of all of its own."""
    parts = []
    for place, row in enumerate(rows):
        y = _middle(place) - _AXIS + 6
        parts.append(_name(row.label, y))
        known = [x for x in (*row.earlier, row.now) if x is not None]
        parts.append(svg.line(_LABEL, y, WIDTH - _RIGHT, y, "grid"))
        if known:
            apart = max(known) - min(known) or abs(known[0]) or 1.0
            scale = Scale(min(known) - 0.1 * apart, max(known) + 0.1 * apart, _LABEL, WIDTH - _RIGHT)
            parts += [svg.ring(scale(x), y) for x in row.earlier if x is not None]
            if row.now is not None:
                parts.append(svg.dot(scale(row.now), y))
        parts.append(svg.text(WIDTH - _RIGHT + 14, y + 4, row.said))
    return svg.picture(*words, WIDTH, _ROW * len(rows) + 12, parts)
