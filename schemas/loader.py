"""The schemas of this package: `feedback.v2.avsc` is the second version of the record `feedback`.

All versions stay here, because topics are replayed and old records must be read. The
highest is the one in force. A schema is known by its fingerprint: CRC-64-AVRO of its
parsing canonical form, little-endian, as Avro's single-object encoding writes it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from sys import intern
from typing import Any

from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

_FILE = re.compile(r"(?P<name>[a-z_]+)\.v(?P<version>[1-9]\d*)\.avsc\Z")

Definition = dict[str, Any]


@dataclass(frozen=True)
class RecordSchema:
    """One version of one record.

    text: the file as it is. plain: parsed, without logical types, so that instants are
    integers in milliseconds on both sides. fingerprint: 8 bytes, little-endian.
    """

    name: str
    version: int
    text: str
    definition: Definition
    plain: Any
    fingerprint: bytes

    @property
    def full_name(self) -> str:
        """`rytmi.Feedback`, the name that the registry knows it by."""
        return f"{self.definition['namespace']}.{self.definition['name']}"


def names() -> tuple[str, ...]:
    """The names of all records, sorted."""
    return tuple(sorted(_all()))


def versions(name: str) -> tuple[RecordSchema, ...]:
    """All versions of a record, oldest first. Raises KeyError for a record that does not exist."""
    return _all()[name]


def current(name: str) -> RecordSchema:
    """The version that is written. Raises KeyError for a record that does not exist."""
    return versions(name)[-1]


def load(text: str, name: str = "", version: int = 0) -> RecordSchema:
    """The schema that a text holds. Raises ValueError or fastavro's SchemaParseException."""
    definition = json.loads(text)
    plain = parse_schema(without_logical_types(definition))
    return RecordSchema(name, version, text, definition, plain, schema_fingerprint(definition))


def schema_fingerprint(schema: Any) -> bytes:
    """CRC-64-AVRO of the parsing canonical form, as 8 little-endian bytes."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))


def without_logical_types(schema: Any) -> Any:
    """The same schema with bare types: fastavro then neither builds datetimes nor wants any.

    Its words are interned, as those of a record and of fastavro are: it compares them again and again.
    """
    if isinstance(schema, list):
        return [without_logical_types(one) for one in schema]
    if isinstance(schema, dict):
        # Defaults stay as they are: one may well be an object with a key of that name.
        bare = {
            intern(key): value if key == "default" else without_logical_types(value)
            for key, value in schema.items()
            if key != "logicalType"
        }
        return bare["type"] if bare.keys() == {"type"} else bare  # `long` is read and written faster than {type: long}
    return intern(schema) if type(schema) is str else schema


@cache
def _all() -> dict[str, tuple[RecordSchema, ...]]:
    found: dict[str, list[RecordSchema]] = {}
    for file in files(__package__).iterdir():
        if match := _FILE.match(file.name):
            name, version = match["name"], int(match["version"])
            found.setdefault(name, []).append(load(file.read_text("utf-8"), name, version))
    return {name: tuple(sorted(all_of_it, key=lambda one: one.version)) for name, all_of_it in found.items()}
