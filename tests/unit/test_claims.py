"""Until when absence may be claimed: nothing unknown, no backfill under way, nobody silent who should be heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka import KafkaException
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.control import BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT
from streams.kafka.log import KafkaLog
from streams.settings import Security
from streams.shard.claims import Claims, Source, backfill, limited, noted
from streams.shard.clock import FOREVER, EventClock, Time, WallClock
from streams.shard.progress import DecisionProgress
from tests.shards import CODEC, SETTINGS, decision_progress, mark

SETTLE = 10
SILENT_AFTER = 100
SHOP = Source("shop", frozenset({"feedback"}), frozenset({"store"}), SILENT_AFTER)
DESK = Source("desk", frozenset({"feedback", "action"}), frozenset(), SILENT_AFTER)
BOARD = Source("board", frozenset({"decision"}), frozenset(), SILENT_AFTER)


class Notes:
    """What control records say of a partition, one after another."""

    def __init__(self) -> None:
        self.controls: dict[str, int] = {}

    def say(self, kind: str, name: str, appended: int, record: str = "feedback") -> None:
        for note, at in noted(self.controls, record, {"kind": kind, "id": name}, appended).items():
            if at is None:
                self.controls.pop(note, None)
            else:
                self.controls[note] = at


def refreshed(
    read: Sequence[int | None],
    now: int,
    controls: Mapping[str, int] | None = None,
    sources: Sequence[Source] = (),
    claims: Claims | None = None,
) -> Claims:
    claims = claims or Claims(sources, SETTLE, WallClock())
    claims.refresh(read, controls or {}, now)
    return claims


def test_before_anything_is_known_nothing_is_claimed() -> None:
    assert Claims([], SETTLE, WallClock()).horizon("store") == 0
    assert refreshed([500, None, 700], 1_000).horizon("store") == 0


def test_the_place_that_is_least_far_bounds_it_and_so_does_the_clock() -> None:
    assert refreshed([500, 600, 700], 1_000).horizon("store") == 500 - SETTLE
    assert refreshed([FOREVER, 1_200], 1_000).horizon("store") == 1_000 - SETTLE


@given(st.lists(st.tuples(st.lists(st.none() | st.integers(0, 1_000), min_size=3, max_size=3), st.integers(0, 1_000))))
def test_it_never_moves_back_and_never_beyond_what_was_read(steps: list[tuple[list[int | None], int]]) -> None:
    claims, before, most = Claims([], SETTLE, WallClock()), 0, 0
    for read, now in steps:
        claims.refresh(read, {}, now)
        known = [until for until in read if until is not None]
        if len(known) == len(read):
            most = max(most, min(*known, now) - SETTLE)
        assert before <= claims.horizon("store") == most
        before = most


def test_place_that_is_known_no_more_holds_it_where_it_was() -> None:
    claims = refreshed([500, 600], 1_000)
    assert refreshed([None, 900], 1_000, claims=claims).horizon("store") == 500 - SETTLE


def test_during_a_backfill_nothing_new_is_claimed() -> None:
    notes, claims = Notes(), refreshed([500, 500], 500)
    notes.say(BACKFILL_BEGIN, "old", 510)
    assert backfill(notes.controls)
    assert refreshed([900, 900], 900, notes.controls, claims=claims).horizon("store") == 500 - SETTLE


def test_after_a_backfill_all_must_have_come_to_where_it_ended() -> None:
    notes, claims = Notes(), Claims([], SETTLE, WallClock())
    notes.say(BACKFILL_BEGIN, "old", 510)
    notes.say(BACKFILL_END, "old", 800)
    assert not backfill(notes.controls)
    assert refreshed([900, 799], 950, notes.controls, claims=claims).horizon("store") == 0
    assert refreshed([900, 800], 950, notes.controls, claims=claims).horizon("store") == 800 - SETTLE


def test_by_event_time_a_backfill_is_over_at_the_end_of_everything() -> None:
    notes, claims = Notes(), Claims([], SETTLE, EventClock())
    notes.say(BACKFILL_BEGIN, "old", 510)
    notes.say(BACKFILL_END, "old", 800)
    assert refreshed([FOREVER, 900], 900, notes.controls, claims=claims).horizon("store") == 0
    assert refreshed([FOREVER, FOREVER], 950, notes.controls, claims=claims).horizon("store") == 950 - SETTLE


def test_each_backfill_ends_by_its_own_name_and_topic_and_the_last_end_counts() -> None:
    notes = Notes()
    for record in ("feedback", "action"):
        notes.say(BACKFILL_BEGIN, "a", 1, record)
    notes.say(BACKFILL_BEGIN, "b", 2)
    notes.say(BACKFILL_END, "a", 30)
    assert backfill(notes.controls)
    notes.say(BACKFILL_END, "b", 20)
    assert backfill(notes.controls), "of the actions none has ended"
    notes.say(BACKFILL_END, "a", 10, "action")
    assert not backfill(notes.controls)
    assert refreshed([29], 100, notes.controls).horizon("x") == 0
    assert refreshed([30], 100, notes.controls).horizon("x") == 30 - SETTLE


def test_control_record_of_a_kind_from_tomorrow_changes_nothing() -> None:
    assert noted({"ended": 3}, "feedback", {"kind": "pause", "id": "x"}, 9) == {}


def test_silent_source_holds_its_touchpoints_and_no_others() -> None:
    notes = Notes()
    notes.say(HEARTBEAT, "shop", 1_000)
    claims = Claims([SHOP], SETTLE, WallClock())
    assert refreshed([1_100], 1_100, notes.controls, claims=claims).horizon("store") == 1_100 - SETTLE
    refreshed([1_101], 1_101, notes.controls, claims=claims)  # longer than it may be silent
    assert (claims.horizon("store"), claims.horizon("web")) == (1_000 - SETTLE, 1_101 - SETTLE)
    notes.say(HEARTBEAT, "shop", 1_200)
    assert refreshed([1_210], 1_210, notes.controls, claims=claims).horizon("store") == 1_210 - SETTLE


def test_source_of_all_touchpoints_holds_all_by_any_of_its_records() -> None:
    notes = Notes()
    notes.say(HEARTBEAT, "desk", 1_000, "action")
    notes.say(HEARTBEAT, "shop", 1_050)
    claims = refreshed([1_120], 1_120, notes.controls, [DESK, SHOP])
    assert {claims.horizon(touchpoint) for touchpoint in ("store", "web")} == {0}, "its feedback was never heard of"
    notes.say(HEARTBEAT, "desk", 1_040)
    refreshed([1_130], 1_130, notes.controls, claims=claims)
    assert {claims.horizon(touchpoint) for touchpoint in ("store", "web")} == {1_000 - SETTLE}
    notes.say(HEARTBEAT, "desk", 1_090, "action")
    assert refreshed([1_135], 1_135, notes.controls, claims=claims).horizon("web") == 1_135 - SETTLE


def test_source_of_decisions_is_the_business_of_those_who_read_decisions() -> None:
    assert refreshed([1_000], 1_000, sources=[BOARD]).horizon("store") == 1_000 - SETTLE
    assert limited([BOARD, SHOP], ("decision",), {"heard/decision/board": 400}, 501) == 400
    assert limited([BOARD, SHOP], ("decision",), {"heard/decision/board": 400}, 500) == FOREVER
    assert limited([BOARD, SHOP], ("decision", "feedback"), {"heard/decision/board": 400}, 501) == 0


@pytest.mark.parametrize(
    ("links_read", "until"), [(9, None), (10, None), (11, 100), (20, 100), (21, 200), (30, 200), (31, 150), (99, 150)]
)
def test_mark_counts_for_who_has_read_the_links_written_before_it_came(links_read: int, until: int | None) -> None:
    progress = decision_progress()
    for received, said in ((10, 100), (20, 200), (30, 150)):  # the last one: of a new owner
        progress.take(mark(3, said, received))
    assert progress.watermark(3, links_read) == until
    assert progress.watermark(4, links_read) is None


def test_where_marks_cannot_be_listened_to_whoever_starts_that_is_told(tmp_path: Path) -> None:
    settings = replace(SETTINGS, security=Security("SSL", ssl_ca=str(tmp_path / "none.pem")))
    progress = DecisionProgress(KafkaLog(settings), settings, CODEC, Time())
    with pytest.raises(KafkaException, match=r"ssl\.ca\.location"):
        progress.start()
    progress.stop()
