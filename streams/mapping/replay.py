"""Replay: events from files, mapped or canonical, shifted, limited and paced, into the topics or out as JSON Lines.

Each step is an iterator over events, so a log that needs no sorting is never held in
memory. Nothing is passed over: what cannot be used stops the replay, or is set aside,
counted, when a place for it was named.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

import msgspec

from processors.canonical import parse, render
from processors.events import Event, Feedback, InvalidEvent
from streams import UserError
from streams.mapping import TableMapping
from streams.mapping.mapper import Mapper
from streams.mapping.rows import Fault, InputError, Table, json_lines, opened

OnFault = Callable[[Fault], None]
_STEP_SECONDS = 0.2  # a wait is cut into steps, so that an interruption is heeded and deliveries go on


class ReplayError(UserError):
    """Input that cannot be used; the text names file and line."""


class Sink(Protocol):
    """Where events go."""

    def send(self, event: Event) -> None:
        """Take one event."""

    def wait(self, seconds: float) -> None:
        """Let time pass, up to `seconds`."""

    def close(self) -> None:
        """Return when everything taken is safe."""


class Rejects:
    """What happens to rows that cannot be used: without a file for them the first one stops the replay."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out
        self.count = 0

    def __call__(self, fault: Fault) -> None:
        """Raises ReplayError, or writes the row aside with its place and what is wrong with it."""
        if self._out is None:
            remedy = "mend the row or the mapping, or name a file for such rows with --rejects"
            raise ReplayError(f"{fault.place}: {fault.message}\n({remedy})")
        self.count += 1
        line = {"file": fault.file, "line": fault.line, "message": fault.message, "row": fault.row}
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")


def mapped_events(
    mapping: TableMapping, files: Sequence[str], on_fault: OnFault, warn: Callable[[str], None]
) -> Iterator[Event]:
    """The events that a mapping makes of files. Raises UserError for what no row can be blamed for."""
    mapper = Mapper(mapping)
    table = Table(mapping.input, mapper.columns, on_fault)
    yield from mapper.mapped(table.rows(files), on_fault)
    for column in sorted(table.never_seen):
        warn(f"no row has {column!r}, which {mapper.columns[column]} in the mapping names: is it spelled so?")


def canonical_events(files: Sequence[str], on_fault: OnFault) -> Iterator[Event]:
    """The events of files that are canonical JSON Lines already."""
    for file in files:
        with opened(file) as (text, _):
            for line, record in json_lines(file, text, on_fault):
                try:
                    event = parse(record)
                except InvalidEvent as wrong:
                    on_fault(Fault(file, line, str(wrong), record))
                else:
                    yield event


def shifted(events: Iterable[Event], now_ms: int) -> Iterator[Event]:
    """All events, held in memory, moved by one length so that the last of them happens now."""
    held = list(events)
    by_ms = now_ms - max((event.at for event in held), default=now_ms)
    for event in held:
        moved: dict[str, Any] = {"at": event.at + by_ms}
        if isinstance(event, Feedback) and event.due_at is not None:
            moved["due_at"] = event.due_at + by_ms
        yield event._replace(**moved)


def paced(
    events: Iterable[Event], speed: float, wait: Callable[[float], None], monotonic: Callable[[], float]
) -> Iterator[Event]:
    """Each event when its turn has come: `speed` times as fast as they happened. The first sets the beginning."""
    began: float | None = None
    first_at = 0
    for event in events:
        if began is None:
            began, first_at = monotonic(), event.at
        due = began + (event.at - first_at) / 1000 / speed
        while (left := due - monotonic()) > 0:
            wait(min(left, _STEP_SECONDS))
        yield event


@dataclass
class Report:
    """How far a replay got."""

    counts: Counter[str] = field(default_factory=Counter)  # by type of event
    last: Event | None = None
    interrupted: bool = False
    fault: UserError | None = None  # the input that ended it

    @property
    def events(self) -> int:
        """All events sent."""
        return self.counts.total()


def run(events: Iterable[Event], sink: Sink, tell: Callable[[Report], None]) -> Report:
    """Send everything. An interruption, or input that cannot be used, ends it early, with all before it delivered.

    Raises UserError for what is not delivered.
    """
    report = Report()
    try:
        for event in events:
            sink.send(event)
            report.counts[type(event).__name__.lower()] += 1
            report.last = event
            tell(report)
    except KeyboardInterrupt:
        report.interrupted = True
    except (ReplayError, InputError) as fault:
        report.fault = fault
    sink.close()
    return report


class Lines:
    """Events as canonical JSON Lines, customers as pseudonyms: what a dry run writes and `rytmi backtest` reads."""

    def __init__(self, out: IO[str], pseudonym: Callable[[str], str], wait: Callable[[float], None]) -> None:
        self._out, self._pseudonym = out, pseudonym
        self._encode = msgspec.json.Encoder().encode
        self.wait = wait

    def send(self, event: Event) -> None:
        """Write one event."""
        line = render(event)
        if (customer := line.get("customer")) is not None:
            line["customer"] = self._pseudonym(str(customer))
        self._out.write(self._encode(line).decode() + "\n")

    def close(self) -> None:
        """Push out what is written."""
        self._out.flush()
