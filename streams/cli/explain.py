"""`rytmi explain`: what happened to a case and its clocks, in sentences."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from streams.cli.instants import Instant

_WIDEST = 100
_CLEARED = "\r\x1b[K"


@click.command()
@click.argument("case")
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--lang", type=click.Choice(["en", "fi"]), default="en", show_default=True, help="English or Finnish.")
@click.option("--at", type=Instant(), help="The instant as of which clocks are read; default: now.")
def command(case: str, path: Path, lang: str, at: int | None) -> None:
    """Tell what happened to a case: each clock, why it is overdue or not, when it is due, who was told.

    It is told from the topics alone: the last record of rytmi.case.v1 and all of rytmi.clock.v1 and rytmi.alarm.v1
    that have the case's key. Calendars and targets are those of the configuration.

    \b
    rytmi explain K-1042
    rytmi explain K-1042 --lang fi --at 2026-03-02T23:30:00+02:00
    """
    import time
    from zoneinfo import ZoneInfo

    from processors.canonical import rfc3339
    from streams import UserError
    from streams.config import load
    from streams.explain.gathering import gather
    from streams.explain.reading import of_case
    from streams.explain.story import story
    from streams.explain.words import LANGUAGES
    from streams.language.speaker import Speaker
    from streams.settings import Settings

    config = load(path)
    record, outcomes, alarms = of_case(Settings.from_env(), case, _tell)
    if sys.stderr.isatty():
        click.echo(_CLEARED, err=True, nl=False)
    # A producer's clock may be a few minutes fast; whoever asks about now wants to hear of that event, too.
    asked = max(time.time_ns() // 1_000_000, record["last_at"]) if at is None else at
    if record["last_at"] > asked:
        raise UserError(
            f"case {case} has an event at {rfc3339(record['last_at'])}, after {rfc3339(asked)}: ask for a later "
            "instant with --at, or run `rytmi backtest --until` over the events"
        )
    speaker = Speaker(LANGUAGES[lang], ZoneInfo(config.timezone), asked)
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    for number, part in enumerate(story(gather(record, outcomes, alarms, asked, config), config.timezone)):
        heading, *said = speaker.lines(part, width)
        click.echo(("\n" if number else "") + click.style(heading, bold=True))
        for line in said:
            click.echo(line)


def _tell(topic: str, offset: int, last: int) -> None:
    line = f"{topic}: read {offset:,} of {last:,}"
    click.echo(f"{_CLEARED}{line}" if sys.stderr.isatty() else line, err=True, nl=not sys.stderr.isatty())
