"""What is known of a simulated organisation beforehand comes back from the measures: obstacle rates, how long decisions
take, and what a changed decision rhythm does, each within its interval.

Of many 95 % intervals some miss; the truths are computed from the laws, not from these events, so how many may is the
test's one tolerance.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from processors.canonical import instant, render
from streams.cli.main import main
from streams.config import load
from streams.demo.organisation import Organisation, Plan, beginning
from streams.demo.organisation.truths import truths
from streams.measures.subscriber import frame
from streams.results.backtest import run

CONFIG = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
SPLIT, END = "2026-04-06T00:00:00+03:00", instant("2026-06-01T00:00:00+03:00")
_WEEKS, _SEED, _FACTOR = 16, 3, 0.5
_LENGTH_MS = 49 * 86_400_000
_DAYS = 49
_INSIDE = 0.85  # of the intervals, at least

Key = tuple[str, str, str]  # touchpoint, measure or clock, value


@pytest.mark.timeout(900)
def test_truths_of_a_changed_rhythm_come_back_within_their_intervals(tmp_path: Path) -> None:
    config, split = load(CONFIG), instant(SPLIT)
    begin, plan = beginning(END, _WEEKS, config.timezone), Plan(rhythm_change=(split, _FACTOR))
    events = Organisation(config, _SEED, begin, plan).until(END)
    run(frame(config), (json.dumps(render(event)).encode() for event in events), None, tmp_path, lambda _: None)
    before, after = (
        dict(_known(truths(config, plan, begin, since, since + _LENGTH_MS))) for since in (split - _LENGTH_MS, split)
    )
    told = _compared(tmp_path)

    inside, outside = 0, []
    for key in before.keys() & after.keys() & told.keys():
        row = told[key]
        for name, truth in (("before", before[key]), ("after", after[key])):
            good = row[name]["low"] <= truth <= row[name]["high"]
            inside += good
            outside += [] if good else [(key, name, truth, row[name])]
        if key[2] in {"p50_s", "p90_s"}:
            change = 100 * (after[key] / before[key] - 1)
            good = row["percent"]["low"] <= change <= row["percent"]["high"]
            inside += good
            outside += [] if good else [(key, "change", change, row["percent"])]
    print(f"{inside} of {inside + len(outside)} truths lie within their intervals")
    for one in outside:
        print(f"  outside: {one}")
    assert inside + len(outside) >= 60
    assert inside >= _INSIDE * (inside + len(outside))

    total = told["*", "decide", "p50_s"]
    assert total["percent"]["high"] < 0, "the new rhythm shows"
    assert total["logrank"]["p"] < 0.001


def _known(rows: Any) -> Any:
    for row in rows:
        row = row if isinstance(row, dict) else row._asdict()  # noqa: PLW2901 - one shape for what follows
        labels, values = row["labels"], row["values"]
        if row["measure"] == "clock" and labels["severity"] == "*" and labels["clock"] == "decide":
            yield (labels["touchpoint"], "decide", "received_per_day"), values["received"] / _DAYS
            yield (labels["touchpoint"], "decide", "p50_s"), values["p50_s"]
            yield (labels["touchpoint"], "decide", "p90_s"), values["p90_s"]
        elif row["measure"] == "friction" and labels["cause"] == "*":
            yield (labels["touchpoint"], "friction", "raised_per_day"), values["raised"] / _DAYS
            yield (labels["touchpoint"], "friction", "standing_mean"), values["standing_mean"]


def _compared(results: Path) -> dict[Key, dict[str, Any]]:
    asked = ["compare", "--config", str(CONFIG), "--results", str(results), "--split", SPLIT, "--length", f"{_DAYS}d"]
    done = CliRunner().invoke(main, [*asked, "--all", "--json"])
    assert done.exit_code == 0, done.output
    found = {}
    for row in json.loads(done.stdout)["rows"]:
        labels = row["labels"]
        if row["measure"] == "clock" and labels["severity"] == "*" and labels["clock"] == "decide":
            found[labels["touchpoint"], "decide", row["value"]] = row
        elif row["measure"] == "friction" and labels["cause"] == "*":
            found[labels["touchpoint"], "friction", row["value"]] = row
    return found
