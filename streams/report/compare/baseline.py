"""A pinned period: its cells in a file, so that it can be compared with when its events are long gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.canonical import instant, rfc3339
from processors.measures import friction, indicators
from processors.measures.cells import Facts
from processors.measures.terms import Cell
from processors.panes import HOUR_MS
from streams import UserError
from streams.config import Config
from streams.results.cells import KnownCells, cell_rows, cells_of
from streams.results.files import write_lines

_FORM = "rytmi baseline 1"
_DIGITS = 12


class Baseline(NamedTuple):
    """A period and its cells. span: milliseconds, half-open. configuration: see `configuration`.

    policies: the versions of the policy sets that judged it.
    """

    span: tuple[int, int]
    configuration: str
    policies: tuple[str | None, ...]
    known: KnownCells


def configuration(config: Config) -> str:
    """The version of what figures depend on: 12 hex digits of touchpoints, calendars and policies. Who is told, what is
    intended, windows and retention change none.
    """
    file = config.file
    said = {
        "timezone": config.timezone,
        "calendars": {name: spec.model_dump(mode="json") for name, spec in file.calendars.items()},
        "touchpoints": {place.id: [place.unit, place.path] for place in config.policies.touchpoints.values()},
        "units": sorted(config.policies.units),
        "policies": [dated.version for dated in config.policies.sets],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def judged_by(config: Config, span: tuple[int, int]) -> tuple[str | None, ...]:
    """The versions of the policy sets that judge what begins in a period, in their order."""
    starts = [dated.from_ms for dated in config.policies.sets if dated.from_ms is not None]
    within = [span[0], *(start for start in starts if span[0] < start < span[1])]
    return tuple(config.policies.in_force(at).version for at in within)


def save(path: Path, span: tuple[int, int], known: KnownCells, config: Config) -> None:
    """Pin a period. Raises UserError if the file cannot be written."""
    said = {
        "form": _FORM,
        "from": rfc3339(span[0]),
        "to": rfc3339(span[1]),
        "at": rfc3339(known.at),
        "configuration": configuration(config),
        "policies": judged_by(config, span),
        "cells": list(cell_rows(_of(known.cells, span))),
    }
    try:
        write_lines(path, [said])
    except OSError as wrong:
        raise UserError(f"{path}: cannot be written: {wrong.strerror}") from None


def _of(cells: Mapping[Cell, Facts], span: tuple[int, int]) -> dict[Cell, Facts]:
    """The cells that a period needs; of friction also those before it, for what stood from long ago."""
    start, end = span
    return {
        where: facts
        for where, facts in cells.items()
        if where.family != indicators.FAMILY
        and where.hour * HOUR_MS < end
        and ((where.hour + 1) * HOUR_MS > start or where.family == friction.FAMILY)
    }


def read(path: Path) -> Baseline:
    """A pinned period. Raises UserError."""
    try:
        said: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        if said["form"] != _FORM:
            raise ValueError(f"its form is {said['form']!r}")
        span = instant(said["from"]), instant(said["to"])
        known = KnownCells(str(path), instant(said["at"]), span[0], cells_of(said["cells"]))
        return Baseline(span, said["configuration"], tuple(said["policies"]), known)
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror}") from None
    except (KeyError, TypeError, ValueError, msgspec.DecodeError) as wrong:
        raise UserError(f"{path}: is not a period that `rytmi compare --pin` has saved: {wrong}") from None
