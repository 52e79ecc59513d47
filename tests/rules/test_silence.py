"""A touchpoint that usually speaks is missed; two weeks and a half of feedback, scraped every quarter of an hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules import promtool
from tests.rules.blindness import BLINDNESS, SEVERAL
from tests.rules.troubles import Span, Trouble
from tests.rules.world import TOUCHPOINTS, WORKERS, World, healthy, now

STEP = 15
QUIET = (14 * 24 + 12) * 60  # the minute from which delivery is silent
GROUPS = "si*"  # sight and silence: the others would take most of the time
FOR_EVER = Span(0, 1e9)


def _speaking(per_hour: float, silent: bool = True, restarted: bool = False) -> World:
    """Two touchpoints and two workers; both workers are started anew half an hour after the silence began."""
    world = healthy()
    for metric in ("rytmi_cases_overdue", "rytmi_cases_unknown", "rytmi_commit", "rytmi_caught_up", "rytmi_events"):
        world.drop(metric)
    for touchpoint in TOUCHPOINTS:
        ends = QUIET if silent and touchpoint == "delivery" else FOR_EVER.end
        restart = QUIET + 30 if restarted and touchpoint == "delivery" else FOR_EVER.end

        def count(minute: float, ends: float = ends, restart: float = restart) -> float | None:
            return None if minute >= restart else int(per_hour / len(WORKERS) * min(minute, ends) / 60)

        def last(minute: float, ends: float = ends, restart: float = restart) -> float | None:
            return None if minute >= restart else now(min(minute, ends))

        for worker in WORKERS:
            world.set("rytmi_feedback_total", worker, count, touchpoint=touchpoint)
            world.set("rytmi_last_feedback_timestamp_seconds", worker, last, touchpoint=touchpoint)
    return world


@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "restarted since"])
@pytest.mark.parametrize(("per_hour", "span", "hours"), [(12, "3h", 3), (1, "1d", 24)])
def test_a_touchpoint_that_usually_speaks_is_missed(
    per_hour: float, span: str, hours: int, restarted: bool, tmp_path: Path
) -> None:
    alert, told = f"RytmiTouchpointSilent{span}", QUIET + hours * 60 + 45
    promtool.check(
        tmp_path,
        _speaking(per_hour, restarted=restarted),
        promtool.firing(QUIET + hours * 60 - STEP, []),
        promtool.firing(told, {alert}),
        promtool.labelled(told, alert, {"severity": "ticket", "touchpoint": "delivery"}),
        step=STEP,
        groups=GROUPS,
    )


@pytest.mark.parametrize(("per_hour", "silent"), [(12, False), (0.3, True)], ids=["speaks on", "never said much"])
def test_a_touchpoint_that_speaks_or_never_said_much_is_not_missed(
    per_hour: float, silent: bool, tmp_path: Path
) -> None:
    minutes = (QUIET, QUIET + 4 * 60, QUIET + 25 * 60)
    never = [promtool.firing(minute, []) for minute in minutes]
    promtool.check(tmp_path, _speaking(per_hour, silent), *never, step=STEP, groups=GROUPS)


def test_feedback_of_which_only_the_instant_shows_is_feedback(tmp_path: Path) -> None:
    """The first of a new process: its counter begins at 1, and `increase` does not see it."""
    world, first = _speaking(12, restarted=True), QUIET + 60
    where = {"touchpoint": "delivery"}
    world.set("rytmi_last_feedback_timestamp_seconds", "w1", lambda minute: now(min(minute, first)), **where)
    silent, heard = QUIET + 3 * 60 + 45, first + 3 * 60 + 45
    promtool.check(
        tmp_path,
        world,
        promtool.firing(silent, []),
        promtool.firing(heard, {"RytmiTouchpointSilent3h"}),
        step=STEP,
        groups=GROUPS,
    )


@pytest.mark.parametrize("blindness", [*BLINDNESS, *SEVERAL], ids=lambda one: one.title.replace(" ", "-"))
def test_silence_is_not_claimed_of_incomplete_input(blindness: Trouble, tmp_path: Path) -> None:
    world, told = _speaking(12), QUIET + 3 * 60 + 45
    blindness.happens(world, Span(QUIET, told + 60))
    promtool.check(
        tmp_path,
        world,
        promtool.not_firing(told, "RytmiTouchpointSilent3h"),
        promtool.some_firing(told, blindness.alert),
        step=STEP,
        groups=GROUPS,
    )
