"""The panel of alarms: how many stand at each level, and the newest: which case, since when, who is told."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from processors.alarms import BREACH, ESCALATION, LEVELS, WARNING
from streams.demo.alarms import Alarm
from streams.demo.figures import Figures
from streams.demo.words import span, time_of_day

_STYLES = {WARNING: "yellow", BREACH: "bold red", ESCALATION: "bold magenta"}
_SIGNS = {WARNING: " ", BREACH: "\N{BLACK UP-POINTING TRIANGLE}", ESCALATION: "\N{UPWARDS ARROW}"}
_WIDE = 100  # columns from which there is room for seconds, and for how late it is


def levels(counts: Mapping[str, int]) -> str:
    """As in `3 escalations, 12 breaches, 7 warnings`, what is worst first."""
    plural = {WARNING: "warnings", BREACH: "breaches", ESCALATION: "escalations"}
    return ", ".join(
        f"{counts.get(level, 0):,} {level if counts.get(level, 0) == 1 else plural[level]}"
        for level in reversed(LEVELS)
    )


def summary(figures: Figures, has_alertmanager: bool) -> str:
    """What stands, in a line."""
    over = f"; {figures.over:,} over" if figures.over else ""
    if figures.alarms is not None:
        return f"{levels(figures.alarms.levels)}{over}"
    return f"{'Alertmanager is away' if has_alertmanager else 'topic only'}: {levels(figures.standing)}{over}"


def newest(figures: Figures, rows: int, width: int) -> RenderableType:
    """The newest alarms, at most so many."""
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(no_wrap=True, min_width=13)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for _ in range(3):
        table.add_column(no_wrap=True)
    if width >= _WIDE:
        table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for alarm in figures.alarms.newest[:rows] if figures.alarms is not None else ():
        since = time_of_day(alarm.since)
        when = [since, _due(alarm, figures.at)] if width >= _WIDE else [since[:5]]
        table.add_row(
            Text(f" {_SIGNS[alarm.level]} {alarm.level}", _STYLES[alarm.level]),
            alarm.case,
            alarm.touchpoint,
            alarm.clock,
            *when,
            alarm.to,
        )
    return table


def _due(alarm: Alarm, at: float) -> str:
    if alarm.due is None:
        return ""
    return f"overdue {span(at - alarm.due)}" if alarm.due <= at else f"due in {span(alarm.due - at)}"
