"""The truths as rows of measures: of touchpoints here, of units and functions in `units`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from statistics import median_low
from typing import Any, NamedTuple

from streams.config import Config
from streams.demo.organisation.behaviour import Plan
from streams.demo.organisation.feedback import SCORED
from streams.demo.organisation.organisation import declared
from streams.demo.organisation.touchpoint import Touchpoint
from streams.demo.organisation.truths.cycles import Cycle, Cycles
from streams.demo.organisation.truths.feelings import Felt, felt
from streams.demo.organisation.truths.lattice import Hours
from streams.demo.organisation.truths.standing import Standing

Row = dict[str, Any]

CLOCKS: dict[str, Callable[[Cycle], float | None]] = {
    "acknowledge": lambda cycle: cycle.acknowledged,
    "decide": lambda cycle: cycle.decided,
    "resolve": lambda cycle: cycle.closed,
}


class Period(NamedTuple):
    """[since, until) of an organisation that began at `begin`; milliseconds."""

    begin: int
    since: int
    until: int

    def holds(self, at: float | None) -> bool:
        """Whether something happened in it."""
        return at is not None and self.since <= at < self.until


class Known(NamedTuple):
    """All that the laws say of a touchpoint. felt: each feedback's weight and what is felt in it, in the period."""

    place: Touchpoint
    standing: Standing
    cycles: Cycles
    felt: list[tuple[float, Felt]]


def known(config: Config, plan: Plan, period: Period) -> tuple[list[Known], Hours]:
    """Of every touchpoint, and the hours from the beginning to the end."""
    hours = Hours(config.timezone, period.begin, period.until)
    found = []
    for spec in declared(config):
        place = Touchpoint(spec, config, 0, "", plan)
        standing = Standing(place, hours, period.begin, period.since, period.until)
        cycles = Cycles(place, standing, hours)
        found.append(Known(place, standing, cycles, _felt(place, standing, cycles, hours, period)))
    return found, hours


def friction(places: list[Known]) -> Iterator[Row]:
    """Obstacles raised, and standing at once."""
    totals = [0.0, 0.0]
    for one in places:
        causes = [cause for cause, _ in one.place.behaviour.causes]
        for cause in [None, *causes]:
            values = {"raised": one.standing.raised(cause), "standing_mean": one.standing.mean(cause)}
            yield row("friction", {"touchpoint": one.place.id, "cause": cause or "*"}, values)
        totals = [totals[0] + one.standing.raised(), totals[1] + one.standing.mean()]
    yield row("friction", {"touchpoint": "*", "cause": "*"}, {"raised": totals[0], "standing_mean": totals[1]})


def clocks(places: list[Known], period: Period) -> Iterator[Row]:
    """Of the clocks that started in the period, as of its end."""
    for one in places:
        cycles = [cycle for cycle in one.cycles.all if period.holds(cycle.received)]
        for name, stop in CLOCKS.items():
            values = _clock(cycles, one.cycles.weight, stop, period.until)
            yield row("clock", {"touchpoint": one.place.id, "severity": "*", "clock": name}, values)


def _clock(
    cycles: list[Cycle], weight: float, stop: Callable[[Cycle], float | None], until: int
) -> dict[str, float | None]:
    lengths: list[tuple[float, bool]] = []
    withdrawn = 0
    for cycle in cycles:
        stopped = stop(cycle)
        done = stopped is not None and stopped <= until
        end = stopped if done else min(until, cycle.withdrawn if cycle.withdrawn is not None else until)
        withdrawn += not done and cycle.withdrawn is not None and cycle.withdrawn <= until
        lengths.append(((end or until) - cycle.received, done))
    ended = [length for length, done in lengths if done]
    return {
        "received": weight * len(lengths),
        "done": weight * len(ended),
        "withdrawn": weight * withdrawn,
        "p50_s": seconds(percentile(lengths, 0.5)),
        "p90_s": seconds(percentile(lengths, 0.9)),
        "completed_p50_s": seconds(median_low(ended) if ended else None),
    }


def emotions(places: list[Known]) -> Iterator[Row]:
    """What customers feel, and their marks."""
    for one in places:
        count = sum(weight for weight, _ in one.felt)
        values = {
            "count": count,
            "mean": _mean(one.felt, lambda felt: felt.emotion),
            "negative_share": _mean(one.felt, lambda felt: felt.negative),
        }
        yield row("emotion", {"touchpoint": one.place.id}, values)
        scale = one.place.behaviour.scale
        marks = {"count": SCORED * count, "mean": _mean(one.felt, lambda felt: felt.mark)}
        if scale == "nps":
            marks["nps"] = 100 * _mean(one.felt, lambda felt: felt.net)
        yield row("score", {"touchpoint": one.place.id, "scale": scale}, marks)


def _felt(
    place: Touchpoint, standing: Standing, cycles: Cycles, hours: Hours, period: Period
) -> list[tuple[float, Felt]]:
    usual = place.behaviour
    return [
        (cycles.weight, felt(said, usual.mood, usual.scale, standing.profile[hours.at(said.at)]))
        for cycle in cycles.all
        for said in cycle.said
        if period.holds(said.at)
    ]


def _mean(weighted: Iterable[tuple[float, Felt]], value: Callable[[Felt], float]) -> float:
    pairs = [(weight, value(felt)) for weight, felt in weighted]
    return sum(weight * value for weight, value in pairs) / max(1e-12, sum(weight for weight, _ in pairs))


def percentile(lengths: Iterable[tuple[float, bool]], share: float) -> float | None:
    """By life table, exactly and without bins: what those of the measures come near to.

    Of (length, whether it ended there), the length by which that share has ended; None if it never has.

    Those that did not end are out of sight from their length on (Kaplan and Meier, 1958); ends come before them.
    """
    ordered = sorted((length, not ended) for length, ended in lengths)
    survival = 1.0
    for rank, (length, unended) in enumerate(ordered):
        survival *= 1 if unended else 1 - 1 / (len(ordered) - rank)
        if survival <= 1 - share + 1e-12:
            return length
    return None


def seconds(length: float | None) -> float | None:
    """Of milliseconds."""
    return None if length is None else length / 1000


def row(measure: str, labels: dict[str, str], values: Mapping[str, float | None]) -> Row:
    """A row, numbers rounded to 6 digits."""
    rounded = {name: None if value is None else round(value, 6) for name, value in values.items()}
    return {"measure": measure, "labels": labels, "values": rounded}
