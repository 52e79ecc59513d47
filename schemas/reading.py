"""From the bytes of a body to an event or a dict, by fastavro: of the schema in force, or resolved to it.

Resolution (Avro's) serves older versions and writers that a registry knows, and is never on the common path.
What damage raises has no common ancestor: readers let it pass, the codec makes one error of it.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from fastavro import schemaless_reader
from fastavro.schema import SchemaParseException, UnknownType, parse_schema

from processors.events import TYPES
from schemas.compatibility import unreadable
from schemas.loader import RecordSchema, without_logical_types

Reader = Callable[[bytes, int], Any]


class _Whole(BytesIO):
    """A stream that gives what is asked for or nothing: fastavro does not notice when what it skips is cut."""

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        if len(found) != size:
            raise EOFError
        return found


def reader(schema: RecordSchema) -> Reader:
    """`read(bytes, position)` -> what the schema in force wrote: an event, or the dict of an output record."""
    plain, event, lists = schema.plain, TYPES.get(schema.name), _lists(schema)

    def read(value: bytes, at: int) -> Any:
        stream = BytesIO(value)
        stream.seek(at)
        fields: Any = schemaless_reader(stream, plain, None)
        _nothing_left(stream, value)
        if event is None:
            return fields
        for name in lists:
            fields[name] = tuple(fields[name])
        return tuple.__new__(event, fields.values())  # they come in the schema's order, which is the event's

    return read


def resolver(writer: Any, schema: RecordSchema) -> Reader:
    """`read(bytes, position)` -> what another schema wrote, as `reader` gives it.

    Raises ValueError where the two schemas do not fit. They are compared before, because
    fastavro finds a misfit only in a record that has it, and lets some pass.
    """
    try:
        plain = parse_schema(without_logical_types(writer))
        faults = unreadable(writer, schema.definition)
    except (SchemaParseException, UnknownType, KeyError, TypeError) as wrong:
        raise ValueError(f"not a usable Avro schema: {wrong!r}") from wrong
    if faults:
        raise ValueError(f"cannot be read as {schema.full_name}: {'; '.join(faults)}")
    event, lists = TYPES.get(schema.name), _lists(schema)

    def read(value: bytes, at: int) -> Any:
        stream = _Whole(value)
        stream.seek(at)
        fields: Any = schemaless_reader(stream, plain, schema.plain)
        _nothing_left(stream, value)
        return fields if event is None else event(**fields | {name: tuple(fields[name]) for name in lists})

    return read


def _lists(schema: RecordSchema) -> tuple[str, ...]:
    """The fields that hold a list in Avro, and a tuple in an event."""
    return tuple(one["name"] for one in schema.plain["fields"] if type(one["type"]) is dict)


def _nothing_left(stream: BytesIO, value: bytes) -> None:
    left = len(value) - stream.tell()
    if left:
        raise ValueError(f"{left} bytes are left over")
