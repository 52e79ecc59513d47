"""What `rytmi simulate` can be asked for beside a seed and a length: a size, stories, truths."""

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from processors.canonical import instant, parse
from processors.events import Action, Event, Feedback, Pulse
from streams.cli.main import main
from streams.config import load
from streams.demo.organisation import Organisation, Plan, beginning, cases_a_day

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
UNTIL = "2026-03-02T12:00:00+02:00"
NOW = instant(UNTIL)
WEEK_MS = 7 * 86_400_000


def simulated(*options: str) -> Result:
    return CliRunner().invoke(main, ["simulate", "--config", str(EXAMPLE), "--seed", "7", *options])


def written(out: Path, *options: str) -> list[Event]:
    done = simulated("--until", UNTIL, "--out", str(out), *options)
    assert done.exit_code == 0, done.output
    return [parse(json.loads(line)) for line in out.read_text("utf-8").splitlines()]


def cases(events: list[Event]) -> int:
    return len({event.case for event in events if isinstance(event, Feedback)})


def test_size_is_that_of_choice(tmp_path: Path) -> None:
    usual = cases(written(tmp_path / "usual", "--weeks", "2"))
    assert cases(written(tmp_path / "thrice", "--weeks", "2", "--scale", "3")) == pytest.approx(3 * usual, rel=0.1)
    daily = written(tmp_path / "daily", "--weeks", "2", "--cases-a-day", "50")
    assert cases(daily) == pytest.approx(50 * 14, rel=0.15)
    assert cases_a_day(load(EXAMPLE)) == pytest.approx(1360 / 7)
    assert len({e.unit for e in daily if isinstance(e, Pulse)}) == 5, "somebody of every unit is left to answer"


def test_same_options_give_the_same_lines_and_a_later_end_gives_more_of_them(tmp_path: Path) -> None:
    stories = ["--weeks", "1", "--scale", "2", "--fading", "support", "--rhythm-change", "2026-02-27T00:00:00+02:00"]
    first = written(tmp_path / "first", *stories)
    assert written(tmp_path / "again", *stories) == first
    done = simulated("--until", "2026-03-02T18:00:00+02:00", "--out", str(tmp_path / "later"), *stories)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "later").read_bytes().startswith((tmp_path / "first").read_bytes())


def test_nobody_answers_at_a_desk_that_has_faded_away(tmp_path: Path) -> None:
    since = "2026-01-12T00:00:00+02:00"
    events = written(tmp_path / "events", "--weeks", "8", "--fading", f"support@{since}")
    gone = instant(since) + 6 * WEEK_MS
    first = {event.case: event for event in reversed(events) if isinstance(event, Feedback)}
    late = {case for case, event in first.items() if event.touchpoint == "support" and event.at > gone}
    assert len(late) > 100
    told = Counter(event.kind for event in events if isinstance(event, Action) and event.case in late)
    assert set(told) <= {"withdrawn"}
    elsewhere = [e for e in events if isinstance(e, Action) and e.kind == "closed" and e.at > gone]
    assert len(elsewhere) > 500


def test_what_contradicts_itself_or_names_nothing_is_refused() -> None:
    for options, why in (
        (["--scale", "2", "--cases-a-day", "100"], "--scale and --cases-a-day say the same"),
        (["--send", "--out", "x.jsonl"], "--send is instead of --out"),
        (["--live", "--speed", "2"], "--live goes at the time of day"),
    ):
        done = simulated(*options)
        assert done.exit_code == 2
        assert why in done.output
    done = simulated("--fading", "suport")
    assert done.exit_code == 1
    assert "no touchpoint 'suport' is declared; there are website, store" in done.output
    done = simulated("--fading", "support@yesterday")
    assert done.exit_code == 1
    assert "--fading support@yesterday: 'yesterday' is not an RFC 3339 time" in done.output


def test_truths_are_written_for_the_last_four_weeks(tmp_path: Path) -> None:
    written(tmp_path / "events", "--weeks", "5", "--truths", str(tmp_path / "truths"))
    rows = [json.loads(line) for line in (tmp_path / "truths").read_text().splitlines()]
    assert {(row["since"], row["at"]) for row in rows} == {("2026-02-02T10:00:00.000Z", "2026-03-02T10:00:00.000Z")}
    measures = {
        "friction",
        "clock",
        "emotion",
        "score",
        "decision",
        "rhythm",
        "perception_gap",
        "alignment",
        "indicator",
    }
    assert {row["measure"] for row in rows} == measures
    friction = [row for row in rows if row["measure"] == "friction" and row["labels"]["cause"] == "*"]
    assert {row["labels"]["touchpoint"] for row in friction} == {
        "website",
        "store",
        "delivery",
        "support",
        "billing",
        "*",
    }


def test_before_its_instant_a_story_changes_nothing() -> None:
    config, begin = load(EXAMPLE), beginning(NOW, 2, "Europe/Helsinki")
    middle = begin + WEEK_MS
    usual = list(Organisation(config, 7, begin).until(middle - 1))
    for plan in (Plan(rhythm_change=(middle, 0.3)), Plan(fading=(("website", middle),))):
        changed = list(Organisation(config, 7, begin, plan).until(NOW))
        assert changed[: len(usual)] == usual
        assert changed != list(Organisation(config, 7, begin).until(NOW))
