"""The truths of units and functions as rows of measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from processors.events import SCALES
from processors.policy import OTHER
from streams.config import Config
from streams.demo.organisation import reports
from streams.demo.organisation.behaviour import DAY_MS, STRATEGIC_EVERY_MS, Plan
from streams.demo.organisation.truths.feelings import held
from streams.demo.organisation.truths.lattice import Hours, points, poisson
from streams.demo.organisation.truths.rows import Known, Period, Row, percentile, row, seconds
from streams.demo.organisation.truths.standing import Decided, decide, worked

_POINTS = 4_001
_RHYTHMS = {"daily": DAY_MS, "weekly": 7 * DAY_MS, "monthly": 28 * DAY_MS}


def decisions(places: list[Known], plan: Plan, period: Period) -> Iterator[Row]:
    """Decisions by unit and level: how many, and how long until they take effect."""
    by_label: dict[tuple[str, str], list[tuple[float, Decided]]] = {}
    for one in places:
        unit = one.place.unit or OTHER
        tactical = [(one.standing.weight, decision) for decision in one.standing.decisions()]
        operational = [(one.cycles.weight, decision) for cycle in one.cycles.all for decision in cycle.decisions]
        by_label.setdefault((unit, "tactical"), []).extend(tactical)
        by_label.setdefault((unit, "operational"), []).extend(operational)
    by_label[OTHER, "strategic"] = list(_strategic(places, plan, period))
    for (unit, level), found in by_label.items():
        made = [(weight, one) for weight, one in found if period.holds(one.made)]
        lengths = [_length(one, period.until) for _, one in made]
        values = {
            "made": sum(weight for weight, _ in made),
            "effective": sum(weight for weight, one in found if period.holds(one.effective)),
            "revoked": sum(weight for weight, one in found if period.holds(one.revoked)),
            "p50_s": seconds(percentile(lengths, 0.5)),
            "p90_s": seconds(percentile(lengths, 0.9)),
        }
        yield row("decision", {"unit": unit, "level": level}, values)


def _strategic(places: list[Known], plan: Plan, period: Period) -> Iterator[tuple[float, Decided]]:
    length = period.until - period.begin
    for draw in points(_POINTS, "strategy"):
        at = period.begin + draw.share() * length
        office = places[0].place.desk.hours(round(at))
        yield length / STRATEGIC_EVERY_MS / _POINTS, decide(draw, "strategic", office, at, plan)


def _length(one: Decided, until: int) -> tuple[float, bool]:
    if one.effective is not None and one.effective <= until:
        return one.effective - one.made, True
    return min(until, until if one.revoked is None else one.revoked) - one.made, False


def rhythms(places: list[Known], period: Period) -> Iterator[Row]:
    """Which share of cases is decided within a day, a week, four weeks."""
    for unit in _units(places):
        for rhythm, length in _RHYTHMS.items():
            since, until = period.until - 2 * length, period.until - length
            if since < period.begin:
                continue
            eligible = kept = 0.0
            for one in (one for one in places if (one.place.unit or OTHER) == unit):
                for cycle in one.cycles.all:
                    gone = cycle.decided is None and cycle.withdrawn is not None and cycle.withdrawn <= period.until
                    if since <= cycle.received < until and not gone:
                        eligible += one.cycles.weight
                        if cycle.decided is not None and cycle.decided - cycle.received <= length:
                            kept += one.cycles.weight
            values = {"eligible": eligible, "kept": kept, "ratio": kept / eligible if eligible else None}
            yield row("rhythm", {"unit": unit, "rhythm": rhythm, "clock": "decide"}, values)


def perceptions(places: list[Known], hours: Hours, period: Period) -> Iterator[Row]:
    """What employees say by level, the gap between the levels, and how near the unit is to its customers."""
    for unit in _units(places):
        own = [one for one in places if one.place.unit == unit]
        if not own:
            continue
        numbers = _obstructed(own, hours, period)
        answers = {
            (question, level): sum(
                share * held(reports.mean_answer(question, level, number), reports.SPREAD, 0.0, 1.0)
                for number, share in enumerate(numbers)
            )
            for question in reports.QUESTIONS
            for level in reports.STAFF
        }
        for question in reports.QUESTIONS:
            levels = {level: answers[question, level] for level in reports.STAFF}
            gap = max(levels.values()) - min(levels.values())
            yield row("perception_gap", {"unit": unit, "question": question}, {"gap": gap, **levels})
        yield row("alignment", {"unit": unit}, _alignment(own, answers))


def _obstructed(own: Sequence[Known], hours: Hours, period: Period) -> list[float]:
    """How likely each number of obstacles, up to MOST_OBSTRUCTED, is when somebody answers."""
    shares = [0.0] * (reports.MOST_OBSTRUCTED + 1)
    for draw in points(_POINTS, "pulse", own[0].place.unit):
        at = period.since + draw.share() * (period.until - period.since)
        at = worked(own[0].place.desk.hours(round(at)), at, 60_000 + draw.share() * reports.WITHIN_MS)
        mean = sum(one.standing.profile[hours.at(at)] for one in own)
        for number, share in enumerate(poisson(mean, reports.MOST_OBSTRUCTED)):
            shares[number] += share / _POINTS
    return shares


def _alignment(own: Sequence[Known], answers: dict[tuple[str, str], float]) -> dict[str, float | None]:
    marks = whole = 0.0
    for one in own:
        low, high = SCALES[one.place.behaviour.scale]
        for weight, felt in one.felt:
            marks += weight * (felt.mark - low) / (high - low)
            whole += weight
    people = sum(reports.STAFF.values()) * len(reports.QUESTIONS)
    employee = sum(reports.STAFF[level] * value for (_, level), value in answers.items()) / people
    customer = marks / max(1e-12, whole)
    both = {"customer": customer, "employee": employee, "level": min(customer, employee)}
    return {**both, "alignment": 1 - abs(customer - employee)}


def functions(config: Config, places: list[Known], hours: Hours, period: Period) -> Iterator[Row]:
    """What functions report on average, and when one has no customer indicator."""
    names = [function.id for function in config.file.functions]
    for index, name in enumerate(names):
        watched = reports.watched([one.place for one in places], len(names), index)
        own = [one for one in places if one.place in watched]
        for indicator, kind in reports.CUSTOMERS.items():
            reported = range(period.begin + reports.REPORTED_AFTER_MS, period.until, kind.every_ms)
            means = [
                kind.mean - kind.less * sum(one.standing.profile[hours.at(at)] for one in own) / len(own)
                for at in reported
                if period.holds(at) and not (index == len(names) - 1 and reports.silent(at - period.begin))
            ]
            if means:
                values = {"reports": float(len(means)), "mean": sum(means) / len(means)}
                yield row("indicator", {"function": name, "indicator": indicator, "kind": "customer"}, values)
        cases = sum(one.cycles.weight * _open(one, period) for one in own) / (period.until - period.since)
        labels = {"function": name, "indicator": "open-cases", "kind": "operational"}
        yield row("indicator", labels, {"mean": cases})


def _open(one: Known, period: Period) -> float:
    """Case-milliseconds inside the period."""
    ends = ((cycle.received, period.until if cycle.ended is None else cycle.ended) for cycle in one.cycles.all)
    return sum(max(0.0, min(end, period.until) - max(received, period.since)) for received, end in ends)


def _units(places: list[Known]) -> list[str]:
    return list(dict.fromkeys(one.place.unit or OTHER for one in places))
