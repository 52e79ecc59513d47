"""From cells and decisions to a page: where all parts of a report are joined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from streams.config import Config
from streams.measures.frame import frame
from streams.report import daily, monthly, weekly
from streams.report.compare.baseline import configuration
from streams.report.material import Material, gather
from streams.report.page import page
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
        material = gather(config, found, until, lambda: decided.of_topics(asked, config.policies))
    return render(kind, material, lang)


def render(kind: str, material: Material, lang: str) -> str:
    """The page of a report."""
    speech = Speech(lang, ZoneInfo(material.config.timezone))
    report = REPORTS[kind](material, Writer(speech))
    source = speech("source", origin=material.known.origin, version=configuration(material.config))
    return page(report, speech, source)
