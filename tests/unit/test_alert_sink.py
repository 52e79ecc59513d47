"""What is told to Alertmanager, when, and what is held back after a standstill: no network, real threads."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from streams.alertmanager.alert import Style
from streams.alertmanager.book import Book
from streams.alertmanager.line import Line, Watch
from streams.alertmanager.posting import Refused, Unreachable
from streams.alertmanager.text import Links
from streams.shard.clock import Time
from tests.waiting import until

NOW_MS = 1_800_000_000_000
SHARD, OTHER_SHARD = ("cases", 0), ("cases", 1)
KEPT_ALIVE_EVERY = 0.05


def alarm(name: str, kind: str = "raised", at: int = NOW_MS, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "about": "clock",
        "kind": kind,
        "level": "breach",
        "step": 0,
        "case": name,
        "cycle": 1,
        "clock": "decide",
        "at": at,
        "announced_at": at,
        **more,
    }


class Alertmanager:
    """Remembers what it was sent; `refuses` and `away` say what it does not take."""

    def __init__(self) -> None:
        self.posts: list[list[dict[str, Any]]] = []
        self.refuses: set[str] = set()
        self.away = False
        self.begun: list[list[dict[str, Any]]] = []
        self.may_answer = Event()  # to what is not empty
        self.may_answer.set()

    def __call__(self, alerts: Sequence[dict[str, Any]]) -> None:
        self.begun.append(list(alerts))
        assert not alerts or self.may_answer.wait(10)
        if self.away:
            raise Unreachable("away")
        if self.refuses & {alert["labels"]["case"] for alert in alerts}:
            raise Refused("not like this")
        self.posts.append(list(alerts))

    def states(self, case: str) -> list[str]:
        """`active` or `ended`, of each time it was told of the case."""
        told = [alert for post in list(self.posts) for alert in post if alert["labels"]["case"] == case]
        return ["active" if alert["endsAt"] > alert["startsAt"] else "ended" for alert in told]

    def next_round(self) -> None:
        """Wait for a whole round that began after now: what was known before is told in it, if it is told at all."""
        seen = len(self.posts)
        until(lambda: len(self.posts) >= seen + 3, 10, "further posts")


class StoppedClock(Watch):
    """Says that the process stood still when the test says so."""

    def __init__(self) -> None:
        super().__init__(slack_seconds=60.0)
        self.stood = False

    def stood_still(self, planned_seconds: float) -> bool:
        stood, self.stood = self.stood, False
        return stood or super().stood_still(planned_seconds)


class Rig:
    def __init__(self, lines: int = 1, resend_seconds: float = KEPT_ALIVE_EVERY) -> None:
        self.now_ms = NOW_MS
        self.book = Book(lines, Style(Links(), UTC), Time(lambda: self.now_ms))
        self.alertmanagers = [Alertmanager() for _ in range(lines)]
        self.watches = [StoppedClock() for _ in range(lines)]
        self.lines = [
            Line(str(number), number, self.book, post, resend_seconds, watch)
            for number, (post, watch) in enumerate(zip(self.alertmanagers, self.watches, strict=True))
        ]

    @property
    def alertmanager(self) -> Alertmanager:
        return self.alertmanagers[0]

    def stand_still(self) -> None:
        self.watches[0].stood = True
        until(lambda: self.book.doubtful, 10, "the standstill is noticed")


@contextmanager
def running(*lines: Line) -> Iterator[None]:
    for line in lines:
        line.start()
    try:
        yield
    finally:
        for line in lines:
            line.ask_to_stop()
        for line in lines:
            line.join(10)
            assert not line.alive


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    with running(*made.lines):
        yield made


def test_an_active_alarm_is_told_again_and_again_and_an_ended_one_as_ended(rig: Rig) -> None:
    rig.book.hold(SHARD, [])
    rig.book.change(SHARD, [alarm("a"), alarm("b")])
    until(lambda: rig.alertmanager.states("a")[1:] == ["active"] * 3, 10)
    rig.book.change(SHARD, [alarm("a", "resolved", NOW_MS + 5)])
    rig.now_ms += 10
    until(lambda: rig.alertmanager.states("a")[-1:] == ["ended"], 10)
    rig.alertmanager.next_round()
    told = rig.alertmanager.states("a")
    assert told == sorted(told), "active after it had ended"
    assert rig.alertmanager.states("b")[-1] == "active"
    assert rig.book.waiting == 0


def test_with_nothing_to_tell_an_empty_list_is_a_sign_of_life(rig: Rig) -> None:
    began = time.time()
    until(lambda: len(rig.alertmanager.posts) > 2, 10)
    assert rig.alertmanager.posts[:2] == [[], []]
    until(lambda: (rig.lines[0].succeeded_at or 0) >= began, 10, "it is said when that was")


def test_what_has_ended_is_told_for_a_quarter_of_an_hour_in_case_alertmanager_forgets_it(rig: Rig) -> None:
    rig.book.hold(SHARD, [alarm("a", "retracted")])
    until(lambda: len(rig.alertmanager.states("a")) > 2, 10, "told again")
    rig.now_ms += 15 * 60_000
    rig.alertmanager.next_round()
    count = len(rig.alertmanager.states("a"))
    rig.alertmanager.next_round()
    assert len(rig.alertmanager.states("a")) == count


def test_a_dead_letter_which_nothing_ends_is_told_for_a_day(rig: Rig) -> None:
    rig.book.change(SHARD, [alarm("letter", about="deadletter"), alarm("clock")])
    rig.now_ms += 24 * 3_600_000 - 1
    count = len(rig.alertmanager.states("letter"))
    until(lambda: len(rig.alertmanager.states("letter")) > count, 10, "it is still told")
    rig.now_ms += 1
    rig.alertmanager.next_round()
    count = len(rig.alertmanager.states("letter"))
    rig.alertmanager.next_round()
    assert len(rig.alertmanager.states("letter")) == count
    assert rig.alertmanager.states("clock")[-1] == "active"


def test_an_alarm_never_ends_before_it_begins_nor_in_the_future() -> None:
    rig = Rig()
    rig.book.change(SHARD, [alarm("a", announced_at=NOW_MS)])
    rig.book.change(SHARD, [alarm("a", "retracted", NOW_MS - 9000)])
    rig.book.change(SHARD, [alarm("b", "resolved", NOW_MS + 9000)])
    spans = {}
    for alert in rig.book.to_tell(0, everything=False):
        wire = alert.wire(NOW_MS, 1000)
        spans[alert.id] = [datetime.fromisoformat(wire[name]).timestamp() * 1000 for name in ("startsAt", "endsAt")]
    assert spans == {"a": [NOW_MS - 9000, NOW_MS - 9000], "b": [NOW_MS, NOW_MS]}


def test_active_alarms_go_first_so_that_a_storm_is_whole_before_an_old_end_makes_its_group_be_told() -> None:
    rig = Rig()
    rig.book.change(SHARD, [alarm("a", "resolved"), alarm("b"), alarm("c", "resolved"), alarm("d")])
    assert [alert.id for alert in rig.book.to_tell(0, everything=True)] == ["b", "d", "a", "c"]


def test_labels_stay_those_of_the_raising_and_texts_are_the_newest() -> None:
    rig = Rig()
    rig.book.change(SHARD, [alarm("a", touchpoint="delivery")])
    rig.book.change(SHARD, [alarm("a", "resolved", touchpoint="billing", reason="stopped")])
    (alert,) = rig.book.to_tell(0, everything=True)
    wire = alert.wire(NOW_MS, 1000)
    assert wire["labels"]["touchpoint"] == "delivery"
    assert wire["annotations"]["reason"] == "stopped"


def test_an_alarm_that_is_raised_anew_has_the_labels_of_that_record() -> None:
    rig = Rig()
    rig.book.hold(SHARD, [alarm("a", touchpoint="desk")])
    rig.book.change(SHARD, [alarm("a", "resolved", touchpoint="desk"), alarm("a", touchpoint="web")])
    assert [alert.labels["touchpoint"] for alert in rig.book.to_tell(0, everything=True)] == ["web"]


def test_a_post_holds_five_hundred_alerts_at_most(rig: Rig) -> None:
    rig.book.hold(SHARD, [alarm(f"c{number}") for number in range(1201)])
    until(lambda: rig.book.waiting == 0, 20)
    sizes = [len(post) for post in rig.alertmanager.posts if post]
    assert sizes[:3] == [500, 500, 201]


def test_a_change_while_its_alarm_is_under_way_is_told_afterwards(rig: Rig) -> None:
    rig.book.hold(SHARD, [])
    rig.alertmanager.may_answer.clear()
    rig.book.change(SHARD, [alarm("a")])
    until(lambda: rig.alertmanager.begun[-1], 10, "it is under way")
    rig.book.change(SHARD, [alarm("a", "resolved")])
    rig.alertmanager.may_answer.set()
    until(lambda: rig.book.waiting == 0, 10)
    assert rig.alertmanager.states("a")[-1] == "ended"


def test_what_is_refused_holds_nothing_else_up_and_is_tried_again(rig: Rig) -> None:
    rig.alertmanager.refuses = {"c7"}
    rig.book.hold(SHARD, [alarm(f"c{number}") for number in range(20)])
    until(lambda: all(rig.alertmanager.states(f"c{number}") for number in range(20) if number != 7), 10)
    assert rig.alertmanager.states("c7") == []
    assert rig.lines[0].failures
    rig.alertmanager.refuses = set()
    until(lambda: rig.alertmanager.states("c7"), 10, "it is taken")


def test_after_a_failure_everything_is_told_again_at_once() -> None:
    rig = Rig(resend_seconds=3600)
    with running(*rig.lines):
        rig.book.hold(SHARD, [alarm("a")])
        until(lambda: rig.book.waiting == 0, 10)
        rig.alertmanager.away = True
        rig.book.change(SHARD, [alarm("b"), alarm("b", "resolved"), alarm("c")])
        until(lambda: rig.lines[0].failures >= 2, 10)
        assert rig.book.waiting == 2
        rig.alertmanager.away = False
        until(lambda: rig.book.waiting == 0, 10)
        assert rig.alertmanager.states("a") == ["active", "active"]
        assert (rig.alertmanager.states("b"), rig.alertmanager.states("c")) == (["ended"], ["active"])


def test_one_alertmanager_that_is_away_holds_up_no_other_and_gets_all_afterwards() -> None:
    rig = Rig(lines=2)
    with running(*rig.lines):
        rig.alertmanagers[1].away = True
        rig.book.hold(SHARD, [alarm("a")])
        until(lambda: rig.alertmanagers[0].states("a"), 10)
        until(lambda: rig.lines[1].failures >= 2, 10)
        assert rig.book.waiting == 0, "one knows, and one is enough to tell people"
        rig.alertmanagers[1].away = False
        until(lambda: rig.alertmanagers[1].states("a"), 10)


def test_what_is_released_is_no_longer_kept_alive_nor_resolved(rig: Rig) -> None:
    rig.book.hold(SHARD, [alarm("a")])
    rig.book.hold(OTHER_SHARD, [alarm("b")])
    until(lambda: rig.alertmanager.states("a") and rig.alertmanager.states("b"), 10)
    rig.book.release(SHARD)
    rig.alertmanager.next_round()
    count = len(rig.alertmanager.states("a"))
    rig.alertmanager.next_round()
    assert rig.alertmanager.states("a") == ["active"] * count
    assert len(rig.alertmanager.states("b")) > count


def test_what_ended_before_the_release_is_still_told() -> None:
    rig = Rig()
    rig.book.change(SHARD, [alarm("a"), alarm("b", "resolved")])
    rig.book.release(SHARD)
    assert [alert.id for alert in rig.book.to_tell(0, everything=True)] == ["b"]


def test_holding_anew_forgets_what_another_worker_ended(rig: Rig) -> None:
    rig.book.hold(SHARD, [alarm("a"), alarm("b")])
    until(lambda: rig.book.waiting == 0, 10)
    rig.book.hold(SHARD, [alarm("b"), alarm("a", "resolved")])
    until(lambda: rig.alertmanager.states("a")[-1:] == ["ended"], 10)


def test_after_a_standstill_nothing_is_kept_alive_until_it_is_proven_to_be_ours(rig: Rig) -> None:
    rig.book.hold(SHARD, [alarm("a")])
    until(lambda: rig.alertmanager.states("a"), 10)
    rig.stand_still()
    rig.alertmanager.next_round()
    count = len(rig.alertmanager.states("a"))
    rig.book.change(SHARD, [alarm("b"), alarm("c", "resolved")])
    until(lambda: rig.alertmanager.states("c"), 10, "what has ended is told all the same")
    rig.alertmanager.next_round()
    assert len(rig.alertmanager.states("a")) == count
    assert rig.alertmanager.states("b") == []
    assert rig.book.waiting == 1
    rig.book.confirm([], None)
    until(lambda: rig.alertmanager.states("b") and len(rig.alertmanager.states("a")) > count, 10)


def test_a_proof_begun_before_the_standstill_proves_nothing(rig: Rig) -> None:
    rig.book.hold(SHARD, [])
    begun = time.monotonic()
    rig.stand_still()
    rig.book.confirm([SHARD], begun)
    assert rig.book.doubtful == {SHARD}
    rig.book.confirm([SHARD], time.monotonic())
    assert not rig.book.doubtful


@pytest.mark.parametrize("proven", ["hold", "release", "confirm"])
def test_each_owner_is_proven_by_itself(rig: Rig, proven: str) -> None:
    rig.book.hold(SHARD, [])
    rig.book.hold(OTHER_SHARD, [])
    rig.stand_still()
    if proven == "hold":
        rig.book.hold(SHARD, [])
    elif proven == "release":
        rig.book.release(SHARD)
    else:
        rig.book.confirm([SHARD], None)
    assert rig.book.doubtful == {OTHER_SHARD}


@pytest.mark.parametrize(
    ("monotonic_passes", "wall_passes", "planned", "stood"),
    [
        (3.0, 3.0, 1.0, False),
        (3.001, 3.0, 1.0, True),
        (1.0, 30.0, 1.0, True),  # a machine that slept, where the monotonic clock does not count that
        (1.0, -3600.0, 1.0, False),  # the wall clock was set back
        (6.9, 6.9, 5.0, False),
    ],
)
def test_a_standstill_is_two_seconds_more_than_planned_by_either_clock(
    monotonic_passes: float, wall_passes: float, planned: float, stood: bool
) -> None:
    clocks = [0.0, 0.0]
    watch = Watch(2.0, Time(lambda: round(clocks[1] * 1000), lambda: clocks[0]))
    clocks[:] = [monotonic_passes, wall_passes]
    assert watch.stood_still(planned) is stood
    assert watch.stood_still(0.0) is False, "looked at once, it is over"
