"""The backtest: a set of events through the pure core, without a broker.

Entities are filled event by event, decisions and obstacles then tell their cases, and every case is judged
once. It is what live runs are held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from processors import case, decision, fanout, ledger, obstacle, signal
from processors.admission import at_declared_touchpoint
from processors.decided import Answer, Answers, Decided, answer
from processors.enriched import Judged, Outcome, happened, judge, outcome_id, record
from processors.events import Action, Decision, Event, Feedback, Link, Obstacle
from processors.history import alarms
from processors.ledger import Entry
from processors.measures import contribution
from processors.measures.terms import Contribution
from processors.policy import Policies
from processors.standing import Standing, of_decision, of_obstacle

Known = dict[str, dict[str, Entry]]

_OF_A_CASE = (Feedback, Action, Link)
_FIELDS = Outcome._fields[1:]  # all but the code


class Backtest:
    """Give it events, then `finish`, then read the results."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.until = 0
        self._cases: Known = {}
        self._decisions: Known = {}
        self._obstacles: Known = {}
        self._signals: Known = {}
        self._others = {"obstacle": self._obstacles, "decision": self._decisions, "signal": self._signals}
        self._named: dict[tuple[str, str], set[str]] = {}
        self._answers = Answers()

    def add(self, event: Event) -> str:
        """Take one event; the verdict is `folded`, `repeated` or the reason of a dead letter. Raises InvalidEvent."""
        event = at_declared_touchpoint(event, self.policies)
        if event.at > self.until:
            self.until = event.at
        if isinstance(event, _OF_A_CASE):
            return ledger.add(self._cases.setdefault(event.case, {}), case.entry(event))
        if isinstance(event, Decision):
            verdict = self._add_telling(decision, self._decisions, event.decision, decision.entry(event))
            if verdict == ledger.FOLDED:
                self._answers.title(event)
            return verdict
        if isinstance(event, Obstacle):
            return self._add_telling(obstacle, self._obstacles, event.obstacle, obstacle.entry(event))
        return signal.add(self._signals.setdefault(signal.entity(event), {}), signal.entry(event))

    def _add_telling(self, of: Any, known: Known, entity: str, entry: Entry) -> str:
        named = self._named.setdefault((of.__name__, entity), set())
        return fanout.add(of, known.setdefault(entity, {}), named, entry)

    def finish(self) -> Iterator[tuple[Link, str]]:
        """Tell the cases what concerns them; yields the links that a case could not take, with the reason."""
        for of, telling in ((decision, self._decisions), (obstacle, self._obstacles)):
            for entity, known in telling.items():
                for link in fanout.links(of, entity, (), sorted(known.values())):
                    verdict = ledger.add(self._cases.setdefault(link.case, {}), case.entry(link))
                    if verdict not in (ledger.FOLDED, ledger.REPEATED):
                        yield link, verdict

    def names(self) -> list[str]:
        """The ids of all cases, in order."""
        return sorted(self._cases)

    def cases(self, names: Iterable[str] | None = None) -> Iterator[tuple[str, list[Entry], list[Judged]]]:
        """The published cases, of these or of all: id, entries, judged cycles."""
        for name in self.names() if names is None else names:
            entries = sorted(self._cases[name].values())
            judged = judge(entries, self.policies)
            if judged:
                yield name, entries, judged

    def record(self, name: str, entries: list[Entry], judged: list[Judged]) -> dict[str, Any]:
        """The enriched case."""
        return record(name, entries, judged, self.policies)

    def outcomes(self, name: str, judged: list[Judged]) -> Iterator[dict[str, Any]]:
        """What happened to the clocks of a case, as dictionaries with times and lengths in milliseconds."""
        for outcome in sorted(happened(judged)):
            fields: dict[str, Any] = {
                "id": outcome_id(name, outcome.cycle, outcome.clock, outcome.kind),
                "case": name,
            }
            fields.update(zip(_FIELDS, outcome[1:], strict=True))
            yield fields

    def alarms(self, name: str, entries: list[Entry], judged: list[Judged], until: int) -> Iterator[dict[str, Any]]:
        """What people would have been told of a case before `until`, as records of `rytmi.alarm.v1`."""
        return alarms(name, entries, judged, until, self.policies)

    def contribution(self, entries: list[Entry], judged: list[Judged]) -> Contribution:
        """What a case contributes to the measures."""
        return contribution.of_case(entries, judged, self.policies)

    def others(self) -> list[tuple[str, str]]:
        """All obstacles, decisions, pulse answers and indicators: kind (`obstacle`, `decision`, `signal`) and id."""
        return [(kind, name) for kind, of in self._others.items() for name in of]

    def other(self, kind: str, name: str) -> tuple[Contribution, Standing | None]:
        """What one of them contributes to the measures, and what it adds to what stands."""
        entries = sorted(self._others[kind][name].values())
        if kind == "obstacle":
            return contribution.of_obstacle(entries), of_obstacle(entries)
        if kind == "decision":
            return contribution.of_decision(entries, self.policies), of_decision(entries, self.policies)
        return contribution.of_signal(entries, self.policies), None

    def answers(self, entries: list[Entry], judged: list[Judged]) -> Answer:
        """What a case tells of the decisions that answer it."""
        return answer(entries, [cycle for cycle, _, _ in judged])

    def answer(self, told: Answer) -> None:
        """Take what a case tells."""
        self._answers.case(told)

    def decided(self) -> Iterator[Decided]:
        """The decisions by id, with what cases have told of them."""
        return self._answers.decided(_sorted(self._decisions), _sorted(self._obstacles))

    def obstacles(self) -> Iterator[tuple[str, list[obstacle.Episode]]]:
        """The episodes of every obstacle, by obstacle id."""
        for name in sorted(self._obstacles):
            yield name, obstacle.episodes(sorted(self._obstacles[name].values()))


def _sorted(of: Known) -> dict[str, list[Entry]]:
    return {name: sorted(known.values()) for name, known in of.items()}
