"""The results of a backtest, read row by row; what is no such result is refused in words.

Of its alarms is counted how often people would have been told, by level, role and hour of the week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from processors.canonical import instant
from streams import UserError
from streams.results.files import lines

_decode = msgspec.json.Decoder().decode
_OF_A_CASE = ("case", "touchpoint", "severity", "cycles")
_OF_AN_ALARM = ("kind", "level", "to", "announced_at")
HOURS = 7 * 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEVELS = ("warning", "breach", "escalation")
_ROLES = ("owner", "supervisor", "leader", None)

Kind = tuple[str, str | None]
"""Level and role."""


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


class Told:
    """Counts by level, role and hour of the week (0 to 167 from Monday midnight, wall time of the zone)."""

    def __init__(self, told: Iterable[tuple[str, str | None, int]], zone: ZoneInfo) -> None:
        self._counts: Counter[tuple[Kind, int]] = Counter()
        for level, role, at in told:
            local = (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)
            self._counts[(level, role), local.weekday() * 24 + local.hour] += 1

    def kinds(self) -> set[Kind]:
        return {kind for kind, _ in self._counts}

    def of(self, kind: Kind | None = None, hour: int | None = None) -> int:
        """How many of a kind in an hour; None: of all."""
        return sum(
            count
            for (known, when), count in self._counts.items()
            if (kind is None or known == kind) and (hour is None or when == hour)
        )


def kinds(a: Told, b: Told) -> list[Kind]:
    """The kinds that either has, in the order of escalation."""
    return sorted(a.kinds() | b.kinds(), key=lambda kind: (_place(_LEVELS, kind[0]), _place(_ROLES, kind[1])))


def _place(known: tuple[str | None, ...], name: str | None) -> tuple[int, str]:
    return (known.index(name), "") if name in known else (len(known), str(name))
