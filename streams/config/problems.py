"""What is wrong with a configuration: where, what was found, what would be right."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from streams import UserError
from streams.config.values import shown

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """One fault. path: keys and indexes from the top of the file."""

    path: Path
    message: str


class ConfigError(UserError):
    """A configuration that cannot be used: a line a problem, each with file, line (where known) and path."""

    def __init__(self, source: str, problems: Iterable[Problem], line_of: Callable[[Path], int | None]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda problem: line_of(problem.path) or 0))
        lines = [f"{source} has {len(self.problems)} faults"] if len(self.problems) > 1 else []
        for path, message in self.problems:
            line = line_of(path)
            place = source if line is None else f"{source}:{line}"
            lines.append(": ".join(filter(None, (place, written(path), message))))
        super().__init__("\n".join(lines))


def written(path: Path) -> str:
    """`policies[0].targets.resolve`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that is not declared, with the one that was probably meant."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:  # another case is the likeliest slip, and none to difflib
        near = [one for one in names if one.casefold() == name.casefold()]
    if near:
        return f"no {what} {name!r}; did you mean {near[0]!r}?"
    return f"no {what} {name!r}; there is {_enumerated(names)}"


def from_pydantic(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Its errors in our words."""
    return [_problem(one, model) for one in error.errors(include_url=False)]


def _problem(error: Mapping[str, Any], model: type[BaseModel]) -> Problem:
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        return Problem(path, unknown("key", str(path[-1]), _keys_at(model, path[:-1])))
    if kind == "missing":
        return Problem(path, "is missing")
    if kind == "value_error":
        return Problem(path, str(error["ctx"]["error"]))
    if kind in _WANTED:
        return Problem(path, f"found {shown(found)}; {_WANTED[kind]}")
    wanted = error["msg"].removeprefix("Input should be ")
    return Problem(path, f"found {shown(found)}; it must be {wanted}")


_WANTED = {
    "string_type": "a text is wanted here: put it in quotes",
    "list_type": "a list is wanted here: put it in [brackets]",
    "dict_type": "keys and values are wanted here",
    "model_type": "keys and values are wanted here",
    "float_type": "a number is wanted here",
}


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model knows at a place."""
    place: Any = model
    for part in path:
        if isinstance(place, type) and issubclass(place, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in place.model_fields.items()}
            place = _bare(fields[str(part)])
        else:
            place = _bare(typing.get_args(place)[-1])  # of a list its items, of a dict its values
    return [field.alias or name for name, field in place.model_fields.items()]


def _bare(annotation: Any) -> Any:
    """The type without `| None`."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return next(part for part in typing.get_args(annotation) if part is not types.NoneType)
    return annotation


def _enumerated(names: list[str]) -> str:
    if not names:
        return "none"
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
