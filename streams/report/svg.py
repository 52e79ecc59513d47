"""SVG, element by element; what is put in is escaped. Colours are classes of the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

MARK = 5.0  # half the size of a mark


def element(name: str, *children: Markup | str, **attributes: object) -> Markup:
    """An element; `class_` is `class`, and `_` in a name is `-`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"' for key, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup(f"<{name}{said}>{inside}</{name}>")  # noqa: S704 - every part of it is escaped above


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(key: str, title: str, desc: str, width: float, height: float, parts: Sequence[Markup]) -> Markup:
    """A drawing that says what it shows to who cannot see it. key: of its own in the page."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", desc, id=f"{key}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_written(float(width))} {_written(float(height))}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_="chart",
        style=f"max-width:{width:g}px",
    )


def text(x: float, y: float, said: str, anchor: str = "start", class_: str = "t") -> Markup:
    return element("text", said, x=x, y=y, text_anchor=anchor, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def bar(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    return element("rect", x=x, y=y, width=max(0.0, width), height=height, rx=2, class_=class_)


def dot(x: float, y: float, class_: str = "a") -> Markup:
    return element("circle", cx=x, cy=y, r=MARK, class_=class_)


def ring(x: float, y: float, class_: str = "hollow") -> Markup:
    return element("circle", cx=x, cy=y, r=MARK - 1, class_=class_)


def diamond(x: float, y: float, class_: str = "hollow") -> Markup:
    r = MARK
    return element(
        "path", d=f"M{x:.1f} {y - r:.1f}L{x + r:.1f} {y:.1f}L{x:.1f} {y + r:.1f}L{x - r:.1f} {y:.1f}Z", class_=class_
    )


def square(x: float, y: float, class_: str = "hollow") -> Markup:
    r = MARK + 1.5
    return element("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, class_=class_)


def tick(x: float, y: float, class_: str = "line") -> Markup:
    return line(x, y - MARK, x, y + MARK, class_)


def arrow(x: float, y: float, way: int) -> Markup:
    """The end of a line that goes on."""
    return element(
        "path", d=f"M{x - way * 6:.1f} {y - 4:.1f}L{x:.1f} {y:.1f}L{x - way * 6:.1f} {y + 4:.1f}", class_="open"
    )


def mark(*parts: Markup) -> Markup:
    """A mark by itself, for a legend; drawn at (9, 9)."""
    return element("svg", *parts, viewBox="0 0 18 18", class_="mark", aria_hidden="true", focusable="false")


class Scale(NamedTuple):
    """From values to places along an axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)
