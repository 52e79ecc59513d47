"""What one part of rytmi.yaml says of another: every name that is used is declared, and lengths fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from processors.events import SEVERITIES
from processors.policy import CLOCKS, OTHER
from streams.config.model import DAY_MS, ConfigFile, Match, PolicySpec
from streams.config.problems import Path, Problem, unknown
from streams.config.values import positive_ms, shown_ms

LONGEST_RHYTHM_MS = 28 * DAY_MS
MARGIN_MS = DAY_MS
SHORTEST_WINDOW_MS = 300_000  # one pane of the finest kind
ALWAYS = "always"


def faults(config: ConfigFile) -> Iterator[Problem]:
    """Everything that is wrong between the parts of a file whose parts are each well-formed."""
    yield from _declarations(config)
    if (config.policies is None) == (config.policy_sets is None):
        found = "neither" if config.policies is None else "both"
        yield Problem((), f"found {found} policies and policy_sets; give one of the two")
    names = {
        "touchpoint": {OTHER, *(touchpoint.id for touchpoint in config.touchpoints)},
        "unit": {unit.id for unit in config.units} | {t.unit for t in config.touchpoints if t.unit},
        "path": {touchpoint.path for touchpoint in config.touchpoints if touchpoint.path},
        "severity": set(SEVERITIES),
        "calendar": {ALWAYS, *config.calendars},
    }
    known = {kind: sorted(found) for kind, found in names.items()}
    for i, policy in enumerate(config.policies or ()):
        yield from _policy(policy, ("policies", i), known)
    for i, dated in enumerate(config.policy_sets or ()):
        for j, policy in enumerate(dated.policies):
            yield from _policy(policy, ("policy_sets", i, "policies", j), known)
    yield from _repeated("name", (p.name for p in config.policies or ()), ("policies",), "name")
    for i, dated in enumerate(config.policy_sets or ()):
        yield from _repeated("name", (p.name for p in dated.policies), ("policy_sets", i, "policies"), "name")
    yield from _repeated("begin", (dated.from_ms for dated in config.policy_sets or ()), ("policy_sets",), "from")
    yield from _windows(config)


def unreachable(config: ConfigFile) -> Iterator[Problem]:
    """Policies that stand behind one that matches everything: no error, but hardly meant."""
    for path, policies in _all_policies(config):
        everything = next((p.name for p in policies if not p.match.model_dump(exclude_none=True)), None)
        behind = False
        for i, policy in enumerate(policies):
            if behind:
                yield Problem((*path, i), f"{policy.name!r} never judges: {everything!r} before it matches all cases")
            behind = behind or policy.name == everything


def _all_policies(config: ConfigFile) -> Iterator[tuple[Path, list[PolicySpec]]]:
    if config.policies is not None:
        yield ("policies",), config.policies
    for i, dated in enumerate(config.policy_sets or ()):
        yield ("policy_sets", i, "policies"), dated.policies


def _declarations(config: ConfigFile) -> Iterator[Problem]:
    if ALWAYS in config.calendars and config.calendars[ALWAYS].model_dump(exclude_defaults=True):
        yield Problem(("calendars", ALWAYS), "is every hour of every day and cannot be another; choose another name")
    for name, calendar in config.calendars.items():
        for day_range, intervals in (calendar.hours or {}).items():
            if not intervals:
                yield Problem(("calendars", name, "hours", day_range), "has no interval; leave the days out instead")
    yield from _repeated("id", (unit.id for unit in config.units), ("units",), "id")
    yield from _repeated("id", (touchpoint.id for touchpoint in config.touchpoints), ("touchpoints",), "id")
    yield from _repeated("id", (function.id for function in config.functions), ("functions",), "id")
    yield from _repeated("id", (source.id for source in config.sources), ("sources",), "id")
    places = [OTHER, *(touchpoint.id for touchpoint in config.touchpoints)]
    for i, source in enumerate(config.sources):
        for j, place in enumerate(source.touchpoints):
            if place not in places:
                yield Problem(("sources", i, "touchpoints", j), unknown("touchpoint", place, places))
    units = [unit.id for unit in config.units]
    for i, touchpoint in enumerate(config.touchpoints):
        if units and touchpoint.unit is not None and touchpoint.unit not in units:
            yield Problem(("touchpoints", i, "unit"), unknown("unit", touchpoint.unit, units))


def _repeated(what: str, values: Iterable[object], path: Path, key: str) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for i, value in enumerate(values):
        if value in seen:
            yield Problem((*path, i, key), f"is the {what} of number {seen[value] + 1} too; each needs its own")
        seen.setdefault(value, i)


def _policy(policy: PolicySpec, path: Path, known: dict[str, list[str]]) -> Iterator[Problem]:
    if policy.calendar not in known["calendar"]:
        yield Problem((*path, "calendar"), unknown("calendar", policy.calendar, known["calendar"]))
    yield from _match(policy.match, (*path, "match"), known)
    for i, clock in enumerate(policy.pausable):
        if clock not in CLOCKS:
            yield Problem((*path, "pausable", i), unknown("clock", clock, CLOCKS))
    if any(later <= earlier for earlier, later in zip(policy.warn, policy.warn[1:], strict=False)):
        yield Problem((*path, "warn"), f"shares must rise; write {sorted(set(policy.warn))}")
    waits = [step.after for step in policy.escalate]
    if waits != sorted(waits):
        yield Problem((*path, "escalate"), "steps must be in the order of `after`, the first one first")


def _match(match: Match, path: Path, known: dict[str, list[str]]) -> Iterator[Problem]:
    for attribute, patterns in match.model_dump(exclude_none=True).items():
        if not patterns:
            yield Problem((*path, attribute), "matches nothing when empty; leave it out to match everything")
        for i, pattern in enumerate(patterns):
            # Channels are not declared. A pattern with a wildcard may be there for what is declared later.
            if attribute in known and "*" not in pattern and pattern not in known[attribute]:
                yield Problem((*path, attribute, i), unknown(attribute, pattern, known[attribute]))


def _windows(config: ConfigFile) -> Iterator[Problem]:
    lengths: dict[int, str] = {}
    for i, label in enumerate(config.windows):
        try:
            length_ms = positive_ms(label)
        except ValueError as wrong:
            yield Problem(("windows", i), str(wrong))
            continue
        if length_ms < SHORTEST_WINDOW_MS:
            yield Problem(("windows", i), f"{label} is shorter than a pane; the shortest window is 5m")
        if length_ms in lengths:
            yield Problem(("windows", i), f"{label} is as long as {lengths[length_ms]}")
        lengths[length_ms] = label
    longest_ms = max([LONGEST_RHYTHM_MS, *lengths])
    if config.retention < 2 * longest_ms + MARGIN_MS:
        why = f"twice the longest rhythm or window ({shown_ms(longest_ms)}) and a day, so that figures can be rebuilt"
        found, least = shown_ms(config.retention), shown_ms(2 * longest_ms + MARGIN_MS)
        yield Problem(("retention",), f"{found} is too short; at least {least}: {why}")
