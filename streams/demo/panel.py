"""The panel of alarms: how many stand at each level, and the newest: which case, since when, who is told."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from processors.alarms import BREACH, ESCALATION, LEVELS, WARNING
from streams.demo.alarms import Alarm
from streams.demo.figures import Figures
from streams.demo.grid import Column, line
from streams.demo.status import Status
from streams.demo.words import Speaker

_STYLES = {WARNING: "yellow", BREACH: "bold red", ESCALATION: "bold magenta"}
_SIGNS = {WARNING: " ", BREACH: "\N{BLACK UP-POINTING TRIANGLE}", ESCALATION: "\N{UPWARDS ARROW}"}
_WIDE = 100  # columns from which there is room for seconds, and for how late it is


def levels(speaker: Speaker, counts: Mapping[str, int]) -> str:
    """As in `3 escalations, 12 breaches, 7 warnings`, what is worst first."""
    return ", ".join(speaker.say(f"alarms.{level}", n=counts.get(level, 0)) for level in reversed(LEVELS))


def summary(status: Status, figures: Figures) -> str:
    """What stands, in a line."""
    speaker = status.speaker
    over = f"; {speaker.say('alarms.over', n=figures.over)}" if figures.over else ""
    if figures.alarms is not None:
        return f"{levels(speaker, figures.alarms.levels)}{over}"
    key = "alarms.away" if status.alertmanager is not None else "alarms.topic"
    return f"{speaker.say(key, levels=levels(speaker, figures.standing))}{over}"


def newest(status: Status, figures: Figures, rows: int, width: int) -> list[Text]:
    """The newest alarms, at most so many."""
    if figures.alarms is None:
        return []
    columns = _columns(status.speaker, figures.at, width)
    return [line(columns, alarm) for alarm in figures.alarms.newest[: max(0, rows)]]


def _columns(speaker: Speaker, at: float, width: int) -> list[Column[Alarm]]:
    is_wide = width >= _WIDE
    columns: list[Column[Alarm]] = [
        Column(
            "",
            13,
            lambda one: Text(f"{_SIGNS[one.level]} {speaker.say(f'alarm.{one.level}')}", _STYLES[one.level]),
            True,
        ),
        Column("", 26, lambda one: one.case, True),
        Column("", 13, lambda one: speaker.say(f"name.{one.clock}"), True),
        Column(
            "", 9 if is_wide else 6, lambda one: speaker.time(one.since) if is_wide else speaker.short_time(one.since)
        ),
    ]
    if is_wide:
        columns.append(Column("", 23, lambda one: _due(speaker, one, at), True))
    used = sum(column.width for column in columns)
    columns.append(Column("", max(2, min(30, width - used)), lambda one: one.to, True))
    return columns


def _due(speaker: Speaker, alarm: Alarm, at: float) -> str:
    if alarm.due is None:
        return ""
    key = "alarm.overdue" if alarm.due <= at else "alarm.due"
    return speaker.say(key, span=speaker.span(abs(at - alarm.due)))
