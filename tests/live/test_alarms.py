"""Alarms of running workers: in time, once, ended when their reason goes, and never for what was only not read yet."""

import pytest

from streams.settings import Settings
from tests.live.alarms import CONFIG, HOUR, Announced, acknowledged, announced, by_kind, decided, feedback, now_ms, send
from tests.live.workers import Crew
from tests.waiting import until

pytestmark = pytest.mark.live


def test_breach_is_announced_when_it_is_due_and_resolved_by_what_stops_the_clock(applied: Settings) -> None:
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG))
        worker.await_shards(12)
        due = now_ms() + 3_000
        send(applied, [feedback("late", due), feedback("good", due), acknowledged("good", due - 1_500)])

        def raised() -> list[Announced]:
            return [one for one in announced(applied) if one.says["kind"] == "raised"]

        until(raised, 20, "the breach is announced")
        send(applied, [acknowledged("late", now_ms())])
        until(lambda: len(announced(applied)) == 2, 20, "the breach is resolved")
        breach, resolved = announced(applied)
        assert worker.stop() == 0
    late_by = breach.appended - due
    print(f"announced {late_by} ms after its instant, resolved {resolved.appended - resolved.says['at']} ms after its")
    assert (breach.says["case"], breach.says["clock"], breach.says["level"]) == ("late", "acknowledge", "breach")
    assert breach.says["at"] == breach.says["due_at"] == due
    assert late_by >= 0
    assert breach.says["recipient"] == "sue"
    assert (resolved.says["kind"], resolved.says["id"]) == ("resolved", breach.says["id"])


def test_escalation_ends_when_somebody_takes_the_case_after_the_breach(applied: Settings) -> None:
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG))
        worker.await_shards(12)
        due = now_ms() + 2_000
        # Their decisions are due: acknowledged before it, after it, and never.
        events = [feedback(case, due - HOUR, "critical") for case in ("before", "after", "never")]
        send(applied, [*events, *(acknowledged(case, due - HOUR - 60_000) for case in ("before", "after", "never"))])
        until(lambda: len(by_kind(announced(applied)).get("raised", ())) >= 3, 20, "three breaches")
        send(applied, [decided("before", now_ms())._replace(id="x"), acknowledged("after", now_ms())._replace(id="y")])
        until(lambda: len(by_kind(announced(applied)).get("raised", ())) >= 4, 20, "an escalation")
        said = by_kind(announced(applied))
        assert worker.stop() == 0
    assert sorted((one["case"], one["level"]) for one in said["raised"]) == [
        ("after", "breach"),
        ("before", "breach"),
        ("never", "breach"),
        ("never", "escalation"),
    ]
    assert [(one["case"], one["reason"]) for one in said["resolved"]] == [("before", "stopped")]
    assert next(one["recipient"] for one in said["raised"] if one["level"] == "escalation") == "sue"
