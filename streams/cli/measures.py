"""`rytmi measures`: measures.jsonl from the topics alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from streams.cli.instants import Instant


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--until", type=Instant(), help="The instant as of which they are read; default: what is known by now.")
@click.option("--out", type=click.Path(path_type=Path), help="A file; default: standard output.")
def command(path: Path, until: int | None, out: Path | None) -> None:
    """Write every measure as of an instant, from the cells that the workers share, as a backtest writes them.

    The instant should not lie before the last event: what has happened since would be counted. Workers must be running
    or have shared all they have; else it is said what is missing.

    \b
    rytmi measures --until 2026-03-02T12:00:00+02:00 > measures.jsonl
    """
    from processors.measures.rows import rows
    from streams.config import load
    from streams.measures.subscriber import frame, read_complete
    from streams.results.cells import measure_rows
    from streams.results.files import dump, write_lines
    from streams.settings import Settings

    framed = frame(load(path))
    partials = read_complete(Settings.from_env(), framed)
    at = partials.sources.known_until() if until is None else until
    partials.view.advance(at)
    found = measure_rows(rows(partials.view, framed), at)
    count = dump(sys.stdout.buffer, found) if out is None else write_lines(out, found)
    click.echo(f"{count:,} rows", err=True)
