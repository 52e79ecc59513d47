"""The schemas: what each must say of itself, and that no version breaks another."""

import copy
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from processors.events import TYPES
from schemas import loader
from schemas.compatibility import incompatible, unreadable

RELEASED = Path(loader.__file__).parent / "released"
RELEASED_FILES = sorted(RELEASED.glob("*.avsc"))
OUTPUT = {"audit", "case", "clock", "alarm", "window", "control", "progress"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}


def fields_of(schema: Any) -> Iterator[dict[str, Any]]:
    """All fields of a schema, nested ones too."""
    if isinstance(schema, list):
        for branch in schema:
            yield from fields_of(branch)
    elif isinstance(schema, dict):
        for field in schema.get("fields", ()):
            yield field
            yield from fields_of(field["type"])
        for part in ("items", "values"):
            yield from fields_of(schema.get(part))


@pytest.mark.parametrize(
    ("schema", "fingerprint"),
    [("null", 7195948357588979594), ("string", -8142146995180207161), ("int", 8247732601305521295)],
)
def test_fingerprints_are_those_of_the_avro_specification(schema: str, fingerprint: int) -> None:
    assert loader.schema_fingerprint(schema) == fingerprint.to_bytes(8, "little", signed=True)


def test_every_event_and_every_output_record_has_a_schema() -> None:
    assert set(loader.names()) == set(TYPES) | OUTPUT


@pytest.mark.parametrize("name", sorted(TYPES))
def test_schema_has_the_fields_of_its_event_in_their_order(name: str) -> None:
    assert tuple(field["name"] for field in loader.current(name).definition["fields"]) == TYPES[name]._fields


@pytest.mark.parametrize("name", loader.names())
def test_every_field_is_documented_and_every_optional_one_defaults_to_null(name: str) -> None:
    schema = loader.current(name)
    assert schema.full_name == f"rytmi.{schema.definition['name']}"
    assert schema.definition["doc"]
    for field in fields_of(schema.definition):
        assert field["doc"].endswith("."), field
        if isinstance(field["type"], list):
            assert field["type"][0] == "null", field
            assert field["default"] is None, field


@pytest.mark.parametrize("name", loader.names())
def test_instants_are_milliseconds_and_lengths_name_their_unit(name: str) -> None:
    for field in fields_of(loader.current(name).definition):
        bare = field["type"][1] if isinstance(field["type"], list) else field["type"]
        is_instant = field["name"] == "at" or field["name"].endswith("_at")
        assert (bare == INSTANT) == is_instant, field
        assert (bare == "long") == field["name"].endswith("_ms"), field


@pytest.mark.parametrize("name", loader.names())
def test_vocabularies_are_texts_because_enums_cannot_grow(name: str) -> None:
    assert '"enum"' not in loader.current(name).text


def test_every_version_in_force_has_a_released_copy() -> None:
    """A version that is not released yet may still be changed; copy it to `released/` when it is."""
    assert {file.name for file in RELEASED_FILES} >= {f"{name}.v1.avsc" for name in loader.names()}


@pytest.mark.parametrize("file", RELEASED_FILES, ids=lambda file: file.name)
def test_released_version_stays_as_it_was(file: Path) -> None:
    name, version, _ = file.name.split(".")
    kept = next(one for one in loader.versions(name) if f"v{one.version}" == version)
    assert undocumented(kept.definition) == undocumented(json.loads(file.read_text("utf-8")))


@pytest.mark.parametrize("name", loader.names())
def test_version_in_force_and_all_released_ones_read_each_other(name: str) -> None:
    for file in RELEASED.glob(f"{name}.v*.avsc"):
        assert incompatible(json.loads(file.read_text("utf-8")), loader.current(name).definition) == []


def undocumented(schema: Any) -> Any:
    if isinstance(schema, list):
        return [undocumented(one) for one in schema]
    if isinstance(schema, dict):
        return {key: undocumented(value) for key, value in schema.items() if key != "doc"}
    return schema


def field(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in fields_of(schema) if one["name"] == name)
    return found


def removed(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["fields"].remove(field(schema, name))


def added(**new: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["fields"].insert(3, new)


def typed(name: str, type_: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: field(schema, name).update(type=type_)


BREAKING: dict[str, tuple[str, Callable[[dict[str, Any]], None], str]] = {
    "a field without default is added": ("feedback", added(name="shop", type="string"), "shop"),
    "a field without default is removed": ("feedback", removed("case"), "case"),
    "a field is renamed": ("feedback", lambda s: field(s, "touchpoint").update(name="place"), "place"),
    "an optional field becomes required": ("feedback", typed("kind", "string"), "kind"),
    "a required field becomes optional": ("feedback", typed("case", ["null", "string"]), "case"),
    "a type is widened": ("clock", typed("cycle", "long"), "cycle"),
    "a type is another": ("pulse", typed("score", "string"), "score"),
    "milliseconds become microseconds": (
        "feedback",
        typed("at", {"type": "long", "logicalType": "timestamp-micros"}),
        "timestamp-micros",
    ),
    "an instant becomes a bare number": ("feedback", typed("at", "long"), "timestamp-millis"),
    "the record is renamed": ("feedback", lambda s: s.update(name="Remark"), "rytmi.Remark"),
    "the namespace is another": ("feedback", lambda s: s.update(namespace="rhythm"), "rhythm.Feedback"),
    "a list becomes a list of something else": (
        "decision",
        typed("cases", {"type": "array", "items": "int"}),
        "cases[]",
    ),
    "a nested record loses a field without default": (
        "case",
        lambda s: field(s, "cycles")["type"]["items"]["fields"].pop(4),
        "cycles[].received_at",
    ),
    "a text becomes an enum": (
        "feedback",
        typed("severity", {"type": "enum", "name": "Severity", "symbols": ["low", "high"]}),
        "severity",
    ),
}


@pytest.mark.parametrize(("name", "change", "named"), BREAKING.values(), ids=BREAKING.keys())
def test_breaking_change_is_refused(name: str, change: Callable[[dict[str, Any]], None], named: str) -> None:
    old = loader.current(name).definition
    new = copy.deepcopy(old)
    change(new)
    faults = incompatible(old, new)
    assert faults, "the change went unnoticed"
    assert named in " ".join(faults)


def reordered(schema: dict[str, Any]) -> None:
    schema["fields"].reverse()


HARMLESS: dict[str, Callable[[dict[str, Any]], None]] = {
    "an optional field is added": added(name="shop", type=["null", "string"], default=None, doc="."),
    "a required field with a default is added": added(name="shop", type="string", default="main", doc="."),
    "an optional field is removed": removed("segment"),
    "fields change places": reordered,
    "a text about a field is mended": lambda schema: field(schema, "case").update(doc="Better."),
}
RECORD = {"id": "1", "at": 1, "case": "c", "touchpoint": "t", "severity": "low", "kind": None, "channel": "phone"}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_harmless_change_is_let_pass_and_both_sides_do_read_each_other(
    change: Callable[[dict[str, Any]], None],
) -> None:
    old = loader.without_logical_types(loader.current("feedback").definition)
    new = copy.deepcopy(old)
    change(new)
    assert incompatible(old, new) == []
    for writer, reader in ((old, new), (new, old)):
        stream = BytesIO()
        schemaless_writer(stream, parse_schema(copy.deepcopy(writer)), RECORD)
        read: Any = schemaless_reader(BytesIO(stream.getvalue()), parse_schema(writer), parse_schema(reader))
        assert {name: read[name] for name in RECORD} == RECORD


def test_recursive_schemas_can_be_compared() -> None:
    tree = {
        "type": "record",
        "name": "Tree",
        "namespace": "rytmi",
        "fields": [{"name": "branches", "type": {"type": "array", "items": "Tree"}}],
    }
    assert unreadable(tree, tree) == []


def test_loader_reads_versions_in_order_of_their_numbers() -> None:
    for name in loader.names():
        numbers = [schema.version for schema in loader.versions(name)]
        assert numbers == list(range(1, len(numbers) + 1))
