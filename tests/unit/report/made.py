"""Material for reports, of cells and decisions that a test has."""

from __future__ import annotations

from collections.abc import Sequence

from processors.decided import Decided
from processors.panes import DAY_MS
from streams.config import Config
from streams.report.material import Material
from streams.report.writing import render
from streams.results.cells import KnownCells
from tests.unit.shop import BEGIN, END, Cells, Shop, backtested

KINDS = ("daily", "weekly", "monthly")
LANGUAGES = ("en", "fi")
_TOUCHPOINTS = ("delivery", "support")
SUNDAYS = Decided(
    "sundays", "strategic", None, "Open on Sundays", END - 8 * DAY_MS, END - 7 * DAY_MS, None, 99, _TOUCHPOINTS, 2
)
"""A decision that has been in effect for a week."""


def material(config: Config, cells: Cells, decisions: Sequence[Decided] = (), at: int = END) -> Material:
    return Material(config, KnownCells("here", at, BEGIN if cells else None, cells), at, lambda: decisions)


def of_shop(shop: Shop) -> Material:
    """The shop at the end of its two weeks."""
    return material(shop.config, shop.both, [*decided(shop), SUNDAYS])


def decided(shop: Shop) -> list[Decided]:
    """The decisions of the shop."""
    backtest = backtested(shop.events, END, shop.config)
    for _, entries, judged in backtest.cases():
        backtest.answer(backtest.answers(entries, judged))
    return list(backtest.decided())


def pages(found: Material) -> dict[tuple[str, str], str]:
    """Every report in every language."""
    return {(kind, lang): render(kind, found, lang) for kind in KINDS for lang in LANGUAGES}
