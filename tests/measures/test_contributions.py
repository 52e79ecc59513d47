"""What entities contribute, event by event in any order of arrival, against a backtest that has seen all of them."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors import case, decision, fanout, ledger, obstacle, signal
from processors.admission import at_declared_touchpoint
from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.enriched import judge
from processors.events import Action, Decision, Event, Feedback, Indicator, InvalidEvent, Link, Obstacle, Pulse
from processors.ledger import FOLDED, REPEATED, Entry
from processors.measures import contribution
from processors.measures.cells import Cells
from processors.measures.terms import Cell, Fact
from processors.policy import OTHER, Policies, Touchpoint
from streams import config as configuration
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from tests.contributions import contributions
from tests.measures.contents import NOW
from tests.measures.scratch import DAY, HOUR
from tests.oracle.strategies import World, worlds

Contents = dict[Cell, dict[Fact, int]]
Known = dict[str, dict[str, Entry]]


class Live:
    """Events as they arrive: after each, what its entity contributes takes the place of what it did."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._cells = Cells(pack, unpack)
        self._known: dict[str, dict[str, Entry]] = {}

    def add(self, event: Event) -> str:
        event = at_declared_touchpoint(event, self._policies)
        if isinstance(event, Decision):
            return self._telling(decision, f"decision {event.decision}", event.decision, decision.entry(event))
        if isinstance(event, Obstacle):
            return self._telling(obstacle, f"obstacle {event.obstacle}", event.obstacle, obstacle.entry(event))
        if isinstance(event, Pulse | Indicator):
            known = self._known.setdefault(entity := signal.entity(event), {})
            verdict = signal.add(known, signal.entry(event))
            self._cells.replace(entity, contribution.of_signal(sorted(known.values()), self._policies))
            return verdict
        known = self._known.setdefault(entity := f"case {event.case}", {})
        verdict = ledger.add(known, case.entry(event))
        entries = sorted(known.values())
        self._cells.replace(entity, contribution.of_case(entries, judge(entries, self._policies), self._policies))
        return verdict

    def _telling(self, of: ModuleType, entity: str, name: str, entry: Entry) -> str:
        known = self._known.setdefault(entity, {})
        before = sorted(known.values())
        verdict = fanout.add(of, known, {one for e in before for one in of.cases(e)}, entry)
        after = sorted(known.values())
        for link in fanout.links(of, name, before, after):
            self.add(link)
        share = contribution.of_obstacle(after) if of is obstacle else contribution.of_decision(after, self._policies)
        self._cells.replace(entity, share)
        return verdict

    def contents(self) -> Contents:
        self._cells.take()
        return {where: dict(self._cells.facts(where)) for where in self._cells.cells()}


def settled(policies: Policies, events: list[Event]) -> Contents:
    """What all of them contribute, seen at the end."""
    backtest = Backtest(policies)
    for event in events:
        backtest.add(event)
    assert list(backtest.finish()) == []
    found: dict[Cell, Counter[Fact]] = {}
    for share in contributions(backtest):
        for where, fact, amount in share:
            found.setdefault(where, Counter())[fact] += amount
    kept = {where: {fact: n for fact, n in facts.items() if n} for where, facts in found.items()}
    return {where: facts for where, facts in kept.items() if facts}


def enriched(line: dict[str, Any], dice: Random) -> dict[str, Any]:
    """Feedback that says how it feels, too; only so far as a repeat says the same."""
    if line["type"] != "feedback":
        return line
    said = {} if dice.random() < 0.5 else {"emotion": dice.choice([-0.5, 0.0, 0.25])}
    said |= {} if dice.random() < 0.5 else {"scale": "csat", "score": dice.choice([1, 4, 5])}
    return {**line, **said, **({} if dice.random() < 0.5 else {"kind": "complaint"})}


def signals(pool: list[int], dice: Random) -> list[Event]:
    """Pulse answers, some sent again, and indicators of which only the latest counts."""
    found: list[Event] = []
    for n in range(dice.randrange(6)):
        at = dice.choice(pool)
        if dice.random() < 0.5:
            unit, level = dice.choice(["logistics", "nobody"]), dice.choice(["top", "front"])
            found.append(Pulse(f"p{n}", at, unit, None, level, "can we?", dice.choice([0.25, 0.7])))
        else:
            kind = dice.choice(["customer", "operational"])
            found.append(Indicator(f"i{n}", at, "sales", dice.choice(["orders", "returns"]), kind, "lagging", n / 2))
    return [*found, *dice.choices(found, k=2)] if found else []


def valid(events: list[Event], policies: Policies) -> list[Event]:
    """Those at touchpoints that the configuration takes."""
    found = []
    for event in events:
        try:
            at_declared_touchpoint(event, policies)
        except InvalidEvent:
            continue
        found.append(event)
    return found


@settings(deadline=None, max_examples=1000)
@given(worlds(), st.integers(0, 1 << 40))
def test_order_of_arrival_does_not_matter(world: World, seed: int) -> None:
    config, lines, _ = world
    policies, dice = configuration.parse(config).policies, Random(seed)
    once = {(line["type"], line.get("case"), line["id"]): enriched(line, dice) for line in lines}
    events = [parse(once[line["type"], line.get("case"), line["id"]]) for line in lines]
    pool = [instant(line["at"]) for line in lines]
    events = valid([*events, *signals(pool, dice)], policies)
    dice.shuffle(events)
    live = Live(policies)
    for event in events:
        assert live.add(event) in (FOLDED, REPEATED)
    assert live.contents() == settled(policies, events)


POLICIES = Policies((), {OTHER: Touchpoint(OTHER), "web": Touchpoint("web", "online"), "desk": Touchpoint("desk")})
AT = NOW - 2 * DAY


def _places(contents: Contents, family: str) -> set[tuple[str, str]]:
    return {(where.a, where.b) for where in contents if where.family == family}


def test_case_that_moves_leaves_nothing_behind() -> None:
    live = Live(POLICIES)
    live.add(Feedback("f", AT, "c", "web", "low"))
    assert _places(live.contents(), "clock") == {("web", "low")}
    live.add(Action("a", AT + 1, "c", "acknowledged"))
    live.add(Action("r", AT + 2, "c", "reclassified", severity="high", touchpoint="desk"))
    assert _places(live.contents(), "clock") == {("desk", "high")}
    assert _places(live.contents(), "voice") == {("web", "")}, "what was said, was said there"
    live.add(Action("s", AT + 3, "c", "reclassified", touchpoint="web"))
    assert _places(live.contents(), "clock") == {("web", "high")}


def test_feedback_that_comes_after_all_else_takes_the_clocks_to_its_hour() -> None:
    live = Live(POLICIES)
    live.add(Action("x", AT + 5 * HOUR, "c", "closed"))
    assert live.contents() == {}, "answers to what was never said"
    live.add(Feedback("late", AT + HOUR, "c", "web", "low"))
    live.add(Feedback("first", AT, "c", "desk", "critical"))
    assert _places(live.contents(), "clock") == {("desk", "critical")}
    assert {where.hour for where in live.contents() if where.family == "clock"} == {AT // HOUR, (AT + 5 * HOUR) // HOUR}


def test_an_answer_counts_once_however_often_it_is_sent() -> None:
    live, answer = Live(POLICIES), Pulse("p", AT, "online", None, "front", "can we?", 0.5)
    assert [live.add(answer) for _ in range(3)] == [FOLDED, REPEATED, REPEATED]
    ((_, facts),) = live.contents().items()
    assert sorted(facts.values()) == [1, 500_000_000]


INDICATORS = [
    Indicator("i1", AT, "sales", "orders", "operational", "realtime", 1.0),
    Indicator("i2", AT + 1, "sales", "orders", "operational", "realtime", 2.0),
    Indicator("i3", AT + 1, "sales", "orders", "operational", "realtime", 3.0),  # the same instant: the later id
    Indicator("i0", AT + 1, "sales", "orders", "customer", "realtime", 4.0),  # another kind
]


@pytest.mark.parametrize("order", list(permutations(INDICATORS)))
def test_the_latest_indicator_stands_in_any_order(order: tuple[Indicator, ...]) -> None:
    live = Live(POLICIES)
    for one in (*order, *order[:2]):
        live.add(one)
    ((where, facts),) = live.contents().items()
    assert where == Cell("indicator", "sales", "orders", 0)
    assert facts == {(0, "operational", AT + 1, 3.0): 1, (0, "customer", AT + 1, 4.0): 1}


def test_links_of_a_case_that_has_no_feedback_count_for_nothing() -> None:
    live = Live(POLICIES)
    live.add(Link("l", AT, "c", "decision", "d", "made", "tactical", "online"))
    assert live.contents() == {}
