"""Rows to events: a mapping carried out over all rows, in its order, case by case.

A row either gives all its events or, when one of its cells cannot be used, none: then it also leaves no trace in what
is remembered of its case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from processors.events import TYPES, Event, InvalidEvent
from processors.validity import check
from streams.mapping import rules
from streams.mapping.cells import CellError, Cells, Compute, Layout, Moment
from streams.mapping.fields import Fields, Test, condition
from streams.mapping.model import Order, TableMapping
from streams.mapping.rows import Fault, Row

OnFault = Callable[[Fault], None]


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


class Mapper:
    """Carries out one mapping over rows whose cells stand in the order of `columns`."""

    def __init__(self, mapping: TableMapping) -> None:
        self._mapping, self._layout = mapping, Layout()
        self._fields = Fields(mapping, self._layout)
        self._case = None if mapping.case is None else self._layout.index(mapping.case, "case")
        self._order = [self._order_key(by) for by in mapping.order_by]
        self._rules = [self._compiled(rule, f"events[{i}]") for i, rule in enumerate(mapping.events)]
        self._spans = [self._span(span, f"spans[{i}]") for i, span in enumerate(mapping.spans)]
        self._cases: dict[str, Case] = {}

    @property
    def columns(self) -> dict[str, str]:
        """The columns that rows must hold, in this order, each with the place in the mapping that names it first."""
        return self._layout.named_at

    def mapped(self, rows: Iterable[Row], on_fault: OnFault) -> Iterator[Event]:
        """The events of all rows, in the order that the mapping asks for; rows that cannot be used go to `on_fault`."""
        for row in self._ordered(rows, on_fault) if self._order else rows:
            try:
                yield from self.events(row)
            except CellError as wrong:
                on_fault(row.fault(str(wrong)))

    def events(self, row: Row) -> list[Event]:
        """The events of one row. Raises CellError, and then has forgotten the row."""
        case = self._case_of(row)
        moment = Moment(row.cells, row.number, case.rows + 1, case.previous)
        step = Step(case, moment)
        step.emit(self._rules)
        for i, span in enumerate(self._spans):
            holds = span.stands(moment)
            if holds or i in case.standing:
                step.span(i, span, holds)
        step.remember()
        return step.out

    def _case_of(self, row: Row) -> Case:
        if self._case is None:
            return Case()
        name = row.cells[self._case]
        if name is None:
            raise CellError(f"{{{self._mapping.case}}}: missing, so the row belongs to no case")
        case = self._cases.get(name)
        if case is None:
            case = self._cases[name] = Case()
        return case

    def _ordered(self, rows: Iterable[Row], on_fault: OnFault) -> Iterator[Row]:
        """All rows, sorted stably; they are held in memory for that."""
        keyed: list[tuple[list[object], Row]] = []
        for row in rows:
            try:
                keyed.append(([key(row.cells) for key in self._order], row))
            except CellError as wrong:
                on_fault(row.fault(str(wrong)))
        keyed.sort(key=itemgetter(0))
        return map(itemgetter(1), keyed)

    def _order_key(self, by: Order) -> Callable[[Cells], object]:
        index = self._layout.index(by.column, "order_by")
        kinds: Mapping[str, Callable[[str], object]] = {"time": self._fields.times.ms, "number": float, "text": str}
        convert = kinds[by.as_]

        def key(cells: Cells) -> object:
            cell = cells[index]
            if cell is None:
                raise CellError(f"{{{by.column}}}: missing, but rows are ordered by it")
            try:
                return convert(cell)
            except CellError as wrong:
                raise CellError(f"{{{by.column}}}: {wrong}") from None
            except ValueError:
                raise CellError(f"{{{by.column}}}: {cell!r} is not a number, but rows are ordered by it") from None

        return key

    def _span(self, declared: rules.Span, path: str) -> Span:
        return Span(
            condition(declared.while_, self._layout, f"{path}.while"),
            tuple(self._layout.index(column, f"{path}.split_by") for column in declared.split_by or ()),
            tuple(self._compiled(rule, f"{path}.begin[{i}]") for i, rule in enumerate(declared.begin)),
            tuple(self._compiled(rule, f"{path}.end[{i}]") for i, rule in enumerate(declared.end)),
        )

    def _compiled(self, rule: rules.Rule, path: str) -> Rule:
        declared = [("id", rule.id, f"{path}.id"), ("at", rule.at or self._mapping.at, f"{path}.at")]
        declared += [(name, one, f"{path}.fields.{name}") for name, one in rule.fields.items()]
        once: tuple[int, ...] | None = None
        if rule.once is not False:
            columns = rule.once if isinstance(rule.once, tuple) else ()
            once = tuple(self._layout.index(column, f"{path}.once") for column in columns)
        when = None if rule.when is None else condition(rule.when, self._layout, f"{path}.when")
        kind = TYPES[rule.event]
        absent = tuple(kind._field_defaults.get(name) for name in kind._fields)
        fields = tuple(
            (kind._fields.index(name), self._fields.compute(name, one, where))
            for name, one, where in declared
            if one is not None
        )
        return Rule(path, when, once, kind, absent, fields)
