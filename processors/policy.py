"""Policies: which targets and which calendar judge a cycle.

Policies come in dated sets. The set in force when a cycle was received judges all
of it; within a set the first policy that matches the classification wins. A
missing attribute matches nothing, not even `*`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from processors.calendar import ALWAYS, Calendar

CLOCKS = ("acknowledge", "decide", "effect", "resolve", "tell")
OTHER = "other"  # the touchpoint of what was not declared; always known


_MOST_KEPT = 100_000  # channels are free text: without a bound a careless producer would fill the memory


class Classification(NamedTuple):
    """What a policy can match of a case at an instant."""

    touchpoint: str
    severity: str
    channel: str | None


class Touchpoint(NamedTuple):
    """A declared touchpoint: the unit that answers for it and the path that it lies on."""

    id: str
    unit: str | None = None
    path: str | None = None


class Policy(NamedTuple):
    """Targets in worked milliseconds by clock; `pausable` clocks stand still in a pause.

    match: attribute (severity, touchpoint, channel, unit, path) to patterns, `*` standing for any run of characters.
    warn: shares of the target. escalate: (milliseconds after the breach, who). hours: the calendar's name.
    """

    name: str | None
    match: Mapping[str, tuple[str, ...]] = {}
    calendar: Calendar = ALWAYS
    targets: Mapping[str, int] = {}
    pausable: frozenset[str] = frozenset()
    warn: tuple[float, ...] = ()
    escalate: tuple[tuple[int, str], ...] = ()
    hours: str = "always"


class PolicySet(NamedTuple):
    """Policies in force from an instant on (None: since ever), the first match winning."""

    from_ms: int | None
    version: str | None
    policies: tuple[Policy, ...]


UNJUDGED = Policy(None)
_NO_SET = PolicySet(None, None, ())


@dataclass
class Policies:
    """All dated sets, and the touchpoints that they speak of; answers are kept, as classifications are few."""

    sets: tuple[PolicySet, ...]
    touchpoints: Mapping[str, Touchpoint]
    reject_unknown: bool = False
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by unit, by role: who is told
    _found: dict[tuple[str | None, Classification], Policy] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.sets = tuple(sorted(self.sets, key=lambda s: s.from_ms if s.from_ms is not None else -1))
        self.targeted = frozenset(clock for dated in self.sets for policy in dated.policies for clock in policy.targets)
        places = self.touchpoints.values()
        self.units = frozenset((*self.people, *(place.unit for place in places if place.unit is not None)))
        self._starts = [s.from_ms if s.from_ms is not None else -1 for s in self.sets]

    def in_force(self, received_ms: int) -> PolicySet:
        """The set that judges a cycle received then; before the first set: one without policies."""
        i = bisect_right(self._starts, received_ms) - 1
        return self.sets[i] if i >= 0 else _NO_SET

    def match(self, dated: PolicySet, classification: Classification) -> Policy:
        """The first policy of the set that matches; without any: no name, no target, always open."""
        key = (dated.version, classification)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            found = self._found[key] = self._first(dated, classification)
        return found

    def unit(self, touchpoint: str) -> str | None:
        """The unit that answers for a touchpoint, if one is declared."""
        declared = self.touchpoints.get(touchpoint)
        return declared.unit if declared else None

    def _first(self, dated: PolicySet, classification: Classification) -> Policy:
        declared = self.touchpoints.get(classification.touchpoint)
        attributes = {
            "severity": classification.severity,
            "touchpoint": classification.touchpoint,
            "channel": classification.channel,
            "unit": declared.unit if declared else None,
            "path": declared.path if declared else None,
        }
        for policy in dated.policies:
            if all(_matches(attributes[name], patterns) for name, patterns in policy.match.items()):
                return policy
        return UNJUDGED


def _matches(value: str | None, patterns: tuple[str, ...]) -> bool:
    return value is not None and any(_pattern(p).fullmatch(value) for p in patterns)


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
