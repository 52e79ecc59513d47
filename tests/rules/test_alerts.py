"""Every alert is silent before its trouble and fires after it, alone, and never where the input is incomplete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.rules import groups, sight
from dashboards.rules.model import Alert
from tests.rules import promtool
from tests.rules.blindness import BLINDNESS, SEVERAL
from tests.rules.pipeline import PIPELINE
from tests.rules.troubles import BUSINESS, CASE, Span, Trouble
from tests.rules.world import CLOCKS, SEVERITIES, TOUCHPOINTS, WORKERS, World, healthy, outcomes

BEGIN = 75
ALERTS = [alert for group in groups() for alert in group.alerts]
ALONE = (*BUSINESS, *PIPELINE)
BY_SPEAKER = [*BLINDNESS, *SEVERAL]


def _title(trouble: Trouble) -> str:
    return f"{trouble.alert}: {trouble.title}".replace(" ", "-")


def test_nothing_fires_while_all_is_well(tmp_path: Path) -> None:
    promtool.check(tmp_path, healthy(), *(promtool.firing(minute, []) for minute in (0, 1, 10, 60, 300)))


@pytest.mark.parametrize("trouble", ALONE, ids=_title)
def test_alert_is_silent_before_and_fires_after_and_ends(trouble: Trouble, tmp_path: Path) -> None:
    world, fires = healthy(), BEGIN + trouble.after
    end = fires + 20
    trouble.happens(world, Span(BEGIN, end))
    promtool.check(
        tmp_path,
        world,
        promtool.firing(BEGIN - 1, []),
        promtool.not_firing(fires - 1, trouble.alert),
        # One evaluation later, as a group may read what another one records.
        promtool.labelled(fires + 1, trouble.alert, trouble.labels),
        promtool.firing(fires + 1, {trouble.alert, *trouble.also}),
        promtool.firing(end + trouble.quiet, []),
    )


@pytest.mark.parametrize("trouble", SEVERAL, ids=_title)
def test_missing_partitions_are_told_for_every_stage(trouble: Trouble, tmp_path: Path) -> None:
    world = healthy()
    trouble.happens(world, Span(BEGIN, 300))
    stages = ("cases", "obstacles", "decisions", "signals")
    promtool.check(
        tmp_path,
        world,
        promtool.firing(BEGIN + 4, []),
        promtool.firing(BEGIN + 6, {trouble.alert, *trouble.also}),
        promtool.labelled(BEGIN + 6, trouble.alert, *({"severity": "page", "stage": stage} for stage in stages)),
    )


def _all_troubles(few: bool) -> tuple[World, Span, set[str]]:
    """Everything that can be wrong for customers at once, with shares or with few; the alerts that follow."""
    world, during = healthy(), Span(BEGIN, BEGIN + 300)
    troubles = [one for one in BUSINESS if not one.alert.startswith("RytmiMissed") or one.alert.endswith("Few") == few]
    for trouble in sorted(troubles, key=lambda one: not one.alert.startswith("RytmiMissed")):
        trouble.happens(world, during)
    return world, during, {trouble.alert for trouble in troubles}


@pytest.mark.parametrize("few", [False, True], ids=["shares", "numbers"])
def test_all_troubles_at_once_are_all_told(few: bool, tmp_path: Path) -> None:
    """So that the next test is silent for the one reason that it names."""
    world, _, alerts = _all_troubles(few)
    promtool.check(tmp_path, world, promtool.firing(BEGIN - 1, []), promtool.firing(BEGIN + 242, alerts))


@pytest.mark.parametrize("few", [False, True], ids=["shares", "numbers"])
@pytest.mark.parametrize("blindness", BY_SPEAKER, ids=_title)
def test_nothing_is_claimed_of_incomplete_input(blindness: Trouble, few: bool, tmp_path: Path) -> None:
    world, during, alerts = _all_troubles(few)
    blindness.happens(world, Span(0, during.end))
    promtool.check(
        tmp_path,
        world,
        *(promtool.not_firing(minute, *alerts) for minute in range(0, BEGIN + 300, 10)),
        *(promtool.some_firing(minute, blindness.alert) for minute in range(10, BEGIN + 300, 10)),
    )


@pytest.mark.parametrize("blindness", BY_SPEAKER, ids=_title)
@pytest.mark.parametrize("trouble", [BUSINESS[0], BUSINESS[2]], ids=_title)
def test_losing_sight_silences_an_alert_only_when_another_says_so(
    trouble: Trouble, blindness: Trouble, tmp_path: Path
) -> None:
    world, lost = healthy(), BEGIN + trouble.after + 5
    trouble.happens(world, Span(BEGIN, lost + 60))
    blindness.happens(world, Span(lost, lost + 60))
    promtool.check(
        tmp_path,
        world,
        promtool.labelled(lost, trouble.alert, trouble.labels),
        *(promtool.some_firing(minute, trouble.alert, blindness.alert) for minute in range(lost, lost + 30)),
        promtool.not_firing(lost + 10, trouble.alert),
        promtool.not_firing(lost + 30, trouble.alert),
    )


def test_a_short_rebalance_neither_ends_an_alert_nor_tells_of_blindness(tmp_path: Path) -> None:
    trouble, world, gone = BUSINESS[0], healthy(), BEGIN + 40
    trouble.happens(world, Span(BEGIN, 300))
    SEVERAL[0].happens(world, Span(gone, gone + 3))
    promtool.check(
        tmp_path, world, *(promtool.firing(minute, {trouble.alert}) for minute in range(gone - 5, gone + 60))
    )


def test_sight_lost_at_one_touchpoint_does_not_silence_another(tmp_path: Path) -> None:
    world, during = healthy(), Span(BEGIN, 300)
    BUSINESS[0].happens(world, during)
    for blindness in BLINDNESS:
        if blindness.title == "reading stands still at a touchpoint":
            blindness.happens(world, during)
    world.change("rytmi_cases_overdue", "w1", 4, during, touchpoint="website", severity="critical", clock="decide")
    where = {"touchpoint": "website", "clock": "decide", "case_severity": "critical", "severity": "page"}
    promtool.check(
        tmp_path,
        world,
        promtool.firing(BEGIN + 31, {"RytmiCriticalOverdue", "RytmiBlind"}),
        promtool.labelled(BEGIN + 31, "RytmiCriticalOverdue", where),
    )


def test_everything_in_trouble_at_once_makes_no_two_alerts_one(tmp_path: Path) -> None:
    """Prometheus refuses a rule whose series differ in a label that the rule overwrites; the group would fail."""
    world, during = healthy(), Span(BEGIN, 400)
    for touchpoint in TOUCHPOINTS:
        for severity in SEVERITIES:
            for clock in CLOCKS:
                cell = {"touchpoint": touchpoint, "severity": severity, "clock": clock}
                for worker in WORKERS:
                    world.change("rytmi_cases_overdue", worker, 9, during, **cell)
                    world.change("rytmi_cases_unknown", worker, 9, during, **cell)
                    outcomes(world, worker, "1d", {"missed": 20}, during, **cell)
    others = [name for name in SEVERITIES if name != "critical"]
    every = [
        {"severity": "ticket", "touchpoint": touchpoint, "case_severity": severity, "clock": clock}
        for touchpoint in TOUCHPOINTS
        for severity in others
        for clock in CLOCKS
    ]
    critical = [
        {"severity": "page", "touchpoint": touchpoint, "case_severity": "critical", "clock": clock}
        for touchpoint in TOUCHPOINTS
        for clock in CLOCKS
    ]
    fast = [one | {"objective": "0.9", "window": "1d"} for one in every]
    fast += [one | {"objective": "0.95", "window": "1d"} for one in critical]
    promtool.check(
        tmp_path,
        world,
        promtool.labelled(BEGIN + 241, "RytmiOverdueStanding", *every),
        promtool.labelled(BEGIN + 241, "RytmiCriticalOverdue", *critical),
        promtool.labelled(BEGIN + 241, "RytmiMissedFast", *fast),
    )


def test_before_the_workers_say_how_far_they_have_read_nothing_is_claimed(tmp_path: Path) -> None:
    world = healthy()
    BUSINESS[0].happens(world, Span(BEGIN, 300))
    world.hide("rytmi_read_past_timestamp_seconds", Span(0, 300))
    promtool.check(tmp_path, world, promtool.firing(BEGIN + 60, {"RytmiBlind"}))


def test_an_empty_prometheus_says_that_nobody_is_there(tmp_path: Path) -> None:
    promtool.check(tmp_path, World(), promtool.firing(4, []), promtool.firing(6, {"RytmiNoWorker"}))


def test_dead_letters_are_told_again_when_more_come_after_a_restart(tmp_path: Path) -> None:
    world, restart, again = healthy(), BEGIN + 60, BEGIN + 90

    def counter(minute: float) -> float | None:
        if minute < BEGIN or restart <= minute < again:
            return None
        return 1

    world.set("rytmi_deadletters_total", "w1", counter, reason="invalid")
    promtool.check(
        tmp_path,
        world,
        promtool.firing(BEGIN, {"RytmiDeadletters"}),
        promtool.firing(BEGIN + 30, []),
        promtool.firing(restart + 10, []),
        promtool.firing(again, {"RytmiDeadletters"}),
        promtool.firing(again + 30, []),
    )


def test_an_idle_partition_is_not_stuck(tmp_path: Path) -> None:
    world = healthy()
    world.hide("rytmi_commit_timestamp_seconds", Span(0, 10_000))
    promtool.check(tmp_path, world, promtool.firing(120, []))


def test_alarms_waiting_for_a_moment_are_no_trouble(tmp_path: Path) -> None:
    world = healthy()
    world.change("rytmi_alertmanager_waiting", "w1", 50, Span(0, 300))
    promtool.check(tmp_path, world, promtool.firing(120, []))


def test_every_alert_has_a_trouble() -> None:
    told = {trouble.alert for trouble in (*ALONE, *SEVERAL)}
    silent = {f"RytmiTouchpointSilent{span}" for span in ("3h", "1d")}  # see test_silence.py
    assert told | silent == {alert.name for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=[f"{alert.name}-{i}" for i, alert in enumerate(ALERTS)])
def test_words_name_only_labels_that_the_alert_has(alert: Alert) -> None:
    silent = [{"touchpoint": "x", "severity": "ticket"}] if alert.name.startswith("RytmiTouchpointSilent") else []
    stage = [{"stage": "x"}] if alert.name == "RytmiIncomplete" else []
    of_alert = [*silent, *stage, *(trouble.labels for trouble in ALONE if trouble.alert == alert.name)]
    for label in re.findall(r"\$labels\.(\w+)", alert.summary + alert.description):
        assert all(label in labels for labels in of_alert), label


def test_the_words_read_as_sentences(tmp_path: Path) -> None:
    """One alert with every annotation as somebody gets it at night."""
    world = healthy()
    trouble = next(one for one in BUSINESS if one.alert == "RytmiMissedFast")
    trouble.happens(world, Span(BEGIN, 200))
    told = {
        "summary": "36.36% of the decide clocks of critical cases at delivery missed their target (started in the last "
        "1d).",
        "description": "The objective is 95% in time. Of the clocks that started in the last 1d and are judged, more "
        "than 30% missed: 6 times what 28 days allow for.",
        "runbook_url": "docs/runbooks/missed.md",
    }
    alerts = [{"exp_labels": dict(trouble.labels), "exp_annotations": told}]
    promtool.check(
        tmp_path,
        world,
        promtool.labelled(BEGIN + 6, trouble.alert, trouble.labels),
        alert_rule_test=[{"eval_time": f"{BEGIN + 6}m", "alertname": trouble.alert, "exp_alerts": alerts}],
    )


def test_business_alerts_ask_for_completeness_and_pipeline_alerts_do_not() -> None:
    for group in groups():
        for alert in group.alerts:
            gated = "touchpoint:rytmi_complete:bool == 1" in alert.expr
            assert gated == (group.name in {"overdue", "missed", "silence"}), alert.name
            assert (alert.holds is not None) == gated, alert.name


def test_reading_may_lag_by_as_much_as_an_installation_says() -> None:
    assert f"time() - {sight.RECENT_SECONDS}\n" in str(groups()[0].rules[5].expr)
    assert "time() - 900\n" in str(groups(900)[0].rules[5].expr)


def test_case_labels_are_those_of_a_case() -> None:
    assert CASE.keys() < {"touchpoint", "severity", "clock"}
