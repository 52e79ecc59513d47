"""`rytmi demo`: everything on this machine, with a live view."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

_EXAMPLE = Path(__file__).resolve().parents[1] / "demo" / "rytmi.yaml"  # also in a wheel; examples/ links to it
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), help="Default: examples/rytmi.yaml of the project.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another organisation.")
@click.option("--weeks", type=click.FloatRange(0, 8), default=4.0, show_default=True, help="Length of the history.")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="They share the partitions.")
@click.option("--for", "seconds", type=click.FloatRange(0), help="Seconds of live figures; default: until Ctrl-C.")
@click.option(
    "--monitoring/--no-monitoring",
    default=True,
    show_default=True,
    help="With a real Prometheus and a real Alertmanager, if they can be had.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "fi"]),
    help="English or Finnish; default: that of LC_ALL, LC_MESSAGES or LANG, else English.",
)
@click.option("--plain", is_flag=True, help="A line every few seconds, as when the output is no terminal.")
def command(
    path: Path | None,
    seed: int,
    weeks: float,
    workers: int,
    seconds: float | None,
    monitoring: bool,
    lang: str | None,
    plain: bool,
) -> None:
    """Start a broker, topics, workers, Prometheus, Alertmanager and a simulated organisation, and watch it.

    Four weeks of history are loaded at full speed, then it goes on live. At one touchpoint nobody has answered critical
    feedback for an hour, so alarms come while you watch. The figures come from the workers' own /metrics, the alarms
    from Alertmanager; all addresses are shown. With RYTMI_GRAFANA_URL and RYTMI_GRAFANA_TOKEN set, the screens are
    published there. Ctrl-C ends all of it. Everything is in .rytmi/demo and made anew each
    time; neither a broker of `rytmi broker start` nor an Alertmanager of yours is touched. Try: kill -9 one of the
    workers, and watch what the view says.

    \b
    rytmi demo
    rytmi demo --lang fi
    rytmi demo --seed 7 --weeks 1 --for 60 --plain
    """
    from streams.config import load
    from streams.demo.conductor import Conductor
    from streams.demo.organisation import Organisation, beginning
    from streams.demo.outside import MACHINE, outside
    from streams.demo.stack import Stack
    from streams.demo.wall import Lines, Terminal, Wall
    from streams.demo.words import language_of, speaker, status_of
    from streams.settings import Settings

    began, now_ms = MACHINE.steady(), MACHINE.now_ms()
    config = load(path or _EXAMPLE)
    organisation = Organisation(config, seed, beginning(now_ms, weeks, config.timezone))
    organisation.neglect(now_ms)
    for name in _ENDING:
        signal.signal(name, _interrupt)
    wall: Wall = Lines() if plain or not sys.stdout.isatty() else Terminal()
    try:
        with Stack(Settings.from_env(), path or _EXAMPLE, workers, _say, monitoring) as stack:
            told = speaker(lang or language_of(os.environ))
            status = status_of(config, told, [worker.address for worker in stack.workers])
            if stack.board is not None:
                status.board = stack.board.address
            status.screens = stack.screens
            if stack.monitoring is not None:
                status.prometheus, status.alertmanager = stack.alert_page, stack.monitoring.alertmanager_url
            with wall, Conductor(outside(stack, status), organisation, wall, status, began) as conductor:
                count = conductor.load()
                ready = MACHINE.steady() - began
                conductor.live(seconds)
            _say(f"{count:,} events of history; live figures {ready:.1f} s after the start. Ending the workers ...")
    except KeyboardInterrupt:
        pass
    _say("ended; nothing is left running")


def _interrupt(*_: object) -> NoReturn:
    """The first signal ends the demo; further ones must not disturb the ending, which takes a few seconds at most."""
    for name in _ENDING:
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(text: str) -> None:
    click.echo(text, err=True)
