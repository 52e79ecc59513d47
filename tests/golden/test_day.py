"""A made-up day with everything in it: what `rytmi backtest` writes of it, byte for byte.

`day/` holds what it says of the whole day, `noon/` of the day up to noon. `make golden` writes both anew.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.main import main

HERE = Path(__file__).resolve().parent
DAY = HERE / "day.jsonl"
OUTPUTS = ("cases.jsonl", "clock.jsonl", "deadletters.jsonl", "measures.jsonl", "metrics.prom")
READINGS: dict[str, tuple[str, ...]] = {"day": (), "noon": ("--until", "2026-03-02T12:00:00+02:00")}


def _backtest(events: Path, out: Path, *options: str) -> dict[str, bytes]:
    """What `rytmi backtest` writes, by file."""
    asked = ["backtest", "--config", str(HERE / "day.yaml"), "--events", str(events), "--out", str(out), *options]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    return {file.name: file.read_bytes() for file in out.iterdir()}


@pytest.mark.parametrize("reading", READINGS)
def test_backtest_of_the_day_writes_the_committed_files(reading: str, tmp_path: Path, rewrite_golden: bool) -> None:
    committed = HERE / reading
    written = _backtest(DAY, tmp_path, *READINGS[reading])
    if rewrite_golden:
        committed.mkdir(exist_ok=True)
        for name in OUTPUTS:
            (committed / name).write_bytes(written[name])
    for name in OUTPUTS:
        assert written[name].decode() == (committed / name).read_text(encoding="utf-8"), name
    assert sorted(file.name for file in committed.iterdir()) == sorted(OUTPUTS)


def test_day_from_a_gzipped_file_is_the_same_day(tmp_path: Path) -> None:
    packed = tmp_path / "events.gz"
    packed.write_bytes(gzip.compress(DAY.read_bytes()))
    assert _backtest(packed, tmp_path / "packed") == _backtest(DAY, tmp_path / "plain")


def test_day_in_another_order_and_with_repeats_gives_the_same_cases_and_outcomes(tmp_path: Path) -> None:
    conflicting = '"id":"f-1","at":"2026-03-02T08:45:00+02:00","case":"K-3","touchpoint":"support","severity":"high"'
    told = DAY.read_text(encoding="utf-8").splitlines()
    lines = [line for line in told if conflicting not in line]  # of two contents under one id the first stands
    assert len(lines) == len(told) - 1
    lines += random.Random(3).choices(lines, k=20)
    random.Random(4).shuffle(lines)
    other = tmp_path / "shuffled.jsonl"
    other.write_text("\n".join(lines), encoding="utf-8")
    shuffled, plain = _backtest(other, tmp_path / "shuffled"), _backtest(DAY, tmp_path / "plain")
    assert shuffled["cases.jsonl"] == plain["cases.jsonl"]
    assert shuffled["clock.jsonl"] == plain["clock.jsonl"]
    assert shuffled["measures.jsonl"] == plain["measures.jsonl"]
    assert shuffled["metrics.prom"] == plain["metrics.prom"]


def test_every_line_of_the_day_is_accounted_for() -> None:
    dead = [json.loads(line) for line in (HERE / "day" / "deadletters.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = DAY.read_text(encoding="utf-8").splitlines()
    assert [lines[letter["line"] - 1] for letter in dead] == [letter["raw"] for letter in dead]
    assert {letter["reason"] for letter in dead} == {"invalid", "undecodable", "id_conflict", "from_the_future"}
