"""`rytmi backtest`: a file of events through the core, and the files that come of it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.backtest import Backtest
from processors.canonical import parse, render
from processors.events import InvalidEvent
from processors.ledger import FOLDED, REPEATED, WORDS
from processors.measures.terms import Frame
from processors.standing import Standing
from streams.results.decisions import DECISIONS, decision_row
from streams.results.files import write_lines, writing
from streams.results.measures import Results
from streams.results.parallel import AlarmLine, parts

_decode = msgspec.json.Decoder().decode
_TELL_EVERY = 20_000


class Summary(NamedTuple):
    """What a backtest did. Instants in milliseconds."""

    read: int
    folded: int
    repeated: int
    deadletters: int
    later: int
    cases: int
    outcomes: int
    alarms: int
    until: int
    seconds: float


def run(
    frame: Frame, lines: Iterable[bytes], until: int | None, out: Path, tell: Callable[[int], None], processes: int = 1
) -> Summary:
    """Fold the lines up to `until` (None: all) and write the files of results into `out`.

    processes: that judge the cases, once all lines have been read.
    """
    started = time.monotonic()
    backtest = Backtest(frame.policies)
    reading = _Reading(backtest, until)
    out.mkdir(parents=True, exist_ok=True)
    dead = write_lines(out / "deadletters.jsonl", reading.take(lines, tell))
    settled = backtest.until if until is None else until
    results = Results(frame)
    standings: defaultdict[str, dict[str, Standing]] = defaultdict(dict)
    told: list[AlarmLine] = []
    cases = outcomes = 0
    with writing(out / "cases.jsonl") as case_file, writing(out / "clock.jsonl") as clock_file:
        for part in parts(backtest, settled, processes):
            case_file.write(part.cases)
            clock_file.write(part.clocks)
            cases, outcomes = cases + part.case_count, outcomes + part.clock_count
            told += part.told
            results.merge(part.cells)
            for kind, found in part.standings.items():
                standings[kind] |= found
            for answer in part.answers:
                backtest.answer(answer)
    write_lines(out / DECISIONS, map(decision_row, backtest.decided()))
    with writing(out / "alarms.jsonl") as alarm_file:
        alarm_file.writelines(one.line for one in sorted(told))
    results.cases.fill(standings["case"])
    results.obstacles.fill(standings["obstacle"])
    results.decisions.fill(standings["decision"])
    results.write(out, settled)
    return Summary(
        reading.read,
        reading.folded,
        reading.repeated,
        dead,
        reading.later,
        cases,
        outcomes,
        sum(one.is_raised for one in told),
        settled,
        time.monotonic() - started,
    )


class _Reading:
    """Takes lines into a backtest, and yields the dead letters."""

    def __init__(self, backtest: Backtest, until: int | None) -> None:
        self._backtest, self._until = backtest, until
        self.read = self.folded = self.repeated = self.later = 0

    def take(self, lines: Iterable[bytes], tell: Callable[[int], None]) -> Iterator[dict[str, Any]]:
        add, until = self._backtest.add, self._until
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            self.read += 1
            if number % _TELL_EVERY == 0:
                tell(number)
            try:
                event = parse(_decode(line))
                if until is not None and event.at > until:
                    self.later += 1
                    continue
                verdict = add(event)
            except InvalidEvent as wrong:
                yield _dead(number, wrong.reason, str(wrong), line)
            except msgspec.DecodeError as wrong:
                yield _dead(number, "undecodable", str(wrong), line)
            else:
                if verdict == FOLDED:
                    self.folded += 1
                elif verdict == REPEATED:
                    self.repeated += 1
                else:
                    yield _dead(number, verdict, WORDS[verdict], line)
        for link, reason in self._backtest.finish():
            yield _dead(None, reason, WORDS[reason], msgspec.json.encode(render(link)))


def _dead(number: int | None, reason: str, message: str, line: bytes) -> dict[str, Any]:
    return {"line": number, "reason": reason, "message": message, "raw": line.decode("utf-8", "replace").rstrip("\n")}
