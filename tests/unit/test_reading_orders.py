"""Workers that were away read what piled up, in every order of topics and partitions: no answer is overlooked.

One partition of cases with its feedback, actions and links, and two of decisions. Every place is read at an instant of
its own, after the deadline has passed; after each, whatever may be claimed is claimed.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from processors import ledger
from processors.deadlines import Deadlines
from processors.events import Action, Decision, Feedback
from processors.ledger import Ledger
from streams import config as configuration
from streams.shard.claims import Claims
from streams.shard.clock import WallClock
from streams.shard.stages import Stage, stages
from tests.shards import decision_progress, mark

POLICIES = configuration.parse(
    {"touchpoints": [{"id": "web"}], "policies": [{"name": "any", "targets": {"acknowledge": "1h"}}]}
).policies
BEGIN, DUE = 1_800_000_000_000, 1_800_003_600_000
AWAY = DUE - 60_000  # when reading stopped; what is sent afterwards piles up
BACK = DUE + 60_000
ANSWERS = {
    "acknowledged": ("action", Action("a", DUE - 1, "case", "acknowledged")),
    "decided in partition 0": ("decision 0", Decision("d", DUE - 1, "dec", "made", "tactical", cases=("case",))),
    "decided in partition 1": ("decision 1", Decision("d", DUE - 1, "dec", "made", "tactical", cases=("case",))),
    "silent": ("nowhere", None),
}
PLACES = ("feedback", "action", "link", "decision 0", "decision 1")


class Reader:
    """Reads places one after another, each to its end, and claims what it may."""

    def __init__(self, where: str, answer: Any, feedback_read: bool) -> None:
        self.waiting: dict[str, list[Any]] = {place: [] for place in PLACES}
        self.read_until = dict.fromkeys(("feedback", "action", "link"), AWAY)
        self.progress = decision_progress()
        for number in (0, 1):
            self.progress.take(mark(number, AWAY, AWAY - 1))
        self.claims, self.deadlines, self.alarms = Claims((), 0, WallClock()), Deadlines(), list[Any]()
        by_name = {stage.name: stage for stage in stages(POLICIES, lambda _, value: value, "test")}
        self.cases, self.decisions = by_name["cases"], by_name["decisions"]
        self.known = Ledger()
        feedback = Feedback("f", BEGIN, "case", "web", "high")
        if feedback_read:
            self._take([feedback], AWAY)
        else:
            self.waiting["feedback"].append(feedback)
        if answer is not None:
            self.waiting[where].append(answer)

    def read(self, place: str, now: int) -> None:
        """Read a place to its end, then look at what is due."""
        news, self.waiting[place] = self.waiting[place], []
        if place.startswith("decision"):
            for decision in news:
                self.waiting["link"] += _links(self.decisions, decision)
            self.progress.take(mark(int(place[-1]), now, now))
        else:
            self._take(news, now)
            self.read_until[place] = now
        known = [self.read_until["feedback"], self.read_until["action"]]
        self.claims.refresh([*known, *(self.progress.watermark(n, self.read_until["link"]) for n in (0, 1))], {}, now)
        for entity, touchpoint in self.deadlines.take(self.claims.horizon, 10):
            effects = self.cases.telling.on_deadline(entity, self.known, self.claims.horizon(touchpoint), 0, now)
            self._keep(effects)

    def _take(self, news: list[Any], now: int) -> None:
        entries = {entry.id: entry for entry in self.known.entries}
        for event in news:
            assert ledger.add(entries, self.cases.entry(event, 0)) == ledger.FOLDED
        if news:
            self._keep(self.cases.on_entries("case", self.known, tuple(sorted(entries.values())), 0, now))

    def _keep(self, effects: Any) -> None:
        self.known = effects.ledger
        self.alarms += effects.alarms
        self.deadlines.set("case", "web", effects.next_at)


def _links(stage: Stage, decision: Decision) -> list[Any]:
    effects = stage.on_entries(decision.decision, Ledger(), (stage.entry(decision, 0),), 0, BACK)
    return [output.value for output in effects.outputs if output.topic == "rytmi.link.v1"]


@pytest.mark.parametrize("feedback_read", [True, False], ids=["known before", "piled up too"])
@pytest.mark.parametrize(("where", "answer"), ANSWERS.values(), ids=ANSWERS.keys())
def test_in_every_order_of_reading_only_silence_is_alarmed(where: str, answer: Any, feedback_read: bool) -> None:
    orders = 0
    for order in permutations((*PLACES, "link")):  # links are read twice: what a decision sends may come after them
        reader = Reader(where, answer, feedback_read)
        for step, place in enumerate((*order, *PLACES, "link")):
            reader.read(place, BACK + 1_000 * step)
        told = [alarm["kind"] for alarm in reader.alarms]
        assert told == (["raised"] if answer is None else []), order
        orders += 1
    print(f"{orders} orders")
