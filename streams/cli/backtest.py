"""`rytmi backtest`: the same rules on a file of events, without a broker."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from streams.cli.instants import Instant


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--events", required=True, help="Canonical JSON Lines, plain or gzip; - is standard input.")
@click.option("--until", type=Instant(), help="Take events up to and including this instant; default: the last event.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the results.")
@click.option(
    "--processes",
    type=click.IntRange(1),
    help="That judge the cases, each in as much memory as the events take; default: one for each processor, at most 4.",
)
def command(path: Path, events: str, until: int | None, out: Path, processes: int | None) -> None:
    """Fold a file of events and write cases.jsonl, clock.jsonl, alarms.jsonl, measures.jsonl and deadletters.jsonl.

    The lines may stand in any order. Try a new policy on last year before it is put in force, or reproduce what a
    live run said: both give the same, byte by byte.

    \b
    rytmi replay --mapping examples/servicenow.yaml log.csv --dry-run --out events.jsonl
    rytmi backtest --config rytmi.yaml --events events.jsonl --out results
    """
    # Events hold no cycles: looking for some among a million of them would take a tenth of the time.
    gc.disable()
    try:
        _run(path, events, until, out, processes)
    finally:
        gc.enable()


def _run(path: Path, events: str, until: int | None, out: Path, processes: int | None) -> None:
    from processors.canonical import rfc3339
    from streams.config import load
    from streams.measures.subscriber import frame
    from streams.results.backtest import run
    from streams.results.files import lines
    from streams.results.parallel import usual_processes

    config = load(path)
    shown = sys.stderr.isatty()
    tell = (lambda n: click.echo(f"\r{n:,} lines", nl=False, err=True)) if shown else (lambda _: None)
    done = run(frame(config), lines(events), until, out, tell, processes or usual_processes())
    start = "\r" if shown else ""
    rate = done.read / max(done.seconds, 1e-9)
    click.echo(
        f"{start}{done.read:,} lines: {done.folded:,} folded, {done.repeated:,} repeated, "
        f"{done.deadletters:,} dead-lettered, {done.later:,} after --until\n"
        f"{done.cases:,} cases, {done.outcomes:,} outcomes of clocks and {done.alarms:,} alarms "
        f"as of {rfc3339(done.until)}, in {out} ({rate:,.0f} events/s)",
        err=True,
    )
