"""What all entities of a backtest contribute to the measures."""

from collections.abc import Iterator

from processors.backtest import Backtest
from processors.measures.terms import Contribution


def contributions(backtest: Backtest) -> Iterator[Contribution]:
    """Those of the cases, then those of obstacles, decisions, pulse answers and indicators."""
    for _, entries, judged in backtest.cases():
        yield backtest.contribution(entries, judged)
    yield from others(backtest)


def others(backtest: Backtest) -> Iterator[Contribution]:
    """Those of all but the cases."""
    for kind, name in backtest.others():
        yield backtest.other(kind, name)[0]
