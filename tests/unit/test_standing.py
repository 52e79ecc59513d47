"""What stands open now: cells never drift from a recount, and overdue is what a naive count says."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.clocks import MISSED
from processors.events import InvalidEvent
from processors.settled import row
from processors.standing import CaseStanding, DecisionStanding, ObstacleStanding, Standing, Standings, of_case
from streams import config as configuration
from tests.oracle.strategies import World, worlds

HOT = CaseStanding("delivery", "critical", 100, (("acknowledge", 200), ("resolve", 300)))


def open_cells(standings: Standings) -> dict[tuple[str, ...], tuple[int, int | None]]:
    """The cells in which something is open."""
    return {cell: said for cell, said in standings.open().items() if said[0]}


def overdue_cells(standings: Standings, now: int) -> dict[tuple[str, ...], int]:
    """The cells in which something is overdue."""
    return {cell: known for cell, (known, _) in standings.overdue(now, lambda _: now).items() if known}


def due_cells(standings: Standings, now: int, length: int) -> dict[tuple[str, ...], int]:
    """The cells in which something will be overdue after so long, and is not yet."""
    return {cell: count for cell, (count,) in standings.due(now, [length]).items() if count}


def test_case_is_counted_from_its_contribution() -> None:
    standings = Standings()
    standings.replace("a", HOT)
    standings.replace("b", HOT._replace(received=50))
    assert open_cells(standings) == {("delivery", "critical"): (2, 50)}


@pytest.mark.parametrize(
    ("now", "late"), [(199, set()), (200, set()), (201, {"acknowledge"}), (301, {"acknowledge", "resolve"})]
)
def test_clock_is_overdue_from_a_millisecond_after_due(now: int, late: set[str]) -> None:
    standings = Standings()
    standings.replace("a", HOT)
    assert overdue_cells(standings, now) == {("delivery", "critical", clock): 1 for clock in late}


@pytest.mark.parametrize(("now", "soon"), [(189, 0), (190, 0), (191, 1), (200, 1), (201, 0)])
def test_clock_is_soon_due_from_the_length_before_its_due_instant_until_it_is_overdue(now: int, soon: int) -> None:
    standings = Standings()
    standings.replace("a", HOT)
    assert standings.due(now, [10])["delivery", "critical", "acknowledge"] == [soon]


def test_what_is_due_within_a_length_is_due_within_a_longer_one() -> None:
    standings = Standings()
    standings.replace("a", HOT)
    assert standings.due(150, [10, 60, 200]) == {
        ("delivery", "critical", "acknowledge"): [0, 1, 1],
        ("delivery", "critical", "resolve"): [0, 0, 1],
    }


def test_case_of_which_several_clocks_are_overdue_or_due_is_one_case() -> None:
    standings = Standings()
    standings.replace("a", HOT)
    standings.replace("b", HOT._replace(dues=(("decide", 250),)))
    cell = ("delivery", "critical")
    assert standings.due_any(150, [100, 200]) == {cell: [1, 2]}
    assert standings.due_any(220, [100]) == {cell: [1]}  # the other is overdue already, though more of it will be
    assert standings.overdue_any(400, lambda _: 400) == {cell: (2, 0)}
    assert standings.overdue_any(400, lambda _: 220) == {cell: (1, 1)}


def test_changed_case_moves_between_cells_and_leaves_nothing_behind() -> None:
    standings = Standings()
    standings.replace("a", HOT)
    standings.replace("a", HOT._replace(severity="low", dues=(("resolve", 900),)))
    assert open_cells(standings) == {("delivery", "low"): (1, 100)}
    assert overdue_cells(standings, 1000) == {("delivery", "low", "resolve"): 1}
    standings.replace("a", None)
    standings.replace("a", None)
    assert (open_cells(standings), overdue_cells(standings, 1000)) == ({}, {})
    assert standings.open() == {("delivery", "critical"): (0, None), ("delivery", "low"): (0, None)}


def test_closed_case_whose_customer_waits_is_overdue_but_not_open() -> None:
    standings = Standings()
    standings.replace("a", CaseStanding("web", "low", None, (("tell", 5),)))
    assert (open_cells(standings), overdue_cells(standings, 6)) == ({}, {("web", "low", "tell"): 1})


def test_filling_is_replacing_one_after_another() -> None:
    chance = random.Random(7)
    standings: dict[str, Standing] = {
        f"c{n}": HOT._replace(received=chance.randrange(99), dues=(("resolve", chance.randrange(99)),))
        for n in range(50)
    }
    one_by_one, at_once = Standings(), Standings()
    for entity, standing in standings.items():
        one_by_one.replace(entity, standing)
    at_once.fill(standings)
    for now in range(0, 100, 7):
        assert overdue_cells(at_once, now) == overdue_cells(one_by_one, now)
    for entity in standings:
        at_once.replace(entity, None)
    assert open_cells(at_once) == {}


def test_obstacles_are_counted_by_cause() -> None:
    standings = Standings()
    standings.replace("o", ObstacleStanding("delivery", "stock", 7))
    standings.replace("p", ObstacleStanding("delivery", "stock", 3))
    assert open_cells(standings) == {("delivery", "stock"): (2, 3)}
    assert overdue_cells(standings, 10) == {}


def test_cases_that_obstacles_name_are_counted_while_they_stand() -> None:
    standings = Standings()
    standings.fill({"o": ObstacleStanding("delivery", "stock", 7, 2)})
    standings.replace("p", ObstacleStanding("delivery", "stock", 3, 5))
    standings.replace("o", ObstacleStanding("delivery", "carrier", 7, 3))
    assert standings.named() == {("delivery", "stock"): 5, ("delivery", "carrier"): 3}
    standings.replace("p", None)
    assert standings.named() == {("delivery", "stock"): 0, ("delivery", "carrier"): 3}


def test_decisions_in_flight_are_counted_by_unit_and_level() -> None:
    standings = Standings()
    standings.fill({"d": DecisionStanding("care", "tactical", 7)})
    standings.replace("e", DecisionStanding("care", "tactical", 3))
    assert standings.open() == {("care", "tactical"): (2, 3)}
    standings.replace("e", None)
    assert (standings.open(), standings.overdue(99, lambda _: 99)) == ({("care", "tactical"): (1, 7)}, {})


_INSTANTS = st.integers(0, 5)  # few, so that they coincide
_CASES = st.builds(
    CaseStanding,
    st.sampled_from(["t", "u"]),
    st.sampled_from(["low", "high"]),
    st.none() | _INSTANTS,
    st.lists(st.tuples(st.sampled_from(["decide", "resolve", "tell"]), _INSTANTS), max_size=3).map(tuple),
)
_OBSTACLES = st.builds(
    ObstacleStanding, st.sampled_from(["t", "u"]), st.sampled_from(["stock", "low"]), _INSTANTS, st.integers(0, 3)
)
_CHANGES = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | _CASES | _OBSTACLES), max_size=40)


@settings(max_examples=300, deadline=None)
@given(_CHANGES)
def test_cells_never_drift_from_a_recount(changes: list[tuple[str, Standing | None]]) -> None:
    standings = Standings()
    kept: dict[str, Standing] = {}
    for entity, new in changes:
        standings.replace(entity, new)
        kept.pop(entity, None)
        if new is not None:
            kept[entity] = new
        counted: dict[tuple[str, ...], list[int]] = {}
        for one in kept.values():
            if isinstance(one, ObstacleStanding):
                counted.setdefault((one.touchpoint, one.cause), []).append(one.raised)
            elif one.received is not None:
                counted.setdefault((one.touchpoint, one.severity), []).append(one.received)
        assert open_cells(standings) == {cell: (len(at), min(at)) for cell, at in counted.items()}
        for now in range(7):
            late = Counter(
                (one.touchpoint, one.severity, clock)
                for one in kept.values()
                if isinstance(one, CaseStanding)
                for clock, due in one.dues
                if due < now
            )
            assert overdue_cells(standings, now) == late
            assert {cell: n for cell, (n, _) in standings.overdue_any(now, lambda _: 9).items() if n} == Counter(
                (one.touchpoint, one.severity)
                for one in kept.values()
                if isinstance(one, CaseStanding) and any(due < now for _, due in one.dues)
            )
        named = Counter[tuple[str, ...]]()
        for one in kept.values():
            if isinstance(one, ObstacleStanding):
                named[one.touchpoint, one.cause] += one.cases
        assert +Counter(standings.named()) == +named


def _naive(backtest: Backtest, now: int) -> tuple[dict[Any, Any], Counter[Any]]:
    """Open and overdue, counted over the rows of cases.jsonl at that instant."""
    received: dict[tuple[str, str], list[int]] = {}
    late: Counter[tuple[str, ...]] = Counter()
    for name, entries, judged in backtest.cases():
        record = backtest.record(name, entries, judged)
        shown = row(record, now, backtest.policies)
        for cycle, told in zip(record["cycles"], shown["cycles"], strict=True):
            where = cycle["touchpoint"], cycle["severity"]
            if told["closed_at"] is None and told["withdrawn_at"] is None:
                received.setdefault(where, []).append(cycle["received_at"])
            for clock in cycle["clocks"]:
                if clock["stopped_at"] is None and told["clocks"][clock["clock"]]["outcome"] == MISSED:
                    late[*where, clock["clock"]] += 1
    return {cell: (len(at), min(at)) for cell, at in received.items()}, late


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.integers(0, 2**32))
def test_open_and_overdue_are_what_a_naive_count_over_the_cases_says(world: World, seed: int) -> None:
    config, events, until = world
    policies = configuration.parse(config).policies
    backtest, standings, chance = Backtest(policies), Standings(), random.Random(seed)
    for line in events:
        if instant(line["at"]) <= until:
            try:
                backtest.add(parse(line))
            except InvalidEvent:
                assert config["unknown_touchpoint"] == "reject"
    assert list(backtest.finish()) == []
    for name, _, judged in backtest.cases():
        standings.replace(name, None if chance.random() < 0.5 else HOT)  # something else stood there before
        standings.replace(name, of_case(judged))
    for now in (until, until + 1, until + 3_600_000, until + 40 * 86_400_000):
        opened, late = _naive(backtest, now)
        assert (open_cells(standings), overdue_cells(standings, now)) == (opened, late)
        for length in (1, 3_600_000, 4 * 3_600_000):
            assert due_cells(standings, now, length) == _naive(backtest, now + length)[1] - late
