"""Alarms of running workers: in time, once, ended when their reason goes, and never for what was only not read yet."""

import pytest

from streams.settings import Settings
from tests.live.alarms import CONFIG, HOUR, Announced, acknowledged, announced, by_kind, decided, feedback, now_ms, send
from tests.live.workers import Crew, rytmi
from tests.waiting import until

pytestmark = pytest.mark.live


def test_breach_is_announced_when_it_is_due_and_resolved_by_what_stops_the_clock(applied: Settings) -> None:
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG))
        worker.await_shards(16)
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
        worker.await_shards(16)
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


def test_late_answer_that_proves_an_alarm_wrong_retracts_it(applied: Settings) -> None:
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG))
        worker.await_shards(16)
        due = now_ms() + 1_000
        send(applied, [feedback("heard", due), feedback("silent", due)])
        until(lambda: len(announced(applied)) == 2, 20, "both are announced")
        send(applied, [acknowledged("heard", due - 100)])
        until(lambda: len(announced(applied)) == 3, 20, "one is taken back")
        until(lambda: worker.metrics().sum("rytmi_alarms_active", level="breach") == 1, 20, "one stands")
        said = by_kind(announced(applied))
        assert worker.stop() == 0
    assert [(one["case"], one["reason"]) for one in said["retracted"]] == [("heard", "late_event")]


def test_nothing_is_claimed_while_a_source_is_silent_that_should_be_heard(applied: Settings) -> None:
    silent_after = 4
    config = CONFIG + f"sources: [{{id: crm, records: [action], touchpoints: [web], silent_after: {silent_after}s}}]\n"
    with Crew(applied) as crew:
        path = crew.configured(config)
        worker = crew.start(config=path)
        worker.await_shards(16)
        due = now_ms() + 1_000
        elsewhere = feedback("elsewhere", due)._replace(touchpoint="desk")
        send(applied, [feedback("unknown", due), elsewhere])
        until(lambda: announced(applied), 20, "where the source has no say, the breach is announced")
        until(lambda: worker.metrics().sum("rytmi_cases_unknown", touchpoint="web") == 1, 20, "the other is unknown")
        assert worker.metrics().sum("rytmi_cases_overdue", touchpoint="web") == 0
        assert worker.metrics().sum("rytmi_cases_overdue", touchpoint="desk") == 1
        rytmi(applied, "heartbeat", "crm", "--config", path)
        until(lambda: len(announced(applied)) == 2, 20, "the source is heard: it is overdue indeed")
        said = [one.says["case"] for one in announced(applied)]
        assert worker.stop() == 0
    assert sorted(said) == ["elsewhere", "unknown"]


def test_critical_feedback_that_is_set_aside_alarms_the_supervisor(applied: Settings) -> None:
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG))
        worker.await_shards(16)
        send(applied, [feedback("ahead", now_ms() + 50 * HOUR, "critical"), feedback("too", now_ms() + 50 * HOUR)])
        until(lambda: announced(applied), 20, "it is announced")
        until(lambda: worker.metrics().sum("rytmi_deadletters_total") == 2, 20, "both are set aside")
        (alarm,) = announced(applied)
        assert worker.stop() == 0
    said = alarm.says
    assert (said["about"], said["case"], said["reason"]) == ("deadletter", "ahead", "from_the_future")
    assert (said["to"], said["recipient"], said["touchpoint"]) == ("supervisor", "sue", "web")
