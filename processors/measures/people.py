"""Employees beside customers: alignment by unit, and the perception gap between levels of the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from processors.events import PULSE_LEVELS
from processors.ledger import Entry
from processors.measures import voice
from processors.measures.terms import MONTH, NANO, Fact, Frame, Row, Share, cell, nano, ratio, unit_label
from processors.policy import Policies

FAMILY = "pulse"


def facts(e: Entry, policies: Policies) -> Iterator[Share]:
    """What an answer contributes: (pane, level) once, and (pane, level, "sum") its score in units of 10^-9."""
    unit, _, level, question, score = e.facts
    where, pane = cell(FAMILY, unit_label(unit, policies), str(question), e.at)  # type: ignore[arg-type]
    yield Share(where, (pane, level), 1)
    yield Share(where, (pane, level, "sum"), nano(score))


class PulseSum:
    """The answers to one question in one unit in a span. Sums are in units of 10^-9."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()

    def add(self, fact: Fact, amount: int) -> None:
        kept = self.counts if len(fact) == 2 else self.sums
        kept[fact[1]] += amount

    def is_empty(self) -> bool:
        return not any(self.counts.values())

    def means(self) -> dict[str, float]:
        """The mean answer of each level that answered."""
        return {level: self.sums[level] / NANO / self.counts[level] for level in PULSE_LEVELS if self.counts[level]}


Sums = Mapping[tuple[str, str], PulseSum]


def alignment(pulses: Sums, voices: voice.Sums, frame: Frame) -> Iterator[Row]:
    """By unit: how customers score its touchpoints, how its people do, how close the two are, and how high."""
    customers: dict[str, list[float]] = {}
    for (touchpoint, _), said in sorted(voices.items()):  # sums of fractions: the same in the same order
        unit = unit_label(frame.policies.unit(touchpoint), frame.policies)
        _into(customers, unit, said.scored())
    employees: dict[str, list[float]] = {}
    for (unit, _), one in sorted(pulses.items()):
        _into(employees, unit, (sum(one.counts.values()), sum(one.sums.values()) / NANO))
    for unit in sorted(customers.keys() | employees.keys()):
        customer, employee = (ratio(*reversed(of.get(unit, [0, 0.0]))) for of in (customers, employees))
        both = customer is not None and employee is not None
        if customer is not None or employee is not None:
            values = {
                "customer": customer,
                "employee": employee,
                "alignment": 1 - abs(customer - employee) if both else None,  # type: ignore[operator]
                "level": min(customer, employee) if both else None,  # type: ignore[type-var]
            }
            yield Row("alignment", {"unit": unit}, MONTH.label, values)


def _into(sums: dict[str, list[float]], unit: str, more: tuple[int, float]) -> None:
    count, total = sums.get(unit, [0, 0.0])
    sums[unit] = [count + more[0], total + more[1]]


def perception_gap(pulses: Sums) -> Iterator[Row]:
    """By unit and question: how far apart the levels see it."""
    for (unit, question), one in pulses.items():
        means = one.means().values()
        if means:
            values = {"gap": max(means) - min(means) if len(means) > 1 else None, "levels": len(means)}
            yield Row("perception_gap", {"unit": unit, "question": question}, MONTH.label, values)
