"""From what rytmi.yaml says to the values of the core: calendars, policies in dated sets, touchpoints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from processors.calendar import Calendar, Hours
from processors.canonical import rfc3339
from processors.policy import OTHER, Policies, Policy, PolicySet, Touchpoint
from streams.config.model import CalendarSpec, ConfigFile, PolicySpec
from streams.config.references import ALWAYS
from streams.config.values import DAY_MINUTES, days

_VERSION_DIGITS = 12


def policies(config: ConfigFile) -> tuple[Policies, dict[str, Calendar]]:
    """The core's policies and, by name, the calendars that they share."""
    calendars = {ALWAYS: Calendar(None)}
    for name, spec in config.calendars.items():
        calendars[name] = Calendar(_hours(spec, config.timezone))
    dated: list[tuple[int | None, list[PolicySpec]]] = [(None, config.policies)] if config.policies is not None else []
    dated += [(one.from_ms, one.policies) for one in config.policy_sets or ()]
    sets = tuple(
        PolicySet(from_ms, version(from_ms, specs), tuple(_policy(spec, calendars) for spec in specs))
        for from_ms, specs in sorted(dated, key=lambda one: one[0] or 0)
    )
    touchpoints = {OTHER: Touchpoint(OTHER)}
    touchpoints |= {spec.id: Touchpoint(spec.id, spec.unit, spec.path) for spec in config.touchpoints}
    people = {unit.id: unit.model_dump(include={"supervisor", "leader"}, exclude_none=True) for unit in config.units}
    return Policies(sets, touchpoints, config.unknown_touchpoint == "reject", people), calendars


def version(from_ms: int | None, specs: list[PolicySpec]) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a set's canonical JSON.

    Canonical: keys sorted, no spaces, UTF-8; `from` in RFC 3339 UTC or null; each policy with name, match, calendar
    (its name), targets and escalation in milliseconds, and what is a set (patterns, pausable) sorted. So 60m may be
    written as 1h without making another version.
    """
    said = {"from": None if from_ms is None else rfc3339(from_ms), "policies": [_canonical(spec) for spec in specs]}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_DIGITS]


def _canonical(spec: PolicySpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "match": {name: sorted(set(patterns)) for name, patterns in _match(spec).items()},
        "calendar": spec.calendar,
        "targets": _targets(spec),
        "pausable": sorted(set(spec.pausable)),
        "warn": spec.warn,
        "escalate": [[step.after, step.to] for step in spec.escalate],
    }


def _policy(spec: PolicySpec, calendars: Mapping[str, Calendar]) -> Policy:
    return Policy(
        name=spec.name,
        match=_match(spec),
        calendar=calendars[spec.calendar],
        targets=_targets(spec),
        pausable=frozenset(spec.pausable),
        warn=tuple(spec.warn),
        escalate=tuple((step.after, step.to) for step in spec.escalate),
        hours=spec.calendar,
    )


def _match(spec: PolicySpec) -> dict[str, tuple[str, ...]]:
    return {name: tuple(patterns) for name, patterns in spec.match.model_dump(exclude_none=True).items()}


def _targets(spec: PolicySpec) -> dict[str, int]:
    """Worked milliseconds by clock, in the order of the clocks."""
    return spec.targets.model_dump(exclude_none=True)


def _hours(spec: CalendarSpec, timezone: str) -> Hours | None:
    """None for a calendar that is always open; without hours but with days off: all day on the others."""
    if spec.hours is None and spec.holidays is None and not spec.closed:
        return None
    weekly: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for day_range, intervals in (spec.hours or {"mon-sun": [(0, DAY_MINUTES)]}).items():
        for day in days(day_range):
            weekly[day] += intervals
    merged = tuple(_merged(intervals) for intervals in weekly)
    return Hours(spec.timezone or timezone, merged, spec.holidays, frozenset(spec.closed))


def _merged(intervals: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The union of a day's intervals, in order."""
    union: list[tuple[int, int]] = []
    for opening, closing in sorted(intervals):
        if union and opening <= union[-1][1]:
            union[-1] = union[-1][0], max(union[-1][1], closing)
        else:
            union.append((opening, closing))
    return tuple(union)
