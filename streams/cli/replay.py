"""`rytmi replay`: real logs into the topics, by a mapping."""

from __future__ import annotations

import gc
import gzip
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import click

from processors.canonical import rfc3339
from processors.events import Event
from processors.ledger import digest
from schemas.codec import Codec
from streams import UserError
from streams.control import BACKFILL_BEGIN, BACKFILL_END, announce
from streams.mapping import TableMapping, load_mapping
from streams.pseudonym import Pseudonym
from streams.replay import Lines, Rejects, Report, Sink, canonical_events, mapped_events, paced, run, shifted
from streams.sender import DEFAULT_SOURCE, Sender
from streams.settings import Settings

_TTY_SECONDS, _LINE_SECONDS = 0.5, 5.0
_LOOK_EVERY = 256  # events between two looks at the clock
_INTERRUPTED = 130


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
    # Rows and events hold no cycles; looking for some among a million of them costs a fifth of the time.
    gc.set_threshold(200_000, 50, 100)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is under way is delivered then, too
    mapping = load_mapping(mapping_path) if mapping_path else None
    with ExitStack() as stack:
        aside = Rejects(stack.enter_context(_text(rejects)) if rejects else None)
        sink = _lines(out, stack) if dry_run else _sender(mapping)
        if mapping is None:
            events: Iterable[Event] = canonical_events(files, aside)
        else:
            events = mapped_events(mapping, files, aside, lambda text: click.echo(f"warning: {text}", err=True))
        name = _name_of(files) if backfill and not dry_run else None
        events = _arranged(events, shift_to_now, limit, speed, sink)
        began = time.monotonic()
        report = run(events if name is None else _announced(events, name), sink, _progress(began))
        if name is not None and (report.interrupted or report.fault is not None):
            remedy = f"send it again, or: rytmi backfill end {name}"
            click.echo(f"the backfill {name} is open, so nobody is alarmed: {remedy}", err=True)
        elif name is not None:
            _announce(BACKFILL_END, name)
    _conclude(report, sink, time.monotonic() - began, aside.count, rejects)


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
    pseudonym = Pseudonym(Settings.from_env().pseudonym_key)
    return Lines(
        stack.enter_context(_text(out)) if out else click.get_text_stream("stdout", "utf-8"), pseudonym, time.sleep
    )


def _sender(mapping: TableMapping | None) -> Sink:
    settings = Settings.from_env()
    return Sender(settings, _codec(settings), mapping.source if mapping else DEFAULT_SOURCE)


def _codec(settings: Settings) -> Codec:
    return Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))


def _announced(events: Iterable[Event], name: str) -> Iterator[Event]:
    """The events, once it has been said that they happened before."""
    _announce(BACKFILL_BEGIN, name)
    yield from events


def _announce(kind: str, name: str) -> None:
    settings = Settings.from_env()
    announce(settings, _codec(settings), kind, name)


def _name_of(files: tuple[str, ...]) -> str:
    """The same files give the same backfill, so that one that was broken off is ended by the next attempt."""
    return f"replay-{digest(*files)[:12]}"


def _text(path: Path) -> IO[str]:
    try:
        if path.suffix == ".gz":
            return cast(IO[str], gzip.open(path, "wt", 6, encoding="utf-8", newline="\n"))
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise UserError(f"{path}: cannot be written: {wrong.strerror}") from None


def _progress(began: float) -> Callable[[Report], None]:
    """A line on standard error now and then: rewritten in place on a terminal, one below the other elsewhere."""
    tty = sys.stderr.isatty()
    every = _TTY_SECONDS if tty else _LINE_SECONDS
    seen, next_look = 0, began + every

    def tell(report: Report) -> None:
        nonlocal seen, next_look
        seen += 1
        if seen % _LOOK_EVERY and seen > _LOOK_EVERY:
            return
        now = time.monotonic()
        if now >= next_look and report.last is not None:
            next_look = now + every
            line = f"{seen:,} events, {seen / (now - began):,.0f}/s, at {rfc3339(report.last.at)}"
            click.echo(f"\r{line}\x1b[K" if tty else line, err=True, nl=not tty)

    return tell


def _conclude(report: Report, sink: Sink, seconds: float, rejected: int, rejects: Path | None) -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    counts = getattr(sink, "sent", None) or report.counts
    parts = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    rate = report.events / seconds if seconds else 0.0
    click.echo(f"{report.events:,} events in {seconds:.1f} s ({rate:,.0f}/s): {parts or 'none'}", err=True)
    if rejected:
        click.echo(f"{rejected:,} rows could not be used; they are in {rejects}", err=True)
    if report.fault is not None:
        raise report.fault
    if report.interrupted:
        last = f", the last {report.last.id!r} at {rfc3339(report.last.at)}" if report.last else ""
        click.echo(
            f"interrupted: all of these are delivered{last}. Sent again, they are recognised as repeats.", err=True
        )
        sys.exit(_INTERRUPTED)
