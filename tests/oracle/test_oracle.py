"""An oracle must be checked too: examples worked out by hand, mostly in Helsinki's office hours."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings

from .hours import parse_ms
from .oracle import cases, clock_records
from .strategies import World, worlds

FAR = "2027-06-01T00:00:00Z"
ALL = ["acknowledge", "decide", "effect", "resolve", "tell"]
NULL = {"outcome": None, "due_at": None, "elapsed_s": None, "worked_s": None}


def config(calendar: dict[str, Any] | None = None, pausable: list[str] | None = None, **targets: str) -> dict[str, Any]:
    policy = {"name": "p", "match": {}, "calendar": "c", "targets": targets, "pausable": pausable or []}
    return {
        "timezone": "Europe/Helsinki",
        "calendars": {"c": calendar or {}},
        "touchpoints": [{"id": "delivery", "path": "purchase", "unit": "logistics"}, {"id": "web"}],
        "unknown_touchpoint": "other",
        "policies": [policy],
    }


OFFICE = {"hours": {"mon-fri": ["08:00-12:00", "12:30-16:30"]}, "holidays": "FI", "closed": ["2026-12-24"]}
NIGHT = {"hours": {"mon-sun": ["22:00-06:00"]}}


def helsinki(text: str, offset: str = "+02:00") -> str:
    return text.replace(" ", "T") + ":00" + offset


class Story:
    """Writes down events one after the other; times are Helsinki's, `YYYY-MM-DD HH:MM`."""

    def __init__(self, offset: str = "+02:00") -> None:
        self.events: list[dict[str, Any]] = []
        self.offset = offset

    def add(self, at: str, **fields: Any) -> Story:
        at = at if "T" in at else helsinki(at, self.offset)
        self.events.append({"id": f"e{len(self.events)}", "at": at, **fields})
        return self

    def feedback(self, at: str, **fields: Any) -> Story:
        said = {"type": "feedback", "case": "c", "touchpoint": "delivery", "severity": "normal"}
        return self.add(at, **{**said, **fields})

    def action(self, at: str, kind: str, **fields: Any) -> Story:
        return self.add(at, type="action", case="c", kind=kind, **fields)

    def decision(self, at: str, stage: str, decision: str = "d", named: tuple[str, ...] = ("c",)) -> Story:
        return self.add(at, type="decision", decision=decision, stage=stage, cases=list(named))

    def cycles(self, config: dict[str, Any], until: str = FAR) -> list[dict[str, Any]]:
        until = until if "T" in until else helsinki(until, self.offset)
        versions = [f"v{number}" for number, _ in enumerate(config.get("policy_sets", ["one"]))]
        found = cases(self.events, config, parse_ms(until), versions)
        return found[0]["cycles"] if found else []

    def clocks(self, config: dict[str, Any], until: str = FAR) -> dict[str, Any]:
        made: dict[str, Any] = self.cycles(config, until)[-1]["clocks"]
        return made

    def records(self, config: dict[str, Any], until: str = FAR) -> list[tuple[Any, ...]]:
        versions = [f"v{number}" for number, _ in enumerate(config.get("policy_sets", ["one"]))]
        found = clock_records(self.events, config, parse_ms(until), versions)
        return [(one["cycle"], one["clock"], one["kind"], one["at"], one["outcome"]) for one in found]


def clock(outcome: str, due_at: str | None, elapsed_h: float, worked_h: float) -> dict[str, Any]:
    return {"outcome": outcome, "due_at": due_at, "elapsed_s": elapsed_h * 3600, "worked_s": worked_h * 3600}


def test_office_hours_stand_still_over_a_weekend_and_lunch() -> None:
    # Friday 15:30 + 2 h: one hour until 16:30, the other on Monday 08:00-09:00 (07:00 UTC).
    story = Story().feedback("2026-02-13 15:30").action("2026-02-16 12:15", "closed")
    made = story.clocks(config(OFFICE, resolve="2h"))
    assert made["resolve"] == clock("missed", "2026-02-16T07:00:00.000Z", 68.75, 5)  # 1 h and 08:00-12:00


def test_target_reached_at_an_interval_end_is_due_at_that_end() -> None:
    story = Story().feedback("2026-02-13 15:30")
    assert story.clocks(config(OFFICE, resolve="1h"), "2026-02-13 16:30")["resolve"]["outcome"] == "running"
    late = story.clocks(config(OFFICE, resolve="1h"), "2026-02-13T16:30:00.001+02:00")["resolve"]
    assert (late["outcome"], late["due_at"], late["worked_s"]) == ("missed", "2026-02-13T14:30:00.000Z", 3600)


def test_case_created_on_a_holiday_starts_to_work_on_the_next_working_day() -> None:
    # Epiphany 2026-01-06 is a Tuesday; Christmas Eve is closed, 25 and 26 December are holidays, 27 a Sunday.
    story = Story().feedback("2026-01-06 10:00").action("2026-01-07 09:00", "acknowledged")
    made = story.clocks(config(OFFICE, acknowledge="1h"))["acknowledge"]
    assert made == clock("met", "2026-01-07T07:00:00.000Z", 23, 1)
    christmas = Story().feedback("2026-12-23 16:00").clocks(config(OFFICE, acknowledge="1h"), "2026-12-23 16:00")
    assert christmas["acknowledge"]["due_at"] == "2026-12-28T06:30:00.000Z"


def test_shift_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    # The holiday of Tuesday drops 22:00-06:00 that begins on it, not what is left of Monday's shift.
    shift = {**NIGHT, "holidays": "FI"}
    story = Story().feedback("2026-01-06 05:00").action("2026-01-07 23:00", "acknowledged")
    made = story.clocks(config(shift, acknowledge="90m"))["acknowledge"]
    assert made == clock("missed", "2026-01-07T20:30:00.000Z", 42, 2)


def test_hours_that_overlap_count_once() -> None:
    union = {"hours": {"sat": ["00:00-24:00"], "mon-sun": ["22:00-06:00"]}}
    # Friday 22:00 to Sunday 06:00 without a gap: 32 h.
    story = Story().feedback("2026-02-13 12:00").action("2026-02-15 12:00", "closed")
    assert story.clocks(config(union))["resolve"] == clock("none", None, 48, 32)


def test_spring_forward_shortens_the_night_and_moves_a_skipped_end_to_the_change() -> None:
    # 2026-03-29 03:00 -> 04:00 at 01:00 UTC. The shift from 22:00 to 06:00 lasts 7 h.
    story = Story().feedback("2026-03-28 20:00").action("2026-03-29T07:00:00+03:00", "closed")
    assert story.clocks(config(NIGHT))["resolve"]["worked_s"] == 7 * 3600
    skipped = {"hours": {"sun": ["02:00-03:30"]}}  # closes at the change: 02:00-03:00 of winter time
    assert story.clocks(config(skipped))["resolve"]["worked_s"] == 3600
    opened = {"hours": {"sun": ["03:30-05:00"]}}  # opens at the change: 04:00-05:00 of summer time
    assert story.clocks(config(opened, resolve="30m"))["resolve"] == {
        **clock("missed", "2026-03-29T01:30:00.000Z", 10, 1)
    }


def test_autumn_repeat_opens_at_the_first_and_closes_at_the_second() -> None:
    # 2026-10-25 04:00 -> 03:00 at 01:00 UTC: 03:30 is at 00:30 and at 01:30 UTC.
    story = Story().feedback("2026-10-24T20:00:00Z").action("2026-10-25T06:00:00Z", "closed")
    repeated = {"hours": {"sun": ["03:30-03:45"]}}  # 00:30 to 01:45 UTC
    assert story.clocks(config(repeated))["resolve"]["worked_s"] == 75 * 60
    assert story.clocks(config(NIGHT))["resolve"]["worked_s"] == 8 * 3600  # from 20:00 to 04:00 UTC, one hour before


def test_pause_counts_only_where_named_and_only_in_working_hours() -> None:
    # Monday 10:00; paused 16:00 to Tuesday 09:00 takes 30 min of Monday and 1 h of Tuesday.
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 16:00", "paused")
    story.action("2026-02-16 18:00", "paused").action("2026-02-17 09:00", "resumed").action(
        "2026-02-17 10:00", "closed"
    )
    made = story.clocks(config(OFFICE, pausable=["resolve"], resolve="6h", decide="6h"))
    # 10-12, 12:30-16:00 are 5.5 h, then from 09:00 on: due 09:30 Helsinki.
    assert made["resolve"] == clock("missed", "2026-02-17T07:30:00.000Z", 24, 6.5)
    assert made["decide"] == clock("missed", "2026-02-16T14:30:00.000Z", 24, 8)


def test_inside_a_pause_nothing_is_due_unless_it_was_before() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 11:00", "paused")
    waiting = story.clocks(config(OFFICE, pausable=["resolve"], resolve="61m"), "2026-03-16 10:00")["resolve"]
    assert (waiting["outcome"], waiting["due_at"], waiting["worked_s"]) == ("running", None, 3600)
    before = story.clocks(config(OFFICE, pausable=["resolve"], resolve="60m"), "2026-03-16 10:00")["resolve"]
    assert (before["outcome"], before["due_at"]) == ("missed", "2026-02-16T09:00:00.000Z")


@pytest.mark.parametrize(
    ("paused", "resumed", "due_at"),
    [
        ("2026-02-16 11:00", None, None),  # begins as the clock stops: inside it
        ("2026-02-16 10:30", "2026-02-16 11:00", "2026-02-16T10:30:00.000Z"),  # ends as it stops: outside, 30 min later
        ("2026-02-16 11:01", None, "2026-02-16T10:00:00.000Z"),  # not known when it stops
    ],
)
def test_clock_that_stops_at_the_edge_of_a_pause(paused: str, resumed: str | None, due_at: str | None) -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 11:00", "acknowledged").action(paused, "paused")
    if resumed is not None:
        story.action(resumed, "resumed")
    made = story.clocks(config(pausable=["acknowledge"], acknowledge="2h"), "2026-02-20 12:00")["acknowledge"]
    assert (made["outcome"], made["due_at"]) == ("met", due_at)


def test_closing_while_paused_ends_the_pause_and_the_clock_stops_outside_it() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 11:00", "paused")
    made = story.action("2026-02-16 15:00", "closed").clocks(config(pausable=["resolve"], resolve="2h"))["resolve"]
    assert made == clock("met", "2026-02-16T14:00:00.000Z", 5, 1)  # 10-11 and 15-16 Helsinki


def test_reopening_starts_a_cycle_and_ends_the_telling_of_the_last() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 12:00", "closed")
    story.action("2026-02-16 13:00", "reclassified", severity="critical")  # counts no longer
    story.action("2026-02-16 15:00", "reopened").action("2026-02-16 16:00", "told")
    first, second = story.cycles(config(tell="4h"), "2026-02-16 18:00")
    assert first["clocks"]["tell"] == clock("cancelled", "2026-02-16T14:00:00.000Z", 3, 3)
    assert first["told_at"] is None
    assert second["told_at"] == "2026-02-16T14:00:00.000Z"
    assert second["received_at"] == "2026-02-16T13:00:00.000Z"
    assert second["clocks"]["tell"] is None
    assert second["clocks"]["acknowledge"] == clock("none", None, 1, 1)
    assert second["clocks"]["resolve"] == clock("none", None, 3, 3)
    missed = story.cycles(config(tell="1h"), "2026-02-16 18:00")[0]["clocks"]["tell"]
    assert missed == clock("missed", "2026-02-16T11:00:00.000Z", 3, 3)


def test_telling_after_closing_stops_tell_and_nothing_else() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 12:00", "closed").action("2026-02-16 13:00", "told")
    made = story.clocks(config(tell="1h"))
    assert made["tell"] == clock("met", "2026-02-16T11:00:00.000Z", 1, 1)
    assert made["acknowledge"] == clock("none", None, 2, 2)
    assert made["effect"] is None


def test_withdrawal_cancels_what_runs_but_not_what_was_missed() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 11:00", "acknowledged")
    story.action("2026-02-16 12:00", "withdrawn").action("2026-02-16 13:00", "told")
    only = story.cycles(config(acknowledge="2h", decide="119m", resolve="2h"))[0]
    assert only["told_at"] is None
    assert only["withdrawn_at"] == "2026-02-16T10:00:00.000Z"
    assert [only["clocks"][name] and only["clocks"][name]["outcome"] for name in ALL] == [
        "met",
        "missed",
        None,
        "cancelled",
        None,
    ]
    assert story.records(config(decide="119m")) == [
        (1, "acknowledge", "stopped", "2026-02-16T09:00:00.000Z", "none"),
        (1, "decide", "ended", "2026-02-16T10:00:00.000Z", "missed"),
        (1, "resolve", "ended", "2026-02-16T10:00:00.000Z", "cancelled"),
    ]


def test_first_promise_of_the_cycle_is_the_due_time_of_resolve() -> None:
    story = Story().feedback("2026-02-16 10:00").feedback("2026-02-16 11:00", due_at=helsinki("2026-02-16 14:00"))
    story.feedback("2026-02-16 12:00", due_at=helsinki("2026-02-16 20:00")).action("2026-02-16 11:30", "paused")
    made = story.clocks(config(OFFICE, pausable=["resolve"], resolve="30m"), "2026-02-16 14:00")["resolve"]
    assert made == clock("running", "2026-02-16T12:00:00.000Z", 4, 1.5)
    assert story.clocks(config(), "2026-02-16 15:00")["resolve"]["outcome"] == "missed"


def test_told_before_the_effect_acknowledges_and_stops_tell_at_once() -> None:
    story = Story().feedback("2026-02-16 10:00").action("2026-02-16 11:00", "told")
    story.decision("2026-02-16 12:00", "made").decision("2026-02-16 14:00", "effective")
    made = story.clocks(config(effect="90m", tell="1h"), "2026-02-16 18:00")
    assert made["acknowledge"]["elapsed_s"] == 3600
    assert made["decide"] == clock("none", None, 2, 2)
    assert made["effect"] == clock("missed", "2026-02-16T11:30:00.000Z", 2, 2)
    assert made["tell"] == clock("met", "2026-02-16T13:00:00.000Z", 0, 0)
    assert made["resolve"]["outcome"] == "none"


@pytest.mark.parametrize(
    ("revoked", "decided"),
    [
        ("2026-02-16 13:59", None),
        ("2026-02-16 14:00", "2026-02-16T10:00:00.000Z"),
        ("2026-02-16 14:01", "2026-02-16T10:00:00.000Z"),
    ],
)
def test_decision_revoked_before_its_effect_does_not_count_at_all(revoked: str, decided: str | None) -> None:
    story = Story().feedback("2026-02-16 10:00").decision("2026-02-16 12:00", "made", named=())
    story.decision("2026-02-16 14:00", "effective", named=()).decision(revoked, "revoked")  # only this one names it
    only = story.cycles(config())[0]
    assert only["decided_at"] == decided
    assert only["effective_at"] == (decided and "2026-02-16T12:00:00.000Z")
    assert story.cycles(config(), "2026-02-16 13:00")[0]["decided_at"] is None  # nothing names it yet


def test_what_came_before_the_first_feedback_counts_as_of_it_in_its_own_order() -> None:
    story = Story().action("2026-02-16 08:00", "resumed").action("2026-02-16 09:00", "paused")
    story.decision("2026-02-16 07:00", "made").feedback("2026-02-16 10:00")
    # Not re-ranked: resumed before paused, so the pause goes on.
    only = story.cycles(config(pausable=["resolve"], resolve="1h"), "2026-02-17 10:00")[0]
    assert only["decided_at"] == "2026-02-16T08:00:00.000Z"
    assert only["clocks"]["resolve"] == clock("running", None, 24, 0)
    assert only["clocks"]["effect"] == clock("none", None, 24, 24)


def test_more_severe_feedback_reclassifies_and_running_clocks_are_judged_anew_from_their_start() -> None:
    world = config()
    world["policies"] = [
        {"name": "hot", "match": {"severity": ["crit*"], "path": ["*"]}, "calendar": "c", "targets": {"resolve": "1h"}},
        {"name": "rest", "match": {}, "calendar": "c", "targets": {"acknowledge": "1h", "resolve": "9h"}},
    ]
    story = Story().feedback("2026-02-16 10:00", severity="high").action("2026-02-16 10:30", "acknowledged")
    story.feedback("2026-02-16 12:00", severity="critical").feedback("2026-02-16 13:00", severity="low")
    only = story.cycles(world, "2026-02-16 14:00")[0]
    assert only["policy"] == "hot"
    assert only["policy_version"] == "v0"
    assert only["clocks"]["acknowledge"]["outcome"] == "met"
    assert only["clocks"]["resolve"] == clock("missed", "2026-02-16T09:00:00.000Z", 4, 4)
    story.action("2026-02-16 13:30", "reclassified", touchpoint="web")  # has no path: not even `*` matches
    assert story.cycles(world, "2026-02-16 14:00")[0]["clocks"]["resolve"]["due_at"] == "2026-02-16T17:00:00.000Z"


def test_set_in_force_when_the_cycle_is_received_judges_it_and_before_the_first_there_is_none() -> None:
    world = config(OFFICE)
    rest = {"match": {"touchpoint": ["delivery"]}, "calendar": "c", "targets": {"resolve": "1h"}}
    world["policy_sets"] = [
        {"from": "2026-02-16T08:00:00Z", "policies": [{**rest, "name": "a"}]},
        {"from": "2026-02-17T08:00:00Z", "policies": [{**rest, "name": "b"}]},
    ]
    del world["policies"]

    def stamped(at: str, touchpoint: str = "delivery") -> tuple[Any, ...]:
        only = Story().feedback(at, touchpoint=touchpoint).cycles(world, "2026-03-01T00:00:00Z")[0]
        return only["policy"], only["policy_version"], only["clocks"]["resolve"]["outcome"]

    assert stamped("2026-02-16T07:59:59.999Z") == (None, None, "none")
    assert stamped("2026-02-16T08:00:00Z") == ("a", "v0", "missed")
    assert stamped("2026-02-17T07:59:59.999Z") == ("a", "v0", "missed")
    assert stamped("2026-02-17T08:00:00Z") == ("b", "v1", "missed")
    assert stamped("2026-02-17T08:00:00Z", "somewhere") == (None, "v1", "none")


def test_unknown_touchpoint_becomes_other_or_is_rejected() -> None:
    story = Story().feedback("2026-02-16 10:00", touchpoint="somewhere")
    assert cases(story.events, config(), parse_ms(FAR), ["v"])[0]["touchpoint"] == "other"
    assert cases(story.events, {**config(), "unknown_touchpoint": "reject"}, parse_ms(FAR), ["v"]) == []


def test_ties_go_by_the_code_points_of_ids() -> None:
    story = Story().feedback("2026-02-16 10:00", id="\U0001f44d", touchpoint="web")
    story.feedback("2026-02-16 10:00", id="\uffee", touchpoint="delivery")
    assert cases(story.events, config(), parse_ms(FAR), ["v"])[0]["touchpoint"] == "delivery"


@settings(deadline=None, max_examples=300)
@given(worlds())
def test_order_and_repeats_of_events_change_nothing(world: World) -> None:
    given_config, events, until_ms = world
    versions = [f"v{number}" for number, _ in enumerate(given_config.get("policy_sets", ["one"]))]
    again = [*events, *events]
    random.Random(len(events)).shuffle(again)
    assert cases(again, given_config, until_ms, versions) == cases(events, given_config, until_ms, versions)
    assert clock_records(again, given_config, until_ms, versions) == clock_records(
        events, given_config, until_ms, versions
    )


@settings(deadline=None, max_examples=300)
@given(worlds())
def test_instants_and_lengths_keep_their_order(world: World) -> None:
    given_config, events, until_ms = world
    versions = [f"v{number}" for number, _ in enumerate(given_config.get("policy_sets", ["one"]))]
    for case in cases(events, given_config, until_ms, versions):
        for cycle in case["cycles"]:
            way = [cycle[f"{name}_at"] for name in ("received", "acknowledged", "decided", "effective", "closed")]
            known = [at for at in way if at is not None]
            assert known == sorted(known)
            assert cycle["closed_at"] is None or None not in way
            for clock in cycle["clocks"].values():
                assert clock is None or 0 <= clock["worked_s"] <= clock["elapsed_s"]
