"""What the measures must say of a simulated organisation in expectation: computed from the laws, not from the events.

    for row in truths(config, Plan(), begin_ms, since_ms, until_ms): ...

Rows have the shape of `measures.jsonl`: `measure`, `labels`, `values`, of the period [since, until) as of `until`.
Counts are expectations, so they are no integers; percentiles are exact where the measures have the middle of a bin.

`lattice` integrates; `standing` is obstacles and decisions on them, `cycles` cases, `feelings` emotion and marks.
`rows` and `units` make the table of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.config import Config
from streams.demo.organisation.behaviour import Plan
from streams.demo.organisation.truths import rows, units
from streams.demo.organisation.truths.rows import Period, Row

__all__ = ["truths"]


def truths(config: Config, plan: Plan, begin: int, since: int, until: int) -> Iterator[Row]:
    """Of an organisation that began at `begin`, over [since, until) and as of `until`; milliseconds since the epoch."""
    period = Period(begin, since, until)
    places, hours = rows.known(config, plan, period)
    yield from rows.friction(places)
    yield from rows.clocks(places, period)
    yield from rows.emotions(places)
    yield from units.decisions(places, plan, period)
    yield from units.rhythms(places, period)
    yield from units.perceptions(places, hours, period)
    yield from units.functions(config, places, hours, period)
