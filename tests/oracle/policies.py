"""Policies, read literally: the set in force at an instant, and its first policy that matches a classification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .hours import parse_ms

Policy = Mapping[str, Any]


class Classification(NamedTuple):
    touchpoint: str
    severity: str
    channel: str | None


class PolicySet(NamedTuple):
    version: str | None
    policies: list[Policy]


NO_SET = PolicySet(None, [])


def set_in_force(config: Mapping[str, Any], versions: list[str], at_ms: int) -> PolicySet:
    if config.get("policy_sets") is None:
        return PolicySet(versions[0], list(config["policies"]))
    begun = [
        (parse_ms(dated["from"]), PolicySet(version, list(dated["policies"])))
        for dated, version in zip(config["policy_sets"], versions, strict=True)
        if parse_ms(dated["from"]) <= at_ms
    ]
    return max(begun, key=lambda dated: dated[0])[1] if begun else NO_SET


def attributes(config: Mapping[str, Any], seen: Classification) -> dict[str, str | None]:
    declared: Mapping[str, Any] = {}
    for touchpoint in config["touchpoints"]:
        if touchpoint["id"] == seen.touchpoint:
            declared = touchpoint
    return {**seen._asdict(), "unit": declared.get("unit"), "path": declared.get("path")}


def fits(pattern: str, value: str) -> bool:
    """`*` stands for any number of any characters; everything else for itself."""
    if pattern == "":
        return value == ""
    if pattern[0] == "*":
        return any(fits(pattern[1:], value[skip:]) for skip in range(len(value) + 1))
    return value[:1] == pattern[0] and fits(pattern[1:], value[1:])


def matches(policy: Policy, known: Mapping[str, str | None]) -> bool:
    for name, patterns in (policy.get("match") or {}).items():
        value = known[name]
        if value is None or not any(fits(pattern, value) for pattern in patterns):
            return False
    return True


def first_match(config: Mapping[str, Any], chosen: PolicySet, seen: Classification) -> Policy | None:
    known = attributes(config, seen)
    for policy in chosen.policies:
        if matches(policy, known):
            return policy
    return None
