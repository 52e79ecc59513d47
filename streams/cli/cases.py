"""`rytmi cases`: cases.jsonl from the topics alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from streams.cli.instants import Instant


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--until", type=Instant(), help="The instant as of which clocks are read; default: now.")
@click.option("--out", type=click.Path(path_type=Path), help="A file; default: standard output.")
def command(path: Path, until: int | None, out: Path | None) -> None:
    """Write every case of rytmi.case.v1 as it stands at an instant, in the form of a backtest's cases.jsonl.

    What an enriched case leaves open, as only time decides it (the lengths of running clocks, and whether they are
    overdue), is settled here, with the calendars of the configuration.

    \b
    rytmi cases --until 2026-03-02T12:00:00+02:00 > cases.jsonl
    """
    import time

    from streams.config import load
    from streams.results.cases import rows
    from streams.results.files import dump, write_lines
    from streams.settings import Settings

    at = time.time_ns() // 1_000_000 if until is None else until
    found = rows(Settings.from_env(), load(path).policies, at)
    count = dump(sys.stdout.buffer, found) if out is None else write_lines(out, found)
    click.echo(f"{count:,} cases", err=True)
