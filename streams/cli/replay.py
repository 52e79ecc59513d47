"""`rytmi replay`: real logs into the topics, by a mapping."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import click

from processors.events import Event
from processors.ledger import digest
from streams.cli.sending import announced, collect_rarely, conclude, end_backfill, progress, sender, written
from streams.kafka.sender import DEFAULT_SOURCE
from streams.mapping import load_mapping
from streams.mapping.replay import Lines, Rejects, Sink, canonical_events, mapped_events, paced, run, shifted
from streams.pseudonym import Pseudonym
from streams.settings import Settings


@click.command("replay")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--mapping", "mapping_path", type=click.Path(path_type=Path), metavar="MAP.yaml", help="Rows to events.")
@click.option("--dry-run", is_flag=True, help="Write canonical JSON Lines instead of sending.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="For --dry-run; .gz packs. Default: stdout."
)
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times real time. Default: as fast as it goes."
)
@click.option("--shift-to-now", is_flag=True, help="Move all instants by one length; the last event happens now.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N events.")
@click.option(
    "--backfill/--no-backfill",
    default=True,
    show_default=True,
    help="Announce that all this happened before: nobody is alarmed until it is all there.",
)
@click.option("--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Rows that cannot be used go there.")
def command(
    *,
    files: tuple[str, ...],
    mapping_path: Path | None,
    dry_run: bool,
    out: Path | None,
    speed: float | None,
    shift_to_now: bool,
    limit: int | None,
    backfill: bool,
    rejects: Path | None,
) -> None:
    """Send the events of FILEs: CSV or JSON Lines, gzipped or not; - is standard input.

    A mapping says how rows become events; without one, the input is canonical JSON Lines. Look first, then send:

    \b
    rytmi replay --mapping examples/servicenow.yaml --dry-run --limit 20 incident_event_log.csv.gz
    rytmi replay --mapping examples/servicenow.yaml incident_event_log.csv.gz
    rytmi replay --speed 3600 --shift-to-now events.jsonl     # an hour a second

    What is sent counts as history: running workers alarm nobody until the replay is over, and then only of what is
    overdue still. One that is broken off leaves that open; send it again, or say `rytmi backfill end`.

    A row that cannot be used stops the replay and names its file and line; with --rejects such rows are set aside and
    counted. Ids come from the rows, so what is sent again is recognised as a repeat. docs/replay.md has all of it.
    """
    if out is not None and not dry_run:
        raise click.UsageError("--out belongs to --dry-run: without it, events go to Kafka")
    collect_rarely()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is under way is delivered then, too
    mapping = load_mapping(mapping_path) if mapping_path else None
    with ExitStack() as stack:
        aside = Rejects(stack.enter_context(written(rejects)) if rejects else None)
        sink = _lines(out, stack) if dry_run else sender(mapping.source if mapping else DEFAULT_SOURCE)
        if mapping is None:
            events: Iterable[Event] = canonical_events(files, aside)
        else:
            events = mapped_events(mapping, files, aside, lambda text: click.echo(f"warning: {text}", err=True))
        name = _name_of(files) if backfill and not dry_run else None
        events = _arranged(events, shift_to_now, limit, speed, sink)
        began = time.monotonic()
        report = run(events if name is None else announced(events, name), sink, progress(began))
        if name is not None:
            end_backfill(name, report)
    aside_said = [f"{aside.count:,} rows could not be used; they are in {rejects}"] if aside.count else []
    conclude(report, sink, time.monotonic() - began, aside_said)


def _arranged(
    events: Iterable[Event], shift_to_now: bool, limit: int | None, speed: float | None, sink: Sink
) -> Iterable[Event]:
    if shift_to_now:
        events = shifted(events, time.time_ns() // 1_000_000)
    if limit is not None:
        events = _first(events, limit)
    return paced(events, speed, sink.wait, time.monotonic) if speed else events


def _first(events: Iterable[Event], count: int) -> Iterable[Event]:
    """Unlike islice, it does not read the event after the last one: on a pipe that could take for ever."""
    for number, event in enumerate(events, 1):
        yield event
        if number == count:
            return


def _lines(out: Path | None, stack: ExitStack) -> Lines:
    stream = stack.enter_context(written(out)) if out else click.get_text_stream("stdout", "utf-8")
    return Lines(stream, Pseudonym(Settings.from_env().pseudonym_key), time.sleep)


def _name_of(files: tuple[str, ...]) -> str:
    """The same files give the same backfill, so that one that was broken off is ended by the next attempt."""
    return f"replay-{digest(*files)[:12]}"
