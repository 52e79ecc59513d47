"""The marks of the charts by themselves, for their legends."""

from __future__ import annotations

from markupsafe import Markup

from streams.report import svg

_AT = 9.0


def dot() -> Markup:
    return svg.mark(svg.dot(_AT, _AT))


def ring() -> Markup:
    return svg.mark(svg.ring(_AT, _AT))


def diamond() -> Markup:
    return svg.mark(svg.diamond(_AT, _AT))


def square() -> Markup:
    return svg.mark(svg.square(_AT, _AT))


def meant() -> Markup:
    return svg.mark(svg.line(_AT, 1, _AT, 17, "meant"))


def range_end() -> Markup:
    return svg.mark(svg.line(1, _AT, 15, _AT, "line"), svg.tick(15, _AT))


def interval() -> Markup:
    return svg.mark(svg.line(2, _AT, 16, _AT, "line"), svg.tick(2, _AT), svg.tick(16, _AT))
