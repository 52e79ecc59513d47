"""The ways in which the input becomes incomplete, each with the alert that says so. See `troubles`."""

from __future__ import annotations

from tests.rules.troubles import Span, Trouble
from tests.rules.world import PARTITIONS, TOUCHPOINTS, WORKERS, World, now, owner


def _worker_gone(world: World, during: Span) -> None:
    world.hide('instance="w2"', during)
    world.set("up", "w2", lambda minute: 0 if during(minute) else 1)


def _nobody(world: World, during: Span) -> None:
    for worker in WORKERS:
        world.hide(f'instance="{worker}"', during)
        world.set("up", worker, lambda minute: 0 if during(minute) else 1)


def two_owners(world: World, during: Span) -> None:
    world.change("rytmi_partitions_owned", "w1", PARTITIONS - 1, during, stage="cases")


def _stands_still(world: World, during: Span) -> None:
    stood = now(during.begin)
    world.change("rytmi_read_past_timestamp_seconds", owner(2), stood, during, partition="2", touchpoint="delivery")


def not_known(world: World, during: Span) -> None:
    world.change("rytmi_read_past_timestamp_seconds", owner(1), 0, during, partition="1", touchpoint="delivery")


def _not_said(world: World, during: Span) -> None:
    selector = 'partition="3",touchpoint="delivery"'
    world.hide(selector, during)


def backfill(world: World, during: Span) -> None:
    for partition in range(PARTITIONS):
        world.change("rytmi_backfill_active", owner(partition), 1, during, partition=str(partition))
        for touchpoint in TOUCHPOINTS:
            place = {"partition": str(partition), "touchpoint": touchpoint}
            world.change("rytmi_read_past_timestamp_seconds", owner(partition), 0, during, **place)


def _backfill_begins(world: World, during: Span) -> None:
    world.change("rytmi_backfill_active", owner(0), 1, during, partition="0")


def _no_partitions(world: World, during: Span) -> None:
    world.hide("rytmi_partitions{", during)


_PAGE_AT_DELIVERY = {"severity": "page", "touchpoint": "delivery"}
_OWNERSHIP = {"severity": "page", "stage": "cases"}

# `after`: the five minutes that an absence of sight lasts before it is told, and what reading may lag by (two at most).
BLINDNESS = (
    Trouble("nobody is there", "RytmiNoWorker", {"severity": "page"}, _nobody, 5, also=frozenset({"RytmiWorkerDown"})),
    Trouble("a partition has two owners", "RytmiIncomplete", _OWNERSHIP, two_owners, 5),
    Trouble("reading stands still at a touchpoint", "RytmiBlind", _PAGE_AT_DELIVERY, _stands_still, 6),
    Trouble("how far a partition was read is not known", "RytmiBlind", _PAGE_AT_DELIVERY, not_known, 5),
    Trouble("how far a partition was read is not said", "RytmiBlind", _PAGE_AT_DELIVERY, _not_said, 5),
    Trouble("a backfill", "RytmiBackfill", {"severity": "ticket"}, backfill, 5),
    Trouble("a backfill in one partition", "RytmiBackfill", {"severity": "ticket"}, _backfill_begins, 5),
)
SEVERAL = (  # one alert for each stage
    Trouble("a worker is gone", "RytmiIncomplete", {}, _worker_gone, 5, also=frozenset({"RytmiWorkerDown"})),
    Trouble("how many partitions there are is not said", "RytmiIncomplete", {}, _no_partitions, 5),
)
