"""The wall in a terminal: whether one can rely on it, the state in a sentence, and the figures behind it.

It fits 80 columns and 24 lines, and shows more on a larger screen. What a colour says, a sign and a word say too. What
is missing is blank, and the reason is told: a figure that is too low would look like a good one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from processors.policy import CLOCKS
from streams.demo import facts, reaction, tables
from streams.demo.figures import Figures
from streams.demo.grid import clipped
from streams.demo.state import state
from streams.demo.words import Status

_UNSURE_SECONDS = 1.0  # so long anything that has just become due may be unknown
_STATE_LINES = 3
_LEAST_ALARMS, _MOST_ALARMS = 2, 15
_SMALL = 24
_MOST_UNITS = 7  # lines of a small screen: six of units and that of all


class _Room(NamedTuple):
    """What there is room for beside what a small screen shows; each takes lines."""

    is_spaced: bool = False
    has_places: bool = False
    has_addresses: bool = False
    has_clocks: bool = False
    notices: int = 1


def screen(status: Status, figures: Figures, height: int = 24, width: int = 80) -> RenderableType:
    """The whole wall."""
    lines = _lines(status, figures, height, width)
    return Group(*clipped(lines[:height], width))


def _lines(status: Status, figures: Figures, height: int, width: int) -> list[Text]:
    rows = _MOST_UNITS + max(0, height - _SMALL)
    above = [_head(status, figures, width), *state(status, figures, width, _STATE_LINES)]
    by_unit = tables.by_unit(status, figures, width, rows)
    room = _room(status, height - len(above) - len(by_unit))
    gap = [Text()] if room.is_spaced else []
    lines = [*above, *gap, *by_unit, *gap]
    lines += reaction.table(status, figures, CLOCKS if room.has_clocks else reaction.FIRST)
    if room.has_places:
        lines += [Text(), *tables.by_touchpoint(status, figures, width)]
    lines += [*gap, facts.about(status, "causes", facts.causes(status, figures, width - facts.INDENT))]
    lines.append(facts.about(status, "decisions", facts.decisions(status, figures)))
    lines.append(facts.about(status, "alarms", facts.alarms(status, figures, width - facts.INDENT)))
    below = [*gap, *_below(status, figures, room)]
    return lines + facts.newest(status, figures, min(_MOST_ALARMS, height - len(lines) - len(below)), width) + below


def _room(status: Status, left: int) -> _Room:
    """What else there is room for, what matters most first."""
    left -= 2 + len(reaction.FIRST) + 3 + _LEAST_ALARMS + 2 + 1  # reaction, a line each, alarms, events, a notice
    found = _Room()
    addresses = len(list(facts.addresses(status))) - 1
    for lines, more in (
        (1, {"notices": 2}),
        (4, {"is_spaced": True}),
        (addresses, {"has_addresses": True}),
        (len(CLOCKS) - len(reaction.FIRST), {"has_clocks": True}),
        (len(status.touchpoints) + 4, {"has_places": True}),
        (3, {"notices": 5}),
    ):
        if lines <= left:
            left -= lines
            found = found._replace(**more)
    return found


def _head(status: Status, figures: Figures, width: int) -> Text:
    speaker = status.speaker
    left = Text.assemble((" RYTMI ", "bold reverse"), f" {speaker.said(status.phase)}")
    if status.settled:
        left = Text.assemble(left, f", {facts.lag(status, figures)}, ", facts.measures(status, figures))
    right = f" {speaker.time(figures.at)} "
    left.truncate(width - len(right), overflow="ellipsis", pad=True)
    return Text.assemble(left, right)


def _below(status: Status, figures: Figures, room: _Room) -> Iterator[Text]:
    is_bad = bool(figures.deadletters)
    told = f"{facts.events(status, figures)}; {facts.workers(status, figures)}, {facts.partitions(status, figures)}"
    yield facts.about(status, "events", told, "bold red" if is_bad else "")
    if room.has_addresses:
        yield from facts.addresses(status)
    else:
        yield facts.short_addresses(status)
    notices = [
        Text(f" {status.speaker.time(notice.at)} {status.speaker.said(notice.said)}", "yellow")
        for notice in status.notices[-room.notices :]
    ]
    if status.settled and tables.everywhere(figures).critical_unsure and figures.blind_for > _UNSURE_SECONDS:
        notices = [*notices[1:], Text(f" +2? {status.speaker.say('unsure')}", "dim")]
    yield from notices or [Text(f" {status.speaker.say('ends')}", "dim")]
