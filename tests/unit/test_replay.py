"""Replay without a broker: pace, shift, interruption, what a dry run writes, and the headers of what is sent."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from processors.canonical import render, rfc3339
from processors.events import Action, Event, Feedback
from streams.cli.main import main
from streams.kafka.headers import headers, trace
from streams.mapping.replay import Lines, ReplayError, Report, paced, run, shifted
from streams.pseudonym import Pseudonym, is_pseudonym

AT = 1_772_442_900_000


def action(name: str, at: int = AT) -> Action:
    return Action(name, at, "case", "told")


class World:
    """A clock that goes only when somebody waits."""

    def __init__(self) -> None:
        self.now, self.sent_at = 1000.0, {}  # type: ignore[var-annotated]

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert 0 < seconds <= 0.2
        self.now += seconds


def test_pace_follows_the_instants_at_a_multiple_of_real_time() -> None:
    world = World()
    events = [action("a"), action("b", AT + 60_000), action("before", AT - 5_000), action("c", AT + 90_000)]
    for event in paced(events, 30, world.wait, world.monotonic):
        world.sent_at[event.id] = round(world.now - 1000, 6)
    assert world.sent_at == {"a": 0, "b": 2, "before": 2, "c": 3}


def test_shift_moves_everything_by_one_length_and_the_last_event_to_now() -> None:
    feedback = Feedback("f", AT, "case", "web", "low", due_at=AT + 7)
    events = list(shifted([feedback, action("last", AT + 1000), action("b", AT + 400)], now_ms=AT + 5000))
    assert [event.at for event in events] == [AT + 4000, AT + 5000, AT + 4400]
    assert events[0] == feedback._replace(at=AT + 4000, due_at=AT + 4007)
    assert list(shifted([], now_ms=AT)) == []


def test_input_that_cannot_be_used_ends_early_with_everything_before_it_flushed() -> None:
    def broken() -> Iterator[Event]:
        yield action("a")
        raise ReplayError("log.csv:3: not CSV")

    sink = Sink()
    report = run(broken(), sink, lambda report: None)
    assert str(report.fault) == "log.csv:3: not CSV"
    assert (report.events, sink.closed) == (1, 1)


class Sink:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = 0

    def send(self, event: Event) -> None:
        self.events.append(event)

    def wait(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def close(self) -> None:
        self.closed += 1


def test_interruption_ends_early_with_everything_flushed() -> None:
    def interrupted() -> Iterator[Event]:
        yield action("a")
        raise KeyboardInterrupt

    sink = Sink()
    report = run(interrupted(), sink, lambda report: None)
    assert (report.interrupted, report.events, report.last) == (True, 1, action("a"))
    assert sink.closed == 1


def test_report_counts_by_type() -> None:
    report = run([action("a"), Feedback("f", AT, "c", "web", "low"), action("b")], Sink(), lambda report: None)
    assert report == Report(report.counts, action("b"), interrupted=False)
    assert report.counts == {"action": 2, "feedback": 1}


def test_dry_run_writes_canonical_lines_without_a_raw_customer() -> None:
    out = io.StringIO()
    lines = Lines(out, Pseudonym(b"k" * 16), lambda seconds: None)
    run([Feedback("f", AT, "cäse", "web", "low", customer="Aino")], lines, lambda report: None)
    (line,) = out.getvalue().splitlines()
    assert line.startswith('{"type":"feedback","id":"f","at":"2026-03-02T09:15:00.000Z","case":"cäse"')
    assert is_pseudonym(json.loads(line)["customer"])


def test_headers_are_cloudevents_in_binary_mode() -> None:
    assert headers("touchpoint.action.v1", "ä", "/x", AT) == [
        ("ce_specversion", b"1.0"),
        ("ce_id", "ä".encode()),
        ("ce_source", b"/x"),
        ("ce_type", b"touchpoint.action.v1"),
        ("ce_time", b"2026-03-02T09:15:00.000Z"),
        ("content-type", b"application/avro"),
    ]


@pytest.mark.parametrize("at_ms", [0, 1, 951_782_399_999, 951_782_400_000, AT + 59_999, 4_102_444_799_999, -1])
def test_header_time_is_the_canonical_one(at_ms: int) -> None:
    assert dict(headers("t", "i", "s", at_ms))["ce_time"].decode() == rfc3339(at_ms)


def test_trace_context_is_passed_on_and_nothing_else() -> None:
    found = trace([("ce_id", b"1"), ("traceparent", b"00-a-b-01"), ("tracestate", b"x=y")])
    assert found == [("traceparent", b"00-a-b-01"), ("tracestate", b"x=y")]
    assert trace(None) == []


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RYTMI_HOME", str(tmp_path / ".rytmi"))
    events = [action("a"), action("b", AT + 1), action("c", AT + 2)]
    lines = [json.dumps(render(event)) for event in events]
    (tmp_path / "good.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "bad.jsonl").write_text("\n".join([lines[0], "{", lines[1]]) + "\n", "utf-8")
    return tmp_path


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


def test_dry_run_packs_its_file_and_gives_back_what_it_read(files: Path) -> None:
    done = command("--dry-run", "--out", files / "out.jsonl.gz", files / "good.jsonl")
    assert done.exit_code == 0, done.output
    again = command("--dry-run", files / "out.jsonl.gz")
    assert [json.loads(line)["id"] for line in again.stdout.splitlines()] == ["a", "b", "c"]
    assert "3 events in" in again.stderr
    assert again.stderr.rstrip().endswith(": action 3")


def test_limit_takes_the_first_events(files: Path) -> None:
    done = command("--dry-run", "--limit", "2", files / "good.jsonl")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


def test_row_that_cannot_be_used_ends_the_command_after_the_events_before_it(files: Path) -> None:
    done = command("--dry-run", files / "bad.jsonl")
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a"]
    assert f"Error: {files / 'bad.jsonl'}:2: not JSON" in done.stderr


def test_rejects_are_set_aside_and_counted(files: Path) -> None:
    done = command("--dry-run", "--rejects", files / "aside.jsonl", files / "bad.jsonl")
    assert done.exit_code == 0, done.output
    assert "1 rows could not be used; they are in" in done.stderr
    assert json.loads((files / "aside.jsonl").read_text())["line"] == 2


def test_out_without_dry_run_is_a_usage_error(files: Path) -> None:
    assert command("--out", files / "x", files / "good.jsonl").exit_code == 2
