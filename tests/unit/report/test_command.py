"""`rytmi report`: from the files of a backtest to a page; and `decisions.jsonl`, which it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from processors.decided import Decided
from streams.cli.main import main
from streams.results import decisions as decided
from tests.unit.report.reading import read
from tests.unit.shop import ROOT

CONFIG = ("--config", ROOT / "examples" / "rytmi.yaml")
AT = "2026-03-02T12:00:00.000Z"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def events() -> list[dict[str, Any]]:
    """Two cases; a decision that answers both and an obstacle, one of them reopened after it; one that is revoked."""
    common = {"type": "feedback", "severity": "high", "kind": "complaint", "score": 4, "scale": "nps", "emotion": -0.4}
    first = {"type": "decision", "decision": "d1", "level": "tactical", "unit": "care", "cases": ["k1", "k2"]}
    named = {"title": "Answer at night", "obstacles": ["o1"]}
    other = {"type": "decision", "decision": "d2", "level": "strategic"}
    obstacle = {"type": "obstacle", "obstacle": "o1", "stage": "raised", "touchpoint": "billing", "cause": "form"}
    told = [
        (6, common | {"case": "k1", "touchpoint": "support"}),
        (7, common | {"case": "k2", "touchpoint": "delivery"}),
        (7, obstacle),
        (8, first | named | {"stage": "made"}),
        (10, first | {"stage": "effective", "title": "Otherwise"}),
        (11, {"type": "action", "case": "k1", "kind": "closed"}),
        (12, {"type": "action", "case": "k1", "kind": "reopened"}),
        (9, other | {"stage": "made"}),
        (10, other | {"stage": "revoked"}),
        (11, other | {"stage": "effective"}),
    ]
    return [{"id": f"e{n}", "at": f"2026-03-01T{hour:02d}:00:00.000Z", **said} for n, (hour, said) in enumerate(told)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, events())), encoding="utf-8")
    done = run("backtest", *CONFIG, "--events", folder / "events.jsonl", "--until", AT, "--out", folder / "results")
    assert done.exit_code == 0, done.output
    return folder / "results"


def test_backtest_writes_decisions_and_what_came_of_them(results: Path) -> None:
    rows = [json.loads(line) for line in (results / "decisions.jsonl").read_bytes().splitlines()]
    assert rows == [
        {
            "decision": "d1",
            "level": "tactical",
            "unit": "care",
            "title": "Answer at night",
            "made_at": "2026-03-01T08:00:00.000Z",
            "effective_at": "2026-03-01T10:00:00.000Z",
            "revoked_at": None,
            "cases": 2,
            "touchpoints": ["billing", "delivery", "support"],
            "reopened": 1,
        },
        {
            "decision": "d2",
            "level": "strategic",
            "unit": None,
            "title": None,
            "made_at": "2026-03-01T09:00:00.000Z",
            "effective_at": None,
            "revoked_at": "2026-03-01T10:00:00.000Z",
            "cases": 0,
            "touchpoints": [],
            "reopened": 0,
        },
    ]


def test_decisions_are_read_as_they_were_written(results: Path) -> None:
    found = decided.of_results(results)
    assert [type(one) for one in found] == [Decided, Decided]
    written = [json.loads(line) for line in (results / "decisions.jsonl").read_bytes().splitlines()]
    assert [decided.decision_row(one) | {"touchpoints": list(one.touchpoints)} for one in found] == written


@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
def test_report_is_written_as_of_the_backtest(kind: str, results: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    done = run("report", kind, *CONFIG, "--results", results, "--out", out)
    assert done.exit_code == 0, done.output
    assert "Mon 2 Mar 2026, 14:00" in out.read_text(encoding="utf-8")
    assert run("report", kind, *CONFIG, "--results", results, "--until", AT, "--out", out).exit_code == 0


def test_monthly_report_lists_the_decision_and_what_it_took(results: Path, tmp_path: Path) -> None:
    done = run("report", "monthly", *CONFIG, "--results", results, "--lang", "fi", "--out", tmp_path / "kuukausi.html")
    assert done.exit_code == 0, done.output
    page = read((tmp_path / "kuukausi.html").read_text(encoding="utf-8"))
    first, second = page.table("Päätökset").rows[1:]
    assert first[0].startswith("d2 Strateginen")
    assert first[2] == "kumottu 1.3."
    assert second[0].startswith("Answer at night Taktinen · care · billing, delivery, support")
    assert second[1:6] == ["1.3.", "1.3.", "2,0 h", "2", "1"]


def test_what_cannot_be_reported_is_told_in_a_line(results: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "page.html")
    late = run("report", "daily", *CONFIG, "--results", results, "--until", "2026-03-02T10:59:00Z", *out)
    assert (late.exit_code, late.output.count("\n")) == (1, 1)
    assert f"says what is known as of {AT}; a report of another instant" in late.output
    nowhere = run("report", "daily", *CONFIG, "--results", tmp_path, *out)
    assert nowhere.exit_code == 1
    assert "cells.jsonl" in nowhere.output
    unwritable = run("report", "daily", *CONFIG, "--results", results, "--out", tmp_path / "no" / "page.html")
    assert unwritable.exit_code == 1
    assert "cannot be written" in unwritable.output


def test_results_of_an_older_backtest_have_a_daily_report_and_no_monthly_one(results: Path, tmp_path: Path) -> None:
    (tmp_path / "cells.jsonl").write_bytes((results / "cells.jsonl").read_bytes())
    out = ("--out", tmp_path / "page.html")
    assert run("report", "daily", *CONFIG, "--results", tmp_path, *out).exit_code == 0
    monthly = run("report", "monthly", *CONFIG, "--results", tmp_path, *out)
    assert monthly.exit_code == 1
    assert "decisions.jsonl: is missing; run the backtest again" in monthly.output
    (tmp_path / "decisions.jsonl").write_text('{"decision": 1}\n')
    assert "is not the file of decisions" in run("report", "monthly", *CONFIG, "--results", tmp_path, *out).output
