"""A worker as whoever runs it sees it: sharing, stopping, its pages and metrics, what it passes on and forgets."""

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Message

from processors.events import Action, Decision, Event, Feedback, Obstacle
from streams.kafka import admin
from streams.kafka.topics import CHANGELOGS
from streams.local.broker import Broker
from streams.settings import Settings
from tests.live.workers import (
    INPUTS,
    RECORDS,
    Crew,
    Metrics,
    Progress,
    Raw,
    WorkerProcess,
    codec,
    read,
    stored,
    watched,
)
from tests.waiting import until

pytestmark = pytest.mark.live

NOW = time.time_ns() // 1_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
QUICK = ("--session-timeout", "3")
BACKLOG = 120_000


@pytest.fixture
def progress(applied: Settings) -> Iterator[Progress]:
    asked = Progress(applied)
    yield asked
    asked.close()


@pytest.fixture
def out(applied: Settings) -> Raw:
    return Raw(applied)


@pytest.fixture
def crew(applied: Settings) -> Iterator[Crew]:
    with Crew(applied) as hired:
        yield hired


def feedback(number: int, at: int = NOW - MINUTE, **fields: str) -> Feedback:
    return Feedback(f"f-{number}", at, f"case-{number}", "web", "normal")._replace(**fields)  # type: ignore[arg-type]


def send(out: Raw, *events: Event) -> None:
    for event in events:
        out.event(event, "")
    out.flush()


def last_of(messages: list[Message]) -> dict[str, Message]:
    return {message.key().decode(): message for message in messages}


# -- sharing and stopping


def test_workers_share_the_partitions_and_whoever_leaves_is_replaced_at_once(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    first = crew.start()  # with the session time-out as it is, which nobody must wait for
    first.await_shards(16)
    send(out, *(feedback(number) for number in range(400)))
    progress.await_settled(30)
    second, third = crew.start(), crew.start()
    until(lambda: sorted(w.shards() for w in crew.all) == [4, 4, 8], 60, "four partitions of four stages are shared")
    for worker in crew.all:  # what belongs together is together
        assert len({owned for _, owned in worker.metrics().of("rytmi_partitions_owned")}) == 1
    assert sum(worker.metrics().sum("rytmi_cases_open") for worker in crew.all) == 400
    send(out, *(feedback(number) for number in range(400, 800)))
    progress.await_settled(30)
    assert sum(worker.metrics().sum("rytmi_cases_open") for worker in crew.all) == 800
    began = time.monotonic()
    assert first.stop() == 0
    until(lambda: second.shards() + third.shards() == 16, 8, "the others have taken over, sooner than a session ends")
    took = time.monotonic() - began
    assert second.metrics().sum("rytmi_cases_open") + third.metrics().sum("rytmi_cases_open") == 800
    assert second.events(result="repeated") + third.events(result="repeated") == 0
    assert [second.stop(), third.stop()] == [0, 0]
    print(f"\na stopped worker's partitions were owned by others {took:.1f} s after it was told to stop")


def test_whoever_joins_a_worker_with_a_backlog_shares_it(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    send(out, *(feedback(number) for number in range(BACKLOG)))
    first = crew.start(*QUICK)
    first.await_shards(16)
    second = crew.start(*QUICK)
    until(lambda: second.shards() == 8, 60, "it owns its share")
    left, alone = progress.backlog(), first.events()
    progress.await_settled(120)
    assert second.events(result="folded") > BACKLOG // 10, "the first one has folded all that it had fetched"
    assert first.metrics().sum("rytmi_cases_open") + second.metrics().sum("rytmi_cases_open") == BACKLOG
    assert second.events(result="repeated") == 0
    assert "Traceback" not in first.said()
    print(f"\nof {BACKLOG:,} records the first had folded {alone:,} when the second had its share; {left:,} were left")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_worker_told_to_stop_finishes_what_is_under_way_and_commits_it(
    applied: Settings, crew: Crew, out: Raw, progress: Progress, number: signal.Signals
) -> None:
    send(out, *(feedback(number) for number in range(60_000)))
    worker = crew.start(*QUICK)
    watched(worker, lambda: worker.events() > 0, 30, "it has begun")
    before = worker.events()
    assert before < 28_000, "it had read nearly everything before it was told to stop"
    assert worker.stop(30, number) == 0
    left = progress.backlog()
    assert 60_000 - left >= before
    assert 60_000 - left <= before + 2 * (60_000 // 4 + 1_000), "it has folded all that it had fetched"
    assert "Traceback" not in worker.said()
    at = {}
    for stage in CHANGELOGS:
        at.update(stored(applied, stage).positions)
    committed = {(applied.topic(INPUTS[record]), p): offset for (record, p), offset in progress.committed().items()}
    durable = {place: position for place, position in at.items() if place in committed}
    assert durable == {place: committed[place] for place in durable}, "what is durable was not committed"
    again = crew.start(*QUICK)
    again.await_shards(16)
    progress.await_settled(60)
    assert again.events(result="folded") == left
    assert again.events(result="repeated") == 0
    print(f"\ntold to stop after {before:,} of 60,000 records, it left {left:,} to the next worker; none came twice")


def test_one_told_to_stop_while_another_joins_leaves_it_everything(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    send(out, *(feedback(number) for number in range(60_000)))
    first = crew.start(*QUICK)
    first.await_shards(16)
    second = crew.start(*QUICK)
    until(lambda: not first.is_ready() or second.shards() == 8, 60, "partitions are moving")
    assert first.stop(30) == 0
    assert "Traceback" not in first.said()
    second.await_shards(16)
    progress.await_settled(60)
    assert second.metrics().sum("rytmi_cases_open") == 60_000
    assert second.events(result="repeated") == 0
    assert second.stop() == 0


def test_two_workers_that_start_together_do_not_take_each_others_partitions(applied: Settings, crew: Crew) -> None:
    for _ in range(3):
        crew.start(*QUICK)
    until(lambda: sum(worker.shards() for worker in crew.all) == 16, 60, "all is owned")
    assert [worker.is_running() for worker in crew.all] == [True] * 3
    assert not any("taken over by another" in worker.said() for worker in crew.all)


# -- pages


def test_worker_is_ready_once_it_owns_what_it_was_given(crew: Crew) -> None:
    worker = crew.start(*QUICK)
    seen: list[tuple[int, str]] = []

    def ready() -> bool:
        try:
            seen.append(worker.get("/ready"))
        except OSError:
            return False
        return seen[-1][0] == 200

    watched(worker, ready, 60, "it is ready")
    assert {status for status, _ in seen[:-1]} <= {503}
    assert all("read back" in words for _, words in seen[:-1])
    assert seen[-1] == (200, "16 shards owned\n")
    assert worker.get("/live")[0] == 200
    assert worker.get("/nowhere")[0] == 404


def test_a_worker_that_makes_no_progress_is_not_alive(private_broker: Broker, tmp_path: Path) -> None:
    settings = Settings(kafka_bootstrap=private_broker.bootstrap, home=tmp_path / ".rytmi")
    admin.apply(settings)
    out = Raw(settings)
    progress = Progress(settings)
    with Crew(settings) as crew:
        worker = crew.start(*QUICK, "--stalled-after", "4")
        worker.await_shards(16)
        send(out, feedback(1))
        progress.await_settled(30)
        idle_since = time.monotonic()
        watched(worker, lambda: time.monotonic() > idle_since + 6 or worker.get("/live")[0] != 200, 10, "a while")
        assert worker.get("/live") == (200, "caught up\n")  # nothing to do is no fault
        private_broker.stop()
        watched(worker, lambda: worker.get("/live")[0] == 503, 30, "it says that it makes no progress")
        words = worker.get("/live")[1]
        private_broker.start(child=True)
        watched(worker, lambda: worker.get("/live")[0] == 200, 60, "it is alive again")
        send(out, feedback(2))
        progress.await_settled(60)
        assert worker.stop() == 0
    progress.close()
    print(f"\nwithout a broker: {words.strip()}")


# -- metrics


def test_metrics_say_what_is_open_and_overdue_and_known_series_are_there_from_the_start(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    worker = crew.start(*QUICK)
    worker.await_shards(16)
    empty = worker.metrics()
    for place in ("web", "desk", "other"):
        for severity in ("low", "normal", "high", "critical"):
            assert empty.of("rytmi_cases_open", touchpoint=place, severity=severity) == [
                ({"touchpoint": place, "severity": severity}, 0.0)
            ]
            clocks = {
                labels["clock"] for labels, _ in empty.of("rytmi_cases_overdue", touchpoint=place, severity=severity)
            }
            assert clocks == {"acknowledge", "decide", "effect", "resolve", "tell"}
    assert empty.of("rytmi_oldest_open_timestamp_seconds") == []
    send(
        out,
        feedback(1, NOW - 2 * HOUR),  # to be acknowledged within an hour
        feedback(2, NOW - 2 * HOUR),
        Action("a-2", NOW - 90 * MINUTE, "case-2", "acknowledged"),
        feedback(3, NOW - 3 * HOUR, severity="critical", touchpoint="moon"),
        feedback(4),
        Action("c-4", NOW - 1_000, "case-4", "closed"),
        feedback(5),
        Action("w-5", NOW - 1_000, "case-5", "withdrawn"),
        Obstacle("o-1", NOW - HOUR, "obs-1", "raised", "desk", "vendor", ("case-1", "case-2")),
        Obstacle("o-2", NOW - HOUR, "obs-2", "raised", "desk", "vendor"),
        Obstacle("r-2", NOW, "obs-2", "removed", "desk", "vendor"),
        Decision("d", NOW - HOUR, "dec", "made", "tactical", cases=("case-1", "case-2")),
        Decision("d", NOW - HOUR, "dec", "made", "tactical", cases=("case-1", "case-2")),
    )
    out.send("feedback", b"x", b"not what it should be", "")
    out.flush()
    sent_at = time.time()
    progress.await_settled(30)
    until(lambda: _caught_up(worker, applied) > sent_at, 15, "every partition is known to be read past that instant")
    found = worker.metrics()
    opened = {(s["touchpoint"], s["severity"]): n for s, n in found.of("rytmi_cases_open") if n}
    assert opened == {("web", "normal"): 2, ("other", "critical"): 1}
    overdue = {(s["touchpoint"], s["severity"], s["clock"]): n for s, n in found.of("rytmi_cases_overdue") if n}
    assert overdue == {("other", "critical", "acknowledge"): 1}  # a decision answers, and so acknowledges, a case
    assert found.sum("rytmi_oldest_open_timestamp_seconds", severity="critical") == (NOW - 3 * HOUR) // 1000
    assert [(s, n) for s, n in found.of("rytmi_obstacles_open") if n] == [
        ({"touchpoint": "desk", "cause": "vendor"}, 1.0)
    ]
    assert found.sum("rytmi_obstacle_cases", touchpoint="desk", cause="vendor") == 2
    late = [(s, n) for s, n in found.of("rytmi_cases_overdue_any") if n]
    assert late == [({"touchpoint": "other", "severity": "critical"}, 1.0)]
    assert {s["within"] for s, _ in found.of("rytmi_cases_due", touchpoint="web", clock="tell")} == {"1h", "4h"}
    assert found.sum("rytmi_decisions_in_flight") == found.sum("rytmi_decisions_in_flight", level="tactical") == 1
    assert found.sum("rytmi_deadletters_total", reason="undecodable") == 1
    assert found.sum("rytmi_entities", stage="cases") == 5
    by_result = {
        result: found.sum("rytmi_events_total", result=result) for result in ("folded", "repeated", "deadletter")
    }
    assert by_result == {"folded": 12 + 4, "repeated": 1, "deadletter": 1}  # four links
    commits = [at for _, at in found.of("rytmi_commit_timestamp_seconds")]
    assert commits
    assert all(NOW / 1000 <= at <= time.time() for at in commits)


def _caught_up(worker: WorkerProcess, settings: Settings) -> float:
    metrics: Metrics = worker.metrics()
    known = [at for _, at in metrics.of("rytmi_caught_up_timestamp_seconds")]
    read_ = sum(len(records) for records in RECORDS.values())
    return min(known) if len(known) == read_ * settings.partitions else 0.0


# -- what it passes on


def test_trace_context_and_cloudevents_headers_reach_whatever_an_event_caused(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    crew.start(*QUICK)
    by_feedback = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    by_decision = ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    state = ("tracestate", b"congo=t61rcWkgMzE")
    out.event(feedback(1), "", [by_feedback, state])
    out.flush()
    progress.await_settled(60)
    out.event(Decision("d", NOW, "dec", "made", "tactical", cases=("case-1",)), "", [by_decision])
    out.flush()
    progress.await_settled(60)
    (link,) = read(applied, applied.topic("rytmi.link.v1"))
    first, second = read(applied, applied.topic("rytmi.case.v1"))
    outcomes = read(applied, applied.topic("rytmi.clock.v1"))
    assert by_decision in link.headers()
    assert by_feedback in first.headers()
    assert state in first.headers()
    assert by_decision in second.headers()
    assert by_decision[1] in {dict(message.headers())["traceparent"] for message in outcomes}
    reader = codec()
    for message, kind in ((link, "link"), (first, "case"), *((outcome, "clock") for outcome in outcomes)):
        about = dict(message.headers())
        assert about["ce_type"].decode() == f"rytmi.{kind}.v1"
        assert about["ce_source"].decode() == f"rytmi/{applied.application}"
        record = reader.decode(kind, message.value())
        if kind != "case":
            assert about["ce_id"].decode() == (record.id if kind == "link" else record["id"])


def test_headers_that_mean_nothing_hurt_nobody(crew: Crew, out: Raw, progress: Progress) -> None:
    worker = crew.start(*QUICK)
    odd = [("ce_source", None), ("", b""), ("traceparent", None), ("traceparent", b"\xff"), ("rytmi_reason", b"?")]
    early = feedback(1, NOW + 6 * HOUR)  # its producer is named in the log
    out.send("feedback", b"case-1", out.bytes_of(early), "", odd)  # type: ignore[arg-type]
    out.send("feedback", b"case-1", b"?", "", odd)  # type: ignore[arg-type]
    out.flush()
    progress.await_settled(60)
    assert worker.events(result="folded") == 1
    assert worker.events(result="deadletter") == 1


# -- what it forgets, and what it holds


def test_a_case_at_rest_for_longer_than_the_retention_is_purged_and_remembered_as_such(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    worker = crew.start(*QUICK)
    kept, gone = "case-1", "case-2"
    old = NOW - 61 * DAY
    send(
        out,
        feedback(1, old),
        Action("c-1", NOW - 59 * DAY, kept, "closed"),
        feedback(2, old - DAY),
        Action("c-2", old, gone, "closed"),
        feedback(3, old),  # open: it stays, however old
    )
    progress.await_settled(60)
    assert worker.metrics().sum("rytmi_entities", stage="cases") == 3
    watched(worker, lambda: worker.metrics().sum("rytmi_purged_total", stage="cases") == 1, 90, "it has purged")
    cases = last_of(read(applied, applied.topic("rytmi.case.v1")))
    assert {name: message.value() is None for name, message in cases.items()} == {
        kept: False,
        gone: True,
        "case-3": False,
    }
    now = time.time_ns() // 1_000_000
    send(out, Action("t-2", old + HOUR, gone, "told"), Action("t-2b", now, gone, "told"), feedback(2, old - DAY))
    progress.await_settled(60)
    send(out, feedback(22, now, case=gone), Action("t-1", now, kept, "told"))
    progress.await_settled(60)
    late = read(applied, applied.topic("rytmi.deadletter.v1"))
    assert {dict(m.headers())["rytmi_reason"] for m in late} == {b"too_late"}
    assert {dict(m.headers())["ce_id"] for m in late} == {b"t-2", b"t-2b", b"f-2"}
    again = codec().decode("case", last_of(read(applied, applied.topic("rytmi.case.v1")))[gone].value())
    assert [cycle["received_at"] for cycle in again["cycles"]] == [now]


MEGABYTE = 1_048_576
SMALL, LARGE = 200_000, 600_000


@pytest.mark.alone
def test_memory_does_not_grow_with_what_waits_to_be_read(
    applied: Settings, crew: Crew, out: Raw, progress: Progress
) -> None:
    """The same 2,000 cases again and again, so that what is kept is the same, and what waits is not."""
    dice = random.Random(7)
    values = [
        (event.case.encode(), out.bytes_of(event))
        for number in range(2_000)
        for event in [feedback(number, text=dice.randbytes(400).hex())]
    ]

    def fill(count: int) -> None:
        for number in range(count):
            key, value = values[number % len(values)]
            out.send("feedback", key, value, "")
        out.flush()
        out.sent.clear()

    peaks = []
    for backlog in (SMALL, LARGE):
        fill(backlog)
        worker = crew.start(*QUICK)
        highest = 0

        def done() -> bool:
            nonlocal highest
            highest = max(highest, worker.memory())  # noqa: B023 - called while it is this one
            return worker.events() >= backlog  # noqa: B023

        watched(worker, done, 200, "the backlog is read")
        assert worker.stop() == 0
        peaks.append(highest / MEGABYTE)
    waiting = [count * len(values[0][1]) / MEGABYTE for count in (SMALL, LARGE)]
    print(
        f"\npeak memory {peaks[0]:.0f} MiB with {waiting[0]:.0f} MiB ({SMALL:,} records) waiting, "
        f"{peaks[1]:.0f} MiB with {waiting[1]:.0f} MiB ({LARGE:,} records)"
    )
    assert peaks[1] < peaks[0] + 0.35 * (waiting[1] - waiting[0]), "it grows with the backlog"
    assert peaks[1] < 600
