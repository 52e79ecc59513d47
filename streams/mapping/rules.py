"""The parts of a mapping file: values, conditions, rules and spans, each checked by itself.

`model.py` joins them into a whole file; `mapper.py` carries it out.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from processors.events import TYPES, Pulse

EVENT_TYPES = tuple(name for name in TYPES if name != "link")
Scalar = str | int | float | bool


def _keys_as_text(value: Any) -> Any:
    """YAML reads an unquoted 1 as a number; cells are texts."""
    if not isinstance(value, dict):
        return value
    if any(isinstance(key, bool) for key in value):
        raise ValueError("YAML reads yes, no, on and off as true and false: put such a value in quotes")
    return {key if isinstance(key, str) else str(key): to for key, to in value.items()}


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
ValueMap = Annotated[dict[str, Scalar], BeforeValidator(_keys_as_text), Field(min_length=1)]


def _cell(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


CellText = Annotated[str, BeforeValidator(_cell)]


class Part(BaseModel):
    """Every part of a mapping: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Value(Part):
    """A field's value: from one column, a text with {columns} in it, a list of such texts, or a constant.

    It is split, cut to a slug and looked up in a map on its way; `default` stands for a missing cell and, with a
    map, for a value that the map does not have.
    """

    column: str | None = None
    text: str | None = None
    each: list[str] | None = None
    constant: Scalar | None = None
    map: ValueMap | None = None
    map_named: str | None = Field(None, exclude=True)
    default: Scalar | None = None
    slug: bool = False
    split: Annotated[str, Field(min_length=1)] | None = None
    formats: Columns | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: Any) -> Any:
        """A text is a template, a list of texts a list of templates, another scalar a constant."""
        if isinstance(given, str):
            return {"text": given}
        if isinstance(given, list):
            return {"each": given}
        if isinstance(given, bool | int | float):
            return {"constant": given}
        if isinstance(given, dict) and isinstance(given.get("map"), str):
            return {**{key: value for key, value in given.items() if key != "map"}, "map_named": given["map"]}
        return given

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.column, self.text, self.each, self.constant)) != 1:
            raise ValueError("give one of column: NAME, text: a text with {NAME} in it, or a constant")
        return self


class Condition(Part):
    """What must hold of a row; everything that is given must hold."""

    first_row: bool | None = None
    equals: dict[str, CellText] | None = None
    in_: dict[str, list[CellText]] | None = Field(None, alias="in")
    present: Columns | None = None
    changed: Columns | None = None
    new: Columns | None = None
    rises: Columns | None = None
    not_: Condition | None = Field(None, alias="not")
    any: list[Condition] | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("an empty condition; leave `when` out for every row")
        return self

    def looks_back(self) -> bool:
        """Whether it asks about earlier rows of the case."""
        return (
            any((self.first_row is not None, self.changed, self.new, self.rises))
            or (self.not_ is not None and self.not_.looks_back())
            or any(each.looks_back() for each in self.any or ())
        )


class Rule(Part):
    """One event for each row on which `when` holds.

    `once`: only for the first such row of the case, or the first for each combination of values in the columns named.
    """

    event: str
    when: Condition | None = None
    once: bool | tuple[str, ...] = False
    id: Value
    at: Value | None = None
    fields: dict[str, Value] = Field(default_factory=dict)

    @field_validator("event")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in EVENT_TYPES:
            raise ValueError(f"no such event; one of {', '.join(EVENT_TYPES)}")
        return name

    @model_validator(mode="after")
    def _fields_of_the_event(self) -> Self:
        kind = TYPES[self.event]
        known = [name for name in kind._fields if name not in ("id", "at")]
        needed = [name for name in known if name not in kind._field_defaults]
        if kind is Pulse:
            needed.remove("touchpoint")
        if strange := sorted(set(self.fields) - set(known)):
            raise ValueError(f"{self.event} has no field {strange[0]!r}; it has {', '.join(known)}")
        if lacking := [name for name in needed if name not in self.fields]:
            raise ValueError(f"{self.event} needs the field {lacking[0]!r}")
        return self


class Span(Part):
    """A stretch of rows of a case on which `while` holds, and on which the columns of `split_by` keep their values.

    `begin` is emitted at its first row, `end` at the first row after it; there `{began.NAME}` is the cell of its
    first row. A span that still stands at the last row has no end.
    """

    while_: Condition = Field(alias="while")
    split_by: Columns | None = None
    begin: tuple[Rule, ...] = ()
    end: tuple[Rule, ...] = ()
