"""The declaration that turns rows of a table into events: what a mapping file may say, and what makes it valid.

A mapping holds no code: columns, constants, value maps, times, and conditions on a row
and on the rows of the same case before it. Its errors name the file, the path in it
and what would be right. How it is carried out is in `mapper.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from streams import UserError
from streams.config.problems import written
from streams.mapping.rules import Columns, Part, Rule, Span, Value, ValueMap


class MappingError(UserError):
    """A mapping that cannot be used; one line per fault, each with the file and the path in it."""


class Input(Part):
    """How the files are written.

    `missing`: what stands for nothing, beside the empty cell. `columns`: the names, for CSV without a line of them.
    """

    format: Literal["auto", "csv", "jsonl"] = "auto"
    encoding: str = "utf-8-sig"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    columns: Columns | None = None
    missing: tuple[str, ...] = ()

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            "".encode(name)
        except LookupError as wrong:
            raise ValueError(f"no such encoding {name!r}; such as utf-8 or cp1252") from wrong
        return name


class Times(Part):
    """Formats of strptime, or `rfc3339`, `epoch_s`, `epoch_ms`; the first that fits. `zone` is that of wall times."""

    formats: Columns = ("rfc3339",)
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as wrong:
            raise ValueError(f"no such time zone {name!r}; such as Europe/Helsinki or UTC") from wrong
        return name


class Order(Part):
    """One column to sort by, and how its cells compare."""

    column: str
    as_: Literal["time", "number", "text"] = Field("time", alias="as")


def _orders(value: Any) -> Any:
    several = value if isinstance(value, list) else [value]
    return [{"column": one} if isinstance(one, str) else one for one in several]


class TableMapping(Part):
    """A whole mapping file.

    `source` goes into the header `ce_source`. `case` is the column that tells cases apart, for conditions that look
    at earlier rows. `order_by` sorts all rows, stably, before anything is emitted. `at` is the instant of every
    event that has none of its own. `values` holds maps that several fields share.
    """

    source: Annotated[str, Field(min_length=1)] = "rytmi/replay"
    input: Input = Input()
    time: Times = Times()
    case: str | None = None
    order_by: Annotated[tuple[Order, ...], BeforeValidator(_orders)] = ()
    at: Value | None = None
    values: dict[str, ValueMap] = Field(default_factory=dict)
    events: tuple[Rule, ...] = ()
    spans: tuple[Span, ...] = ()

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Every rule with its path in the file."""
        for i, rule in enumerate(self.events):
            yield f"events[{i}]", rule
        for i, span in enumerate(self.spans):
            for side, rules in (("begin", span.begin), ("end", span.end)):
                for j, rule in enumerate(rules):
                    yield f"spans[{i}].{side}[{j}]", rule

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.events and not self.spans:
            raise ValueError("it has neither `events` nor `spans`: nothing would be emitted")
        if self.spans and self.case is None:
            raise ValueError("spans need the column that tells cases apart, `case: COLUMN`")
        for path, rule in self.rules():
            self._check(path, rule)
        return self

    def _check(self, path: str, rule: Rule) -> None:
        if rule.at is None and self.at is None:
            raise ValueError(f"{path} has no `at`: give it one, or one for all at the top")
        if self.case is None and (rule.once or (rule.when and rule.when.looks_back())):
            raise ValueError(f"{path} asks about earlier rows: name the column that tells cases apart, `case: COLUMN`")
        for name, value in rule.fields.items():
            if value.map_named is not None and value.map_named not in self.values:
                known = ", ".join(self.values) or "none yet"
                raise ValueError(f"{path}.fields.{name}: no map {value.map_named!r} under `values` ({known})")


def parse_mapping(document: object, name: str = "mapping") -> TableMapping:
    """The mapping that a parsed YAML document declares; raises MappingError."""
    if not isinstance(document, Mapping):
        raise MappingError(f"{name}: must be a YAML mapping with `events:`")
    try:
        return TableMapping.model_validate(document)
    except ValidationError as wrong:
        raise MappingError("\n".join(_faults(wrong, name))) from None


def load_mapping(path: Path) -> TableMapping:
    """The mapping in that file; raises MappingError."""
    try:
        return parse_mapping(yaml.safe_load(path.read_text("utf-8")), str(path))
    except OSError as wrong:
        raise MappingError(f"{path}: {wrong.strerror or wrong}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise MappingError(f"{path}: not YAML: {' '.join(str(wrong).split())}") from None


def _faults(wrong: ValidationError, name: str) -> Iterator[str]:
    for error in wrong.errors():
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            message = "no such key here"
        yield ": ".join(filter(None, (name, written(error["loc"]), message)))
