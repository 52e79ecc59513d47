"""The fold of a case: any order, any repeats, any batches, any week give the same; and its limits."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors import case, ledger
from processors.admission import at_declared_touchpoint
from processors.backtest import Backtest
from processors.canonical import instant, parse, rfc3339
from processors.case import Cycle, cycles
from processors.enriched import CLOCKS, KINDS, named, outcome_id
from processors.events import Action, Event, Feedback, InvalidEvent, Link
from processors.ledger import FOLDED, ID_CONFLICT, REPEATED, TOO_LARGE, Entry
from processors.policy import Policies
from processors.settled import row
from streams import config as configuration
from streams.kafka.records import ProducerRecord
from streams.shard.serde import pack, unpack
from streams.shard.stages import stages
from tests.oracle.strategies import World, worlds

T0 = 1_772_438_400_000
WEEK_MS = timedelta(weeks=1) // timedelta(milliseconds=1)


def feedback(at: int, severity: str = "normal", name: str = "f", **fields: Any) -> Feedback:
    return Feedback(name, T0 + at, "c", "delivery", severity, **fields)


def action(at: int, kind: str, name: str | None = None, **fields: Any) -> Action:
    return Action(name or f"{kind}{at}", T0 + at, "c", kind, **fields)


def link(at: int, stage: str, decision: str = "d") -> Link:
    return Link(f"{decision}{stage}{at}", T0 + at, "c", "decision", decision, stage)


def fold(*events: Feedback | Action | Link) -> list[Cycle]:
    return cycles(sorted(map(case.entry, events)))


def after(cycle: Cycle) -> dict[str, int]:
    """The instants of a cycle that are known, after T0."""
    names = ("received", "acknowledged", "decided", "effective", "told", "closed", "withdrawn", "succeeded")
    return {name: at - T0 for name in names if (at := getattr(cycle, name)) is not None}


def test_events_of_one_instant_are_taken_in_the_order_of_the_design() -> None:
    events = [feedback(0, name="12")]
    kinds = ["acknowledged", "assigned", "reclassified", "paused", "resumed"]
    events += [action(0, kind, f"{11 - n:02d}", severity="low") for n, kind in enumerate(kinds)]
    events += [link(0, "made", "06"), link(0, "effective", "05")]
    events += [action(0, kind, f"{4 - n:02d}") for n, kind in enumerate(["told", "closed", "withdrawn", "reopened"])]
    entries = [case.entry(event) for event in events]
    assert sorted(entries) == entries
    assert sorted(case.entry(event)[2] for event in (feedback(0, name="é"), feedback(0, name="Z"))) == ["Z", "é"]


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([], {}),
        ([action(1, "acknowledged")], {"acknowledged": 1}),
        ([action(1, "assigned"), action(2, "acknowledged")], {"acknowledged": 1}),
        ([action(1, "told")], {"acknowledged": 1, "told": 1}),
        ([link(1, "made")], {"acknowledged": 1, "decided": 1}),
        ([link(1, "effective"), link(2, "made")], {"acknowledged": 1, "decided": 1, "effective": 1}),
        ([action(3, "closed")], {"acknowledged": 3, "decided": 3, "effective": 3, "closed": 3}),
        (
            [action(1, "acknowledged"), link(2, "made"), action(3, "closed"), action(4, "told"), action(5, "told")],
            {"acknowledged": 1, "decided": 2, "effective": 3, "closed": 3, "told": 4},
        ),
        ([action(3, "withdrawn"), action(4, "told"), action(5, "closed"), link(6, "made")], {"withdrawn": 3}),
        (
            [action(3, "withdrawn"), action(3, "closed")],
            dict.fromkeys(("acknowledged", "decided", "effective", "closed"), 3),
        ),
        ([link(1, "revoked"), link(2, "made"), link(3, "effective")], {}),
        (
            [link(2, "made"), link(3, "effective"), link(3, "revoked")],
            {"acknowledged": 2, "decided": 2, "effective": 3},
        ),
        ([link(2, "made"), link(1, "made", "e"), link(5, "revoked", "e")], {"acknowledged": 2, "decided": 2}),
        ([action(1, "reopened"), action(2, "resumed"), action(3, "paused")], {}),
        # Before the first feedback: as of it.
        ([action(-5, "acknowledged"), link(-9, "made")], {"acknowledged": 0, "decided": 0}),
        ([action(-5, "closed")], dict.fromkeys(("acknowledged", "decided", "effective", "closed"), 0)),
        ([action(-5, "withdrawn"), action(-4, "acknowledged")], {"withdrawn": 0}),
    ],
)
def test_instants_are_each_the_earliest_and_bring_those_before_them(
    events: list[Action | Link], known: dict[str, int]
) -> None:
    found = fold(feedback(0), *events)
    assert [after(cycle) for cycle in found] == [{"received": 0, **known}]


def test_case_without_feedback_has_no_cycle() -> None:
    assert fold(action(1, "closed"), action(2, "reopened"), link(3, "made")) == []


@pytest.mark.parametrize(
    ("events", "pauses"),
    [
        ([action(1, "paused")], [(1, None)]),
        ([action(1, "paused"), action(2, "paused"), action(3, "resumed")], [(1, 3)]),
        ([action(1, "paused"), action(1, "resumed")], []),
        ([action(1, "resumed"), action(2, "paused")], [(2, None)]),
        (
            [action(1, "paused"), action(2, "resumed"), action(2, "paused", "x")],
            [(1, 2)],
        ),  # paused comes first: it is one
        ([action(1, "paused"), action(2, "resumed"), action(3, "paused"), action(4, "closed")], [(1, 2), (3, 4)]),
        ([action(1, "paused"), action(4, "withdrawn"), action(5, "resumed")], [(1, 4)]),
        ([action(1, "closed"), action(2, "paused")], []),
        ([action(-2, "paused"), action(-1, "resumed")], []),
        ([action(-2, "resumed"), action(-1, "paused"), action(3, "resumed")], [(0, 3)]),
    ],
)
def test_pauses_are_half_open_and_ended_by_closing_and_withdrawal(
    events: list[Action], pauses: list[tuple[int, int | None]]
) -> None:
    found = fold(feedback(0), *events)[0].pauses
    assert [(begun - T0, None if ended is None else ended - T0) for begun, ended in found] == pauses


def test_closed_or_withdrawn_case_starts_its_next_cycle_at_reopened_or_feedback() -> None:
    found = fold(
        feedback(0, "high", channel="phone"),
        action(1, "reclassified", severity="low", touchpoint="web"),
        action(2, "closed"),
        action(3, "reclassified", severity="critical"),  # counts no more
        action(4, "reopened"),
        action(5, "reopened", "again"),  # is open
        action(6, "withdrawn"),
        feedback(7, "normal", "g", channel="mail"),
    )
    assert [after(cycle) for cycle in found] == [
        {"received": 0, **dict.fromkeys(("acknowledged", "decided", "effective", "closed"), 2), "succeeded": 4},
        {"received": 4, "withdrawn": 6, "succeeded": 7},
        {"received": 7},
    ]
    assert [tuple(cycle.classification) for cycle in found] == [
        ("web", "low", "phone"),
        ("web", "low", "phone"),
        ("delivery", "normal", "mail"),
    ]
    assert [cycle.number for cycle in found] == [1, 2, 3]


def test_closed_and_reopened_at_one_instant_starts_a_cycle() -> None:
    first, second = fold(feedback(0), action(2, "reopened"), action(2, "closed"))
    assert (first.closed, first.succeeded, second.received, second.is_open) == (T0 + 2, T0 + 2, T0 + 2, True)


def test_first_promise_of_a_cycle_stands() -> None:
    first, second = fold(
        feedback(0),
        feedback(1, name="g", due_at=T0 + 50),
        feedback(2, name="h", due_at=T0 + 90),
        action(3, "closed"),
        feedback(4, name="i", due_at=T0 + 70),
    )
    assert (first.promised, second.promised) == (T0 + 50, T0 + 70)
    assert fold(feedback(0, due_at=T0 + 50), action(3, "closed"), action(4, "reopened"))[1].promised is None


def test_feedback_on_an_open_case_raises_its_severity_and_nothing_else() -> None:
    louder = Feedback("g", T0 + 1, "c", "web", "critical", channel="phone")
    softer = Feedback("h", T0 + 2, "c", "web", "low", channel="phone")
    only = fold(feedback(0), louder, softer)
    assert [(at - T0, tuple(seen)) for at, seen in only[0].changes] == [
        (0, ("delivery", "normal", None)),
        (1, ("delivery", "critical", None)),
    ]


def test_repeat_is_known_another_content_is_a_conflict_and_a_thousand_are_enough() -> None:
    known: dict[str, Entry] = {}
    told = feedback(0, text="Ää", score=5, scale="nps")
    assert [ledger.add(known, case.entry(told)) for _ in range(2)] == [FOLDED, REPEATED]
    for other in (
        told._replace(at=T0 + 1),
        told._replace(severity="low"),
        told._replace(text="Ää!"),
        told._replace(text=None),
        told._replace(score=6),
        told._replace(customer="p"),
        told._replace(due_at=T0),
    ):
        assert ledger.add(known, case.entry(other)) == ID_CONFLICT
    assert ledger.add(known, case.entry(action(0, "told", "f"))) == ID_CONFLICT
    for number in range(999):
        assert ledger.add(known, case.entry(action(number, "told"))) == FOLDED
    assert ledger.add(known, case.entry(action(0, "closed"))) == TOO_LARGE
    assert ledger.add(known, case.entry(told)) == REPEATED
    assert len(known) == ledger.MAX_EVENTS == 1_000


def test_repeat_of_an_event_with_a_fast_clock_is_a_repeat_whenever_it_arrives() -> None:
    known: dict[str, Entry] = {}
    said = feedback(0)
    assert ledger.add(known, case.entry(said._replace(at=T0 - 900_000), claimed=T0)) == FOLDED
    assert ledger.add(known, case.entry(said._replace(at=T0 - 800_000), claimed=T0)) == REPEATED
    assert ledger.add(known, case.entry(said)) == REPEATED  # believed by now


def test_outcome_ids_are_distinct_and_codes_name_their_outcome() -> None:
    causes = [
        (name, number, clock, kind) for name in "ab" for number in (1, 2, 11) for clock in CLOCKS for kind in KINDS
    ]
    assert len({outcome_id(*cause) for cause in causes}) == len(causes)
    codes = {(n * len(CLOCKS) + CLOCKS.index(c)) * 16 + KINDS.index(k): (n, c, k) for _, n, c, k in causes}
    assert {code: named(code) for code in codes} == codes


def test_six_events_in_every_order_of_arrival_are_one_case() -> None:
    events = [
        feedback(0),
        action(5, "paused"),
        link(5, "made"),
        action(9, "closed"),
        action(9, "reopened"),
        feedback(12, "critical", "g"),
    ]
    orders = list(permutations(events))
    assert len(orders) == 720
    assert len({repr(fold(*order)) for order in orders}) == 1


# Worlds of the oracle through the stages of the worker: batch by batch, with the state packed in between.


class Worker:
    """Takes events in batches as a worker does, keeping nothing but stored states; links come back as input."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._stages = stages(policies, lambda _, value: value, "test")
        self._stored: dict[tuple[str, str], bytes] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.links: list[Link] = []
        self.sent = 0

    def take(self, batch: list[Any]) -> None:
        for stage in self._stages:
            groups: dict[str, list[Entry]] = {}
            for event in batch:
                if type(event).__name__.lower() in stage.records:
                    groups.setdefault(stage.entity(event), []).append(stage.entry(event, 0))
            for entity, news in groups.items():
                before = unpack(self._stored.get((stage.name, entity)))
                known = {entry.id: entry for entry in before.entries}
                add = stage.add(known)
                verdicts = [add(entry) for entry in news]
                assert set(verdicts) <= {FOLDED, REPEATED}
                if FOLDED in verdicts:
                    effects = stage.on_entries(entity, before, tuple(sorted(known.values())), 0, 0)
                    for output in effects.outputs:
                        self._receive(output)
                    kept = pack(effects.ledger, effects.settled_at, effects.standing is not None)
                    self._stored[stage.name, entity] = kept

    def _receive(self, output: ProducerRecord) -> None:
        self.sent += 1
        value: Any = output.value
        if output.topic == "rytmi.link.v1":
            self.links.append(value)
        elif output.topic == "rytmi.case.v1":
            self.records[value["case"]] = value
        elif value["retracted"]:
            assert value["id"] in self.outcomes, "retracted what was never announced"
            del self.outcomes[value["id"]]
        else:
            content = {name: said for name, said in value.items() if name not in ("revision", "retracted")}
            assert self.outcomes.get(value["id"]) != content, "a correction that corrects nothing"
            self.outcomes[value["id"]] = content

    def take_all(self, events: list[Event], chance: random.Random | None) -> None:
        """All events and the links that they cause; cut into batches, links late and twice, where chance is given."""
        waiting: list[Any] = list(events)
        while waiting or self.links:
            waiting += self.links
            self.links = []
            if chance is not None:
                waiting += chance.choices(waiting, k=chance.randint(0, 1)) if len(waiting) > 1 else []
                chance.shuffle(waiting)
            cut = len(waiting) if chance is None else chance.randint(1, len(waiting))
            batch, waiting = waiting[:cut], waiting[cut:]
            self.take(batch)


UNHURRIED = (HealthCheck.too_slow,)  # of a machine that does much else


def _prepared(world: World) -> tuple[Policies, list[Event]]:
    config, lines, until = world
    policies, events = configuration.parse(config).policies, []
    for line in lines:
        try:
            if instant(line["at"]) <= until:
                events.append(at_declared_touchpoint(parse(line), policies))
        except InvalidEvent:
            assert config["unknown_touchpoint"] == "reject"
    return policies, events


@settings(max_examples=400, deadline=None, suppress_health_check=UNHURRIED)
@given(worlds(), st.integers(0, 2**32))
def test_any_batches_and_resuming_from_saved_state_publish_what_the_whole_says(world: World, seed: int) -> None:
    policies, events = _prepared(world)
    whole = Backtest(policies)
    for event in events:
        whole.add(event)
    assert list(whole.finish()) == []
    records = {name: whole.record(name, entries, judged) for name, entries, judged in whole.cases()}
    outcomes = {one["id"]: one for name, _, judged in whole.cases() for one in whole.outcomes(name, judged)}
    for chance in (None, random.Random(seed)):
        worker = Worker(policies)
        worker.take_all(events, chance)
        assert worker.records == records
        assert worker.outcomes == outcomes


@settings(max_examples=150, deadline=None, suppress_health_check=UNHURRIED)
@given(worlds(), st.integers(0, 2**32))
def test_repeats_publish_nothing(world: World, seed: int) -> None:
    policies, events = _prepared(world)
    worker = Worker(policies)
    worker.take_all(events, None)
    sent = worker.sent
    worker.take_all(events, random.Random(seed))
    assert worker.sent == sent


def _rows(config: dict[str, Any], lines: list[dict[str, Any]], until: int) -> list[dict[str, Any]]:
    policies, events = _prepared((config, lines, until))
    backtest = Backtest(policies)
    for event in events:
        backtest.add(event)
    assert list(backtest.finish()) == []
    return [row(backtest.record(*found), until, policies) for found in backtest.cases()]


def _without_clock_changes(config: dict[str, Any]) -> dict[str, Any]:
    calendars = {
        name: {key: value for key, value in calendar.items() if key == "hours"}
        for name, calendar in config["calendars"].items()
    }
    return {**config, "timezone": "UTC", "calendars": calendars}


def _shifted(value: Any, by_ms: int) -> Any:
    """The same with every time moved; versions of policy sets, which depend on their `from`, left out."""
    if isinstance(value, list):
        return [_shifted(one, by_ms) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: rfc3339(instant(one) + by_ms)
        if one is not None and (name in ("at", "from") or name.endswith("_at"))
        else _shifted(one, by_ms)
        for name, one in value.items()
        if name != "policy_version"
    }


@settings(max_examples=200, deadline=None, suppress_health_check=UNHURRIED)
@given(worlds(), st.integers(-1000, 3000))
def test_shift_by_whole_weeks_changes_no_length_and_no_outcome(world: World, weeks: int) -> None:
    config, lines, until = world
    config, by_ms = _without_clock_changes(config), weeks * WEEK_MS
    moved = _rows(_shifted(config, by_ms), _shifted(lines, by_ms), until + by_ms)
    assert _shifted(moved, 0) == _shifted(_rows(config, lines, until), by_ms)
