"""`rytmi.yaml`: what the organisation is and what it promises itself. Connections are in `streams.settings`.

    config = load("rytmi.yaml")        # or ConfigError, which names the file, the line, the path and the remedy
    config.policies                    # the core's value

The way: `reading` (YAML and its lines), `model` and `fields` (shape), `references` (one part against another),
`building` (values).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from processors.calendar import Calendar
from processors.policy import Policies
from streams.config import building, references
from streams.config.model import ConfigFile, as_far_as_readable
from streams.config.problems import ConfigError, Problem, from_pydantic
from streams.config.reading import Document, read
from streams.config.values import duration_ms

__all__ = ["Config", "ConfigError", "Problem", "load", "parse"]


@dataclass(frozen=True)
class Config:
    """A valid configuration.

    policies, calendars: the core's values. windows: milliseconds by label, shortest first. file: everything else as
    declared (touchpoints, units, functions). raw: what YAML gave. doubts: what is allowed and hardly meant.
    """

    source: str
    policies: Policies
    calendars: Mapping[str, Calendar]
    retention_ms: int
    windows: Mapping[str, int]
    timezone: str
    file: ConfigFile
    raw: Mapping[str, Any]
    doubts: tuple[Problem, ...]


def load(path: str | Path) -> Config:
    """The configuration in a file. Raises ConfigError."""
    return _config(read(Path(path)))


def parse(data: Any, source: str = "<config>") -> Config:
    """The configuration that a mapping holds, as YAML or JSON gives it. Raises ConfigError."""
    return _config(Document(data, source))


def _config(document: Document) -> Config:
    if not isinstance(document.data, dict):
        found = "is empty" if document.data is None else "holds no keys and values"
        raise ConfigError(document.source, [Problem((), f"{found}; examples/rytmi.yaml shows one")], document.line_of)
    problems: list[Problem] = []
    try:
        file = ConfigFile.model_validate(document.data)
    except ValidationError as wrong:
        problems = from_pydantic(wrong, ConfigFile)
        file = as_far_as_readable(document.data)
    problems += references.faults(file, [path for path, _ in problems])
    if problems:
        raise ConfigError(document.source, problems, document.line_of)
    policies, calendars = building.policies(file)
    return Config(
        source=document.source,
        policies=policies,
        calendars=calendars,
        retention_ms=file.retention,
        windows=dict(sorted(((label, duration_ms(label)) for label in file.windows), key=lambda one: one[1])),
        timezone=file.timezone,
        file=file,
        raw=document.data,
        doubts=tuple(references.unreachable(file)),
    )
