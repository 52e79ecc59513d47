"""The wall in a terminal: what is open, overdue and in the way, by touchpoint, as the workers' metrics say it.

It fits 80 columns and 24 lines. What a colour says, a sign and a word say too. Where partitions are missing, the cells
are blank and the reason is told: a figure that is too low would look like a good one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from processors.policy import CLOCKS
from streams.demo.figures import Figures, Place

_BLANK = "-"
_HEADINGS = {"acknowledge": "overdue\nacknow-\nledge"}
_AROUND_TABLE = 16  # lines of the screen that are not touchpoints
_MOST_CAUSES = 5
_BEHIND_SECONDS = 5.0  # more than the workers' polling explains
_MOST_NOTICES = 2


@dataclass
class Status:
    """What the wall says beside the figures."""

    touchpoints: Sequence[str]  # in the order of the configuration
    addresses: Sequence[str]
    phase: str = ""
    settled: bool = False  # the history has been taken in: before, figures are true of some past day
    notices: list[str] = field(default_factory=list)

    def notice(self, words: str, at: float) -> None:
        """Something that happened, to stay visible for a while."""
        self.notices = [*self.notices, f"{_time(at)} {words}"][-_MOST_NOTICES:]


def screen(status: Status, figures: Figures, height: int = 24) -> RenderableType:
    """The whole wall."""
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    head.add_row(Text.assemble((" RYTMI ", "bold reverse"), f"  {status.phase}"), f"{_time(figures.at)} ")
    shown = status.touchpoints[: max(1, height - _AROUND_TABLE)]
    parts: list[RenderableType] = [head, Text(), _table(shown, figures, status.settled)]
    if len(shown) < len(status.touchpoints):
        parts.append(Text(f" and {len(status.touchpoints) - len(shown)} more touchpoints, in the line of all"))
    parts += [Text(), *_lines(status, figures)]
    return Group(*parts)


def line(status: Status, figures: Figures) -> str:
    """The wall in one line, for output that is no terminal."""
    said = (
        f"{_time(figures.at)} {status.phase}: {_partitions(figures)}, workers {_answering(figures)}, {_events(figures)}"
    )
    if not figures.complete:
        return f"{said}; INCOMPLETE"
    every = _all(figures)
    late = ", ".join(f"{clock} {every.overdue[clock]}" for clock in CLOCKS)
    return (
        f"{said}, {_caught_up(figures)}; open {every.open}, oldest {_age(every, figures.at)}, overdue: {late}; "
        f"obstacles {every.obstacles}"
    )


def _table(touchpoints: Sequence[str], figures: Figures, settled: bool) -> Table:
    table = Table(
        box=None, expand=True, padding=(0, 0, 0, 1), header_style="dim", show_footer=True, footer_style="bold"
    )
    every = _all(figures)
    rows = [(name, figures.places.get(name, Place())) for name in touchpoints]
    columns: list[tuple[str, Callable[[Place], RenderableType]]] = [
        ("\n\nopen", lambda place: Text(f"{place.open:,}", "bold")),
        ("\noldest\nopen", lambda place: Text(_age(place, figures.at))),
        *((_heading(clock), lambda place, clock=clock: _overdue(place.overdue[clock])) for clock in CLOCKS),
        ("\nobsta-\ncles", lambda place: Text(str(place.obstacles), "magenta" if place.obstacles else "")),
    ]
    table.add_column("\n\ntouchpoint", footer="all", no_wrap=True, ratio=1, min_width=11)
    known = figures.complete
    for heading, cell in columns:
        table.add_column(heading, footer=cell(every) if known else _BLANK, justify="right", no_wrap=True)
    table.add_column(
        "\n\n  state", footer=_state(every, settled) if known else "   unknown", no_wrap=True, min_width=11
    )
    for name, place in rows:
        cells = [cell(place) if known else _BLANK for _, cell in columns]
        table.add_row(name, *cells, _state(place, settled) if known else "   unknown")
    return table


def _heading(clock: str) -> str:
    return _HEADINGS.get(clock, f"\n\n{clock}")


def _overdue(count: int) -> Text:
    return Text(str(count), "bold yellow" if count else "dim")


def _state(place: Place, settled: bool) -> Text:
    if not settled:
        return Text("   so far", "dim")
    if place.critical_overdue:
        return Text(" \N{BLACK UP-POINTING TRIANGLE} CRITICAL", "bold red")
    if place.overdue.total():
        return Text(" \N{BLACK CIRCLE} late", "yellow")
    return Text(" \N{CHECK MARK} in time", "green")


def _lines(status: Status, figures: Figures) -> list[RenderableType]:
    causes = ", ".join(f"{cause} {count}" for cause, count in figures.causes.most_common(_MOST_CAUSES))
    dead = figures.deadletters.total()
    lines = [
        Text.assemble((" in the way  ", "dim"), causes or (_BLANK if not figures.complete else "nothing")),
        Text.assemble((" events      ", "dim"), _events(figures), style="bold red" if dead else ""),
        Text.assemble(
            (" workers     ", "dim"), f"{_answering(figures)} answer, {_partitions(figures)}, {_caught_up(figures)}"
        ),
        Text.assemble((" metrics     ", "dim"), "  ".join(f"{address}/metrics" for address in status.addresses)),
    ]
    if not figures.complete:
        lines.append(
            Text(f" INCOMPLETE: {_partitions(figures)}. No figures rather than low ones. ", "bold reverse red")
        )
    lines += [Text(f" {notice}", "yellow") for notice in status.notices]
    for text in lines:
        text.truncate(1_000)
        text.no_wrap, text.overflow = True, "ellipsis"
    return [*lines, Text(" Ctrl-C ends all of it", "dim")]


def _all(figures: Figures) -> Place:
    every = Place()
    for place in figures.places.values():
        every.open += place.open
        every.critical += place.critical
        every.critical_overdue += place.critical_overdue
        every.obstacles += place.obstacles
        every.overdue += place.overdue
        if place.oldest_at is not None:
            every.oldest_at = min(place.oldest_at, every.oldest_at or place.oldest_at)
    return every


def _events(figures: Figures) -> str:
    dead = figures.deadletters.total()
    reasons = f" ({', '.join(sorted(figures.deadletters))})" if dead else ""
    return f"{figures.events:,} taken in, {figures.rate:,.1f}/s, dead letters {dead:,}{reasons}"


def _answering(figures: Figures) -> str:
    return f"{figures.workers} of {figures.workers_of}"


def _partitions(figures: Figures) -> str:
    return f"partitions {figures.partitions} of {figures.partitions_of}"


def _caught_up(figures: Figures) -> str:
    if figures.caught_up_at is None:
        return "catching up"
    behind = max(0.0, figures.at - figures.caught_up_at)
    return f"{behind:.1f} s behind" if behind < _BEHIND_SECONDS else f"BEHIND by {span(behind)}"


def _age(place: Place, at: float) -> str:
    return span(at - place.oldest_at) if place.oldest_at is not None else _BLANK


def span(seconds: float) -> str:
    """A length of time in its two largest units, as in `6d 3h`."""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return f"{max(0, int(seconds))}s"
    if minutes < 60:
        return f"{minutes}min"
    hours = minutes // 60
    return f"{hours}h {minutes % 60}min" if hours < 24 else f"{hours // 24}d {hours % 24}h"


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"
