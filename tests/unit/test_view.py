"""The wall of the demo: sums over workers, blank instead of low, words and signs beside colours, and 80 by 24."""

import io
from collections import Counter

from rich.console import Console

from streams.demo.figures import Figures, Place, Reader
from streams.view import Status, line, screen, span

AT = 1_772_442_900.0
ADDRESSES = ("http://127.0.0.1:6066", "http://127.0.0.1:6067")


def figures(partitions: int = 4, places: dict[str, Place] | None = None, deadletters: int = 0) -> Figures:
    usual = {
        "website": Place(412, 7, AT - 6 * 86_400 - 3 * 3600, Counter(acknowledge=31, resolve=2), 3, 5),
        "store": Place(88, 0, AT - 7200, Counter(resolve=1), 0, 0),
        "billing": Place(0, 0, None, Counter(), 0, 0),
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
    )


def status(*touchpoints: str) -> Status:
    return Status(touchpoints or ("website", "store", "billing"), ADDRESSES, "live for 12min", settled=True)


def shown(state: Status, found: Figures) -> list[str]:
    console = Console(width=80, height=24, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(screen(state, found, 24))
    return capture.get().rstrip("\n").split("\n")


def row(lines: list[str], name: str) -> str:
    (found,) = (text for text in lines if text.strip().startswith(name))
    return " ".join(found.split())


def test_wall_fits_80_columns_and_24_lines_whatever_is_on_it() -> None:
    many = status(*(f"a-touchpoint-with-a-long-name-{number}" for number in range(30)))
    many.notice("something happened that takes a great many words to tell, more than a line has room for", AT)
    many.notice("and once more", AT)
    places = {name: Place(99_999, 9, AT - 9e6, Counter(decide=9_999), 1, 99) for name in many.touchpoints}
    for found in (figures(places=places, deadletters=12), figures(partitions=2)):
        lines = shown(many, found)
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 80
        assert "and 22 more touchpoints" in "\n".join(lines)


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
    assert said.endswith(
        "open 500, oldest 6d 3h, overdue: acknowledge 31, decide 0, effect 0, resolve 3, tell 0; obstacles 5"
    )


def test_lengths_are_told_in_their_two_largest_units() -> None:
    told = {0.9: "0s", 59.9: "59s", 60: "1min", 3599: "59min", 3600: "1h 0min", 86_399: "23h 59min", 90_000: "1d 1h"}
    assert {seconds: span(seconds) for seconds in told} == told


def page(owned: int, opened: int, oldest: float, events: int, obstacles: int = 0, dead: int = 0) -> str:
    lines = [f'rytmi_partitions_owned{{stage="{stage}"}} {owned}' for stage in ("cases", "decisions")]
    lines += [
        f'rytmi_cases_open{{touchpoint="website",severity="high"}} {opened}',
        f'rytmi_cases_open{{touchpoint="website",severity="critical"}} {opened}',
        f'rytmi_cases_overdue{{touchpoint="website",severity="critical",clock="decide"}} {opened}',
        f'rytmi_oldest_open_timestamp_seconds{{touchpoint="website",severity="high"}} {oldest}',
        f'rytmi_obstacles_open{{touchpoint="website",cause="stock"}} {obstacles}',
        f'rytmi_events_total{{topic="t.touchpoint.feedback.v1",result="folded"}} {events}',
        'rytmi_events_total{topic="t.rytmi.link.v1",result="folded"} 7000',
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
    assert (place.overdue["decide"], place.critical_overdue) == (13, 13)
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
    assert (found.events, found.deadletters, found.rate) == (156, {"invalid": 4}, 3.0)


def test_caught_up_is_the_earliest_instant_and_unknown_while_a_partition_is_missing() -> None:
    def caught_up(partition: int, at: float) -> str:
        return f'rytmi_caught_up_timestamp_seconds{{topic="t",partition="{partition}"}} {at}\n'

    workers = Workers(caught_up(0, AT) + caught_up(1, AT - 3), caught_up(2, AT + 1))
    assert workers.reader.read(AT).caught_up_at is None
    workers.pages[ADDRESSES[1]] = caught_up(2, AT + 1) + caught_up(3, AT + 2)
    assert workers.reader.read(AT).caught_up_at == AT - 3
