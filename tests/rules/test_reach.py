"""Every alert on a share can fire: the share it asks for exists, and comes about for the targets that it sees."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dashboards.rules.missed import BURNS, MOST, OBJECTIVES, WINDOW_SECONDS, Burn, Objective, fewest, threshold
from dashboards.rules.pipeline import FLOOD_NUMBER, FLOOD_SHARE
from processors.policy import Policy
from streams.config import load

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
HOUR = 3_600
PAIRS = [
    pytest.param(burn, objective, id=f"{burn.name}-{objective.name}") for burn in BURNS for objective in OBJECTIVES
]


def _share(seconds: int, window: int, target: int, failing: float) -> float:
    """The share missed among the judged clocks of a window, so long after a share of all new clocks began to fail.

    One clock starts a second. Those that do not fail are met at once, the others never stop.
    """
    before = max(0, window - seconds)
    since = min(seconds, window)
    missed = failing * max(0, since - target)
    met = before + (1 - failing) * since
    return missed / (missed + met) if missed + met else 0.0


def _fires_after(burn: Burn, objective: Objective, target: int) -> float:
    """Hours from when everything begins to fail; infinite where that is never noticed."""
    window = WINDOW_SECONDS[burn.window]
    steps = range(0, 2 * window, HOUR // 4)
    asked = threshold(burn, objective)
    return next((s / HOUR for s in steps if _share(s, window, target, 1.0) > asked), math.inf)


@pytest.mark.parametrize(("burn", "objective"), PAIRS)
def test_the_share_asked_for_is_above_the_budget_and_below_all(burn: Burn, objective: Objective) -> None:
    assert objective.budget < burn.factor * objective.budget <= MOST < 1
    assert threshold(burn, objective) == pytest.approx(burn.factor * objective.budget)


@pytest.mark.parametrize(("factor", "share"), [(14.4, 0.90), (14.4, 0.93), (9.5, 0.90), (1.0, 0.95), (0.5, 0.90)])
def test_a_share_out_of_reach_or_within_the_budget_is_refused(factor: float, share: float) -> None:
    """The usual 14.4 asks of 90 % for 144 % missed."""
    with pytest.raises(ValueError, match="above the budget and at most"):
        threshold(Burn("Usual", "1d", "1h", factor, enough=10), Objective("any", "any", share))


@pytest.mark.parametrize(("burn", "objective"), PAIRS)
def test_share_and_number_say_the_same_where_they_meet(burn: Burn, objective: Objective) -> None:
    number, asked = fewest(burn, objective), threshold(burn, objective)
    assert 3 <= number < burn.enough, "one or two are an accident; and fewer than `enough` must be able to reach it"
    assert (number - 1) / burn.enough < asked <= number / burn.enough


@pytest.mark.parametrize(("burn", "objective"), PAIRS)
def test_a_total_failure_is_noticed_for_every_target_that_is_seen(burn: Burn, objective: Objective) -> None:
    window = WINDOW_SECONDS[burn.window]
    for target in (0, HOUR // 4, int(burn.sees_seconds / 2), int(burn.sees_seconds)):
        expected = (target + threshold(burn, objective) * (window - target)) / HOUR
        assert expected <= _fires_after(burn, objective, target) <= expected + 0.5


@pytest.mark.parametrize(("burn", "objective"), PAIRS)
def test_a_lasting_failure_of_most_is_noticed_at_the_edge_of_what_is_seen(burn: Burn, objective: Objective) -> None:
    window = WINDOW_SECONDS[burn.window]
    assert _share(2 * window, window, int(burn.sees_seconds), MOST) > threshold(burn, objective)


def test_a_short_window_would_never_see_a_long_target() -> None:
    """Why the second window is not one of starts: an hour holds no clock that missed a target of four."""
    assert all(_share(s, WINDOW_SECONDS["1h"], 4 * HOUR, 1.0) == 0 for s in range(0, 10 * HOUR, HOUR // 4))


def test_faster_burns_ask_for_more_and_are_noticed_earlier() -> None:
    for objective in OBJECTIVES:
        assert [burn.factor for burn in BURNS] == sorted((burn.factor for burn in BURNS), reverse=True)
        noticed = [_fires_after(burn, objective, HOUR) for burn in BURNS]
        assert noticed == sorted(noticed)
        print(f"{objective.name}: everything fails, target 1 h, noticed after {noticed} h")


def test_a_flood_of_dead_letters_can_be_reached() -> None:
    assert 0 < FLOOD_SHARE <= MOST
    assert FLOOD_NUMBER >= 1


def _longest(policy: Policy, target_ms: int) -> float:
    """Seconds from start to due in the customer's calendar, at worst, over the starts of a year."""
    first, step = 1_767_225_600_000, 6 * HOUR * 1000
    dues = ((start, policy.calendar.after(start, target_ms)) for start in range(first, first + 365 * 4 * step, step))
    return max(due - start for start, due in dues if due is not None) / 1000


def _example_targets() -> dict[tuple[str, str], float]:
    (dated,) = load(EXAMPLE).policies.sets
    return {
        (str(policy.name), clock): _longest(policy, target)
        for policy in dated.policies
        for clock, target in policy.targets.items()
    }


def test_targets_of_the_example_are_seen_by_a_share_or_known_to_be_seen_by_numbers_alone() -> None:
    targets = _example_targets()
    farthest = max(burn.sees_seconds for burn in BURNS)
    unseen = {name for name, seconds in targets.items() if seconds > farthest}
    # Ten days of 24 worked hours in an office's calendar are two months. RytmiOverdueStanding and RytmiCriticalOverdue
    # ask what is overdue now, and see these.
    assert unseen == {("default", "decide"), ("default", "effect"), ("default", "resolve"), ("by-phone", "resolve")}


def test_first_reaction_and_decision_of_critical_cases_are_seen_within_a_day() -> None:
    targets, fast = _example_targets(), BURNS[0]
    assert max(targets["critical", "acknowledge"], targets["critical", "decide"]) <= fast.sees_seconds
    for clock in ("acknowledge", "decide"):
        assert _fires_after(fast, OBJECTIVES[0], int(targets["critical", clock])) < 12
