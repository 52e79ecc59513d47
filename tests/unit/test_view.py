"""The wall of the demo: sums over workers, blank instead of low, words and signs beside colours, and 80 by 24."""

import io
import json
from collections import Counter
from dataclasses import replace
from typing import Any

from rich.console import Console

from streams.demo.alarms import Alarm, Alarms, read
from streams.demo.figures import Figures, Reader
from streams.demo.sums import Place
from streams.demo.words import span, time_of_day
from streams.view import Status, line, screen

AT = 1_772_442_900.0
ALERTMANAGER, PROMETHEUS = "http://127.0.0.1:21234", "http://127.0.0.1:21235/classic/alerts"
ADDRESSES = ("http://127.0.0.1:6066", "http://127.0.0.1:6067")


def figures(partitions: int = 4, places: dict[str, Place] | None = None, deadletters: int = 0) -> Figures:
    usual = {
        "website": Place(412, 7, AT - 6 * 86_400 - 3 * 3600, Counter(acknowledge=31, resolve=2), 3, obstacles=5),
        "store": Place(88, 0, AT - 7200, Counter(resolve=1)),
        "billing": Place(),
    }
    return Figures(
        at=AT,
        workers=2,
        workers_of=2,
        partitions=partitions,
        partitions_of=4,
        places=(usual if places is None else places) if partitions == 4 else {},
        causes=Counter(carrier=4, stock=1) if partitions == 4 else Counter(),
        events=31_204,
        rate=1.44,
        deadletters=Counter(invalid=deadletters) if deadletters else Counter(),
        caught_up_at=AT - 0.6 if partitions == 4 else None,
        read_past_at=AT - 0.4,
        standing=Counter(warning=3, breach=2),
    )


def alarms(count: int = 1) -> Alarms:
    """The newest of them a few seconds old."""
    newest = tuple(
        Alarm(AT - 9 - n, AT - 70 - n, f"c{count - n}", "store", "acknowledge", "breach", "store-manager")
        for n in range(count)
    )
    return Alarms(Counter(breach=count, escalation=1), newest, ())


def status(*touchpoints: str, monitored: bool = False) -> Status:
    return Status(
        touchpoints or ("website", "store", "billing"),
        ADDRESSES,
        *((ALERTMANAGER, PROMETHEUS) if monitored else (None, None)),
        phase="live for 12min",
        settled=True,
    )


def shown(state: Status, found: Figures, height: int = 24, width: int = 80) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(screen(state, found, height, width))
    return capture.get().rstrip("\n").split("\n")


def row(lines: list[str], name: str) -> str:
    (found,) = (text for text in lines if text.strip().startswith(name))
    return " ".join(found.split())


def test_wall_fits_80_columns_and_24_lines_whatever_is_on_it() -> None:
    names = [f"a-touchpoint-with-a-long-name-{number}" for number in range(30)]
    places = {name: Place(99_999, 9, AT - 9e6, Counter(decide=9_999), 1, Counter(tell=9), 99) for name in names}
    busy = replace(figures(places=places, deadletters=12), alarms=alarms(99))
    for monitored, left_out in ((False, 22), (True, 26)):
        many = status(*names, monitored=monitored)
        many.notice("something happened that takes a great many words to tell, more than a line has room for", AT)
        many.notice("and once more", AT)
        for found in (busy, replace(busy, read_past_at=None), replace(figures(partitions=2), alarms=alarms(99))):
            lines = shown(many, found)
            assert len(lines) <= 24
            assert max(map(len, lines)) <= 80
            assert f"and {left_out} more touchpoints" in "\n".join(lines)


def test_five_touchpoints_leave_room_for_alarms_on_the_smallest_screen() -> None:
    state = status("website", "store", "delivery", "support", "billing", monitored=True)
    state.notice("something happened", AT)
    state.notice("and once more", AT)
    lines = shown(state, replace(figures(), alarms=alarms(99)))
    assert len(lines) == 24
    assert len([text for text in lines if "acknowledge" in text]) == 3
    assert (
        len([text for text in shown(state, replace(figures(), alarms=alarms(99)), 40) if "acknowledge" in text]) == 15
    )


def test_panel_shows_what_stands_by_level_and_the_newest_with_who_is_told() -> None:
    state, found = status(monitored=True), replace(figures(), over=7, alarms=replace(alarms(2), others=("RytmiBlind",)))
    lines = shown(state, found)
    counts = "1 escalation, 2 breaches, 0 warnings; 7 over"
    assert row(lines, "alarms") == f"alarms {counts}"
    assert row(lines, "and further") == "and further RytmiBlind"
    since = time_of_day(AT - 9)
    assert row(lines, "▲ breach     c2") == f"▲ breach c2 store acknowledge {since[:5]} store-manager"
    wide = row(shown(state, found, 40, 120), "▲ breach     c2")
    assert wide == f"▲ breach c2 store acknowledge {since} overdue 1min store-manager"
    assert row(lines, "Prometheus") == f"Prometheus {PROMETHEUS}"
    assert row(lines, "people get") == f"people get amtool alert --alertmanager.url={ALERTMANAGER}"
    assert f"alarms: {counts}; newest: breach c2 acknowledge {since} to store-manager" in line(state, found)


def test_without_alertmanager_it_is_said_and_the_workers_own_counts_are_shown() -> None:
    said = "topic only: 0 escalations, 2 breaches, 3 warnings"
    assert row(shown(status(), figures()), "alarms") == f"alarms {said}"
    assert line(status(), figures()).endswith(f"alarms: {said}")
    away = row(shown(status(monitored=True), figures()), "alarms")
    assert away == "alarms Alertmanager is away: 0 escalations, 2 breaches, 3 warnings"


def test_what_is_not_known_is_shown_beside_what_is_overdue() -> None:
    place = Place(9, 0, AT, Counter(acknowledge=4), 0, Counter(acknowledge=2, decide=3), 0)
    only = Place(9, 0, AT, Counter(), 0, Counter(decide=3), 0)
    found = replace(figures(places={"website": place, "store": only}), read_past_at=AT - 2)
    lines = shown(status(), found)
    assert row(lines, "website") == "website 9 0s 4+2? 0+3? 0 0 0 0 ● late"
    assert row(lines, "store").endswith("? unknown")
    assert "unless something says otherwise" in row(lines, "+2?")
    assert "overdue: acknowledge 4+2?, decide 0+6?, effect 0" in line(status(), found)


def test_blindness_is_told_once_what_is_read_lies_more_than_five_seconds_back() -> None:
    for read_past_at, words in ((AT - 4.9, ""), (AT - 61, "BLIND for 1min"), (None, "BLIND")):
        found = replace(figures(), read_past_at=read_past_at)
        assert ("BLIND" in "\n".join(shown(status(), found))) == bool(words)
        assert words in "\n".join(shown(status(), found))
        assert line(status(), found).endswith(words)
    loading = status()
    loading.settled = False
    assert "BLIND" not in "\n".join(shown(loading, replace(figures(), read_past_at=None)))


def test_wall_shows_every_figure_of_a_touchpoint_and_their_sum() -> None:
    lines = shown(status(), figures())
    assert row(lines, "website") == "website 412 6d 3h 31 0 0 2 0 5 ▲ CRITICAL"
    assert row(lines, "all") == "all 500 6d 3h 31 0 0 3 0 5 ▲ CRITICAL"
    assert row(lines, "in the way") == "in the way carrier 4, stock 1"
    assert row(lines, "events") == "events 31,204 taken in, 1.4/s, dead letters 0"
    assert row(lines, "workers") == "workers 2 of 2 answer, partitions 4 of 4, 0.6 s behind"
    assert row(lines, "metrics") == "metrics " + " ".join(f"{address}/metrics" for address in ADDRESSES)


def test_state_is_told_by_a_sign_and_a_word_not_by_colour_alone() -> None:
    lines = shown(status(), figures())
    assert [row(lines, name).split(" ", 10)[-1] for name in ("website", "store")] == ["▲ CRITICAL", "● late"]
    assert row(lines, "billing").endswith("✓ in time")


def test_missing_partitions_blank_the_figures_and_say_why() -> None:
    lines = shown(status(), figures(partitions=2))
    assert row(lines, "website") == "website - - - - - - - - unknown"
    assert row(lines, "all") == "all - - - - - - - - unknown"
    assert "INCOMPLETE: partitions 2 of 4" in "\n".join(lines)
    assert line(status(), figures(partitions=2)).endswith("INCOMPLETE")
    assert "open" not in line(status(), figures(partitions=2))


def test_before_the_history_is_taken_in_nothing_is_called_late() -> None:
    state = status()
    state.settled = False
    assert row(shown(state, figures()), "website").endswith("5 so far")


def test_line_for_no_terminal_has_the_sums() -> None:
    said = line(status(), figures())
    assert "live for 12min: partitions 4 of 4, workers 2 of 2, 31,204 taken in, 1.4/s, dead letters 0" in said
    sums = "open 500, oldest 6d 3h, overdue: acknowledge 31, decide 0, effect 0, resolve 3, tell 0; obstacles 5"
    assert sums in said


def test_lengths_are_told_in_their_two_largest_units() -> None:
    told = {0.9: "0s", 59.9: "59s", 60: "1min", 3599: "59min", 3600: "1h 0min", 86_399: "23h 59min", 90_000: "1d 1h"}
    assert {seconds: span(seconds) for seconds in told} == told


def page(owned: int, opened: int, oldest: float, events: int, obstacles: int = 0, dead: int = 0) -> str:
    lines = [f'rytmi_partitions_owned{{stage="{stage}"}} {owned}' for stage in ("cases", "decisions")]
    lines += [
        f'rytmi_cases_open{{touchpoint="website",severity="high"}} {opened}',
        f'rytmi_cases_open{{touchpoint="website",severity="critical"}} {opened}',
        f'rytmi_cases_overdue{{touchpoint="website",severity="critical",clock="decide"}} {opened}',
        f'rytmi_cases_unknown{{touchpoint="website",severity="high",clock="tell"}} {obstacles}',
        f'rytmi_alarms_active{{touchpoint="website",severity="high",clock="tell",level="breach"}} {obstacles}',
        f'rytmi_oldest_open_timestamp_seconds{{touchpoint="website",severity="high"}} {oldest}',
        f'rytmi_obstacles_open{{touchpoint="website",cause="stock"}} {obstacles}',
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
    assert (place.overdue["decide"], place.critical_overdue, place.unknown["tell"]) == (13, 13, 5)
    assert found.standing == {"breach": 5}
    assert found.causes == {"stock": 5}
    assert (found.events, found.workers, found.complete) == (120, 2, True)


def test_figures_are_none_while_a_worker_does_not_answer() -> None:
    workers = Workers(page(2, 10, AT, 100), None)
    found = workers.reader.read(AT)
    assert (found.complete, found.places, found.partitions, found.workers) == (False, {}, 2, 1)


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
