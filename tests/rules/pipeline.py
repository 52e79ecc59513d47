"""What befalls the workers and the way to Alertmanager. See `troubles`."""

from __future__ import annotations

import math

from tests.rules.blindness import BLINDNESS, backfill, not_known, two_owners
from tests.rules.troubles import CASE, Happens, Span, Trouble
from tests.rules.world import TOPICS, World, now, owner


def _comes_and_goes(world: World, during: Span) -> None:
    """Four minutes without, two with: no absence lasts for five."""
    for begin in range(int(during.begin), int(during.end), 6):
        two_owners(world, Span(begin, begin + 4))


def _unknown(world: World, during: Span) -> None:
    not_known(world, during)
    world.change("rytmi_cases_unknown", "w1", 2, during, severity="critical", **CASE)


def _behind(moving: bool) -> Happens:
    def happens(world: World, during: Span) -> None:
        place = {"topic": TOPICS[0], "partition": "2"}
        world.set(
            "rytmi_caught_up_timestamp_seconds",
            owner(2),
            lambda minute: now(minute) - (400 if during(minute) else 0),
            **place,
        )
        if not moving:
            world.change("rytmi_commit_timestamp_seconds", owner(2), 0, during, **place)

    return happens


def _counted(metric: str, value: int, **labels: str) -> Happens:
    """A counter that nobody had seen before jumps to a value and stays there."""

    def happens(world: World, during: Span) -> None:
        world.set(metric, "w1", lambda minute: value if minute >= during.begin else None, **labels)

    return happens


def _flood(world: World, during: Span) -> None:
    world.set(
        "rytmi_events_total",
        "w2",
        lambda minute: 60 * sum(during(m) for m in range(int(minute))),
        topic=TOPICS[0],
        result="deadletter",
    )


def _not_delivered(world: World, during: Span) -> None:
    world.change("rytmi_alertmanager_waiting", "w1", 3, during)
    world.change("rytmi_alertmanager_success_timestamp_seconds", "w1", 0, during)


def _never_delivered(world: World, during: Span) -> None:
    world.change("rytmi_alertmanager_waiting", "w1", 1, during)
    world.hide('rytmi_alertmanager_success_timestamp_seconds{job="rytmi-worker",instance="w1"', Span(0, math.inf))


_TOPIC_PARTITION = {"topic": TOPICS[0], "partition": "2"}

PIPELINE = (
    *BLINDNESS,
    Trouble(
        "no worker is the view",
        "RytmiViewSilent",
        {"severity": "ticket"},
        lambda world, during: world.hide("rytmi_view_", during),
        after=5,
    ),
    Trouble(
        "the view lacks a source",
        "RytmiViewSilent",
        {"severity": "ticket"},
        lambda world, during: world.change("rytmi_view_complete", "w1", 0, during),
        after=5,
    ),
    Trouble(
        "the view does not get on",
        "RytmiViewSilent",
        {"severity": "ticket"},
        lambda world, during: world.change("rytmi_view_timestamp_seconds", "w1", now(during.begin), during),
        after=8,
    ),
    Trouble("sight comes and goes", "RytmiUnsteady", {"severity": "page"}, _comes_and_goes, after=26, quiet=60),
    Trouble(
        "a critical case may be overdue and nobody can know",
        "RytmiCriticalUnknown",
        {"severity": "page", **CASE},
        _unknown,
        after=10,
        also=frozenset({"RytmiBlind"}),
    ),
    Trouble(
        "a backfill does not end",
        "RytmiBackfillStuck",
        {"severity": "page"},
        backfill,
        after=240,
        also=frozenset({"RytmiBackfill"}),
    ),
    Trouble(
        "a worker does not answer",
        "RytmiWorkerDown",
        {"severity": "ticket", "instance": "w1", "job": "rytmi-worker"},
        lambda world, during: world.change("up", "w1", 0, during),
        after=5,
    ),
    Trouble(
        "a partition stands still", "RytmiStuck", {"severity": "page", **_TOPIC_PARTITION}, _behind(moving=False), 5
    ),
    Trouble("a partition is slow", "RytmiBehind", {"severity": "ticket", **_TOPIC_PARTITION}, _behind(moving=True), 15),
    Trouble(
        "the first dead letter of its kind",
        "RytmiDeadletters",
        {"severity": "ticket", "reason": "invalid"},
        _counted("rytmi_deadletters_total", 1, reason="invalid"),
        after=0,
        quiet=1,
    ),
    Trouble(
        "most of a topic is set aside",
        "RytmiDeadletterFlood",
        {"severity": "page", "topic": TOPICS[0]},
        _flood,
        after=17,
        quiet=20,
    ),
    Trouble(
        "an entity in a partition that is not its key's",
        "RytmiMisplaced",
        {"severity": "ticket", "topic": TOPICS[0]},
        _counted("rytmi_misplaced_total", 1, topic=TOPICS[0]),
        after=0,
        quiet=1,
    ),
    Trouble(
        "alarms are no longer delivered", "RytmiSinkFailing", {"severity": "page", "instance": "w1"}, _not_delivered, 5
    ),
    Trouble(
        "alarms have never been delivered",
        "RytmiSinkFailing",
        {"severity": "page", "instance": "w1"},
        _never_delivered,
        after=5,
    ),
)
