"""From cells and decisions to a page of HTML by itself: where all parts of a report are joined."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from streams.config import Config
from streams.language.outside import environment
from streams.measures.subscriber import frame
from streams.report import daily, monthly, weekly
from streams.report.compare.baseline import configuration
from streams.report.material import Material, gather
from streams.report.model import Part
from streams.report.parts import Writer
from streams.report.speech import Speech
from streams.results import cells as known
from streams.results import decisions as decided
from streams.settings import Settings

REPORTS = {"daily": daily.report, "weekly": weekly.report, "monthly": monthly.report}


def write(
    kind: str, config: Config, results: Path | None, until: int | None, lang: str, settings: Callable[[], Settings]
) -> str:
    """The page of a report, from the results of a backtest or from the topics. Raises UserError."""
    if results is not None:
        found = known.of_results(results)
        material = gather(config, found, until, lambda: decided.of_results(results))
    else:
        asked = settings()
        found = known.of_topics(asked, frame(config), config.retention_ms)
        material = gather(config, found, until, lambda: decided.of_topics(asked))
    return render(kind, material, lang)


def render(kind: str, material: Material, lang: str) -> str:
    """The page of a report."""
    speech = Speech(lang, ZoneInfo(material.config.timezone))
    report = REPORTS[kind](material, Writer(speech))
    source = speech("source", origin=material.known.origin, version=configuration(material.config))
    style = files("streams.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    safe = Markup(style)  # noqa: S704 - a file of ours, the same for every report
    return _environment().get_template("report.html").render(report=report, t=speech, source=source, style=safe)


@cache
def _environment() -> Environment:
    return environment("streams.report", kind=_kind)


def _kind(part: Part) -> str:
    """`table`, `chart`, `note` or `heading`."""
    return type(part).__name__.lower()
