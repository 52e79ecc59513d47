"""The figures of a wall: sums over workers, the one view's measures, what Alertmanager shows, and trends."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from streams.demo.alarms import read
from streams.demo.figures import Figures, Reader
from streams.demo.state import Story
from streams.demo.sums import Alignment, Place
from streams.demo.words import Length, Said
from tests.unit.wall import ADDRESSES, ALERTMANAGER, AT, incomplete, outage, places, status


def page(owned: int, opened: int, oldest: float, events: int, obstacles: int = 0, dead: int = 0) -> str:
    lines = [f'rytmi_partitions_owned{{stage="{stage}"}} {owned}' for stage in ("cases", "decisions")]
    lines += [
        f'rytmi_cases_open{{touchpoint="website",severity="high"}} {opened}',
        f'rytmi_cases_open{{touchpoint="website",severity="critical"}} {opened}',
        f'rytmi_cases_overdue{{touchpoint="website",severity="critical",clock="decide"}} {opened}',
        f'rytmi_cases_unknown{{touchpoint="website",severity="high",clock="tell"}} {obstacles}',
        f'rytmi_cases_overdue_any{{touchpoint="website",severity="critical"}} {opened}',
        'rytmi_cases_overdue_any{touchpoint="website",severity="high"} 2',
        'rytmi_cases_unknown_any{touchpoint="website",severity="critical"} 1',
        'rytmi_cases_due_any{touchpoint="website",severity="critical",within="1h"} 5',
        'rytmi_cases_due_any{touchpoint="website",severity="low",within="1h"} 7',
        f'rytmi_alarms_active{{touchpoint="website",severity="high",clock="tell",level="breach"}} {obstacles}',
        f'rytmi_oldest_open_timestamp_seconds{{touchpoint="website",severity="high"}} {oldest}',
        f'rytmi_obstacles_open{{touchpoint="website",cause="stock"}} {obstacles}',
        f'rytmi_obstacle_cases{{touchpoint="website",cause="stock"}} {3 * obstacles}',
        f'rytmi_decisions_in_flight{{unit="online",level="tactical"}} {obstacles}',
        f'rytmi_events_total{{topic="t.touchpoint.feedback.v1",result="folded"}} {events}',
        'rytmi_events_total{topic="t.rytmi.link.v1",result="folded"} 7000',
        f'rytmi_alarms_total{{level="breach",kind="resolved"}} {dead}',
        f'rytmi_alarms_total{{level="warning",kind="resolved"}} {dead}',
        f'rytmi_alarms_total{{level="breach",kind="raised"}} {dead}',
        f'rytmi_deadletters_total{{reason="invalid"}} {dead}',
    ]
    return "\n".join(lines) + "\n"


class Workers:
    """What the workers answer, to be changed by a test."""

    def __init__(self, *pages: str | None) -> None:
        self.pages = dict(zip(ADDRESSES, pages, strict=True))
        self.reader = Reader(ADDRESSES, 4, self.pages.get)


def test_figures_are_sums_over_the_workers() -> None:
    found = Workers(page(2, 10, AT - 50, 100, obstacles=1), page(2, 3, AT - 90, 20, obstacles=4)).reader.read(AT)
    place = found.places["website"]
    assert (place.open, place.critical, place.oldest_at, place.obstacles) == (26, 13, AT - 90, 5)
    assert (place.overdue, place.critical_overdue, place.unknown["tell"]) == ({"decide": 13}, {"decide": 13}, 5)
    assert (place.late, place.critical_late, place.unsure, place.critical_unsure) == (17, 13, 2, 2)
    assert place.critical_due == {"1h": 10}
    assert (found.blocked, found.decisions) == ({"stock": 15}, {("online", "tactical"): 5})
    assert found.standing == {"breach": 5}
    assert found.causes == {"stock": 5}
    assert (found.events, found.workers, found.complete) == (120, 2, True)


def test_figures_are_none_while_a_worker_does_not_answer() -> None:
    workers = Workers(page(2, 10, AT, 100), None)
    found = workers.reader.read(AT)
    assert (found.complete, found.places, found.partitions, found.workers) == (False, {}, 2, 1)
    assert not found.causes + found.blocked
    assert not found.decisions


def test_counts_go_on_over_the_restart_of_a_worker() -> None:
    workers = Workers(page(2, 1, AT, 100, dead=3), page(2, 1, AT, 50))
    assert workers.reader.read(AT).events == 150
    workers.pages[ADDRESSES[0]] = None
    assert workers.reader.read(AT + 1).events == 150
    workers.pages[ADDRESSES[0]] = page(2, 1, AT, 6, dead=1)
    found = workers.reader.read(AT + 2)
    assert (found.events, found.deadletters, found.rate, found.over) == (156, {"invalid": 4}, 3.0, 4)


def test_caught_up_is_the_earliest_instant_and_unknown_while_a_partition_is_missing() -> None:
    def caught_up(partition: int, at: float) -> str:
        return f'rytmi_caught_up_timestamp_seconds{{topic="t",partition="{partition}"}} {at}\n'

    workers = Workers(caught_up(0, AT) + caught_up(1, AT - 3), caught_up(2, AT + 1))
    assert workers.reader.read(AT).caught_up_at is None
    workers.pages[ADDRESSES[1]] = caught_up(2, AT + 1) + caught_up(3, AT + 2)
    assert workers.reader.read(AT).caught_up_at == AT - 3


def test_read_past_is_the_earliest_instant_and_unknown_while_a_partition_says_nothing() -> None:
    def read_past(partition: int, *instants: float) -> str:
        return "".join(
            f'rytmi_read_past_timestamp_seconds{{partition="{partition}",touchpoint="t{n}"}} {at}\n'
            for n, at in enumerate(instants)
        )

    workers = Workers(read_past(0, AT) + read_past(1, AT - 3, AT - 7), read_past(2, AT))
    assert workers.reader.read(AT).read_past_at is None
    workers.pages[ADDRESSES[1]] = read_past(2, AT) + read_past(3, AT)
    assert workers.reader.read(AT).blind_for == 7
    workers.pages[ADDRESSES[1]] = read_past(2, AT) + read_past(3, 0)
    assert workers.reader.read(AT).read_past_at is None


def alert(case: str, level: str, since: str, due: str = "11:00", **labels: str) -> dict[str, Any]:
    about = {"case": case, "cycle": "1", "clock": "decide", "touchpoint": "web", "level": level}
    return {
        "fingerprint": f"{case}-{level}",
        "labels": about | {"alertname": "Rytmi", "to": "owner", "owner": "anna"} | labels,
        "annotations": {"due": f"2026-03-02T{due}:00+02:00 (and in UTC)"},
        "startsAt": f"2026-03-02T{since}.123Z",
    }


def test_alarms_are_read_as_alertmanager_shows_them_one_row_a_clock_at_its_highest_level() -> None:
    asked: list[str] = []
    answer: list[str | None] = [None]

    def fetch(address: str) -> str | None:
        asked.append(address)
        return answer[0]

    assert read(ALERTMANAGER, fetch) is None
    assert asked == [f"{ALERTMANAGER}/api/v2/alerts?silenced=false&inhibited=false"]
    blind = {"fingerprint": "b", "labels": {"alertname": "RytmiBlind", "severity": "page"}, "annotations": {}}
    stand = [
        alert("c1", "breach", "10:00:00"),
        alert("c1", "escalation", "10:00:00", to="leader", owner="", leader=""),
        alert("c2", "warning", "10:05:00"),
        alert("c3", "breach", "10:04:00", "11:02"),
        alert("c4", "breach", "10:04:00", "11:03"),
    ]
    answer[0] = json.dumps([*stand, blind])
    found = read(ALERTMANAGER, fetch)
    assert found is not None
    assert found.levels == {"breach": 3, "escalation": 1, "warning": 1}
    assert [(one.case, one.level, one.to) for one in found.newest] == [
        ("c4", "breach", "anna"),
        ("c3", "breach", "anna"),
        ("c1", "escalation", "leader"),
        ("c2", "warning", "anna"),
    ]
    assert found.others == ("RytmiBlind",)


# -- the measures


def view(at: float, complete: int = 1, half: float = 60.0, missing: int = 0) -> str:
    return "\n".join([
        f"rytmi_view_complete {complete}",
        f"rytmi_view_sources_missing {missing}",
        f"rytmi_view_timestamp_seconds {at}",
        f'rytmi_clock_seconds{{touchpoint="all",severity="all",clock="decide",window="1d",quantile="0.5"}} {half}',
        'rytmi_clock_seconds{touchpoint="all",severity="all",clock="decide",window="1d",quantile="0.95"} 9',
        'rytmi_clock_seconds{touchpoint="all",severity="all",clock="decide",window="7d",quantile="0.5"} 7',
        'rytmi_clock_completed_seconds{touchpoint="web",severity="critical",clock="decide",window="1d"} 5',
        'rytmi_clock_outcomes{touchpoint="web",severity="critical",clock="decide",window="1d",outcome="met"} 2',
        'rytmi_clock_outcomes{touchpoint="web",severity="critical",clock="decide",window="1d",outcome="running"} 1',
        'rytmi_clock_outcomes{touchpoint="web",severity="low",clock="decide",window="1d",outcome="missed"} 4',
        'rytmi_friction_standing{touchpoint="web",cause="stock",window="1d"} 0.5',
        'rytmi_friction_standing{touchpoint="desk",cause="stock",window="1d"} 0.25',
        'rytmi_rhythm_ratio{unit="a",rhythm="daily",clock="decide"} 0.5',
        'rytmi_rhythm_eligible{unit="a",rhythm="daily",clock="decide"} 30',
        'rytmi_rhythm_ratio{unit="b",rhythm="daily",clock="decide"} 1',
        'rytmi_rhythm_eligible{unit="b",rhythm="daily",clock="decide"} 10',
        'rytmi_alignment_ratio{unit="a"} 0.8',
        'rytmi_customer_score_ratio{unit="a"} 0.5',
        'rytmi_employee_score_ratio{unit="a"} 0.7',
        'rytmi_customer_score_ratio{unit="b"} 0.6',
        'rytmi_decisions{unit="a",level="tactical",window="1d",stage="made"} 3',
        'rytmi_decisions{unit="b",level="tactical",window="1d",stage="made"} 4',
    ]) + "\n"  # fmt: skip


def test_measures_are_those_of_the_worker_that_is_the_view() -> None:
    found = Workers(page(2, 1, AT, 1), page(2, 1, AT, 1) + view(AT - 3)).reader.read(AT).measures
    assert found is not None
    assert (found.at, found.missing) == (AT - 3, 0)
    everywhere, web = found.of("all", "all", "decide", "1d"), found.of("web", "critical", "decide", "1d")
    assert (everywhere.half, everywhere.most, everywhere.done, everywhere.started) == (60.0, None, None, 7)
    assert (web.half, web.done, web.started, found.of("all", "critical", "decide", "1d").started) == (None, 5.0, 3, 3)
    assert found.standing == {("stock", "1d"): 0.75}
    assert found.stages == {("made", "1d"): 7}
    assert found.alignment == {"a": Alignment(0.5, 0.7, 0.8), "b": Alignment(0.6)}
    assert (found.alignment["a"].level, found.alignment["b"].level) == (0.5, None)


def test_share_of_all_units_is_of_all_their_clocks() -> None:
    found = Workers(view(AT), page(2, 1, AT, 1)).reader.read(AT).measures
    assert found is not None
    shares = [found.share(unit, "daily", "decide") for unit in ("a", "b", None, "c")]
    assert shares == [0.5, 1.0, (0.5 * 30 + 10) / 40, None]
    assert found.share(None, "weekly", "decide") is None


@pytest.mark.parametrize("later_first", [True, False])
def test_of_two_workers_that_claim_the_view_the_one_with_the_later_instant_is_read(later_first: bool) -> None:
    later, earlier = view(AT - 1, half=11.0), view(AT - 9, half=22.0)
    pages = (later, earlier) if later_first else (earlier, later)
    found = Workers(*pages).reader.read(AT).measures
    assert found is not None
    assert (found.at, found.of("all", "all", "decide", "1d").half) == (AT - 1, 11.0)


def test_view_that_is_not_complete_says_nothing_but_how_many_sources_it_lacks() -> None:
    found = Workers(view(0, complete=0, missing=3), page(2, 1, AT, 1)).reader.read(AT).measures
    assert found is not None
    assert (found.at, found.missing, found.lengths, found.alignment) == (None, 3, {}, {})
    gone = Workers(view(0, complete=0), view(AT - 1)).reader.read(AT).measures
    assert gone is not None
    assert gone.at == AT - 1
    assert Workers(page(2, 1, AT, 1), page(2, 1, AT, 1)).reader.read(AT).measures is None


def test_windows_that_are_not_shown_are_not_parsed() -> None:
    reader = Reader(ADDRESSES, 4, {ADDRESSES[0]: view(AT)}.get, windows={"7d"})
    found = reader.read(AT).measures
    assert found is not None
    assert {clocks.window for clocks in found.lengths} == {"7d"}
    assert found.share("b", "daily", "decide") == 1.0


# -- trends, and what has come to an end


def test_trend_compares_with_a_minute_ago_once_there_is_such_a_time() -> None:
    workers = Workers(page(2, 3, AT, 1), page(2, 0, AT, 1))
    assert workers.reader.read(AT).before is None
    workers.pages[ADDRESSES[0]] = page(2, 8, AT, 1)
    assert workers.reader.read(AT + 19).before is None
    assert workers.reader.read(AT + 40).before == {"website": 3}
    assert workers.reader.read(AT + 85).before == {"website": 8}
    workers.reader.begin_trends()
    assert workers.reader.read(AT + 90).before is None


def told(*readings: Figures, place: str | None = None) -> list[Said]:
    """What is said of readings a second apart."""
    one = status()
    story = Story(one)
    if place is not None:
        story.await_end(place)
    for number, found in enumerate(readings):
        story.take(replace(found, at=AT + number, read_past_at=found.read_past_at and found.read_past_at + number))
    return [notice.said for notice in one.notices]


def test_end_of_an_outage_is_told_once() -> None:
    answered = Place(100, 99, AT, critical_late=1, critical_overdue=Counter(decide=1))
    over = replace(outage(), places=places() | {"store": answered})
    unsure = replace(outage(), places=places() | {"store": Place(100, 99, AT, critical_unsure=1)})
    back = Said("notice.complete", {"length": Length(1.0)})
    assert told(outage(), incomplete(), outage(), unsure, place="store") == [back]
    assert told(outage(), over, over, place="store") == [Said("notice.normal", {"place": "store"})]
    assert told(outage(), over) == []


def test_figures_that_come_back_are_told_with_how_long_they_were_away() -> None:
    away = replace(incomplete(), read_past_at=AT)
    assert told(outage(), away, away, outage()) == [Said("notice.complete", {"length": Length(2.0)})]


def test_sight_that_comes_back_is_told() -> None:
    dark = replace(outage(), read_past_at=AT - 30)
    assert told(dark, dark, dark, outage()) == [Said("notice.sight", {"length": Length(3.0)})]
