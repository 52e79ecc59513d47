"""The results of a backtest, read row by row; what is no such result is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from processors.canonical import instant
from streams import UserError
from streams.results.files import lines

_decode = msgspec.json.Decoder().decode
_OF_A_CASE = ("case", "touchpoint", "severity", "cycles")
_OF_AN_ALARM = ("kind", "level", "to", "announced_at")


class Results:
    """A directory that `rytmi backtest` has written. Raises UserError if it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cases, self._alarms = path / "cases.jsonl", path / "alarms.jsonl"
        if not path.is_dir():
            raise UserError(f"{path}: there is no such directory; name one that `rytmi backtest --out` has written")
        if not self._cases.is_file():
            raise UserError(
                f"{path}: no results of a backtest, as cases.jsonl is missing; run `rytmi backtest --out {path}`"
            )

    @property
    def has_alarms(self) -> bool:
        return self._alarms.is_file()

    def cases(self) -> Iterator[dict[str, Any]]:
        """The rows of cases.jsonl, by case id. Raises UserError where they are not in that order."""
        last = None
        for number, row in enumerate(_rows(self._cases, _OF_A_CASE), 1):
            if last is not None and row["case"] <= last:
                raise UserError(
                    f"{self._cases}:{number}: case {row['case']} after {last}, but cases must be in the order of "
                    "their ids, each once, as `rytmi backtest` writes them"
                )
            last = row["case"]
            yield row

    def told(self) -> Iterator[tuple[str, str | None, int]]:
        """Every time that somebody was told of something: level, role (None: nobody by name), instant."""
        for row in _rows(self._alarms, _OF_AN_ALARM):
            if row["kind"] == "raised":
                yield row["level"], row["to"], instant(row["announced_at"])


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines(str(path)), 1):
        try:
            row = _decode(line)
        except msgspec.DecodeError as wrong:
            raise UserError(
                f"{path}:{number}: not JSON ({wrong}); was the backtest interrupted? Run it again"
            ) from None
        if not isinstance(row, dict) or any(name not in row for name in wanted):
            raise UserError(f"{path}:{number}: not what `rytmi backtest` writes: {', '.join(wanted)} are wanted")
        yield row
