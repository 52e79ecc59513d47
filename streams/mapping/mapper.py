"""Rows to events: a mapping carried out over all rows, in its order, case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter

from processors.events import TYPES, Event
from streams.mapping import rules
from streams.mapping.cells import CellError, Cells, Layout, Moment
from streams.mapping.fields import Fields, condition
from streams.mapping.model import Order, TableMapping
from streams.mapping.rows import Fault, Row
from streams.mapping.steps import Case, Rule, Span, Step

OnFault = Callable[[Fault], None]


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
