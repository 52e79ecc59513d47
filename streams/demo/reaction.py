"""The table of reaction: how long customers wait, with those that still wait counted, and what the others alone say.

The median of what is done looks better the longer the queue is, so it never stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from streams.demo.figures import Figures
from streams.demo.grid import BLANK, Column, headings, line
from streams.demo.sums import CRITICAL, EVERYWHERE, Lengths
from streams.demo.words import Speaker, Status

FIRST = ("acknowledge", "decide")
_SLOWER, _FASTER = 1.25, 0.8  # times the usual: beyond what the bins of a life table blur
_UP, _DOWN = "\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"


def table(status: Status, figures: Figures, clocks: Sequence[str]) -> list[Text]:
    """Two lines of headings, and one for each of the clocks."""
    columns = _columns(status, figures)
    return [*headings(columns), *(line(columns, clock) for clock in clocks)]


def lengths(status: Status, figures: Figures, touchpoint: str, severity: str, clock: str) -> tuple[Lengths, Lengths]:
    """How long these clocks take now, and usually."""
    if figures.measures is None:
        return Lengths(), Lengths()
    now, usual = (figures.measures.of(touchpoint, severity, clock, window) for window in (status.window, status.usual))
    return now, usual


def _columns(status: Status, figures: Figures) -> list[Column[str]]:
    speaker = status.speaker

    def column(heading: str, width: int, severity: str, cell: Callable[[Lengths, Lengths], Text | str]) -> Column[str]:
        return Column(heading, width, lambda clock: cell(*lengths(status, figures, EVERYWHERE, severity, clock)))

    def group(severity: str) -> list[Column[str]]:
        return [
            column(speaker.say(f"reaction.{severity}"), 11, severity, lambda now, usual: _half(speaker, now, usual)),
            column(speaker.say("reaction.p90"), 9, severity, lambda now, _: reached(speaker, now.most, now.started)),
            column(speaker.say("reaction.done"), 8, severity, lambda now, _: _dimmed(speaker, now.done)),
        ]

    clock = speaker.say("reaction.clock", window=speaker.window(status.window))
    usually = speaker.say("reaction.usual", window=speaker.window(status.usual))
    return [
        Column(clock, 15, lambda clock: speaker.say(f"clock.{clock}"), True),
        *group(CRITICAL),
        *group(EVERYWHERE),
        column(usually, 9, EVERYWHERE, lambda _, usual: _dimmed(speaker, usual.half)),
    ]


def reached(speaker: Speaker, seconds: float | None, started: int) -> str:
    """A percentile; where it is not reached, so many still wait that nobody knows yet."""
    if seconds is not None:
        return speaker.length(seconds)
    return speaker.say("reaction.waiting") if started else BLANK


def _half(speaker: Speaker, now: Lengths, usual: Lengths) -> Text:
    said = reached(speaker, now.half, now.started)
    if usual.half is None or not now.started:
        return Text(said)
    if now.half is None:
        return Text(said, "yellow")
    change = now.half / usual.half if usual.half else 1.0
    if change > _SLOWER:
        return Text(f"{said} {_UP}", "yellow")
    return Text(f"{said} {_DOWN}", "green") if change < _FASTER else Text(said)


def _dimmed(speaker: Speaker, seconds: float | None) -> Text:
    return Text(BLANK if seconds is None else speaker.length(seconds), "dim")
