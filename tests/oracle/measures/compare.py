"""Two lists of rows of measures, held against each other."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ROUNDING = 1.000001e-6  # both are rounded to 6 digits, and may fall on either side

Key = tuple[str, str, str | None, str]


@dataclass
class Deviation:
    """Of one value of one measure over all rows. Null beside a number, and a wrong count, are `differing`."""

    compared: int = 0
    differing: int = 0
    relative: float = 0.0  # the largest
    absolute: float = 0.0


@dataclass
class Comparison:
    """`differences`: one line each for everything that is not equal, with numbers within 1e-6 taken as equal."""

    instants: int = 0
    rows: int = 0
    values: dict[tuple[str, str], Deviation] = field(default_factory=lambda: defaultdict(Deviation))
    differences: list[str] = field(default_factory=list)

    def add(self, found: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]]) -> Comparison:
        """Compare two lists of one instant; may be called for many."""
        left, right = _by_key(found), _by_key(expected)
        self.instants += 1
        self.rows += len(right)
        for key in sorted(left.keys() ^ right.keys(), key=str):
            whose = "missing" if key in right else "not expected"
            self.differences.append(f"{_shown(key)}: {whose}: {left.get(key) or right.get(key)}")
        for key in sorted(left.keys() & right.keys(), key=str):
            self._values(key, left[key], right[key])
        return self

    def _values(self, key: Key, found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
        for name in sorted(found.keys() | expected.keys()):
            deviation = self.values[key[0], name]
            deviation.compared += 1
            if name not in found or name not in expected:
                same = False
            else:
                same = deviates(deviation, found[name], expected[name])
            if not same:
                deviation.differing += 1
                both = f"{found.get(name, 'no such value')}, expected {expected.get(name, 'no such value')}"
                self.differences.append(f"{_shown(key)} {name}: {both}")

    def table(self) -> str:
        """A line for each value of each measure."""
        head = f"{'measure':<16}{'value':<20}{'compared':>10}{'differing':>10}{'relative':>12}{'absolute':>12}"
        lines = [
            f"{measure:<16}{name:<20}{one.compared:>10,}{one.differing:>10,}{one.relative:>12.2e}{one.absolute:>12.2e}"
            for (measure, name), one in sorted(self.values.items())
        ]
        return "\n".join([head, *lines, f"{self.rows:,} rows, {len(self.differences):,} differences"])


def deviates(deviation: Deviation, found: Any, expected: Any) -> bool:
    """Whether both are the same: whole numbers and texts exactly, others within 1e-6 of their size (or of one)."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (found, expected))
    if not numbers or isinstance(expected, int):
        if numbers and found != expected:
            _note(deviation, found, expected)
        return type(found) is type(expected) and bool(found == expected)
    _note(deviation, found, expected)
    return abs(found - expected) <= max(ROUNDING, 1e-6 * abs(expected))


def _note(deviation: Deviation, found: float, expected: float) -> None:
    away = abs(found - expected)
    deviation.absolute = max(deviation.absolute, away)
    if away:
        deviation.relative = max(deviation.relative, away / max(abs(found), abs(expected)))


def compare(found: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]]) -> Comparison:
    """Everything that two lists of rows say differently."""
    return Comparison().add(found, expected)


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    result: dict[Key, Mapping[str, Any]] = {}
    for row in rows:
        key = (row["measure"], json.dumps(row["labels"], sort_keys=True), row["window"], row["at"])
        assert key not in result, f"twice: {key}"
        result[key] = row["values"]
    return result


def _shown(key: Key) -> str:
    measure, labels, window, at = key
    return f"{measure} {labels} {window} at {at}"
