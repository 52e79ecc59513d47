"""What customers and employees say in a period: emotion, scores, complaints; alignment of the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from processors.measures import people, voice
from processors.measures.people import PulseSum
from processors.measures.terms import ALL, NANO, pane_at, unit_label
from processors.measures.voice import VoiceSum
from processors.periods.figures import Figure, Figures, Key, averaged, counted, shared
from processors.periods.intervals import NOTHING, closeness, lower
from processors.periods.period import Cells, Period
from processors.policy import Policies

_Sum = TypeVar("_Sum", VoiceSum, PulseSum)
_COMPLAINT = "complaint"


def _by_day(cells: Cells, period: Period, family: str, empty: type[_Sum]) -> dict[str, list[_Sum]]:
    """Sums by day, by the first label of the family's cells."""
    found: dict[str, list[_Sum]] = {}
    for where, content in cells.items():
        if where.family == family and period.meets(where.hour):
            for fact, amount in content:
                day = period.day(pane_at(where.hour, fact))
                if day is not None:
                    if where.a not in found:
                        found[where.a] = [empty() for _ in range(period.days)]
                    found[where.a][day].add(fact, amount)
    return found


def figures(cells: Cells, period: Period, policies: Policies) -> Figures:
    """Of emotion, scores and feedback by touchpoint, with `*`; of alignment by unit."""
    said = _by_day(cells, period, voice.FAMILY, VoiceSum)
    answered = _by_day(cells, period, people.FAMILY, PulseSum)
    by_unit: defaultdict[str, list[list[VoiceSum]]] = defaultdict(list)
    for touchpoint, days in said.items():
        by_unit[unit_label(policies.unit(touchpoint), policies)].append(days)
    found: Figures = {}
    for touchpoint, days in [*said.items(), (ALL, _together(list(said.values()), period))]:
        found.update(_of_touchpoint(touchpoint, days, period))
    customers = {unit: _scores(_together(several, period)) for unit, several in by_unit.items()}
    employees = {unit: _pulses(days) for unit, days in answered.items()}
    found.update(_alignment(customers, employees))
    return found


def _together(several: Sequence[Sequence[VoiceSum]], period: Period) -> list[VoiceSum]:
    total = [VoiceSum() for _ in range(period.days)]
    for days in several:
        for mine, more in zip(total, days, strict=True):
            mine.plus(more)
    return total


def _of_touchpoint(touchpoint: str, days: Sequence[VoiceSum], period: Period) -> Iterator[tuple[Key, Figure]]:
    place = ("touchpoint", touchpoint)
    felt = [sum(day.emotions) for day in days]
    if any(felt):
        mean = averaged([day.emotion_sum / NANO for day in days], felt)
        yield Key("emotion", (place,), "mean"), mean
        yield Key("emotion", (place,), "negative_share"), shared([day.emotions[True] for day in days], felt)
    for kind in sorted({kind for day in days for kind in day.kinds} | {_COMPLAINT}):
        number = counted([day.kinds[kind] for day in days], period.exact_days)
        yield Key("feedback", (place, ("kind", kind)), "count_per_day"), number
    if any(felt) or any(day.kinds for day in days):
        number = counted([sum(day.kinds.values()) for day in days], period.exact_days)
        yield Key("feedback", (place, ("kind", ALL)), "count_per_day"), number
    for scale in sorted({scale for day in days for scale in day.scores}):
        classes = [day.scores.get(scale, [0, 0, 0]) for day in days]
        counts = [sum(one) for one in classes]
        labels = (place, ("scale", scale))
        yield Key("score", labels, "mean"), averaged([day.score_sums[scale] / NANO for day in days], counts)
        if scale == "nps":
            balance = [promoters - detractors for promoters, _, detractors in classes]
            yield Key("score", labels, "nps"), averaged(balance, counts, 100)


def _scores(days: Sequence[VoiceSum]) -> Figure:
    counts, sums = zip(*(day.scored() for day in days), strict=True)
    return averaged(sums, counts)


def _pulses(days: Sequence[PulseSum]) -> Figure:
    return averaged([sum(day.sums.values()) / NANO for day in days], [sum(day.counts.values()) for day in days])


def _alignment(customers: Mapping[str, Figure], employees: Mapping[str, Figure]) -> Iterator[tuple[Key, Figure]]:
    for unit, employee in sorted(employees.items()):
        customer = customers.get(unit, Figure(NOTHING))
        n = customer.n + employee.n
        labels = (("unit", unit),)
        for value, figure in (
            ("customer", customer),
            ("employee", employee),
            ("alignment", Figure(closeness(customer.estimate, employee.estimate), n)),
            ("level", Figure(lower(customer.estimate, employee.estimate), n)),
        ):
            if figure.estimate.value is not None:
                yield Key("alignment", labels, value), figure
