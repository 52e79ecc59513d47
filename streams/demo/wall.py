"""Where the figures of a demo are shown: the whole terminal, or a line now and then."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live

from streams.demo.figures import Figures
from streams.demo.line import line
from streams.demo.screen import screen
from streams.demo.state import sentence
from streams.demo.status import Notice, Status


class Wall(Protocol):
    """Where the figures are shown. `every_seconds`: how often that is of use."""

    every_seconds: float

    def show(self, status: Status, figures: Figures) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Terminal:
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


class Lines:
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
