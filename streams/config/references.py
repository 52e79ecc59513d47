"""What one part of rytmi.yaml says of another: every name that is used is declared, and lengths fit together.

It is looked at in files with other faults too. What could not be read there is None, and nothing is called a fault that
may be none once it can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from processors.events import SEVERITIES
from processors.policy import OTHER
from streams.config.model import DAY_MS, ConfigFile, PolicySpec, TouchpointSpec, UnitSpec
from streams.config.problems import Path, Problem, unknown
from streams.config.values import positive_ms, shown_ms

LONGEST_RHYTHM_MS = 28 * DAY_MS
MARGIN_MS = DAY_MS
ALWAYS = "always"
_DECLARED_BY = {
    "touchpoint": (("touchpoints", "id"),),
    "unit": (("units", "id"), ("touchpoints", "unit")),
    "path": (("touchpoints", "path"),),
    "calendar": (("calendars", None),),  # by its place among them
}
_KEYS = {*TouchpointSpec.model_fields, *UnitSpec.model_fields}


def faults(config: ConfigFile, unread: Collection[Path] = ()) -> Iterator[Problem]:
    """Everything that is wrong between the parts of a file. unread: what of it could not be read."""
    known = _known(config, unread)
    yield from _declarations(config, known, unread)
    given = [key for key in ("policies", "policy_sets") if getattr(config, key) is not None or (key,) in unread]
    if len(given) != 1 and (given or not _unknown_keys(unread)):
        yield Problem((), f"found {'both' if given else 'neither'} policies and policy_sets; give one of the two")
    for path, policies in _all_policies(config):
        for i, policy in enumerate(policies):
            yield from _policy(policy, (*path, i), known)
        yield from _repeated("name", (policy.name for policy in policies), path, "name")
    yield from _repeated("begin", (dated.from_ms for dated in config.policy_sets or ()), ("policy_sets",), "from")
    yield from _windows(config, unread)


def _known(config: ConfigFile, unread: Collection[Path]) -> dict[str, list[str]]:
    """Declared names by their kind, without the kinds of which more may be declared where the file is unread."""
    touchpoints, units = config.touchpoints, config.units
    names = {
        "touchpoint": {OTHER, *(touchpoint.id for touchpoint in touchpoints)},
        "unit": {unit.id for unit in units} | {touchpoint.unit for touchpoint in touchpoints if touchpoint.unit},
        "path": {touchpoint.path for touchpoint in touchpoints if touchpoint.path},
        "severity": set(SEVERITIES),
        "calendar": {ALWAYS, *config.calendars},
    }
    return {
        kind: sorted(filter(None, found))
        for kind, found in names.items()
        if not any(_is_unsure(config, section, key, unread) for section, key in _DECLARED_BY.get(kind, ()))
    }


def _is_unsure(config: ConfigFile, section: str, key: str | None, unread: Collection[Path]) -> bool:
    """Whether a section may declare more names, by a key of its items, than could be read."""
    if section not in config.model_fields_set and _unknown_keys(unread):
        return True  # its own key may be among them, misspelt
    places = [path for path in unread if path and path[0] == section]
    if any(len(path) < 3 for path in places):
        return True  # the section, or one of its items
    return key is not None and any(len(path) == 3 and (path[2] == key or path[2] not in _KEYS) for path in places)


def _unknown_keys(unread: Collection[Path]) -> bool:
    """Whether the top of the file has keys that there are not."""
    return any(len(path) == 1 and path[0] not in ConfigFile.model_fields for path in unread)


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
        yield ("policy_sets", i, "policies"), dated.policies or []  # unread, it is None


def _declarations(config: ConfigFile, known: Mapping[str, list[str]], unread: Collection[Path]) -> Iterator[Problem]:
    if ALWAYS in config.calendars and config.calendars[ALWAYS].model_dump(exclude_defaults=True):
        yield Problem(("calendars", ALWAYS), "is every hour of every day and cannot be another; choose another name")
    for section in ("units", "touchpoints", "functions", "sources"):
        yield from _repeated("id", (one.id for one in getattr(config, section)), (section,), "id")
    for i, source in enumerate(config.sources):
        yield from _undeclared("touchpoint", source.touchpoints, ("sources", i, "touchpoints"), known)
    units = [] if _is_unsure(config, "units", "id", unread) else [unit.id for unit in config.units]
    for i, touchpoint in enumerate(config.touchpoints):
        if units and touchpoint.unit is not None and touchpoint.unit not in units:
            yield Problem(("touchpoints", i, "unit"), unknown("unit", touchpoint.unit, units))


def _undeclared(what: str, names: Iterable[str], path: Path, known: Mapping[str, list[str]]) -> Iterator[Problem]:
    for i, name in enumerate(names):
        # A pattern with a wildcard may be there for what is declared later; one that could not be read is None.
        if what in known and name is not None and "*" not in name and name not in known[what]:
            yield Problem((*path, i), unknown(what, name, known[what]))


def _repeated(what: str, values: Iterable[object], path: Path, key: str) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for i, value in enumerate(values):
        if value in seen and value is not None:
            yield Problem((*path, i, key), f"is the {what} of number {seen[value] + 1} too; each needs its own")
        seen.setdefault(value, i)


def _policy(policy: PolicySpec, path: Path, known: Mapping[str, list[str]]) -> Iterator[Problem]:
    if "calendar" in known and policy.calendar not in known["calendar"]:
        yield Problem((*path, "calendar"), unknown("calendar", policy.calendar, known["calendar"]))
    for attribute, patterns in policy.match:
        yield from _undeclared(attribute, patterns or (), (*path, "match", attribute), known)


def _windows(config: ConfigFile, unread: Collection[Path]) -> Iterator[Problem]:
    lengths: dict[int, str] = {}
    for i, label in enumerate(config.windows):
        if not label:  # unread, it is None
            continue
        length_ms = positive_ms(label)
        if length_ms in lengths:
            yield Problem(("windows", i), f"{label} is as long as {lengths[length_ms]}")
        lengths[length_ms] = label
    longest_ms = max([LONGEST_RHYTHM_MS, *lengths])
    if ("retention",) not in unread and config.retention < 2 * longest_ms + MARGIN_MS:
        why = f"twice the longest rhythm or window ({shown_ms(longest_ms)}) and a day, so that figures can be rebuilt"
        found, least = shown_ms(config.retention), shown_ms(2 * longest_ms + MARGIN_MS)
        yield Problem(("retention",), f"{found} is too short; at least {least}: {why}")
