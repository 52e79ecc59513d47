"""`rytmi compare` of two periods: what it says, what it refuses, and a baseline that outlives the events."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from processors.canonical import rfc3339
from processors.panes import DAY_MS, HOUR_MS
from streams.cli.main import main
from streams.config import parse
from streams.report.compare import baseline, figures
from streams.report.compare.periods import around, span
from streams.results.cells import CELLS, KnownCells, cell_rows, of_results
from streams.results.files import write_lines
from tests.unit.shop import BEGIN, END, MIDDLE, ROOT, Cells, Shop, small_config

FIRST, SECOND = f"{rfc3339(BEGIN)}/{rfc3339(MIDDLE)}", f"{rfc3339(MIDDLE)}/{rfc3339(END)}"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def said(done: Result) -> str:
    assert done.exit_code == 0, done.output
    return done.stdout


def folder(path: Path, at: int, cells: Cells) -> Path:
    path.mkdir()
    write_lines(path / CELLS, [{"at": rfc3339(at)}, *cell_rows(cells)])
    return path


@pytest.fixture(scope="module")
def place(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration, and the results as of the end of each week."""
    path = tmp_path_factory.mktemp("shop")
    (path / "rytmi.yaml").write_text(yaml.safe_dump(dict(shop.config.raw)), encoding="utf-8")
    folder(path / "first", MIDDLE, shop.first)
    folder(path / "both", END, shop.both)
    return path


@pytest.fixture(scope="module")
def common(place: Path) -> tuple[object, ...]:
    return "--config", place / "rytmi.yaml", "--results", place / "both"


@pytest.fixture(scope="module")
def found(common: tuple[object, ...]) -> dict[str, Any]:
    return json.loads(said(run("--split", rfc3339(MIDDLE), "--length", "7d", "--json", *common)))


def of(found: dict[str, Any], measure: str, value: str, **labels: str) -> dict[str, Any]:
    (row,) = (one for one in found["rows"] if (one["measure"], one["value"], one["labels"]) == (measure, value, labels))
    return row


def test_split_compares_what_lies_on_either_side(found: dict[str, Any], common: tuple[object, ...]) -> None:
    assert [found[side][name] for side in ("before", "after") for name in ("from", "to", "read_at")] == [
        *(rfc3339(BEGIN), rfc3339(MIDDLE), rfc3339(MIDDLE)),
        *(rfc3339(MIDDLE), rfc3339(END), rfc3339(END)),
    ]
    assert json.loads(said(run("--before", FIRST, "--after", SECOND, "--json", *common))) == found


def test_rows_have_both_periods_the_change_and_its_interval(found: dict[str, Any]) -> None:
    median = of(found, "clock", "p50_s", touchpoint="*", severity="*", clock="decide")
    before, after, percent = median["before"], median["after"], median["percent"]
    assert before["low"] < before["value"] < before["high"]
    assert percent["value"] == pytest.approx(100 * (after["value"] / before["value"] - 1), abs=1e-4)
    assert percent["low"] < percent["value"] < percent["high"]
    assert 0 <= median["logrank"]["p"] <= 1
    assert of(found, "score", "nps", touchpoint="support", scale="nps")["percent"]["value"] is None
    complaints = of(found, "feedback", "count_per_day", touchpoint="*", kind="complaint")
    assert complaints["before"]["n"] > 100
    measures = {row["measure"] for row in found["rows"]}
    assert measures == {"clock", "friction", "decision", "feedback", "emotion", "score", "alignment"}


def test_tables_fit_eighty_columns_and_show_totals_and_what_is_clear(common: tuple[object, ...]) -> None:
    text = said(run("--split", rfc3339(MIDDLE), "--length", "7d", *common))
    assert max(map(len, text.splitlines())) <= 80
    assert "Before Mon 2026-02-16 00:00 to Mon 2026-02-23 00:00, 7 days" in text
    assert "Each read as of its end." in text
    assert "clock decide, log-rank p" in text
    assert "clock support critical decide" not in text
    everything = said(run("--split", rfc3339(MIDDLE), "--length", "7d", "--all", *common))
    assert "clock support critical decide" in everything
    assert max(map(len, everything.splitlines())) <= 80


def test_baseline_says_later_what_the_period_itself_says(place: Path, found: dict[str, Any], tmp_path: Path) -> None:
    """Pinned when the period was over, it is compared with a week of which alone there are cells."""
    pin = tmp_path / "january.json"
    config = ("--config", place / "rytmi.yaml")
    only = said(run("--before", FIRST, "--pin", pin, *config, "--results", place / "first"))
    assert only == ""
    since = {
        where: facts for where, facts in of_results(place / "both").cells.items() if where.hour * HOUR_MS >= MIDDLE
    }
    later = folder(tmp_path / "later", END, since)
    compared = json.loads(said(run("--baseline", pin, "--after", SECOND, "--json", *config, "--results", later)))
    assert compared["before"]["source"] == str(pin)
    assert compared["notes"] == []
    named = {"measure", "labels", "value"}
    before = [{name: row[name] for name in named} | {"is": row["before"]} for row in compared["rows"]]
    by_key = {(row["measure"], row["value"], *row["labels"].values()): row["before"] for row in found["rows"]}
    same = [
        row["is"]["value"]
        == pytest.approx(by_key[row["measure"], row["value"], *row["labels"].values()]["value"], rel=0.02)
        for row in before
        if row["measure"] in ("emotion", "score", "feedback", "friction") and row["is"]["value"] is not None
    ]
    assert len(same) > 30
    assert all(same)


def test_baseline_of_another_configuration_and_other_policies_are_told(place: Path, tmp_path: Path) -> None:
    pin = tmp_path / "pin.json"
    said(run("--before", FIRST, "--pin", pin, "--config", place / "rytmi.yaml", "--results", place / "both"))
    other = yaml.safe_load((place / "rytmi.yaml").read_text(encoding="utf-8"))
    other["policies"][0]["targets"]["decide"] = "1h"
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(other), encoding="utf-8")
    config = ("--config", tmp_path / "other.yaml", "--results", place / "both")
    notes = json.loads(said(run("--baseline", pin, "--split", rfc3339(MIDDLE), "--length", "7d", "--json", *config)))[
        "notes"
    ]
    assert "The baseline is of another configuration" in notes[0]
    assert "is not of the same promise" in notes[1]
    text = " ".join(said(run("--baseline", pin, "--split", rfc3339(MIDDLE), "--length", "7d", *config)).split())
    assert "The baseline is of another configuration" in text


def test_configuration_is_another_only_if_figures_depend_on_it() -> None:
    config = small_config()
    raw = dict(config.raw)
    told = parse(
        {**raw, "units": [{**unit, "supervisor": "somebody-else"} for unit in raw["units"]], "retention": "90d"}
    )
    assert baseline.configuration(told) == baseline.configuration(config)
    moved = parse({**raw, "touchpoints": [{**place, "unit": "care"} for place in raw["touchpoints"]]})
    assert baseline.configuration(moved) != baseline.configuration(config)


def test_policies_that_come_into_force_within_a_period_are_all_named() -> None:
    raw = dict(small_config().raw)
    policies = raw.pop("policies")
    sets = [
        {"from": "2026-01-01T00:00:00+02:00", "policies": policies},
        {"from": rfc3339(MIDDLE), "policies": policies},
    ]
    config = parse({**raw, "policy_sets": sets})
    first, second = (dated.version for dated in config.policies.sets)
    assert baseline.judged_by(config, (BEGIN, MIDDLE)) == (first,)
    assert baseline.judged_by(config, (BEGIN, END)) == (first, second)
    assert baseline.judged_by(config, (MIDDLE, END)) == (second,)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--split", rfc3339(END - 3 * DAY_MS), "--length", "5d"),
            "the period after, .* is not over: .* as of 2026-03-01T22:00:00.000Z; with --length 3d it would be",
        ),
        (("--before", FIRST, "--after", f"{rfc3339(END)}/{rfc3339(END + DAY_MS)}"), "is not over: .*22:00:00.000Z$"),
        (
            ("--split", rfc3339(BEGIN + DAY_MS), "--length", "7d"),
            "the period before, .* is not covered: .* since 2026-02-1",
        ),
        (("--before", FIRST, "--after", FIRST), "the periods overlap"),
        (("--baseline", "nowhere.json", "--after", SECOND), "nowhere.json: No such file"),
        (("--baseline", ROOT / "Makefile", "--after", SECOND), "is not a period that `rytmi compare --pin` has saved"),
        (("--before", FIRST, "--pin", "/nowhere/pin.json"), "/nowhere/pin.json: cannot be written"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_line(
    options: tuple[object, ...], message: str, common: tuple[object, ...]
) -> None:
    done = run(*options, *common)
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert re.search(message, done.output.rstrip()), done.output


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("a",),
        ("a", "b", "--split", rfc3339(MIDDLE)),
        ("--before", FIRST),
        ("--after", SECOND),
        ("--split", rfc3339(MIDDLE), "--before", FIRST),
        ("--before", FIRST, "--baseline", "x", "--after", SECOND),
        ("--before", "2026-01-01/2026-02-01", "--after", SECOND),
        ("--before", f"{rfc3339(END)}/{rfc3339(BEGIN)}", "--after", SECOND),
        ("--before", rfc3339(END), "--after", SECOND),
        ("--split", rfc3339(MIDDLE), "--length", "soon"),
    ],
)
def test_what_was_not_meant_is_told_with_the_usage(options: tuple[object, ...], common: tuple[object, ...]) -> None:
    done = run(*options, *common)
    assert done.exit_code == 2
    assert "Usage:" in done.output


def test_notes_tell_of_other_lengths_weekdays_and_too_few_days(common: tuple[object, ...]) -> None:
    short = f"{rfc3339(BEGIN)}/{rfc3339(BEGIN + 5 * DAY_MS)}"
    found = json.loads(said(run("--before", short, "--after", SECOND, "--json", *common)))
    assert [note.split(":")[0] for note in found["notes"]] == [
        "The periods differ in length",
        "The periods are not of whole weeks",
        "A period has fewer than 7 days",
    ]
    row = of(found, "clock", "p50_s", touchpoint="*", severity="*", clock="decide")
    assert row["percent"]["value"] is not None
    assert row["percent"]["low"] is None
    text = said(run("--before", short, "--after", SECOND, *common))
    assert "Of no touchpoint" not in text or "it clear that it has changed" in text


def test_nothing_at_all_is_told(tmp_path: Path, common: tuple[object, ...]) -> None:
    empty = folder(tmp_path / "empty", END, {})
    done = run(*common, "--results", empty, "--split", rfc3339(MIDDLE), "--length", "7d")
    assert done.exit_code == 1
    assert "nothing has happened at all" in done.output


def test_periods_are_aligned_to_panes() -> None:
    assert around(MIDDLE + 61_000, DAY_MS) == ((MIDDLE - DAY_MS, MIDDLE), (MIDDLE, MIDDLE + DAY_MS))
    assert span(FIRST) == (BEGIN, MIDDLE)
    with pytest.raises(ValueError, match="shorter than five minutes"):
        span(f"{rfc3339(BEGIN)}/{rfc3339(BEGIN + 1000)}")


def test_pinned_file_holds_the_period_and_what_stood_before_it(shop: Shop, tmp_path: Path) -> None:
    baseline.save(tmp_path / "pin", (MIDDLE, END), KnownCells("x", END, BEGIN, shop.both), shop.config)
    cells = baseline.read(tmp_path / "pin").known.cells
    families = {
        family: [w.hour * HOUR_MS for w in cells if w.family == family] for family in ("clock", "friction", "pulse")
    }
    assert min(families["clock"]) == min(
        w.hour * HOUR_MS for w in shop.both if w.family == "clock" and w.hour * HOUR_MS >= MIDDLE
    )
    assert min(families["friction"]) < MIDDLE
    assert families["pulse"]
    assert {where: dict(facts) for where, facts in cells.items()} == {where: dict(shop.both[where]) for where in cells}


@pytest.mark.parametrize(
    ("p", "shown"), [(None, "-"), (0.0004, "< 0.001"), (0.0314, "= 0.031"), (0.314, "= 0.31"), (1.0, "= 1.00")]
)
def test_probabilities_are_written_no_finer_than_they_matter(p: float | None, shown: str) -> None:
    assert figures.probability(p) == shown
