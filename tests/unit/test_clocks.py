"""The clocks of a cycle at their edges: due, outcome and lengths. Instants are milliseconds after a round hour."""

from __future__ import annotations

from typing import Any

import pytest

from processors.calendar import ALWAYS, Calendar, Hours
from processors.case import Cycle
from processors.clocks import CANCELLED, MET, MISSED, NONE, RUNNING, Reading, due_at, readings, worked_between
from processors.policy import Classification, Policies, Policy, PolicySet, Touchpoint
from processors.settled import NotSettled, row

HOUR = 3_600_000
T0 = 1_772_438_400_000  # 2026-03-02 08:00 UTC, a Monday
NORMAL = Classification("delivery", "normal", None)
CRITICAL = NORMAL._replace(severity="critical")
MORNINGS = Calendar(Hours("UTC", (((480, 720),),) * 7))  # 08:00 to 12:00


def at(hours: float) -> int:
    return T0 + round(hours * HOUR)


def policy(target: float | None, *pausable: str, clock: str = "resolve", calendar: Calendar = ALWAYS) -> Policy:
    targets = {} if target is None else {clock: round(target * HOUR)}
    return Policy("p", {}, calendar, targets, frozenset(pausable))


def judged(cycle: Cycle, *policies: Policy) -> dict[str, Reading]:
    """The readings of a cycle by clock; the first policy that matches judges."""
    dated = PolicySet(None, "v", policies)
    return {r.clock: r for r in readings(cycle, dated, Policies((dated,), {"delivery": Touchpoint("delivery")}))}


def cycle(**instants: Any) -> Cycle:
    return Cycle(1, T0, [(T0, NORMAL)], **instants)


@pytest.mark.parametrize(
    ("pauses", "judged_at", "due"),
    [
        ([], None, at(2)),
        ([(at(2), None)], None, at(2)),  # reached as the pause begins
        ([(at(2) - 1, None)], None, None),  # a millisecond was missing
        ([(at(1), at(3))], None, at(4)),
        ([(at(1), at(3)), (at(3.5), at(5))], None, at(5.5)),
        ([(at(1), at(3)), (at(4), at(5))], None, at(4)),
        ([(at(1), at(3)), (at(4) - 1, None)], None, None),
        ([(at(-1), at(1))], None, at(3)),  # paused before the clock started
        ([(at(-1), None)], None, None),
        ([(at(-2), at(-1))], None, at(2)),
        ([(at(0), at(0) + 1)], None, at(2) + 1),
        # As known at the instant at which the clock stopped:
        ([(at(1), at(3))], at(0.5), at(2)),  # the pause had not begun
        ([(at(1), at(3))], at(1) - 1, at(2)),
        ([(at(1), at(3))], at(1), None),  # begins as the clock stops: inside
        ([(at(1), at(3))], at(2), None),
        ([(at(1), at(3))], at(3) - 1, None),
        ([(at(1), at(3))], at(3), at(4)),  # ends as the clock stops: outside
        ([(at(1), None)], at(2), None),
        ([(at(2), at(3))], at(2.5), at(2)),  # inside, but the target was reached before
    ],
)
def test_due_is_shifted_by_pauses_and_null_inside_one(
    pauses: list[tuple[int, int | None]], judged_at: int | None, due: int | None
) -> None:
    assert due_at(T0, policy(2), "resolve", pauses, judged_at) == due


def test_without_a_target_nothing_is_due() -> None:
    assert due_at(T0, policy(2), "decide", [], None) is None


def test_pause_outside_working_hours_shifts_nothing() -> None:
    # 08:00 to 12:00 a day: six hours are reached on the second day at 10:00.
    hours = policy(6, calendar=MORNINGS)
    assert due_at(T0, hours, "resolve", [], None) == at(26)
    assert due_at(T0, hours, "resolve", [(at(4), at(24))], None) == at(26)
    assert due_at(T0, hours, "resolve", [(at(3), at(25))], None) == at(28)


@pytest.mark.parametrize(
    ("pauses", "worked"),
    [
        ([], 4),
        ([(at(1), at(2))], 3),
        ([(at(-1), at(1))], 3),
        ([(at(3), None)], 3),
        ([(at(3), at(9))], 3),
        ([(at(5), None)], 4),
        ([(at(-2), at(-1))], 4),
        ([(at(-2), None)], 0),
        ([(at(1), at(2)), (at(3), at(3.5))], 2.5),
    ],
)
def test_worked_time_is_less_the_pauses_that_lie_in_it(pauses: list[tuple[int, int | None]], worked: float) -> None:
    assert worked_between(ALWAYS, pauses, T0, at(4)) == worked * HOUR


@pytest.mark.parametrize(
    ("closed", "outcome"), [(at(2) - 1, MET), (at(2), MET), (at(2) + 1, MISSED), (T0, MET), (None, RUNNING)]
)
def test_stopped_at_or_before_due_is_met(closed: int | None, outcome: str) -> None:
    r = judged(cycle(acknowledged=closed, decided=closed, effective=closed, closed=closed), policy(2))["resolve"]
    assert (r.outcome, r.due, r.stopped, r.ended) == (outcome, at(2), closed is not None, closed)
    assert r.elapsed == (None if closed is None else closed - T0)


@pytest.mark.parametrize(("withdrawn", "outcome"), [(at(2) - 1, CANCELLED), (at(2), CANCELLED), (at(2) + 1, MISSED)])
def test_withdrawal_cancels_unless_already_missed(withdrawn: int, outcome: str) -> None:
    r = judged(cycle(withdrawn=withdrawn), policy(2))["resolve"]
    assert (r.outcome, r.due, r.stopped, r.ended, r.elapsed) == (outcome, at(2), False, withdrawn, withdrawn - T0)


def test_withdrawal_cancels_a_clock_without_target_and_leaves_a_stopped_one() -> None:
    read = judged(cycle(acknowledged=at(1), withdrawn=at(3)), policy(2, clock="acknowledge"))
    assert {name: r.outcome for name, r in read.items()} == {
        "acknowledge": MET,
        "decide": CANCELLED,
        "resolve": CANCELLED,
    }


def test_withdrawal_inside_a_pause_ends_the_pause_and_then_the_clock() -> None:
    # The fold closes the pause at the withdrawal, so the clock ends outside it and has a due time.
    r = judged(cycle(withdrawn=at(5), pauses=[(at(1), at(5))]), policy(2, "resolve"))["resolve"]
    assert (r.outcome, r.due, r.worked) == (CANCELLED, at(6), HOUR)


@pytest.mark.parametrize(("succeeded", "outcome"), [(at(4), CANCELLED), (at(4) + 1, MISSED), (None, RUNNING)])
def test_next_cycle_ends_tell(succeeded: int | None, outcome: str) -> None:
    done = dict.fromkeys(("acknowledged", "decided", "effective", "closed"), at(2))
    r = judged(cycle(**done, succeeded=succeeded), policy(2, clock="tell"))["tell"]
    assert (r.outcome, r.due, r.started, r.ended) == (outcome, at(4), at(2), succeeded)


@pytest.mark.parametrize(("told", "stop"), [(at(1), at(2)), (at(2), at(2)), (at(3), at(3))])
def test_tell_stops_when_told_and_never_before_it_starts(told: int, stop: int) -> None:
    r = judged(cycle(decided=at(2), effective=at(2), told=told), policy(2, clock="tell"))["tell"]
    assert (r.started, r.ended, r.outcome) == (at(2), stop, MET)


def test_effect_starts_only_where_a_decision_decided() -> None:
    assert "effect" not in judged(cycle(decided=at(2), effective=at(2), closed=at(2)), policy(2))
    decided = judged(cycle(decided=at(1), decided_by_decision=True), policy(2))
    assert decided["effect"].started == at(1)
    assert "tell" not in decided


@pytest.mark.parametrize("target", [None, 1, 9])
@pytest.mark.parametrize(("closed", "outcome"), [(at(3), MET), (at(3) + 1, MISSED), (None, RUNNING)])
def test_promise_is_the_due_time_of_resolve_whatever_the_policy_says(
    target: float | None, closed: int | None, outcome: str
) -> None:
    promised = cycle(promised=at(3), closed=closed, pauses=[(at(1), None if closed is None else closed)])
    r = judged(promised, policy(target, "resolve"))["resolve"]
    assert (r.outcome, r.due) == (outcome, at(3))
    assert judged(promised, policy(target, "decide", clock="decide"))["decide"].due != at(3)


def test_promise_in_the_past_is_missed_when_the_case_closes_at_once() -> None:
    assert judged(cycle(promised=T0 - 1, closed=T0), policy(None))["resolve"].outcome == MISSED


def test_without_target_and_promise_there_is_no_outcome_but_both_lengths() -> None:
    r = judged(cycle(closed=at(28)), policy(None, calendar=MORNINGS))["resolve"]
    assert (r.outcome, r.due, r.elapsed, r.worked) == (NONE, None, 28 * HOUR, 8 * HOUR)


@pytest.mark.parametrize(
    ("closed", "outcome", "due"),
    [
        (at(3) - 1, MET, at(8)),
        (at(3), MISSED, at(1)),  # a change at the very instant of stopping counts
        (at(5), MISSED, at(1)),
        (None, RUNNING, at(1)),
    ],
)
def test_clock_is_judged_by_the_classification_at_its_stop(closed: int | None, outcome: str, due: int) -> None:
    hot = Policy("hot", {"severity": ("critical",)}, ALWAYS, {"resolve": HOUR})
    raised = Cycle(1, T0, [(T0, NORMAL), (at(3), CRITICAL)], closed=closed)
    r = judged(raised, hot, policy(8))["resolve"]
    assert (r.outcome, r.due) == (outcome, due)
    assert r.classification == (NORMAL if closed == at(3) - 1 else CRITICAL)


def test_pause_counts_only_for_clocks_that_the_policy_names() -> None:
    both = Policy("p", {}, ALWAYS, {"resolve": 2 * HOUR, "decide": 2 * HOUR}, frozenset({"resolve"}))
    read = judged(cycle(decided=at(4), closed=at(4), pauses=[(at(1), at(3))]), both)
    assert (read["resolve"].outcome, read["resolve"].worked) == (MET, 2 * HOUR)
    assert (read["decide"].outcome, read["decide"].worked) == (MISSED, 4 * HOUR)


def _record(due: int | None, outcome: str = RUNNING, pauses: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    clock = {"clock": "resolve", "outcome": outcome, "started_at": T0, "stopped_at": None, "due_at": due}
    instants = ("acknowledged_at", "decided_at", "effective_at", "told_at", "closed_at", "withdrawn_at")
    return {
        "case": "c",
        "touchpoint": "delivery",
        "severity": "normal",
        "policy": "p",
        "last_at": at(1),
        "cycles": [
            {
                "cycle": 1,
                "received_at": T0,
                **dict.fromkeys(instants),
                "touchpoint": "delivery",
                "severity": "normal",
                "channel": None,
                "policy": "p",
                "policy_version": "v",
                "pauses": pauses,
                "clocks": [{**clock, "elapsed_ms": None, "worked_ms": None}],
            }
        ],
    }


SETTLING = Policies((PolicySet(None, "v", (policy(2, "resolve"),)),), {})


@pytest.mark.parametrize(
    ("outcome", "due", "until", "shown"),
    [
        (RUNNING, at(2), at(2) - 1, RUNNING),
        (RUNNING, at(2), at(2), RUNNING),
        (RUNNING, at(2), at(2) + 1, MISSED),
        (RUNNING, None, at(999), RUNNING),
        (NONE, None, at(999), NONE),
    ],
)
def test_running_clock_is_missed_from_a_millisecond_after_due(
    outcome: str, due: int | None, until: int, shown: str
) -> None:
    clock = row(_record(due, outcome), until, SETTLING)["cycles"][0]["clocks"]["resolve"]
    assert (clock["outcome"], clock["elapsed_s"]) == (shown, (until - T0) / 1000)


def test_running_clock_stands_still_in_its_pauses() -> None:
    pauses = ({"from_at": at(1), "to_at": at(2)}, {"from_at": at(3), "to_at": None})
    clock = row(_record(None, pauses=pauses), at(9), SETTLING)["cycles"][0]["clocks"]["resolve"]
    assert (clock["elapsed_s"], clock["worked_s"]) == (9 * 3600, 2 * 3600)


def test_case_is_not_settled_before_its_last_event_or_by_other_policies() -> None:
    with pytest.raises(NotSettled, match=r"an event at 2026-03-02T09:00:00\.000Z, after 2026-03-02T08:59:59\.999Z"):
        row(_record(at(2)), at(1) - 1, SETTLING)
    assert row(_record(at(2)), at(1), SETTLING)["case"] == "c"
    other = Policies((PolicySet(None, "w", ()),), {})
    with pytest.raises(NotSettled, match="was judged by policies v, this configuration has w"):
        row(_record(at(2)), at(5), other)
