"""Whoever compares must see what differs."""

from __future__ import annotations

from typing import Any

from .compare import compare

AT = "2026-03-02T12:00:00.000Z"


def row(**values: Any) -> dict[str, Any]:
    return {"measure": "emotion", "labels": {"touchpoint": "web"}, "window": "1d", "at": AT, "values": values}


def test_equal_rows_do_not_differ() -> None:
    found = compare([row(count=3, mean=0.1)], [row(mean=0.1, count=3)])
    assert found.differences == []
    assert found.values["emotion", "mean"].relative == 0
    assert "1 rows, 0 differences" in found.table()


def test_counts_must_be_equal_and_others_to_six_digits() -> None:
    assert compare([row(count=3)], [row(count=4)]).differences
    assert compare([row(count=3.0)], [row(count=3)]).differences  # counts are integers
    assert compare([row(count=100_000_001)], [row(count=100_000_000)]).differences
    assert compare([row(mean=0.100001)], [row(mean=0.1)]).differences == []  # rounded to either side
    assert compare([row(mean=0.100002)], [row(mean=0.1)]).differences
    assert compare([row(mean=2_000_001.0)], [row(mean=2_000_000.0)]).differences == []
    assert compare([row(mean=2_000_003.0)], [row(mean=2_000_000.0)]).differences
    assert compare([row(mean=2)], [row(mean=2.0)]).differences == []  # JSON does not always tell


def test_null_is_no_number_and_every_value_must_be_there() -> None:
    assert compare([row(mean=None)], [row(mean=0.0)]).differences
    assert compare([row(mean=0)], [row(mean=None)]).differences
    assert compare([row(mean=None)], [row(mean=None)]).differences == []
    assert compare([row()], [row(mean=None)]).differences
    assert compare([row(mean=None)], [row()]).differences


def test_rows_of_one_side_alone_are_told() -> None:
    assert "missing" in compare([], [row(count=1)]).differences[0]
    assert "not expected" in compare([row(count=1)], []).differences[0]
    later = {**row(count=1), "at": "2026-03-02T12:00:00.001Z"}
    assert len(compare([later], [row(count=1)]).differences) == 2


def test_largest_deviation_is_kept_over_many_instants() -> None:
    found = compare([row(mean=1.0)], [row(mean=1.0)]).add([row(mean=5.0)], [row(mean=4.0)])
    found.add([row(mean=2.0)], [row(mean=2.0)])
    deviation = found.values["emotion", "mean"]
    assert (deviation.compared, deviation.differing, deviation.relative, deviation.absolute) == (3, 1, 0.2, 1.0)
