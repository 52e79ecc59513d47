"""Decisions as a review wants them: what was decided, when it took effect, which cases it answered, what came back.

It comes together from the decision's own events and from the cases that it answered, in any order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from processors import decision, obstacle
from processors.case import Cycle
from processors.events import Decision
from processors.ledger import Entry
from processors.measures.decision import instants, links

Answer = tuple[str, tuple[tuple[str, bool], ...]]
"""Touchpoint of a case; the decisions that answer it, and whether it was reopened after their effect."""

Known = Mapping[str, Sequence[Entry]]
"""The entries of entities by id, each entity's in their order, one at least."""


class Decided(NamedTuple):
    """A decision and what came of it. Level and unit are those of its earliest event, its title that of the earliest
    that has one. Instants in milliseconds; effective_at: None too if it was revoked before.

    cases: how many it names. touchpoints: of those cases and of the obstacles that it names. reopened: how many of the
    cases began anew by `reopened` after its effect.
    """

    decision: str
    level: str
    unit: str | None
    title: str | None
    made_at: int | None
    effective_at: int | None
    revoked_at: int | None
    cases: int
    touchpoints: tuple[str, ...]
    reopened: int


class Answers:
    """What is known of decisions besides the entries of their own events."""

    def __init__(self) -> None:
        self._titles: dict[str, tuple[int, str, str]] = {}
        self._touchpoints: defaultdict[str, set[str]] = defaultdict(set)
        self._reopened: Counter[str] = Counter()

    def title(self, event: Decision) -> None:
        """Take the title of a decision's event. An entry has no more than its digest."""
        if event.title is not None:
            said = event.at, event.id, event.title
            self._titles[event.decision] = min(said, self._titles.get(event.decision, said))

    def case(self, told: Answer) -> None:
        """Take what a case tells."""
        touchpoint, answers = told
        for name, is_reopened in answers:
            self._touchpoints[name].add(touchpoint)
            self._reopened[name] += is_reopened

    def decided(self, decisions: Known, obstacles: Known) -> Iterator[Decided]:
        """The decisions by id. The touchpoint of an obstacle is that of its first raising."""
        episodes = {name: obstacle.episodes(entries) for name, entries in obstacles.items()}
        places = {name: found[0].touchpoint for name, found in episodes.items() if found}
        for name in sorted(decisions):
            yield self._decided(name, decisions[name], places)

    def _decided(self, name: str, entries: Sequence[Entry], places: Mapping[str, str]) -> Decided:
        level, unit = entries[0].facts[:2]
        named = {one for e in entries for one in decision.obstacles(e)}
        touchpoints = self._touchpoints[name] | {places[one] for one in named if one in places}
        title = self._titles.get(name)
        return Decided(
            name,
            str(level),
            None if unit is None else str(unit),
            None if title is None else title[2],
            *instants(entries),
            len({case for e in entries for case in decision.cases(e)}),
            tuple(sorted(touchpoints)),
            self._reopened[name],
        )


def answer(entries: Sequence[Entry], cycles: Sequence[Cycle]) -> Answer:
    """What a case, of which one cycle at least has begun, tells of the decisions that answer it."""
    reopened = [cycle.received for cycle in cycles if cycle.reopened]
    told = []
    for name, of_it in links(entries).items():
        _, effective, _ = instants(of_it)
        told.append((name, effective is not None and any(at > effective for at in reopened)))
    return cycles[-1].classification.touchpoint, tuple(told)
