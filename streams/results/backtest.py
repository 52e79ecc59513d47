"""`rytmi backtest`: a file of events through the core, and the files that come of it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass
class Summary:
    """What a backtest did. Instants in milliseconds."""

    read: int = 0
    folded: int = 0
    repeated: int = 0
    deadletters: int = 0
    later: int = 0
    cases: int = 0
    outcomes: int = 0
    alarms: int = 0
    until: int = 0
    seconds: float = 0.0


def run(
    frame: Frame, lines: Iterable[bytes], until: int | None, out: Path, tell: Callable[[int], None], processes: int = 1
) -> Summary:
    """Fold the lines up to `until` (None: all) and write the files of results into `out`.

    processes: that judge the cases, once all lines have been read.
    """
    started, done = time.monotonic(), Summary()
    backtest = Backtest(frame.policies)
    out.mkdir(parents=True, exist_ok=True)
    done.deadletters = write_lines(out / "deadletters.jsonl", _taken(backtest, lines, until, tell, done))
    done.until = backtest.until if until is None else until
    results = Results(frame)
    standings: defaultdict[str, dict[str, Standing]] = defaultdict(dict)
    told: list[AlarmLine] = []
    with writing(out / "cases.jsonl") as case_file, writing(out / "clock.jsonl") as clock_file:
        for part in parts(backtest, done.until, processes):
            case_file.write(part.cases)
            clock_file.write(part.clocks)
            done.cases += part.case_count
            done.outcomes += part.clock_count
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
    results.write(out, done.until)
    done.alarms = sum(one.is_raised for one in told)
    done.seconds = time.monotonic() - started
    return done


def _taken(
    backtest: Backtest, lines: Iterable[bytes], until: int | None, tell: Callable[[int], None], done: Summary
) -> Iterator[dict[str, Any]]:
    """Take lines into a backtest, count them, and yield the dead letters."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        done.read += 1
        if number % _TELL_EVERY == 0:
            tell(number)
        try:
            event = parse(_decode(line))
            if until is not None and event.at > until:
                done.later += 1
                continue
            verdict = backtest.add(event)
        except InvalidEvent as wrong:
            yield _dead(number, wrong.reason, str(wrong), line)
        except msgspec.DecodeError as wrong:
            yield _dead(number, "undecodable", str(wrong), line)
        else:
            if verdict == FOLDED:
                done.folded += 1
            elif verdict == REPEATED:
                done.repeated += 1
            else:
                yield _dead(number, verdict, WORDS[verdict], line)
    for link, reason in backtest.finish():
        yield _dead(None, reason, WORDS[reason], msgspec.json.encode(render(link)))


def _dead(number: int | None, reason: str, message: str, line: bytes) -> dict[str, Any]:
    return {"line": number, "reason": reason, "message": message, "raw": line.decode("utf-8", "replace").rstrip("\n")}
