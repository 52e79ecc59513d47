"""The simulated organisation: the same from the same seed, in order, valid, and with the manners of a real one."""

import itertools
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from processors.backtest import Backtest
from processors.canonical import instant
from processors.events import (
    ACTION_KINDS,
    DECISION_STAGES,
    OBSTACLE_STAGES,
    Action,
    Decision,
    Event,
    Feedback,
    Obstacle,
)
from processors.ledger import FOLDED
from processors.validity import check
from streams.cli.main import main
from streams.config import Config, load, parse
from streams.demo.organisation import Organisation, beginning

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
NOW = instant("2026-03-02T12:00:00+02:00")
ZONE = ZoneInfo("Europe/Helsinki")
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def config() -> Config:
    return load(EXAMPLE)


def organisation(config: Config, seed: int = 7, weeks: float = 4) -> Organisation:
    return Organisation(config, seed, beginning(NOW, weeks, config.timezone))


@pytest.fixture(scope="module")
def month(config: Config) -> list[Event]:
    return list(organisation(config).until(NOW))


def test_same_seed_gives_the_same_events_and_another_seed_others(config: Config) -> None:
    week = [list(organisation(config, seed, weeks=1).until(NOW)) for seed in (7, 7, 8)]
    assert week[0] == week[1]
    assert not {event.id for event in week[0]} & {event.id for event in week[2]}


def test_told_in_pieces_it_is_the_same_as_told_at_once(config: Config, month: list[Event]) -> None:
    piecemeal = organisation(config)
    begin = beginning(NOW, 4, config.timezone)
    told = [event for at in range(begin, NOW + 1, 7 * HOUR_MS) for event in piecemeal.until(at)]
    told += piecemeal.until(NOW)
    assert told == month
    assert list(piecemeal.until(NOW)) == []


def test_events_are_valid_in_order_never_ahead_and_have_ids_of_their_own(month: list[Event]) -> None:
    for event in month:
        check(event)
    instants = [event.at for event in month]
    assert instants == sorted(instants)
    assert instants[-1] <= NOW
    assert len({event.id for event in month}) == len(month)


def test_four_weeks_are_some_tens_of_thousands_of_events_of_every_kind(month: list[Event]) -> None:
    assert 20_000 <= len(month) <= 40_000
    kinds = Counter(getattr(e, "stage", None) or getattr(e, "kind", None) for e in month if not isinstance(e, Feedback))
    assert not {*ACTION_KINDS, *DECISION_STAGES, *OBSTACLE_STAGES} - set(kinds), kinds
    assert {e.level for e in month if isinstance(e, Decision)} == {"operational", "tactical", "strategic"}
    assert max(len(e.cases) for e in month if isinstance(e, Decision) and e.level == "tactical") > 5
    assert any(e.cases for e in month if isinstance(e, Obstacle))


def test_every_event_folds_and_clocks_are_met_and_missed(config: Config, month: list[Event]) -> None:
    backtest = Backtest(config.policies)
    assert Counter(backtest.add(event) for event in month) == {FOLDED: len(month)}
    assert list(backtest.finish()) == []
    outcomes: Counter[tuple[str, str]] = Counter()
    for _, _, judged in backtest.cases():
        outcomes.update((r.clock, r.outcome) for cycle in judged for r in cycle.readings)
    for clock in ("acknowledge", "decide", "effect", "resolve", "tell"):
        met, missed = outcomes[clock, "met"], outcomes[clock, "missed"]
        assert met > missed > 0, f"{clock}: {met} met, {missed} missed"


def test_feedback_follows_the_hours_of_its_touchpoint(month: list[Event]) -> None:
    def hours(touchpoint: str) -> Counter[int]:
        return Counter(
            datetime.fromtimestamp(e.at / 1000, ZONE).hour
            for e in month
            if isinstance(e, Feedback) and e.touchpoint == touchpoint
        )

    web, store = hours("website"), hours("store")
    assert sum(web[hour] for hour in range(18, 22)) > 5 * sum(web[hour] for hour in range(1, 5))
    assert sum(store[hour] for hour in range(9, 18)) > 20 * sum(store[hour] for hour in range(6))


def test_people_react_in_their_working_hours_unless_the_case_is_critical(config: Config, month: list[Event]) -> None:
    severity = {e.case: e.severity for e in reversed(month) if isinstance(e, Feedback)}
    calendars = [config.calendars["office"], config.calendars["shop"]]
    reactions = [e for e in month if isinstance(e, Action) and e.kind == "acknowledged"]
    idle = [e for e in reactions if not any(c.worked(e.at - 1000, e.at + 1000) for c in calendars)]
    assert idle, "somebody is on call at night"
    assert {severity[e.case] for e in idle} <= {"critical"}


def test_later_stages_come_after_earlier_ones(month: list[Event]) -> None:
    first: dict[str, str] = {}
    for event in month:
        if isinstance(event, Decision):
            assert (event.stage == "made") == (event.decision not in first)
            first.setdefault(event.decision, event.stage)
        elif isinstance(event, Obstacle):
            assert first.get(event.obstacle, "removed") != event.stage
            first[event.obstacle] = event.stage


def test_in_haste_cases_come_steadily_at_night_and_go_the_whole_way_in_minutes(config: Config) -> None:
    night = instant("2026-03-02T02:00:00+02:00")
    hurried = organisation(config, weeks=0)
    list(hurried.until(night))
    hurried.hasten(night, cases_a_minute=20, hurry=60)
    half_hour = list(hurried.until(night + HOUR_MS // 2))
    begun = [e for e in half_hour if isinstance(e, Feedback)]
    assert 450 < len(begun) < 800
    closed = {e.case for e in half_hour if isinstance(e, Action) and e.kind == "closed"}
    assert len(closed & {e.case for e in begun}) > 50
    assert max(b.at - a.at for a, b in itertools.pairwise(half_hour)) < 60_000


def neglected(config: Config) -> tuple[list[Event], list[Event]]:
    """The history with an outage that ends NOW plus ten minutes, and what happens in the half-hour from NOW on."""
    one = organisation(config, weeks=0.5)
    one.neglect(NOW)
    before = list(one.until(NOW))
    one.relieve(NOW + 10 * MINUTE_MS, hurry=60)
    return before, list(one.until(NOW + 30 * MINUTE_MS))


def test_an_outage_lets_critical_feedback_become_overdue_minute_by_minute_until_somebody_takes_it(
    config: Config,
) -> None:
    before, after = neglected(config)
    place = organisation(config, weeks=0.5)
    assert place.neglected is None
    place.neglect(NOW)
    received = {
        event.case: event.at
        for event in before
        if isinstance(event, Feedback)
        and event.severity == "critical"
        and event.touchpoint == place.neglected
        and event.at > NOW - HOUR_MS - 3 * MINUTE_MS
    }
    answered = {e.case: e.at for e in reversed(after) if isinstance(e, Action) and e.case in received}
    assert not {e.case for e in before if isinstance(e, Action)} & received.keys()
    due = sorted(at + HOUR_MS - NOW for at in received.values())
    assert min(due) < 0, "some are overdue when one begins to watch"
    assert max(b - a for a, b in itertools.pairwise(due)) < MINUTE_MS
    assert min(answered.values()) >= NOW + 10 * MINUTE_MS
    over = NOW + 16 * MINUTE_MS
    late = [case for case, at in received.items() if at + HOUR_MS < over and answered.get(case, over) >= over]
    assert len(received) > 90
    assert not late, "six minutes later nothing is overdue any more"
    ends = [answered[case] for case in sorted(answered, key=lambda case: received[case])]
    assert Counter(b > a for a, b in itertools.pairwise(ends))[True] > 0.6 * len(ends), "the oldest first, mostly"
    assert any(isinstance(e, Action) and e.kind == "closed" and e.case in received for e in after)


def test_an_outage_is_the_same_from_the_same_seed_and_changes_nothing_before_it(config: Config) -> None:
    assert neglected(config) == neglected(config)
    usual = list(organisation(config, weeks=0.5).until(NOW - 70 * MINUTE_MS))
    assert neglected(config)[0][: len(usual)] == usual


def test_no_outage_where_critical_feedback_need_not_be_acknowledged_soon() -> None:
    slow = parse({"policies": [{"name": "all", "targets": {"acknowledge": "2d"}}]})
    one = organisation(slow, weeks=0)
    one.neglect(NOW)
    assert one.neglected is None


def test_configuration_without_touchpoints_has_feedback_from_elsewhere() -> None:
    bare = parse({"policies": [{"name": "all", "targets": {"resolve": "1d"}}]})
    events = list(organisation(bare, weeks=1).until(NOW))
    assert {e.touchpoint for e in events if isinstance(e, Feedback)} == {"other"}


def test_command_writes_the_same_lines_again_and_more_of_them_for_a_later_end(tmp_path: Path) -> None:
    def simulated(until: str) -> bytes:
        out = tmp_path / "events.jsonl"
        common = ["simulate", "--config", str(EXAMPLE), "--seed", "7", "--weeks", "0.5", "--out", str(out)]
        done = CliRunner().invoke(main, [*common, "--until", until])
        assert done.exit_code == 0, done.output
        return out.read_bytes()

    noon = simulated("2026-03-02T12:00:00+02:00")
    assert simulated("2026-03-02T12:00:00+02:00") == noon
    assert simulated("2026-03-02T15:00:00+02:00").startswith(noon)


def test_live_and_an_end_in_the_past_are_refused_together() -> None:
    done = CliRunner().invoke(main, ["simulate", "--live", "--until", "2026-03-02T12:00:00Z"])
    assert done.exit_code == 2
    assert "--live goes on from now" in done.output
