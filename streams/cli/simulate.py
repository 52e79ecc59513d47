"""`rytmi simulate`: a made-up organisation's events as canonical JSON Lines."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from streams import UserError
from streams.cli.instants import Instant

_LOOK_SECONDS = 0.5


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another organisation.")
@click.option("--weeks", type=click.FloatRange(0, 52), default=4.0, show_default=True, help="Length of the history.")
@click.option("--until", type=Instant(), help="The history's end; default: now.")
@click.option("--live", is_flag=True, help="Go on after the history: each event when its time has come, until Ctrl-C.")
@click.option("--out", type=click.Path(path_type=Path), help="A file. Default: standard output.")
def command(path: Path, seed: int, weeks: float, until: int | None, live: bool, out: Path | None) -> None:
    """Make up the events of the touchpoints of a configuration, in the order of time.

    Feedback comes by the hour and the weekday; people react, wait for customers, decide, answer and close in their
    working hours; obstacles come to stand in the way, and decisions on many cases clear them. The same seed,
    configuration and midnight of the beginning give the same events, so a later end gives the same and more.

    \b
    rytmi simulate --config examples/rytmi.yaml --seed 7 --until 2026-03-02T12:00:00+02:00 --out events.jsonl
    rytmi backtest --config examples/rytmi.yaml --events events.jsonl --out results
    rytmi simulate --config examples/rytmi.yaml --live | rytmi replay -       # into the topics, and on
    """
    from processors.canonical import rfc3339
    from streams.config import load
    from streams.replay import Lines
    from streams.simulation import Organisation, beginning

    if live and until is not None:
        raise click.UsageError("--live goes on from now: leave --until out")
    config = load(path)
    end = _now_ms() if until is None else until
    begin = beginning(end, weeks, config.timezone)
    organisation = Organisation(config, seed, begin)
    with ExitStack() as stack:
        stream = stack.enter_context(_opened(out)) if out else click.get_text_stream("stdout", "utf-8")
        lines = Lines(stream, str, time.sleep)
        count = 0
        for event in organisation.until(end):
            lines.send(event)
            count += 1
        lines.close()
        click.echo(f"{count:,} events from {rfc3339(begin)} to {rfc3339(end)}", err=True)
        while live:
            for event in organisation.until(_now_ms()):
                lines.send(event)
            lines.close()
            time.sleep(_LOOK_SECONDS)


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise UserError(f"{path}: cannot be written: {wrong.strerror}") from None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
