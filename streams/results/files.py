"""The files of a backtest and of `rytmi cases`: canonical JSON Lines in, sorted JSON Lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from processors.canonical import rfc3339
from schemas.loader import current
from streams import UserError
from streams.mapping.rows import unpacked

_encode = msgspec.json.Encoder().encode
_ALARM = tuple(field["name"] for field in current("alarm").definition["fields"])
_OUTCOME = (
    *("id", "case", "cycle", "clock", "kind", "at", "touchpoint", "severity"),
    *("policy", "policy_version", "outcome", "due_at"),
)
_INSTANTS = frozenset(name for name in (*_ALARM, *_OUTCOME) if name == "at" or name.endswith("_at"))


def lines(path: str) -> Iterator[bytes]:
    """The lines of a file, plain or gzip by its content; `-` is standard input. Raises UserError."""
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as raw:
            yield from unpacked(raw)
    except (OSError, EOFError) as wrong:
        raise UserError(
            f"{path}: {wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else wrong}"
        ) from wrong


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
    return _row(alarm, _ALARM)


def outcome_row(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome of a clock (times and lengths in milliseconds) in the words of `clock.jsonl`."""
    row = _row(outcome, _OUTCOME)
    for name in ("elapsed", "worked"):
        length = outcome[f"{name}_ms"]
        row[f"{name}_s"] = None if length is None else length / 1000
    return row


def _row(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Fields of a record, instants in RFC 3339."""
    row = {name: record[name] for name in names}
    for name in _INSTANTS & row.keys():
        if row[name] is not None:
            row[name] = rfc3339(row[name])
    return row
