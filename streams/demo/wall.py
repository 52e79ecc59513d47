"""Where the figures of a demo are shown: the whole terminal, or one line now and then, where output is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live

from processors.policy import CLOCKS
from streams.demo import facts
from streams.demo.figures import Figures
from streams.demo.grid import BLANK
from streams.demo.reaction import FIRST, lengths, reached
from streams.demo.screen import screen
from streams.demo.state import is_blind, sentence
from streams.demo.sums import EVERYWHERE, Alignment, Measures
from streams.demo.tables import age, aligned, everywhere, known, together, units, whole_percent
from streams.demo.words import Length, Moment, Notice, Speaker, Status
from streams.metrics.names import WITHIN

_NO_END = 1_000


class Wall(AbstractContextManager["Wall"], Protocol):
    """Where the figures are shown. `every_seconds`: how often that is of use."""

    every_seconds: float

    def show(self, status: Status, figures: Figures) -> None: ...


class Terminal(Wall):
    """The whole screen, drawn over itself."""

    every_seconds = 0.5

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        self._live = Live(console=self._console, screen=True, auto_refresh=False)

    def show(self, status: Status, figures: Figures) -> None:
        """Draw it anew."""
        self._live.update(screen(status, figures, self._console.height, self._console.width), refresh=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()


class Lines(Wall):
    """A line now and then; before it what has happened since, and the state where that has changed."""

    every_seconds = 5.0

    def __init__(self) -> None:
        self._told: list[Notice] = []
        self._state = ""

    def show(self, status: Status, figures: Figures) -> None:
        """Write it."""
        speaker = status.speaker
        for notice in status.notices:
            if notice not in self._told:
                sys.stdout.write(f"{speaker.time(notice.at)} {speaker.said(notice.said)}\n")
        self._told = list(status.notices)
        if (state := sentence(status, figures)) != self._state:
            sys.stdout.write(f"{state}\n")
            self._state = state
        sys.stdout.write(line(status, figures) + "\n")
        sys.stdout.flush()

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()


def line(status: Status, figures: Figures) -> str:
    """All sums. What is not known is not in it, and it is said why."""
    return "; ".join(_parts(status, figures))


def _parts(status: Status, figures: Figures) -> Iterator[str]:
    speaker = status.speaker
    said = [
        facts.partitions(status, figures),
        facts.workers(status, figures),
        facts.events(status, figures, "events.taken"),
    ]
    if figures.complete:
        said.append(facts.lag(status, figures))
    yield f"{speaker.time(figures.at)} {speaker.said(status.phase)}: {', '.join(said)}"
    if not figures.complete:
        yield speaker.say("line.incomplete")
        return
    every = everywhere(figures)
    clocks = ", ".join(f"{speaker.say(f'name.{clock}')} {known(speaker, every, clock)}" for clock in CLOCKS)
    yield speaker.say("line.open", n=every.open, oldest=age(speaker, every, figures.at), clocks=clocks)
    due = [(Length(length / 1000), every.critical_due[within]) for within, length in WITHIN.items()]
    soon = ", ".join(speaker.say("line.within", within=length, count=count) for length, count in due)
    yield speaker.say("line.critical", n=every.critical_late, soon=soon)
    yield from _measured(status, figures)
    yield speaker.say("line.flying", n=together(figures).flying)
    yield speaker.say("line.obstacles", n=every.obstacles)
    yield speaker.say("line.alarms", alarms=facts.standing(status, figures))
    if figures.alarms is not None and figures.alarms.newest:
        newest = figures.alarms.newest[0]
        level, clock = speaker.say(f"alarm.{newest.level}"), speaker.say(f"name.{newest.clock}")
        since = Moment(newest.since)
        yield speaker.say("line.newest", level=level, case=newest.case, clock=clock, time=since, to=newest.to)
    if is_blind(status, figures):
        is_known = figures.read_past_at is not None
        yield (
            speaker.say("line.blind", length=Length(figures.blind_for)) if is_known else speaker.say("line.blind_ever")
        )


def _measured(status: Status, figures: Figures) -> Iterator[str]:
    speaker, measures = status.speaker, figures.measures
    yield facts.measures(status, figures)[0]
    if measures is None or measures.at is None:
        return
    yield speaker.say(
        "line.reactions", window=speaker.window(status.window), clocks=", ".join(_reactions(status, figures))
    )
    yield speaker.say("line.causes", causes=facts.causes(status, figures, _NO_END))
    daily, weekly, monthly = (_percent(measures, rhythm) for rhythm in ("daily", "weekly", "monthly"))
    yield speaker.say("line.rhythm", daily=daily, weekly=weekly, monthly=monthly)
    said = [
        f"{name} {aligned(speaker, measures.alignment.get(name, Alignment()))}"
        for name, *_ in units(status, figures)
        if name is not None
    ]
    yield speaker.say("line.alignment", units=", ".join(said))


def _reactions(status: Status, figures: Figures) -> Iterator[str]:
    speaker = status.speaker
    for clock in FIRST:
        now, _ = lengths(status, figures, EVERYWHERE, EVERYWHERE, clock)
        yield speaker.say(
            "line.reaction",
            clock=speaker.say(f"name.{clock}"),
            half=_reached(speaker, now.half, now.started),
            most=_reached(speaker, now.most, now.started),
            done=BLANK if now.done is None else speaker.length(now.done),
        )


def _reached(speaker: Speaker, seconds: float | None, started: int) -> str:
    said = reached(speaker, seconds, started)
    return said if seconds is None else speaker.say("line.reached", length=said)


def _percent(measures: Measures, rhythm: str) -> str:
    share = measures.share(None, rhythm, "decide")
    return BLANK if share is None else str(whole_percent(share))
