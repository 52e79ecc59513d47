"""The decision and its fan-out: who is told what, under which id, and the limits."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors import decision, fanout, ledger, obstacle
from processors.events import MAX_CASES, Decision, Link, Obstacle
from processors.ledger import FOLDED, ID_CONFLICT, REPEATED, TOO_LARGE, Entry, digest
from processors.policy import Policies, Touchpoint
from processors.standing import DecisionStanding, of_decision

T0 = 1_772_438_400_000


def event(name: str, at: int, stage: str, *cases: str, title: str | None = None) -> Decision:
    return Decision(name, T0 + at, "d", stage, "tactical", "care", cases, ("o",), title)


def entries(*told: Decision) -> list[Entry]:
    return sorted(map(decision.entry, told))


def links(before: list[Entry], after: list[Entry], entity: str = "d") -> list[Link]:
    return list(fanout.links(decision, entity, before, after))


MADE, EFFECTIVE, REVOKED = (
    event("m", 1, "made", "a", "b"),
    event("e", 5, "effective", "c"),
    event("r", 9, "revoked"),
)


def test_every_stage_reaches_every_case_that_any_of_them_names() -> None:
    told = links([], entries(MADE, EFFECTIVE, REVOKED))
    assert [(link.stage, link.case) for link in told] == [
        (stage, case) for stage in ("made", "effective", "revoked") for case in "abc"
    ]
    assert {link.id for link in told} == {digest("processors.decision", "d", e, c) for e in "mer" for c in "abc"}


def test_link_carries_the_instant_level_and_unit_of_the_stage() -> None:
    link = links([], entries(MADE))[0]
    assert link == Link(link.id, T0 + 1, "a", "decision", "d", "made", "tactical", "care", None, None)


def test_decision_is_in_flight_from_being_made_until_it_is_effective_or_revoked() -> None:
    policies = Policies((), {"desk": Touchpoint("desk", "care")})
    flying = DecisionStanding("care", "tactical", T0 + 1)
    assert of_decision(entries(MADE), policies) == flying
    assert of_decision([], policies) is None
    for ended in ((EFFECTIVE,), (MADE, EFFECTIVE), (MADE, REVOKED), (MADE, EFFECTIVE, REVOKED)):
        assert of_decision(entries(*ended), policies) is None
    assert of_decision(entries(MADE), Policies((), {})) == flying._replace(unit="other")  # a unit that nobody declared


def test_only_what_is_new_is_told() -> None:
    made = entries(MADE)
    assert links(made, made) == []
    told = links(made, entries(MADE, EFFECTIVE))
    assert {(link.stage, link.case) for link in told} == {
        ("made", "c"),  # named late, so told everything
        ("effective", "a"),
        ("effective", "b"),
        ("effective", "c"),
    }


def test_case_named_twice_in_an_event_is_told_once() -> None:
    assert [link.case for link in links([], entries(event("m", 1, "made", "a", "b", "a")))] == ["a", "b"]


def test_decision_that_names_no_case_tells_nobody() -> None:
    assert links([], entries(event("m", 1, "made"))) == []


def test_two_decisions_with_the_same_event_id_have_links_of_their_own() -> None:
    first, second = links([], entries(MADE), "d1"), links([], entries(MADE), "d2")
    assert not {link.id for link in first} & {link.id for link in second}


def test_decision_and_obstacle_of_one_name_have_links_of_their_own() -> None:
    raised = obstacle.entry(Obstacle("m", T0, "d", "raised", "t", "c", ("a",)))
    assert next(fanout.links(obstacle, "d", [], [raised])).id != links([], entries(event("m", 1, "made", "a")))[0].id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a\x1fb", "c"), ("a", "b\x1fc")),
        (("a", ""), ("", "a")),
        (("ab", "c"), ("a", "bc")),
        (("a\x1f", "b"), ("a", "\x1fb")),
        (("1:a", "b"), ("a", "1:b")),
    ],
)
def test_ids_are_told_apart_wherever_a_separator_stands(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert digest(*one) != digest(*other)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text("a\x1f:1", max_size=3), min_size=2, max_size=2), min_size=2, max_size=2))
def test_id_is_computed_from_its_cause_alone(causes: list[list[str]]) -> None:
    one, other = causes
    assert (digest(*one) == digest(*other)) is (one == other)


def test_repeat_is_known_and_another_content_is_a_conflict() -> None:
    known: dict[str, Entry] = {}
    named: set[str] = set()

    def add(told: Decision) -> str:
        return fanout.add(decision, known, named, decision.entry(told))

    made = event("m", 1, "made", "a", title="A second van")
    assert [add(made), add(made)] == [FOLDED, REPEATED]
    for other in (
        made._replace(at=T0 + 2),
        made._replace(stage="effective"),
        made._replace(level="strategic"),
        made._replace(unit=None),
        made._replace(cases=("a", "b")),
        made._replace(cases=()),
        made._replace(obstacles=()),
        made._replace(cases=("a", "o"), obstacles=()),
        made._replace(title=None),
        made._replace(title="A third van"),
    ):
        assert add(other) == ID_CONFLICT
    assert (len(known), named) == (1, {"a"})


def test_decision_answers_ten_thousand_cases_and_not_one_more() -> None:
    known: dict[str, Entry] = {}
    named: set[str] = set()

    def add(name: str, *cases: str) -> str:
        return fanout.add(decision, known, named, decision.entry(event(name, 1, "made", *cases)))

    half = [f"c{n}" for n in range(MAX_CASES // 2)]
    rest = [f"d{n}" for n in range(MAX_CASES // 2)]
    assert MAX_CASES == 10_000
    assert add("1", *half) == FOLDED
    assert add("2", *rest, "one more") == TOO_LARGE
    assert add("2", *rest) == FOLDED
    assert len(named) == MAX_CASES
    assert add("3", "one more") == TOO_LARGE
    assert add("3", *half) == FOLDED  # those it answers already
    assert add("4") == FOLDED
    assert add("2", *rest) == REPEATED
    assert add("2", *rest, "one more") == ID_CONFLICT
    assert len(known) == 4


def test_decision_has_a_thousand_events_and_not_one_more() -> None:
    known: dict[str, Entry] = {}
    for number in range(ledger.MAX_EVENTS):
        assert fanout.add(decision, known, set(), decision.entry(event(str(number), 1, "made", "a"))) == FOLDED
    assert ledger.MAX_EVENTS == 1_000
    assert fanout.add(decision, known, set(), decision.entry(event("more", 1, "made", "a"))) == TOO_LARGE
    assert fanout.add(decision, known, set(), decision.entry(event("7", 1, "made", "a"))) == REPEATED


@pytest.mark.parametrize(
    ("told", "settled"),
    [
        ((MADE,), 0),
        ((MADE, EFFECTIVE), T0 + 5),
        ((MADE, REVOKED), T0 + 9),
        ((MADE, EFFECTIVE, REVOKED), T0 + 5),
    ],
)
def test_decision_is_settled_by_its_effect_or_revocation(told: tuple[Decision, ...], settled: int) -> None:
    assert decision.settled_at(entries(*told)) == settled


_EVENTS = st.lists(
    st.tuples(st.sampled_from(["made", "effective", "revoked"]), st.lists(st.sampled_from("abcd"), max_size=3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(_EVENTS, st.integers(0, 2**32))
def test_any_order_repeats_and_batches_send_the_same_links_each_once(
    told: list[tuple[str, list[str]]], seed: int
) -> None:
    chance = random.Random(seed)
    given_entries = [decision.entry(event(f"e{n}", n % 3, stage, *cases)) for n, (stage, cases) in enumerate(told)]
    whole = links([], sorted(given_entries))
    arriving = [*given_entries, *chance.choices(given_entries, k=3)]
    chance.shuffle(arriving)
    sent: list[Link] = []
    known: dict[str, Entry] = {}
    named: set[str] = set()
    while arriving:
        before = sorted(known.values())
        for entry in [arriving.pop() for _ in range(chance.randint(1, len(arriving)))]:
            assert fanout.add(decision, known, named, entry) in (FOLDED, REPEATED)
        sent += links(before, sorted(known.values()))
    assert sorted(sent) == sorted(whole)
    assert len({link.id for link in sent}) == len(sent)
