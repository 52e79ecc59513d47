"""The files of a backtest and of `rytmi cases`: canonical JSON Lines in, sorted JSON Lines out."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from processors.canonical import rfc3339
from schemas.loader import current
from streams import UserError

_encode = msgspec.json.Encoder().encode
_GZIP = b"\x1f\x8b"
_ALARM = tuple(field["name"] for field in current("alarm").definition["fields"])
_ALARM_INSTANTS = tuple(name for name in _ALARM if name == "at" or name.endswith("_at"))


def lines(path: str) -> Iterator[bytes]:
    """The lines of a file, plain or gzip by its content; `-` is standard input. Raises UserError."""
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as raw:
            yield from _unpacked(raw)
    except (OSError, EOFError) as wrong:
        raise UserError(
            f"{path}: {wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else wrong}"
        ) from wrong


def _unpacked(raw: Any) -> BinaryIO:
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == _GZIP else raw  # type: ignore[return-value]


def write_lines(path: Path, rows: Iterable[Any]) -> int:
    """Write one JSON object a line, compact, UTF-8; how many. The file is there when it is whole, and not before."""
    with writing(path) as out:
        return dump(out, rows)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file that is there when it is whole, and not before."""
    beside = path.with_name(f"{path.name}.unfinished")
    with beside.open("wb") as out:
        yield out
    beside.replace(path)


def encoded(row: Any) -> bytes:
    """A row as its line."""
    return _encode(row) + b"\n"


def dump(out: BinaryIO, rows: Iterable[Any]) -> int:
    """Write one JSON object a line; how many."""
    count = 0
    for row in rows:
        out.write(encoded(row))
        count += 1
    return count


def alarm_row(alarm: dict[str, Any]) -> dict[str, Any]:
    """A record of `rytmi.alarm.v1` in the words of `alarms.jsonl`."""
    row = {name: alarm[name] for name in _ALARM}
    for name in _ALARM_INSTANTS:
        if row[name] is not None:
            row[name] = rfc3339(row[name])
    return row


def outcome_row(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome of a clock (times and lengths in milliseconds) in the words of `clock.jsonl`."""
    due, elapsed, worked = outcome["due_at"], outcome["elapsed_ms"], outcome["worked_ms"]
    return {
        "id": outcome["id"],
        "case": outcome["case"],
        "cycle": outcome["cycle"],
        "clock": outcome["clock"],
        "kind": outcome["kind"],
        "at": rfc3339(outcome["at"]),
        "touchpoint": outcome["touchpoint"],
        "severity": outcome["severity"],
        "policy": outcome["policy"],
        "policy_version": outcome["policy_version"],
        "outcome": outcome["outcome"],
        "due_at": None if due is None else rfc3339(due),
        "elapsed_s": None if elapsed is None else elapsed / 1000,
        "worked_s": None if worked is None else worked / 1000,
    }
