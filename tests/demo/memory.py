"""A demo in memory, at any instant: the product's organisation, conductor, figures and wall, without a broker.

In the place of broker, workers and Alertmanager stands a backtest of what has been sent so far (`answering`). Time is a
number: it goes on when the conductor waits, and nowhere else, so that a course is the same each time.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console

from processors.backtest import Backtest
from processors.events import Event
from streams.config import Config
from streams.demo.conductor import Conductor
from streams.demo.figures import Figures, Reader
from streams.demo.organisation import Organisation, beginning
from streams.demo.outside import Clock, Outside
from streams.demo.screen import screen
from streams.demo.state import sentence
from streams.demo.wall import line
from streams.demo.words import Notice, Status, speaker, status_of
from tests.demo.answering import PARTITIONS, Answering

LANGUAGES = ("en", "fi")
SIZES = ((24, 80), (50, 120))
_WORKERS = ("http://127.0.0.1:6066", "http://127.0.0.1:6067")
_ALERTMANAGER = "http://127.0.0.1:21234"
_STRIDE_SECONDS = 30.0  # what the conductor waits at once


class World:
    """All that is outside of a conductor."""

    def __init__(self, config: Config, at: float) -> None:
        self.at = at  # seconds since the epoch
        self.backtest = Backtest(config.policies)
        self._sent, self._live_from = 0, 0
        self._answering = Answering(config, self.backtest)

    def send(self, event: Event) -> None:
        self.backtest.add(event)
        self._sent += 1

    def wait(self, _seconds: float) -> None:
        """Longer than is asked for, as on a slow machine: a course is made of few looks."""
        self.at += _STRIDE_SECONDS

    def close(self) -> None:
        """What was sent is there."""

    @contextmanager
    def backfill(self) -> Iterator[None]:
        """Until it ends nobody is told of anything."""
        yield
        self._live_from = int(self.at * 1000)

    def fetch(self, address: str) -> str:
        """The text at an address."""
        now = int(self.at * 1000)
        if address.startswith(_ALERTMANAGER):
            return self._answering.alerts(now, self._live_from)
        if address.startswith(_WORKERS[0]):
            return self._answering.metrics(now, self._sent, self._live_from)
        return 'rytmi_partitions_owned{stage="cases"} 0\n'


class AtOnce(Executor):
    """Calls what it is given at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass(frozen=True)
class Look:
    """What somebody sees at one moment. By language; walls by size, too."""

    figures: Figures
    lines: dict[str, str]
    states: dict[str, str]
    notices: list[Notice]
    walls: dict[tuple[str, int, int], list[str]]


class Watching:
    """A wall that keeps what it showed, in both languages and on screens of several sizes."""

    every_seconds = 1.0

    def __init__(self, zone: ZoneInfo) -> None:
        self.looks: list[Look] = []
        self._speakers = {code: speaker(code, zone) for code in LANGUAGES}

    def show(self, status: Status, figures: Figures) -> None:
        if not status.settled:
            return
        told = {code: replace(status, speaker=one) for code, one in self._speakers.items()}
        self.looks.append(
            Look(
                figures,
                {code: line(one, figures) for code, one in told.items()},
                {code: sentence(one, figures) for code, one in told.items()},
                list(status.notices),
                {(code, *size): shown(one, figures, *size) for code, one in told.items() for size in SIZES},
            )
        )

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: object) -> None: ...


def shown(status: Status, figures: Figures, height: int, width: int) -> list[str]:
    """The lines of a screen."""
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(screen(status, figures, height, width))
    return capture.get().rstrip("\n").split("\n")


class Course(NamedTuple):
    """A demo that is over. place: that of the outage. figures: the last, of all that was sent and is in `backtest`."""

    place: str
    looks: list[Look]
    figures: Figures
    backtest: Backtest


def course(config: Config, at: float, minutes: float, weeks: float = 0.5, seed: int = 1) -> Course:
    """A demo that starts at an instant (seconds since the epoch) and is watched for so long."""
    world, zone = World(config, at), ZoneInfo(config.timezone)
    clock = Clock(lambda: world.at, lambda: world.at)
    organisation = Organisation(config, seed, beginning(clock.now_ms(), weeks, config.timezone))
    organisation.neglect(clock.now_ms())
    assert organisation.neglected is not None
    status = status_of(config, speaker("en", zone), _WORKERS)
    status.alertmanager = status.prometheus = status.board = _ALERTMANAGER
    reader = Reader(_WORKERS, PARTITIONS, world.fetch, _ALERTMANAGER, {status.window, status.usual})
    outside = Outside(world, reader, world.backfill, list, lambda _: AtOnce(), clock)
    with Watching(zone) as wall, Conductor(outside, organisation, wall, status, at) as conductor:
        conductor.load()
        conductor.live(minutes * 60)
        conductor.catch_up()
        assert conductor.figures is not None
        return Course(organisation.neglected, wall.looks, conductor.figures, world.backtest)
