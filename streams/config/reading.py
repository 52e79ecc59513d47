"""Reading rytmi.yaml: its values, and the line on which each stands.

YAML as people mean it: `NO` is Norway and not false, `12:30` is not 750, a date stays a
text until the field that holds it says what it is, and a key given twice is an error.
"""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import Any

import yaml

from streams.config.problems import ConfigError, Path, Problem


class _Loader(yaml.SafeLoader):
    """A safe loader with the scalars of YAML 1.2's core schema."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.value in seen and key_node.value != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} is given twice", key_node.start_mark
                )
            seen.add(key_node.value if isinstance(key_node, yaml.ScalarNode) else id(key_node))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}  # of its own: those of the base class are YAML 1.1's
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


class Document:
    """What a file holds. data: as YAML gives it. source: how the file is called in errors."""

    def __init__(self, data: Any, source: str, root: yaml.Node | None = None) -> None:
        self.data, self.source, self._root = data, source, root

    def line_of(self, path: Path) -> int | None:
        """The line, counted from 1, of the value at a path, or of the nearest that exists around it."""
        if self._root is None:
            return None
        node, line = self._root, self._root.start_mark.line
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return line + 1


def read(path: FilePath) -> Document:
    """The document in a file. Raises ConfigError, with line and column for what is no YAML."""
    source = str(path)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise _unreadable(source, "there is no such file; name another with --config") from None
    except (OSError, UnicodeDecodeError) as wrong:
        raise _unreadable(source, f"cannot be read: {wrong}") from None
    try:
        root, data = _parse(text)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        said = " ".join(filter(None, (wrong.context, wrong.problem)))
        raise _unreadable(place, f"not valid YAML: {said}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise _unreadable(source, f"not valid YAML: {wrong}") from None
    return Document(data, source, root)


def _parse(text: str) -> tuple[yaml.Node | None, Any]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    finally:
        loader.dispose()


def _unreadable(place: str, message: str) -> ConfigError:
    return ConfigError(place, [Problem((), message)], lambda _: None)


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    """The line on which a key or item starts, and its value."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.value == str(part):
                return key_node.start_mark.line, value_node
    return None
