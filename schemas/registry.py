"""Numbers for schemas: what a registry is to the codec.

Used when one is configured. A registry that does not answer is not the record's fault:
its errors go up as they are, and the worker stops rather than put records aside.
"""

from __future__ import annotations

from typing import Any, Protocol

from schemas.loader import RecordSchema


class UnknownSchemaError(Exception):
    """The registry answers that it has no schema with that number, or none in Avro."""


class Registry(Protocol):
    """Where numbers and schemas are exchanged."""

    def register(self, schema: RecordSchema) -> int:
        """The number of our schema, which is registered where it was not."""

    def writer(self, schema_id: int) -> Any:
        """The schema with that number, as parsed JSON. Raises UnknownSchemaError."""


def connect(url: str) -> Registry:
    """The Confluent registry at an address. Raises RuntimeError where its client is not installed."""
    try:
        # It brings an HTTP stack that nobody without a registry should have to load.
        from schemas.confluent import ConfluentRegistry
    except ImportError as missing:
        raise RuntimeError(
            f"a schema registry is configured, but its client is not installed ({missing.name} is missing): "
            "pip install 'confluent-kafka[schemaregistry]'"
        ) from missing
    return ConfluentRegistry(url)
