"""What comes of a backtest's entities, part by part, in the words of its files, on as many processors as are wanted.

Parts are made by processes that are forked when all events have been read: each sees them as they are, and sends back
little more than lines. A part is the same whoever makes it, and parts come in order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

from processors.backtest import Backtest
from processors.decided import Answer
from processors.settled import row
from processors.standing import Standing, of_case
from streams import UserError
from streams.results.files import alarm_row, encoded, outcome_row
from streams.results.measures import CellsSoFar, add

MOST_PROCESSES = 4
"""Unless more are asked for: each comes to need about as much memory as the events."""

_ENTITIES = 500  # of a part: enough for sending to cost little, few enough for all processors to end at about once


Entity = tuple[str, str]
"""Kind and id."""


class AlarmLine(NamedTuple):
    """An alarm: when (milliseconds) and which, whether it was raised, its line."""

    at: int
    id: str
    is_raised: bool
    line: bytes


class Part(NamedTuple):
    """What comes of some entities. cases, clocks: lines of their files, beside them how many. standings: by kind."""

    cases: bytes
    case_count: int
    clocks: bytes
    clock_count: int
    told: list[AlarmLine]
    cells: CellsSoFar
    standings: dict[str, dict[str, Standing]]
    answers: list[Answer]


def usual_processes() -> int:
    """One for each processor that this process may use, up to a few."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(found, MOST_PROCESSES)


def parts(backtest: Backtest, until: int, processes: int) -> Iterator[Part]:
    """All parts, as of an instant (milliseconds). Raises UserError if a process that makes them is ended, or cannot
    be started.
    """
    entities = [*(("case", name) for name in backtest.names()), *backtest.others()]
    chunks = [entities[start : start + _ENTITIES] for start in range(0, len(entities), _ENTITIES)]
    count = min(processes, len(chunks))
    if count < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_part(backtest, chunk, until) for chunk in chunks)
        return
    context, receivers, makers = multiprocessing.get_context("fork"), list[Connection](), []
    try:
        for first in range(count):
            receiver, sender = context.Pipe(duplex=False)
            receivers.append(receiver)
            work = backtest, chunks[first::count], until, sender, tuple(receivers)
            maker = context.Process(target=_make, args=work, daemon=True)
            try:
                maker.start()
            except OSError as failed:
                raise UserError(f"no further process can be started ({failed.strerror}): try --processes 1") from None
            makers.append(maker)
            sender.close()
        for number in range(len(chunks)):
            try:
                yield receivers[number % count].recv()
            except (EOFError, OSError):  # it ended between parts, or in one
                makers[number % count].join()
                if makers[number % count].exitcode == 1:
                    raise RuntimeError("a process of the backtest failed; what it said stands above") from None
                raise UserError(
                    "a process of the backtest was ended, perhaps for want of memory: try --processes 1"
                ) from None
    finally:
        for receiver in receivers:
            receiver.close()
        for maker in makers:
            maker.terminate()
            maker.join()


def _make(
    backtest: Backtest, chunks: Sequence[Sequence[Entity]], until: int, out: Connection, others: Sequence[Connection]
) -> None:
    """Make parts and send them, in a process of its own, for as long as somebody takes them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever takes the parts decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in others:
        one.close()
    try:
        for chunk in chunks:
            out.send(_part(backtest, chunk, until))
    except BrokenPipeError:
        return


def _part(backtest: Backtest, entities: Sequence[Entity], until: int) -> Part:
    policies = backtest.policies
    rows, clocks = list[bytes](), list[bytes]()
    part = Part(b"", 0, b"", 0, [], {}, {"case": {}, "obstacle": {}, "decision": {}, "signal": {}}, [])
    for kind, name in entities:
        if kind != "case":
            contribution, standing = backtest.other(kind, name)
            add(part.cells, contribution)
            if standing is not None:
                part.standings[kind][name] = standing
    for name, entries, judged in backtest.cases(name for kind, name in entities if kind == "case"):
        clocks += [encoded(outcome_row(outcome)) for outcome in backtest.outcomes(name, judged)]
        for alarm in backtest.alarms(name, entries, judged, until):
            part.told.append(AlarmLine(alarm["at"], alarm["id"], alarm["kind"] == "raised", encoded(alarm_row(alarm))))
        add(part.cells, backtest.contribution(entries, judged))
        standing = of_case(judged)
        if standing is not None:
            part.standings["case"][name] = standing
        part.answers.append(backtest.answers(entries, judged))
        rows.append(encoded(row(backtest.record(name, entries, judged), until, policies)))
    return part._replace(cases=b"".join(rows), case_count=len(rows), clocks=b"".join(clocks), clock_count=len(clocks))
