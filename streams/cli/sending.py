"""Events on their way, into the topics or out as lines: what `rytmi replay` and `rytmi simulate` have in common."""

from __future__ import annotations

import gc
import gzip
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import click

from processors.canonical import rfc3339
from processors.events import Event
from schemas.codec import Codec
from streams import UserError
from streams.kafka.control import BACKFILL_BEGIN, BACKFILL_END, announce
from streams.kafka.sender import Sender
from streams.mapping.replay import Report, Sink
from streams.pseudonym import Pseudonym
from streams.settings import Settings

_TTY_SECONDS, _LINE_SECONDS = 0.5, 5.0
_LOOK_EVERY = 256  # events between two looks at the clock
_INTERRUPTED = 130


def collect_rarely() -> None:
    """Rows and events hold no cycles; looking for some among a million of them costs a fifth of the time."""
    gc.set_threshold(200_000, 50, 100)


def sender(source: str) -> Sender:
    """A sender to the cluster of the environment."""
    settings = Settings.from_env()
    return Sender(settings, _codec(settings), source)


def announced(events: Iterable[Event], name: str) -> Iterator[Event]:
    """The events, once it has been said that they happened before: nobody is alarmed until it is all there."""
    announced_in(BACKFILL_BEGIN, name)
    yield from events


def end_backfill(name: str, report: Report) -> None:
    """Say that all of a backfill is there; one that was broken off stays open, and the remedy is said."""
    if report.interrupted or report.fault is not None:
        remedy = f"send it again, or: rytmi backfill end {name}"
        click.echo(f"the backfill {name} is open, so nobody is alarmed: {remedy}", err=True)
    else:
        announced_in(BACKFILL_END, name)


def written(path: Path) -> IO[str]:
    """A text file to write; .gz packs. Raises UserError."""
    try:
        if path.suffix == ".gz":
            return cast(IO[str], gzip.open(path, "wt", 6, encoding="utf-8", newline="\n"))
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise UserError(f"{path}: cannot be written: {wrong.strerror}") from None


def progress(began: float) -> Callable[[Report], None]:
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


def conclude(report: Report, sink: Sink, seconds: float, remarks: Sequence[str] = ()) -> None:
    """Say what went where. Raises what ended it early; exits if it was interrupted."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    counts = getattr(sink, "sent", None) or report.counts
    parts = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    rate = report.events / seconds if seconds else 0.0
    click.echo(f"{report.events:,} events in {seconds:.1f} s ({rate:,.0f}/s): {parts or 'none'}", err=True)
    for remark in remarks:
        click.echo(remark, err=True)
    if report.fault is not None:
        raise report.fault
    if report.interrupted:
        last = f", the last {report.last.id!r} at {rfc3339(report.last.at)}" if report.last else ""
        click.echo(
            f"interrupted: all of these are delivered{last}. Sent again, they are recognised as repeats.", err=True
        )
        sys.exit(_INTERRUPTED)


def _codec(settings: Settings) -> Codec:
    return Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))


def announced_in(kind: str, name: str) -> int:
    """Announce the begin or the end of a backfill; the number of partitions in which it was."""
    settings = Settings.from_env()
    return announce(settings, _codec(settings), kind, name)
