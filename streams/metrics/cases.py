"""What stands, as metrics: open and overdue cases and those soon due, obstacles by cause, decisions in flight.

`rytmi_cases_overdue`, `_unknown` and `_due` count clocks, so a case may be in several; `_any` counts each case once.
`within` is cumulative: what is due within an hour is also due within four.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.core import Metric

from processors.events import DECISION_LEVELS, SEVERITIES
from processors.policy import CLOCKS, OTHER
from processors.standing import Cell, Standings
from streams.metrics.exposition import GaugeTable
from streams.metrics.names import WITHIN

_MOST_CAUSES = 50  # obstacle causes are free text: beyond this many, the rest is `other`


class PartitionStanding(NamedTuple):
    """What stands open in one partition, at an instant (milliseconds), and the horizon of what may be claimed by it."""

    standings: Standings
    now: int
    horizon: Callable[[str], int]


def cells(places: Iterable[str]) -> list[Cell]:
    """(touchpoint, severity): all there are."""
    return [(place, severity) for place in places for severity in SEVERITIES]


def cases_standing(partitions: Sequence[PartitionStanding], places: Sequence[str]) -> Iterator[Metric]:
    """Open, overdue and soon due cases and the oldest, summed over partitions; nothing where there is none."""
    known = cells(places) if partitions else []
    clocks = [(*cell, clock) for cell in known for clock in CLOCKS]
    yield from _open(known, [one.standings for one in partitions])
    yield from _overdue(
        clocks,
        [one.standings.overdue(one.now, one.horizon) for one in partitions],
        ("rytmi_cases_overdue", "Cases whose clock runs and is known to be past its due time."),
        (
            "rytmi_cases_unknown",
            "Cases whose clock ran past its due time unless something says otherwise that has not been read yet.",
        ),
        ["touchpoint", "severity", "clock"],
    )
    yield from _overdue(
        known,
        [one.standings.overdue_any(one.now, one.horizon) for one in partitions],
        ("rytmi_cases_overdue_any", "Cases of which any clock is known to be overdue, each once."),
        ("rytmi_cases_unknown_any", "Further cases of which any clock is, unless what is not read yet says otherwise."),
        ["touchpoint", "severity"],
    )
    lengths = list(WITHIN.values())
    yield _due(
        clocks,
        [one.standings.due(one.now, lengths) for one in partitions],
        ("rytmi_cases_due", "Cases whose clock runs and will be overdue within so long, unless something happens."),
        ["touchpoint", "severity", "clock"],
    )
    yield _due(
        known,
        [one.standings.due_any(one.now, lengths) for one in partitions],
        ("rytmi_cases_due_any", "Cases of which nothing is overdue, and will be within so long, each once."),
        ["touchpoint", "severity"],
    )


def _open(known: Iterable[Cell], standings: Iterable[Standings]) -> Iterator[Metric]:
    labels = ["touchpoint", "severity"]
    counts: Counter[Cell] = Counter(dict.fromkeys(known, 0))
    first: dict[Cell, int] = {}
    for one in standings:
        for cell, (count, at) in one.open().items():
            counts[cell] += count
            if at is not None:
                first[cell] = min(at, first.get(cell, at))
    yield GaugeTable("rytmi_cases_open", "Cases received and neither closed nor withdrawn.", labels, counts.items())
    yield GaugeTable(
        "rytmi_oldest_open_timestamp_seconds",
        "When the oldest open case was received.",
        labels,
        [(cell, at / 1000) for cell, at in first.items()],
    )


def _overdue(
    known: Sequence[Cell],
    partitions: Iterable[Mapping[Cell, tuple[int, int]]],
    past: tuple[str, str],
    further: tuple[str, str],
    labels: list[str],
) -> Iterator[Metric]:
    """Two families, each given as name and help: what is known to be overdue, and what more may be."""
    late: Counter[Cell] = Counter(dict.fromkeys(known, 0))
    unsure: Counter[Cell] = Counter(late)
    for counted in partitions:
        for cell, (certain, more) in counted.items():
            late[cell] += certain
            unsure[cell] += more
    for (name, help_), counts in ((past, late), (further, unsure)):
        yield GaugeTable(name, help_, labels, counts.items())


def _due(
    known: Sequence[Cell], partitions: Iterable[Mapping[Cell, Sequence[int]]], name: tuple[str, str], labels: list[str]
) -> Metric:
    soon: Counter[Cell] = Counter({(*cell, within): 0 for cell in known for within in WITHIN})
    for counted in partitions:
        for cell, counts in counted.items():
            for within, count in zip(WITHIN, counts, strict=True):
                soon[*cell, within] += count
    return GaugeTable(*name, [*labels, "within"], soon.items())


def obstacles_standing(standings: Sequence[Standings]) -> Iterator[Metric]:
    """Obstacles that stand and the cases that they name, by touchpoint and cause."""
    counts: Counter[Cell] = Counter()
    named: Counter[Cell] = Counter()
    for one in standings:
        counts.update({cell: count for cell, (count, _) in one.open().items()})
        named.update(one.named())
    by_cause: Counter[str] = Counter()
    for (_, cause), count in counts.items():
        by_cause[cause] += count
    told = {cause for cause, _ in by_cause.most_common(_MOST_CAUSES)}
    for name, help_, found in (
        ("rytmi_obstacles_open", "Obstacles that stand.", counts),
        ("rytmi_obstacle_cases", "Cases that standing obstacles name; one named by two counts twice.", named),
    ):
        capped: Counter[Cell] = Counter()
        for (touchpoint, cause), count in found.items():
            capped[touchpoint, cause if cause in told else OTHER] += count
        yield GaugeTable(name, help_, ["touchpoint", "cause"], capped.items())


def decisions_in_flight(standings: Sequence[Standings], units: Iterable[str]) -> Metric:
    """Decisions made and neither effective nor revoked, by unit and level; nothing where no partition is."""
    known = [(unit, level) for unit in [*sorted(units), OTHER] for level in DECISION_LEVELS] if standings else []
    counts: Counter[Cell] = Counter(dict.fromkeys(known, 0))
    for one in standings:
        counts.update({cell: count for cell, (count, _) in one.open().items()})
    about = "Decisions made and neither effective nor revoked."
    return GaugeTable("rytmi_decisions_in_flight", about, ["unit", "level"], counts.items())
