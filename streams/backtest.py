"""`rytmi backtest`: a file of events through the core, and the files that come of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.backtest import Backtest
from processors.canonical import parse, render
from processors.events import InvalidEvent
from processors.ledger import FOLDED, REPEATED, WORDS
from processors.measures.terms import Frame
from processors.settled import row
from processors.standing import of_case
from streams.decided import DECISIONS, decision_row
from streams.files import alarm_row, encoded, outcome_row, write_lines
from streams.measures.results import Results

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


def run(frame: Frame, lines: Iterable[bytes], until: int | None, out: Path, tell: Callable[[int], None]) -> Summary:
    """Fold the lines up to `until` (None: all) and write the files of results into `out`."""
    started = time.monotonic()
    policies = frame.policies
    backtest = Backtest(policies)
    reading = _Reading(backtest, until)
    out.mkdir(parents=True, exist_ok=True)
    dead = write_lines(out / "deadletters.jsonl", reading.take(lines, tell))
    settled = backtest.until if until is None else until
    outcomes: list[msgspec.Raw] = []
    told: list[dict[str, Any]] = []
    results = Results(frame)

    def settled_cases() -> Iterator[dict[str, Any]]:
        for name, entries, judged in backtest.cases():
            outcomes.extend(encoded(outcome_row(outcome)) for outcome in backtest.outcomes(name, judged))
            told.extend(backtest.alarms(name, entries, judged, settled))
            results.add(backtest.contribution(entries, judged))
            results.cases.replace(name, of_case(judged))
            backtest.answer(entries, judged)
            yield row(backtest.record(name, entries, judged), settled, policies)

    written = write_lines(out / "cases.jsonl", settled_cases())
    write_lines(out / "clock.jsonl", outcomes)
    write_lines(out / DECISIONS, map(decision_row, backtest.decided()))
    told.sort(key=lambda alarm: (alarm["at"], alarm["id"]))
    write_lines(out / "alarms.jsonl", map(alarm_row, told))
    results.obstacles.fill(backtest.obstacles_standing())
    results.decisions.fill(backtest.decisions_in_flight())
    for one in backtest.other_contributions():
        results.add(one)
    results.write(out, settled)
    return Summary(
        reading.read,
        reading.folded,
        reading.repeated,
        dead,
        reading.later,
        written,
        len(outcomes),
        sum(alarm["kind"] == "raised" for alarm in told),
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
