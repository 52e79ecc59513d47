"""A worker's way of telling people, without a broker: the same alarms as the history of the events has, and after any
order of arrival the same that stand.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors import case
from processors.admission import at_declared_touchpoint
from processors.alarms import BREACH, ESCALATION, MOST_STEPS, TAKEN, WARNING, named, passed
from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.deadlines import Deadlines
from processors.enriched import judge
from processors.events import Action, Event, Feedback, InvalidEvent, Link
from processors.ledger import Entry, Ledger, digest
from processors.policy import CLOCKS, Policies
from streams import config as configuration
from streams.shard.clock import FOREVER
from streams.shard.serde import pack, unpack
from streams.shard.stages import CaseStage, Effects
from tests.oracle.alarm_strategies import alarming_worlds
from tests.oracle.strategies import World
from tests.tiers import size

EXAMPLES = size(80, 400, "RYTMI_ALARM_EXAMPLES")
UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large)  # of a machine that does much else

News = tuple[str, Entry]  # of a case
Record = dict[str, Any]


class Teller:
    """Takes entries of cases as a worker does, keeping nothing but stored states and who is due when."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._stage = CaseStage(policies, lambda _, value: value, "test")
        self._stored: dict[str, bytes] = {}
        self._deadlines = Deadlines()
        self._due: dict[str, int] = {}  # the same, as plainly as can be
        self.said: list[Record] = []

    def take(self, news: Iterable[News], now: int) -> None:
        grown: dict[str, list[Entry]] = {}
        for name, entry in news:
            grown.setdefault(name, []).append(entry)
        for name, entries in grown.items():
            before = unpack(self._stored.get(name))
            known = {entry.id: entry for entry in (*before.entries, *entries)}
            self._keep(name, self._stage.on_entries(name, before, tuple(sorted(known.values())), 0, now))

    def tell(self, horizon: int, most: int = 2) -> None:
        """Announce what is due before the horizon, each at the instant from which it may be told."""
        while (now := min(self._due.values(), default=horizon)) < horizon:
            self.sweep(now + 1, now, most)

    def sweep(self, horizon: int, now: int, most: int = 2) -> None:
        """Announce what is due before the horizon now, some cases at a time."""
        due = {name for name, at in self._due.items() if at < horizon}
        looked_at: list[str] = []
        while found := self._deadlines.take(lambda _: horizon, most):
            assert len(found) <= most
            for name, _ in found:
                looked_at.append(name)
                self._keep(name, self._stage.on_deadline(name, unpack(self._stored[name]), horizon, 0, now))
        assert sorted(looked_at) == sorted(due), "each case that is due is looked at, once"

    def _keep(self, name: str, effects: Effects) -> None:
        self._stored[name] = pack(effects.ledger, effects.settled_at, effects.standing is not None)
        self.said += effects.alarms
        assert [output.value for output in effects.outputs if output.topic == "rytmi.alarm.v1"] == effects.alarms
        self._deadlines.set(name, "", effects.next_at)
        self._due.pop(name, None)
        if effects.next_at is not None:
            self._due[name] = effects.next_at

    def standing(self) -> dict[str, Record]:
        """What stands by the stored states, by id."""
        derived = [self._stage.on_restore(name, unpack(stored)) for name, stored in self._stored.items()]
        return {alarm["id"]: alarm for one in derived for alarm in one.alarms}

    def held(self, until: int) -> set[str]:
        """Ids of what was reached and is told later only: at night it was reclassified, say, or a decision revoked.

        Whoever did not know of that told it earlier, rightly; who did not tell it earlier waits.
        """
        return {
            digest(name, *named(level.code))
            for name, stored in self._stored.items()
            for entries in [unpack(stored).entries]
            for level in passed(entries, judge(entries, self._policies), {}, FOREVER)
            if level.at <= until <= level.told
        }

    def over(self) -> set[str]:
        """Ids of what is never raised again: somebody took the case."""
        return {
            digest(name, *named(code))
            for name, stored in self._stored.items()
            for code, told in unpack(stored).announced.items()
            if told.how == TAKEN
        }


def standing(said: Iterable[Record]) -> dict[str, Record]:
    """What stands after these records, which begin and end alarms in turn."""
    found: dict[str, Record] = {}
    for one in said:
        assert (one["kind"] == "raised") == (one["id"] not in found), one
        if one["kind"] == "raised":
            found[one["id"]] = one
        else:
            del found[one["id"]]
    return found


def history(world: World) -> tuple[Policies, list[News], list[Record], int]:
    """Policies, what every case is told (links too) in the order of its `at`, the alarms, and until when."""
    config, lines, until = world
    policies = configuration.parse(config).policies
    backtest = Backtest(policies)
    for line in lines:
        try:
            if instant(line["at"]) <= until:
                backtest.add(at_declared_touchpoint(parse(line), policies))
        except InvalidEvent:
            assert config["unknown_touchpoint"] == "reject"
    assert list(backtest.finish()) == []
    cases = list(backtest.cases())
    alarms = [alarm for found in cases for alarm in backtest.alarms(*found, until)]
    news = [(name, entry) for name, entries, _ in cases for entry in entries]
    return policies, sorted(news, key=lambda one: one[1].at), alarms, until


def in_order(said: Iterable[Record]) -> list[Record]:
    return sorted(said, key=repr)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
@given(alarming_worlds())
def test_worker_that_reads_in_order_says_what_the_history_says(world: World) -> None:
    policies, news, alarms, until = history(world)
    worker = Teller(policies)
    for now in sorted({entry.at for _, entry in news}):
        worker.tell(now)
        worker.take([one for one in news if one[1].at == now], now)
    worker.tell(until)
    assert in_order(worker.said) == in_order(alarms)
    assert worker.standing().keys() == standing(worker.said).keys() == standing(alarms).keys()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
@given(alarming_worlds(), st.integers(0, 2**32))
def test_after_any_order_of_arrival_the_same_stands(world: World, seed: int) -> None:
    policies, news, alarms, until = history(world)
    chance, worker, now = random.Random(seed), Teller(policies), 0
    waiting = chance.sample(news, len(news))
    while waiting:
        cut = chance.randint(1, len(waiting))
        batch, waiting = waiting[:cut], waiting[cut:]
        now = max(now, chance.choice([0, 0, until]), *(entry.at for _, entry in batch))
        worker.take(batch, now)
        worker.sweep(now, now)  # too bold a claim: not all before it is known
    worker.sweep(until, until)
    stands, should = standing(worker.said), standing(alarms)
    assert worker.standing().keys() == stands.keys()
    over = worker.over() | {one["id"] for one in alarms if one["reason"] == "taken"}
    assert stands.keys() - over - worker.held(until) == should.keys() - over - worker.held(until)


# Small stories, minutes after the feedback; a target of an hour of every clock, judged round the clock or in hours.

MINUTE = 60_000
T0 = instant("2026-03-02T07:00:00Z")  # a Monday, 09:00 in Helsinki
POLICIES: list[Record] = [
    {
        "name": "critical",
        "match": {"severity": ["critical"]},
        "targets": {"acknowledge": "1h", "decide": "1h", "resolve": "1h"},
        "warn": [0.5],
        "escalate": [{"after": "0m", "to": "owner"}, {"after": "30m", "to": "supervisor"}],
    },
    {
        "name": "rest",
        "targets": {"resolve": "8h", "decide": "4h"},
        "warn": [0.5],
        "escalate": [{"after": "0m", "to": "leader"}],
    },
]
CONFIG: Record = {
    "timezone": "Europe/Helsinki",
    "calendars": {"office": {"hours": {"mon-fri": ["08:00-16:00"]}}},
    "units": [{"id": "u", "supervisor": "sue", "leader": "lea"}, {"id": "v", "leader": "vi"}],
    "touchpoints": [{"id": "delivery", "unit": "u"}, {"id": "web", "unit": "v"}, {"id": "support"}],
}


def judged_by(calendar: str = "always") -> Policies:
    return configuration.parse({**CONFIG, "policies": [{**p, "calendar": calendar} for p in POLICIES]}).policies


def feedback(at: int, severity: str = "critical", **fields: Any) -> Feedback:
    return Feedback(f"f{at}", T0 + at * MINUTE, "c", "delivery", severity, **fields)


def action(at: int, kind: str, **fields: Any) -> Action:
    return Action(f"{kind}{at}", T0 + at * MINUTE, "c", kind, **fields)


def link(at: int, stage: str, decision: str = "d") -> Link:
    return Link(f"{decision}{stage}", T0 + at * MINUTE, "c", "decision", decision, stage)


def told(worker: Teller, *clocks: str) -> list[tuple[Any, ...]]:
    """(kind, clock, level and step, at, announced, reason) of what a worker said of some clocks, in minutes."""
    return [
        (
            one["kind"],
            one["clock"],
            f"{one['level']} {one['step']}",
            (one["at"] - T0) // MINUTE,
            (one["announced_at"] - T0) // MINUTE,
            one["reason"],
        )
        for one in worker.said
        if one["clock"] in clocks
    ]


def reading(*batches: tuple[int, Event], until: int, calendar: str = "always") -> Teller:
    """A worker that has read events, each when it arrived (minutes), and told whom it had to."""
    worker = Teller(judged_by(calendar))
    for arrived, event in batches:
        worker.tell(T0 + arrived * MINUTE)
        worker.take([("c", case.entry(event))], T0 + arrived * MINUTE)
    worker.tell(T0 + until * MINUTE)
    return worker


def in_time(*events: Event, until: int, calendar: str = "always") -> Teller:
    return reading(*(((event.at - T0) // MINUTE, event) for event in events), until=until, calendar=calendar)


def test_levels_come_one_after_the_other_and_end_with_the_clock() -> None:
    worker = in_time(feedback(0), action(75, "acknowledged"), until=200)
    assert told(worker, "acknowledge") == [
        ("raised", "acknowledge", "warning 1", 30, 30, None),
        ("raised", "acknowledge", "breach 0", 60, 60, None),
        ("raised", "acknowledge", "escalation 1", 60, 60, None),
        ("resolved", "acknowledge", "warning 1", 75, 75, "stopped"),
        ("resolved", "acknowledge", "breach 0", 75, 75, "stopped"),
        ("resolved", "acknowledge", "escalation 1", 75, 75, "stopped"),
    ]


def test_stop_at_the_very_instant_prevents_an_alarm() -> None:
    assert told(in_time(feedback(0), action(30, "acknowledged"), until=200), "acknowledge") == []


def test_taking_the_case_ends_escalation_and_nothing_else() -> None:
    worker = in_time(feedback(0), action(75, "acknowledged"), action(80, "assigned"), until=200)
    assert told(worker, "decide") == [
        ("raised", "decide", "warning 1", 30, 30, None),
        ("raised", "decide", "breach 0", 60, 60, None),
        ("raised", "decide", "escalation 1", 60, 60, None),
        ("resolved", "decide", "escalation 1", 75, 75, "taken"),
    ]


def test_breach_stands_when_nothing_but_the_touchpoint_changes() -> None:
    for calendar, at in (("always", 75), ("office", 12 * 60)):  # at night nobody could be told anew
        worker = in_time(feedback(0), action(at, "reclassified", touchpoint="web"), until=13 * 60, calendar=calendar)
        assert {one[0] for one in told(worker, "resolve")} == {"raised"}


def test_what_a_reclassification_made_due_is_told_then() -> None:
    worker = in_time(feedback(0, "normal"), action(75, "reclassified", severity="critical"), until=100)
    assert told(worker, "decide") == [
        ("raised", "decide", "warning 1", 30, 75, None),
        ("raised", "decide", "breach 0", 60, 75, None),
        ("raised", "decide", "escalation 1", 60, 75, None),
        ("raised", "decide", "escalation 2", 90, 90, None),
    ]


def test_breach_that_a_reclassification_moves_ahead_ends_and_is_raised_again_when_it_is_due() -> None:
    worker = in_time(feedback(0), action(75, "reclassified", severity="normal"), until=1000)
    assert told(worker, "decide")[3:] == [
        ("resolved", "decide", "warning 1", 75, 75, "changed"),
        ("resolved", "decide", "breach 0", 75, 75, "changed"),
        ("resolved", "decide", "escalation 1", 75, 75, "changed"),
        ("raised", "decide", "warning 1", 120, 120, None),
        ("raised", "decide", "breach 0", 240, 240, None),
        ("raised", "decide", "escalation 1", 240, 240, None),
    ]


def test_promise_that_moves_a_breach_ends_it_when_it_is_made() -> None:
    worker = in_time(feedback(0), feedback(75, due_at=T0 + 300 * MINUTE), until=100)
    assert ("resolved", "resolve", "breach 0", 75, 75, "changed") in told(worker, "resolve")


def test_alarm_of_a_promise_made_late_ends_as_it_should() -> None:
    promised = feedback(75, "low", due_at=T0 + 100 * MINUTE)  # half of it was over at 50
    worker = in_time(feedback(0, "normal"), promised, action(90, "closed"), until=100)
    assert told(worker, "resolve") == [
        ("raised", "resolve", "warning 1", 50, 75, None),
        ("resolved", "resolve", "warning 1", 90, 90, "stopped"),
    ]


def test_revoked_decision_makes_due_what_it_had_stopped() -> None:
    undone = feedback(0), link(50, "made"), link(70, "revoked")
    worker = in_time(*undone, action(80, "closed"), until=100)
    assert told(worker, "decide") == [
        ("raised", "decide", "warning 1", 30, 30, None),
        ("resolved", "decide", "warning 1", 50, 50, "stopped"),
        ("raised", "decide", "warning 1", 30, 70, None),
        ("raised", "decide", "breach 0", 60, 70, None),
        ("raised", "decide", "escalation 1", 60, 70, None),
        ("resolved", "decide", "warning 1", 80, 80, "stopped"),
        ("resolved", "decide", "breach 0", 80, 80, "stopped"),
        ("resolved", "decide", "escalation 1", 80, 80, "stopped"),
    ]


def test_late_event_retracts_what_should_never_have_been_raised_and_it_may_be_raised_when_due() -> None:
    late = action(20, "reclassified", severity="normal")
    worker = reading((0, feedback(0)), (100, late), until=1000)
    assert told(worker, "decide")[4:] == [
        ("retracted", "decide", "warning 1", 20, 100, "late_event"),
        ("retracted", "decide", "breach 0", 20, 100, "late_event"),
        ("retracted", "decide", "escalation 1", 20, 100, "late_event"),
        ("retracted", "decide", "escalation 2", 20, 100, "late_event"),
        ("raised", "decide", "warning 1", 120, 120, None),
        ("raised", "decide", "breach 0", 240, 240, None),
        ("raised", "decide", "escalation 1", 240, 240, None),
    ]


def test_false_alarm_that_ended_by_itself_does_not_silence_the_true_one() -> None:
    late = action(20, "reclassified", severity="normal")
    for end, left in (
        (action(75, "assigned"), "escalation 1"),
        (action(75, "reclassified", severity="low"), "breach 0"),
    ):
        worker = reading((0, feedback(0)), (75, end), (100, late), until=1000)
        assert ("raised", "decide", left, 240, 240, None) in told(worker, "decide"), end


def test_acknowledgement_that_is_late_or_from_before_the_breach_does_not_take_the_case() -> None:
    worker = in_time(feedback(0), action(60, "assigned"), until=100)
    assert told(worker, "decide")[2:] == [
        ("raised", "decide", "escalation 1", 60, 60, None),
        ("raised", "decide", "escalation 2", 90, 90, None),
    ]


def test_what_was_done_in_an_earlier_cycle_takes_nothing_in_this_one() -> None:
    past = feedback(60, due_at=T0 + 20 * MINUTE)  # a promise that was over when it was made
    worker = in_time(feedback(0), action(30, "acknowledged"), action(40, "closed"), past, until=90)
    escalations = [one for one in told(worker, "resolve") if one[2].startswith("escalation")]
    assert escalations == [
        ("raised", "resolve", "escalation 1", 20, 60, None),
        ("raised", "resolve", "escalation 2", 50, 60, None),
    ]


def test_who_is_told_is_the_owner_or_else_the_supervisor() -> None:
    owned = in_time(feedback(0), action(1, "told", actor="ann", taken=True), until=100)
    assert {(one["to"], one["recipient"]) for one in owned.said} == {("owner", "ann"), ("supervisor", "sue")}
    named_later = in_time(
        feedback(0), action(1, "told", actor="ann", taken=True), action(2, "told", owner="bo"), until=40
    )
    assert {one["recipient"] for one in named_later.said} == {"bo"}
    for touchpoint in ("web", "support"):
        nobody = in_time(feedback(0), action(1, "reclassified", touchpoint=touchpoint), until=100)
        assert {(one["to"], one["recipient"]) for one in nobody.said} == {("owner", None), ("supervisor", None)}


def test_purging_ends_what_stands() -> None:
    policies = judged_by()
    stage, entries = CaseStage(policies, lambda _, value: value, "test"), (case.entry(feedback(0)),)
    known = stage.on_entries("c", Ledger(), entries, 0, T0).ledger
    known = stage.on_deadline("c", known, T0 + 45 * MINUTE, 0, T0 + 45 * MINUTE).ledger
    gone = stage.on_purge("c", known, 0, T0 + 50 * MINUTE)
    assert [(one["kind"], one["reason"], one["at"]) for one in gone.alarms] == [
        ("resolved", "purged", T0 + 50 * MINUTE)
    ] * 3
    assert not gone.ledger.announced


@given(st.integers(1, 40), st.sampled_from(CLOCKS), st.integers(1, MOST_STEPS), st.sampled_from((WARNING, ESCALATION)))
def test_a_code_names_its_level(cycle: int, clock: str, step: int, level: str) -> None:
    place = (cycle * len(CLOCKS) + CLOCKS.index(clock)) * 2 * (MOST_STEPS + 1)
    above = 0 if level == WARNING else MOST_STEPS + 1
    assert named(place + above + step) == (cycle, clock, level, step)
    assert named(place + MOST_STEPS + 1) == (cycle, clock, BREACH, 0)


# The index of who is due when, against a dictionary that is searched through.

MOVES = st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.none() | st.integers(0, 50))


@given(st.lists(st.one_of(MOVES, st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 5)))))
def test_deadlines_are_those_of_a_plain_dictionary(steps: list[tuple[Any, Any, Any]]) -> None:
    index = Deadlines()
    plain: dict[str, tuple[int, str]] = {}
    for first, second, third in steps:
        if isinstance(second, str):
            index.set(f"e{first}", second, third)
            plain.pop(f"e{first}", None)
            if third is not None:
                plain[f"e{first}"] = third, second
        else:
            horizons = {"a": first, "b": second}
            due = {(name, group): at for name, (at, group) in plain.items() if at < horizons[group]}
            found = index.take(horizons.__getitem__, third)
            assert len(found) == len(set(found)) == min(third, len(due))
            for group in horizons:  # of each group the earliest
                taken = [due[one] for one in found if one[1] == group]
                left = [at for one, at in due.items() if one[1] == group and one not in found]
                assert set(found) <= due.keys()
                assert taken == sorted(taken)
                assert not taken or not left or taken[-1] <= min(left)
            for name, _ in found:
                del plain[name]
        assert len(index) == len(plain)


def test_index_does_not_grow_with_what_is_left_behind() -> None:
    index = Deadlines()
    for at in range(20_000):
        index.set(f"e{at % 100}", "g", at)
    assert sum(map(len, index._heaps.values())) <= 1_001
    assert len(index.take(lambda _: 1 << 62, 1_000)) == len(index._next) + 100 == 100
