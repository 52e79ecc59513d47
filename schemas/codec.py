"""Between bytes and records: one frame or the other, every byte consumed, one error.

Without a registry a value is Avro's single-object encoding: C3 01, the fingerprint of
the writer's schema, the body. With one it is the Confluent wire format: 00, the number
of the schema, the body. Either is read always; the first bytes tell which it is.

Avro has no checksum: nearly a fifth of all feedback with two bytes overwritten still parses. So
after the frame and the length the values are checked too, and what comes out is an event
that means something, or a DecodeError.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from fastavro import schemaless_writer

from processors.events import InvalidEvent
from processors.validity import check
from schemas import loader
from schemas.reading import Reader, reader, resolver
from schemas.registry import Registry, UnknownSchemaError, connect

SINGLE_OBJECT = b"\xc3\x01"
CONFLUENT = b"\x00"
_SINGLE_OBJECT_LENGTH = 10
_CONFLUENT_LENGTH = 5
_UNFIT = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


class DecodeError(Exception):
    """A record that cannot be used; it becomes a dead letter.

    reason: `undecodable`, `unknown_schema`, `invalid`, `too_large` or `from_the_future`.
    message: one sentence for the producer; it holds no value of the fields `customer` and `text`.
    record: the event, where it could be read and its values are at fault.
    """

    def __init__(self, reason: str, message: str, record: Any = None) -> None:
        super().__init__(message)
        self.reason, self.message, self.record = reason, message, record


class EncodeError(ValueError):
    """A record that its schema does not take: a fault in our code, never in the input."""


class Codec:
    """Reads and writes the values of all topics that carry Avro.

    pseudonym: from a raw customer (or a pseudonym, which it leaves alone) to a pseudonym.
    """

    def __init__(
        self, registry_url: str | None, pseudonym: Callable[[str], str], registry: Registry | None = None
    ) -> None:
        self._pseudonym = pseudonym
        self._registry = registry or (connect(registry_url) if registry_url else None)
        self._schemas = {name: loader.current(name) for name in loader.names()}
        self._fields = {name: [one["name"] for one in schema.plain["fields"]] for name, schema in self._schemas.items()}
        self._with_customer = {name for name, fields in self._fields.items() if "customer" in fields}
        self._frames = {name: SINGLE_OBJECT + schema.fingerprint for name, schema in self._schemas.items()}
        self._readers = {name: reader(schema) for name, schema in self._schemas.items()}
        self._other_readers: dict[tuple[str, bytes], Reader] = {}
        self._written_frames = {} if self._registry else self._frames

    def decode(self, name: str, value: bytes | None) -> Any:
        """The event (a checked NamedTuple) or, for an output record, the dict in a value.

        Raises DecodeError; with a registry also its errors, which are not the record's fault.
        """
        if not value:
            raise DecodeError("undecodable", "the record has no value")
        if value[:_SINGLE_OBJECT_LENGTH] == self._frames[name]:
            length, read = _SINGLE_OBJECT_LENGTH, self._readers[name]
        else:
            length, read = self._other_reader(name, value)
        try:
            record = read(value, length)
        except MemoryError:
            raise  # no damage: nothing is allocated for a length that the record does not have
        except Exception as wrong:  # what damage raises has no common ancestor: EOFError, IndexError, ValueError ...
            raise DecodeError("undecodable", _sentence(wrong)) from wrong
        if type(record) is dict:
            return record
        try:
            check(record)
        except InvalidEvent as wrong:
            raise DecodeError(wrong.reason, str(wrong), record) from None
        if name in self._with_customer and (raw := record.customer) is not None:
            pseudonym = self._pseudonym(raw)
            if pseudonym != raw:
                return record._replace(customer=pseudonym)
        return record

    def encode(self, name: str, record: Any) -> bytes:
        """The value of a record: an event, or the dict of an output record. Raises EncodeError.

        Dicts, nested ones too, may leave out what has a default. Types are checked as far as fastavro does (it cuts
        the fraction of a number where an integer is required), vocabularies and ranges are not.
        """
        stream = BytesIO()
        stream.write(self._written_frames.get(name) or self._registered(name))
        try:
            if type(record) is not dict:
                record = dict(zip(self._fields[name], record, strict=True))
            raw = record.get("customer")
            if raw is not None and (pseudonym := self._pseudonym(raw)) != raw:
                record = record | {"customer": pseudonym}
            plain = self._schemas[name].plain
            # Without tuple notation, in which a pair in a field would be taken for a type and its value.
            schemaless_writer(stream, plain, record, strict_allow_default=True, disable_tuple_notation=True)
        except _UNFIT as wrong:
            raise EncodeError(f"{name}: {type(wrong).__name__}: {wrong}") from wrong
        return stream.getvalue()

    def _registered(self, name: str) -> bytes:
        """The frame with the number that the registry has given our schema."""
        if self._registry is None:
            raise KeyError(f"no such record: {name}")
        number = self._registry.register(self._schemas[name])
        frame = self._written_frames[name] = CONFLUENT + number.to_bytes(4, "big")
        return frame

    def _other_reader(self, name: str, value: bytes) -> tuple[int, Reader]:
        """For a record that was not written with the schema in force, or is in the registry's frame: the frame's
        length and what reads the body.
        """
        if value.startswith(SINGLE_OBJECT):
            length, find = _SINGLE_OBJECT_LENGTH, self._reader_of_version
        elif value.startswith(CONFLUENT):
            length, find = _CONFLUENT_LENGTH, self._reader_of_registry
        else:
            raise DecodeError("undecodable", "neither Avro's single-object encoding nor the Confluent wire format")
        frame = value[:length]
        if len(frame) < length:
            raise DecodeError("undecodable", "the record ends inside its frame")
        read = self._other_readers.get((name, frame))
        if read is None:
            read = self._other_readers[name, frame] = find(name, frame)
        return length, read

    def _reader_of_version(self, name: str, frame: bytes) -> Reader:
        written_with = frame[2:]
        for version in loader.versions(name):
            if version.fingerprint == written_with:
                return self._resolving(name, version.definition)
        for other in self._schemas.values():
            if other.fingerprint == written_with:
                raise DecodeError("unknown_schema", f"written as {other.name}, not as {name}")
        raise DecodeError("unknown_schema", f"no version of {name} has the fingerprint {written_with.hex()}")

    def _reader_of_registry(self, name: str, frame: bytes) -> Reader:
        schema_id = int.from_bytes(frame[1:], "big")
        if self._registry is None:
            raise DecodeError("unknown_schema", f"schema {schema_id} of a registry, but none is configured")
        try:
            writer = self._registry.writer(schema_id)
        except UnknownSchemaError as wrong:
            raise DecodeError("unknown_schema", str(wrong)) from None
        return self._resolving(name, writer)

    def _resolving(self, name: str, writer: Any) -> Reader:
        """A reader for what that schema writes: our own, if it writes the same bytes."""
        current = self._schemas[name]
        try:
            resolve = resolver(writer, current)
        except ValueError as wrong:
            raise DecodeError("unknown_schema", str(wrong)) from None
        same = loader.schema_fingerprint(writer) == current.fingerprint
        return self._readers[name] if same else resolve


def _sentence(wrong: Exception) -> str:
    if isinstance(wrong, EOFError):  # fastavro's own sentence holds an address in memory
        return "the record ends early"
    return f"not what its schema says: {type(wrong).__name__}: {wrong}"
