"""Reading input files: CSV and JSON Lines, gzipped or not, from files or standard input, each row with its place.

Whether a file is gzipped is told by its first bytes, whether it is JSON Lines by its
first character, unless the mapping says so.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

from streams import UserError
from streams.mapping.model import Input

STDIN = "-"
_GZIP = b"\x1f\x8b"
_MAX_CELL = 16 * 1024 * 1024  # characters; csv's own limit of 128 KiB is below a long text


class InputError(UserError):
    """An input that cannot be read at all; the text names the file and the remedy."""


class Fault(NamedTuple):
    """A row that cannot be used: its place (`file:line`), why, and the row itself."""

    file: str
    line: int
    message: str
    row: object

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


class Row(NamedTuple):
    """The cells that a mapping uses, None where missing. `number` counts rows from 1 over all files."""

    file: str
    line: int
    number: int
    cells: tuple[str | None, ...]
    columns: Sequence[str]

    def fault(self, message: str) -> Fault:
        """The row as one that cannot be used."""
        return Fault(self.file, self.line, message, dict(zip(self.columns, self.cells, strict=True)))


class Table:
    """Rows of several files, in their order. After reading, `never_seen` are columns that no row of JSON had."""

    def __init__(self, declared: Input, columns: Mapping[str, str], on_fault: Callable[[Fault], None]) -> None:
        self._input, self._named_at, self._on_fault = declared, columns, on_fault
        self._columns = tuple(columns)
        self._missing = frozenset(("", *declared.missing))
        self._number = 0
        self.never_seen: set[str] = set()

    def rows(self, files: Sequence[str]) -> Iterator[Row]:
        """Every row; those that cannot be used go to `on_fault`. Raises InputError."""
        for file in files:
            with opened(file, self._input.encoding) as (text, looks):
                form = looks if self._input.format == "auto" else self._input.format
                yield from self._csv(file, text) if form == "csv" else self._json(file, text)

    def _csv(self, file: str, text: IO[str]) -> Iterator[Row]:
        csv.field_size_limit(_MAX_CELL)
        reader = csv.reader(text, delimiter=self._input.delimiter, strict=True)
        header = self._input.columns or next(reader, [])
        places = self._places(file, header)
        width, missing, columns = len(header), self._missing, self._columns
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader, None)
            except csv.Error as wrong:
                self._on_fault(Fault(file, line, f"not CSV: {wrong}", None))
                continue
            if record is None:
                return
            if not record:
                continue
            self._number += 1
            if len(record) != width:
                message = f"{len(record)} cells, but the header names {width}; is `input.delimiter` right?"
                self._on_fault(Fault(file, line, message, record))
                continue
            cells = tuple([None if (cell := record[i]) in missing else cell for i in places])
            yield Row(file, line, self._number, cells, columns)

    def _places(self, file: str, header: Sequence[str]) -> list[int]:
        for column in self._columns:
            if column not in header:
                close = get_close_matches(column, header, 1)
                has = f"it has {', '.join(header)}" if header else "it is empty"
                hint = f"did you mean {close[0]!r}?" if close else has
                raise InputError(f"{file}:1: no column {column!r} ({self._named_at[column]} in the mapping); {hint}")
        return [list(header).index(column) for column in self._columns]

    def _json(self, file: str, text: IO[str]) -> Iterator[Row]:
        if self._number == 0:
            self.never_seen = set(self._columns)
        for line, record in json_lines(file, text, self._on_fault):
            self._number += 1
            cells = tuple([self._cell(record, column) for column in self._columns])
            if self.never_seen:
                self.never_seen.difference_update(name for name, cell in zip(self._columns, cells, strict=True) if cell)
            yield Row(file, line, self._number, cells, self._columns)

    def _cell(self, record: Mapping[str, object], column: str) -> str | None:
        found = record.get(column)
        if found is None and "." in column:
            found = record
            for step in column.split("."):
                found = found.get(step) if isinstance(found, Mapping) else None
        if found is None:
            return None
        cell = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
        return None if cell in self._missing else cell


def json_lines(file: str, text: IO[str], on_fault: Callable[[Fault], None]) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of JSON Lines with their line numbers; other lines go to `on_fault`, empty ones are passed over."""
    for line, raw in enumerate(text, 1):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw)
            if "\\ud" in raw.lower():  # half a surrogate pair is JSON, but no text that anything could hold
                json.dumps(record, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as wrong:
            on_fault(Fault(file, line, f"not JSON: {wrong}", raw.rstrip("\n")))
            continue
        if isinstance(record, dict):
            yield line, record
        else:
            on_fault(Fault(file, line, "a JSON object is wanted, one a line", record))


def unpacked(raw: BinaryIO) -> gzip.GzipFile | io.BufferedReader:
    """What a file holds, read through gzip if it begins as such files do."""
    buffered = cast(io.BufferedReader, raw)
    return gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == _GZIP else buffered


@contextmanager
def opened(file: str, encoding: str = "utf-8-sig") -> Iterator[tuple[IO[str], str]]:
    """The text of a file, or of standard input for `-`, unpacked if it is gzipped, and `jsonl` or `csv` by its look.

    Raises InputError, also when the file turns out damaged in the middle.
    """
    with ExitStack() as stack:
        try:
            source = unpacked(sys.stdin.buffer if file == STDIN else stack.enter_context(Path(file).open("rb")))
            head = source.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        except (OSError, EOFError, zlib.error) as wrong:
            raise InputError(f"{file}: {getattr(wrong, 'strerror', None) or wrong}") from None
        text = io.TextIOWrapper(cast(IO[bytes], source), encoding=encoding, newline="")
        stack.callback(text.detach)  # standard input stays open
        try:
            yield text, "jsonl" if head.startswith(b"{") else "csv"
        except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error) as wrong:
            raise InputError(f"{file}: damaged, or not in the encoding that the mapping names: {wrong}") from None
