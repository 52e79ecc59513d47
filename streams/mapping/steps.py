"""One row of a case: the events that it gives, and what is remembered of the case after it.

A row either gives all its events or, when one of its cells cannot be used, none: then
it also leaves no trace in what is remembered of its case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from processors.events import Event, InvalidEvent
from processors.validity import check
from streams.mapping.cells import CellError, Cells, Compute, Moment
from streams.mapping.fields import Test


class Rule(NamedTuple):
    """A rule of the mapping; `absent` holds what an event has in fields that the rule does not name."""

    path: str
    when: Test | None
    once: tuple[int, ...] | None
    event: type[Event]
    absent: tuple[object, ...]
    fields: tuple[tuple[int, Compute], ...]

    def made(self, moment: Moment) -> Event:
        """The event at that moment. Raises CellError."""
        values = list(self.absent)
        for index, compute in self.fields:
            values[index] = compute(moment)
        event = self.event._make(values)
        try:
            check(event)
        except InvalidEvent as wrong:
            lacks = getattr(event, wrong.field, ...) is None
            message = f"{wrong.field}: its cell is empty; give it a `default`" if lacks else str(wrong)
            raise CellError(f"{message} ({self.path} in the mapping)") from None
        return event


class Span(NamedTuple):
    """A span of the mapping."""

    stands: Test
    split_by: tuple[int, ...]
    begin: tuple[Rule, ...]
    end: tuple[Rule, ...]


class Standing(NamedTuple):
    """A span that stands: the cells that tell it from the next, and its first row."""

    key: Cells
    began: Moment


@dataclass(slots=True)
class Case:
    """What is remembered of a case: its last row, what was emitted once, and the spans that stand."""

    rows: int = 0
    previous: Cells | None = None
    once: set[tuple[object, ...]] = field(default_factory=set)
    standing: dict[int, Standing] = field(default_factory=dict)


class Step:
    """One row of a case: what it emits, and what becomes of the case if all of it can be emitted."""

    __slots__ = ("_case", "_moment", "_once", "_standing", "out")

    def __init__(self, case: Case, moment: Moment) -> None:
        self._case, self._moment = case, moment
        self._once: set[tuple[object, ...]] = set()
        self._standing: dict[int, Standing | None] = {}
        self.out: list[Event] = []

    def span(self, i: int, span: Span, holds: bool) -> None:
        """End and begin a span at this row; a switch ends one before it begins the next."""
        moment, before = self._moment, self._case.standing.get(i)
        key = tuple(moment.row[index] for index in span.split_by)
        if before is not None and holds and before.key == key:
            return
        if before is not None:
            moment.began = before.began
            self.emit(span.end)
            self._standing[i] = None
        if holds:
            moment.began = moment
            self.emit(span.begin)
            self._standing[i] = Standing(key, moment)
        moment.began = None

    def emit(self, rules: Iterable[Rule]) -> None:
        """The events of the rules that hold."""
        moment = self._moment
        for rule in rules:
            if rule.when is not None and not rule.when(moment):
                continue
            if rule.once is not None:
                key = (rule.path, *(moment.row[index] for index in rule.once))
                if key in self._case.once or key in self._once:
                    continue
                self._once.add(key)
            self.out.append(rule.made(moment))

    def remember(self) -> None:
        """Make this row the case's last one."""
        case = self._case
        case.rows, case.previous = self._moment.case_row, self._moment.row
        if self._once:
            case.once |= self._once
        for i, standing in self._standing.items():
            if standing is None:
                del case.standing[i]
            else:
                case.standing[i] = standing
