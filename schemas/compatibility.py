"""What may change between two versions of a schema: nothing that breaks a reader, old or new.

Topics are replayed, so every version reads every other (FULL_TRANSITIVE in the words of
the Confluent registry). In practice: add a field with a default, remove a field that has
one, and touch nothing else. The rules are those of Avro's schema resolution, read strictly:
names are compared in full, each branch of a writer's union must be readable, and a change
of a logical type (milliseconds to microseconds) is a break though the bytes still parse.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_PROMOTED = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}


def incompatible(one: Any, other: Any) -> list[str]:
    """Why one of two versions cannot read the other; empty: they are fully compatible."""
    return [f"new reads old: {why}" for why in unreadable(one, other)] + [
        f"old reads new: {why}" for why in unreadable(other, one)
    ]


def unreadable(writer: Any, reader: Any) -> list[str]:
    """Why what the writer's schema wrote cannot always be read with the reader's; empty: it can."""
    return list(_Comparison(writer, reader).faults(writer, reader, "", ""))


class _Comparison:
    """Two schemas with the named types that they define, and the pairs already compared (types may be recursive)."""

    def __init__(self, writer: Any, reader: Any) -> None:
        self._writer: dict[str, Any] = {}
        self._reader: dict[str, Any] = {}
        _collect(writer, "", self._writer)
        _collect(reader, "", self._reader)
        self._seen: set[tuple[str, str]] = set()

    def faults(self, w: Any, r: Any, at: str, namespace: str) -> Iterator[str]:
        w, r = _resolved(w, self._writer, namespace), _resolved(r, self._reader, namespace)
        if isinstance(w, list):
            for branch in w:
                yield from self.faults(branch, r, at, namespace)
        elif isinstance(r, list):
            if all(any(self.faults(w, branch, at, namespace)) for branch in r):
                yield f"{at or 'the schema'}: {_shown(w)} is none of {', '.join(map(_shown, r))}"
        else:
            yield from self._plain(w, r, at, namespace)

    def _plain(self, w: Any, r: Any, at: str, namespace: str) -> Iterator[str]:
        kind, wanted = w["type"], r["type"]
        if kind != wanted and wanted not in _PROMOTED.get(kind, ()):
            yield f"{at or 'the schema'}: {_shown(w)} is not {_shown(r)}"
        elif w.get("logicalType") not in (None, r.get("logicalType")):
            yield f"{at}: {w['logicalType']} is not {r.get('logicalType') or kind}"
        elif kind in ("array", "map"):
            part = "items" if kind == "array" else "values"
            yield from self.faults(w[part], r[part], f"{at}[]", namespace)
        elif kind in ("record", "enum", "fixed"):
            yield from self._named(w, r, at, namespace)

    def _named(self, w: Any, r: Any, at: str, namespace: str) -> Iterator[str]:
        names = _full_name(w, namespace), _full_name(r, namespace)
        if names[0] != names[1]:
            yield f"{at or 'the schema'}: {names[0]} is not {names[1]}"
        elif w["type"] == "record":
            if names not in self._seen:
                self._seen.add(names)
                yield from self._fields(w, r, at, names[0].rpartition(".")[0])
        elif w["type"] == "enum":
            if lost := [symbol for symbol in w["symbols"] if symbol not in r["symbols"] and "default" not in r]:
                yield f"{at}: unknown symbols {', '.join(lost)}"
        elif w["size"] != r["size"]:
            yield f"{at}: {w['size']} bytes are not {r['size']}"

    def _fields(self, w: Any, r: Any, at: str, namespace: str) -> Iterator[str]:
        written = {field["name"]: field for field in w["fields"]}
        for field in r["fields"]:
            path = f"{at}.{field['name']}".lstrip(".")
            source = next((written[n] for n in (field["name"], *field.get("aliases", ())) if n in written), None)
            if source is not None:
                yield from self.faults(source["type"], field["type"], path, namespace)
            elif "default" not in field:
                yield f"{path}: is not in what was written and has no default"


def _collect(schema: Any, namespace: str, found: dict[str, Any]) -> None:
    if isinstance(schema, list):
        for branch in schema:
            _collect(branch, namespace, found)
    elif isinstance(schema, dict):
        kind = schema.get("type")
        if kind in ("record", "enum", "fixed"):
            name = _full_name(schema, namespace)
            found[name] = schema
            for field in schema.get("fields", ()):
                _collect(field["type"], name.rpartition(".")[0], found)
        else:
            for part in ("type", "items", "values"):
                _collect(schema.get(part), namespace, found)


def _resolved(type_: Any, named: dict[str, Any], namespace: str) -> Any:
    """A union as it is; anything else as a dict with its type."""
    if isinstance(type_, str):
        return named.get(type_) or named.get(f"{namespace}.{type_}") or {"type": type_}
    if isinstance(type_, dict) and isinstance(type_["type"], dict | list):
        return _resolved(type_["type"], named, namespace)
    return type_


def _full_name(schema: Any, namespace: str) -> str:
    name = str(schema["name"])
    space = schema.get("namespace", namespace)
    return name if "." in name or not space else f"{space}.{name}"


def _shown(type_: Any) -> str:
    if isinstance(type_, dict):
        return str(type_.get("name", type_["type"]))
    return str(type_)
