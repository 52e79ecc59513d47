"""Pinned lines are added, never changed: neither by a test run nor by `make golden`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.pins import Broken, hold

FACTS = {"code 80": ["acknowledge", "stopped"], "key": b"\x91\xff"}
LINES = ['code 80: ["acknowledge", "stopped"]', "key: b'\\x91\\xff'"]


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    hold("codes", FACTS, adding=True, folder=tmp_path)
    return tmp_path


def lines(folder: Path) -> list[str]:
    return (folder / "codes.txt").read_text(encoding="utf-8").splitlines()


def test_each_fact_is_a_line_that_holds_from_then_on(pinned: Path) -> None:
    hold("codes", FACTS, adding=False, folder=pinned)
    assert lines(pinned) == LINES


def test_new_fact_is_refused_until_it_is_added_and_comes_where_it_was_made(pinned: Path) -> None:
    more = {"first": 1, "code 80": FACTS["code 80"], "code 81": [], "key": FACTS["key"]}
    with pytest.raises(Broken, match=r"codes.txt: new, and pinned by `make golden`[^\0]*\+ first: 1\n  \+ code 81"):
        hold("codes", more, adding=False, folder=pinned)
    hold("codes", more, adding=True, folder=pinned)
    assert lines(pinned) == ["first: 1", LINES[0], "code 81: []", LINES[1]]


@pytest.mark.parametrize("adding", [False, True])
@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (FACTS | {"key": b"\x92"}, r"- key: .*\n  \+ key: b'\\x92'"),
        ({"key": FACTS["key"]}, r"- code 80.*\n  \+ \(gone\)"),
    ],
)
def test_changed_or_missing_fact_is_refused_and_the_file_stays(
    facts: dict[str, object], told: str, adding: bool, pinned: Path
) -> None:
    with pytest.raises(Broken, match=f"added, never changed[^\\0]*{told}"):
        hold("codes", facts, adding=adding, folder=pinned)
    assert lines(pinned) == LINES
