"""Counting in a simulated organisation's events, by hand: what its known truths are held against.

It shares no code with the measures, nor with the truths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import mean, stdev
from typing import NamedTuple

from processors.events import Action, Decision, Event, Feedback, Obstacle

Length = tuple[float, bool]  # and whether it ended there


class Cycle(NamedTuple):
    touchpoint: str
    received: int
    acknowledged: int | None
    decided: int | None
    closed: int | None
    withdrawn: int | None


def cycles(events: Iterable[Event]) -> list[Cycle]:
    """The cycles of all cases; the touchpoint is the one at which the case was received."""
    by_case: dict[str, list[tuple[int, str]]] = defaultdict(list)
    place: dict[str, str] = {}
    revoked = {e.decision for e in events if isinstance(e, Decision) and e.stage == "revoked"}
    for event in events:
        if isinstance(event, Feedback):
            place.setdefault(event.case, event.touchpoint)
            by_case[event.case].append((event.at, "feedback"))
        elif isinstance(event, Action):
            by_case[event.case].append((event.at, event.kind))
        elif isinstance(event, Decision) and event.decision not in revoked and event.stage != "revoked":
            for case in event.cases:
                by_case[case].append((event.at, event.stage))
    return [Cycle(place[case], *one) for case, told in by_case.items() for one in _of_case(told)]


def _of_case(told: list[tuple[int, str]]) -> list[tuple[int, int | None, int | None, int | None, int | None]]:
    """(received, acknowledged, decided, closed, withdrawn) of each cycle; events are in the order of time."""
    found: list[dict[str, int]] = []
    for at, what in told:
        over = not found or {"closed", "withdrawn"} & found[-1].keys()
        if what in {"feedback", "reopened"}:
            if over:
                found.append({"received": at})
        elif found and not over:
            names = {
                "acknowledged": ["acknowledged"],
                "assigned": ["acknowledged"],
                "told": ["acknowledged"],
                "made": ["acknowledged", "decided"],
                "effective": ["acknowledged", "decided"],
                "closed": ["acknowledged", "decided", "closed"],
                "withdrawn": ["withdrawn"],
            }.get(what, [])
            for name in names:
                found[-1].setdefault(name, at)
    keys = ("received", "acknowledged", "decided", "closed", "withdrawn")
    return [tuple(cycle.get(key) for key in keys) for cycle in found]  # type: ignore[misc]


def lengths(found: Iterable[Cycle], clock: str, until: int) -> list[Length]:
    """How long each clock has run by then, and whether it has stopped."""
    told = []
    for cycle in found:
        stopped = getattr(cycle, clock)
        end = stopped or cycle.withdrawn or until
        told.append((end - cycle.received, stopped is not None))
    return told


def percentile(found: Sequence[Length], share: float) -> float | None:
    """By life table: what is at risk shrinks by one with each, and survival with each that ended."""
    survival = 1.0
    ordered = sorted(found, key=lambda one: (one[0], not one[1]))
    for rank, (length, ended) in enumerate(ordered):
        if ended:
            survival *= 1 - 1 / (len(ordered) - rank)
        if survival <= 1 - share:
            return length
    return None


def completed_median(found: Sequence[Length]) -> float:
    """Of the ended ones alone."""
    ended = sorted(length for length, done in found if done)
    return ended[(len(ended) - 1) // 2]


def around_median(found: Sequence[Length], times: float) -> tuple[float, float]:
    """The percentiles between which the median lies, that many standard errors to either side."""
    off = times * 0.5 / sqrt(len(found))
    low, high = percentile(found, 0.5 - off), percentile(found, 0.5 + off)
    return (low or 0.0), (float("inf") if high is None else high)


class Episode(NamedTuple):
    touchpoint: str
    cause: str
    raised: int
    removed: int | None


def episodes(events: Iterable[Event]) -> list[Episode]:
    """How long each obstacle stood, each time."""
    found: list[Episode] = []
    standing: dict[str, Obstacle] = {}
    for event in events:
        if isinstance(event, Obstacle) and event.stage == "raised":
            standing[event.obstacle] = event
        elif isinstance(event, Obstacle):
            raised = standing.pop(event.obstacle)
            found.append(Episode(raised.touchpoint, raised.cause, raised.at, event.at))
    return found + [Episode(one.touchpoint, one.cause, one.at, None) for one in standing.values()]


def standing_mean(found: Iterable[Episode], since: int, until: int) -> tuple[float, float]:
    """How many stand at once on average, and the standard error of that."""
    inside = [max(0, min(one.removed or until, until) - max(one.raised, since)) for one in found]
    return sum(inside) / (until - since), sqrt(sum(one * one for one in inside)) / (until - since)


def decision_lengths(events: Iterable[Event], level: str, unit: str | None, since: int, until: int) -> list[Length]:
    """From made to effective; those revoked are out of sight from then on."""
    made = {
        e.decision: e.at
        for e in events
        if isinstance(e, Decision) and (e.stage, e.level, e.unit) == ("made", level, unit) and since <= e.at < until
    }
    over = {
        e.decision: (e.at - made[e.decision], e.stage == "effective")
        for e in events
        if isinstance(e, Decision) and e.stage != "made" and e.decision in made and e.at <= until
    }
    return [over.get(name, (until - at, False)) for name, at in made.items()]


def by_week(values: Iterable[tuple[int, float]], since: int) -> tuple[float, float]:
    """The mean of (instant, value), and its standard error from the means of the weeks.

    Values of one week have the same obstacles in common, so they are fewer than they seem.
    """
    weeks: dict[int, list[float]] = defaultdict(list)
    everything = []
    for at, value in values:
        weeks[(at - since) // 604_800_000].append(value)
        everything.append(value)
    means = [mean(week) for week in weeks.values() if len(week) > 1]
    return mean(everything), stdev(means) / sqrt(len(means))
