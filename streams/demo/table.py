"""The table of touchpoints: what is open, overdue, and in the way. Cells are blank while partitions are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from processors.policy import CLOCKS
from streams.demo.figures import Figures
from streams.demo.sums import Place
from streams.demo.words import span

BLANK = "-"
_HEADINGS = {"acknowledge": "overdue\nacknow-\nledge"}


def everywhere(figures: Figures) -> Place:
    """All touchpoints together."""
    every = Place()
    for place in figures.places.values():
        every.open += place.open
        every.critical += place.critical
        every.critical_overdue += place.critical_overdue
        every.obstacles += place.obstacles
        every.overdue += place.overdue
        every.unknown += place.unknown
        if place.oldest_at is not None:
            every.oldest_at = min(place.oldest_at, every.oldest_at or place.oldest_at)
    return every


def table(touchpoints: Sequence[str], figures: Figures, settled: bool) -> Table:
    """A line for each touchpoint, and their sums."""
    found = Table(
        box=None, expand=True, padding=(0, 0, 0, 1), header_style="dim", show_footer=True, footer_style="bold"
    )
    every = everywhere(figures)
    rows = [(name, figures.places.get(name, Place())) for name in touchpoints]
    columns: list[tuple[str, Callable[[Place], RenderableType]]] = [
        ("\n\nopen", lambda place: Text(f"{place.open:,}", "bold")),
        ("\noldest\nopen", lambda place: Text(age(place, figures.at))),
        *((_heading(clock), lambda place, clock=clock: _overdue(place, clock)) for clock in CLOCKS),
        ("\nobsta-\ncles", lambda place: Text(str(place.obstacles), "magenta" if place.obstacles else "")),
    ]
    found.add_column("\n\ntouchpoint", footer="all", no_wrap=True, ratio=1, min_width=11)
    complete = figures.complete
    for heading, cell in columns:
        found.add_column(heading, footer=cell(every) if complete else BLANK, justify="right", no_wrap=True)
    found.add_column(
        "\n\n  state", footer=_state(every, settled) if complete else "   unknown", no_wrap=True, min_width=11
    )
    for name, place in rows:
        cells = [cell(place) if complete else BLANK for _, cell in columns]
        found.add_row(name, *cells, _state(place, settled) if complete else "   unknown")
    return found


def _heading(clock: str) -> str:
    return _HEADINGS.get(clock, f"\n\n{clock}")


def known(place: Place, clock: str) -> str:
    """How many are overdue, and with a question mark how many more may be."""
    return f"{place.overdue[clock]}+{place.unknown[clock]}?" if place.unknown[clock] else str(place.overdue[clock])


def _overdue(place: Place, clock: str) -> Text:
    if place.unknown[clock]:
        return Text(known(place, clock), "bold magenta")
    return Text(known(place, clock), "bold yellow" if place.overdue[clock] else "dim")


def _state(place: Place, settled: bool) -> Text:
    if not settled:
        return Text("   so far", "dim")
    if place.critical_overdue:
        return Text(" \N{BLACK UP-POINTING TRIANGLE} CRITICAL", "bold red")
    if place.overdue.total():
        return Text(" \N{BLACK CIRCLE} late", "yellow")
    if place.unknown.total():
        return Text(" ? unknown", "magenta")
    return Text(" \N{CHECK MARK} in time", "green")


def age(place: Place, at: float) -> str:
    """That of the oldest open case."""
    return span(at - place.oldest_at) if place.oldest_at is not None else BLANK
