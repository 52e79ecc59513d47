"""The Confluent schema registry, through confluent-kafka's client, which keeps what it has seen.

Subjects are the full names of the records (`rytmi.Feedback`, the record name strategy),
because one topic may come to carry several. Each subject is held to FULL_TRANSITIVE.
Needs the extra `confluent-kafka[schemaregistry]`.
"""

from __future__ import annotations

import json
from typing import Any

from confluent_kafka.schema_registry import ConfigCompatibilityLevel, Schema, SchemaRegistryClient, ServerConfig
from confluent_kafka.schema_registry.error import SchemaRegistryError

from schemas.loader import RecordSchema
from schemas.registry import UnknownSchemaError

_RULE = ServerConfig(compatibility=ConfigCompatibilityLevel.FULL_TRANSITIVE)
_NOT_FOUND = 404


class ConfluentRegistry:
    """A registry behind an HTTP address. What it cannot answer goes up as the client's SchemaRegistryError."""

    def __init__(self, url: str) -> None:
        self._client = SchemaRegistryClient({"url": url})

    def register(self, schema: RecordSchema) -> int:
        """The number of our schema in its subject."""
        self._client.set_config(schema.full_name, _RULE)
        return int(self._client.register_schema(schema.full_name, Schema(schema.text, "AVRO")))

    def writer(self, schema_id: int) -> Any:
        """The schema with that number, as parsed JSON. Raises UnknownSchemaError."""
        try:
            found = self._client.get_schema(schema_id)
        except SchemaRegistryError as wrong:
            if wrong.http_status_code == _NOT_FOUND:
                raise UnknownSchemaError(f"the registry has no schema {schema_id}") from wrong
            raise
        if found.schema_type != "AVRO" or not found.schema_str:
            raise UnknownSchemaError(f"schema {schema_id} is of type {found.schema_type}, not Avro")
        return json.loads(found.schema_str)
