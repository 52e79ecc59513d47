"""A report as one page of HTML that needs nothing from outside. Jinja escapes everything that is put in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from streams.report.model import Chart, Heading, Note, Part, Report, Table
from streams.report.speech import Speech

_KINDS = {Table: "table", Chart: "chart", Note: "note", Heading: "heading"}


def page(report: Report, speech: Speech, source: str) -> str:
    """The page. source: where its figures come from."""
    return _environment().get_template("report.html").render(report=report, t=speech, source=source, style=_style())


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("streams.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["kind"] = _kind
    return found


def _kind(part: Part) -> str:
    return _KINDS[type(part)]


def _style() -> Markup:
    """The style sheet: a file of ours, the same for every report."""
    text: Any = files("streams.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704
