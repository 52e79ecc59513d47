"""What the measures need of `rytmi.yaml`, read literally, and in the form that the oracle of clocks understands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

OTHER = "other"
UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
WINDOWS = ["15m", "1h", "1d", "7d", "28d"]


def length_ms(text: str) -> int:
    """`30m`, `1h30m`, `6.38h`, to the nearest millisecond."""
    parts = re.findall(r"([0-9.]+)([smhd])", text)
    assert "".join(number + unit for number, unit in parts) == text, text
    return round(sum(Fraction(number) * UNIT_MS[unit] for number, unit in parts))


class Setting(NamedTuple):
    """`clocks`: the configuration as `tests.oracle.oracle` takes it. Lengths in milliseconds."""

    clocks: Mapping[str, Any]
    versions: list[str]
    windows: dict[str, int]  # by name
    touchpoints: set[str]
    unit_of: dict[str, str]  # by touchpoint
    units: set[str]
    functions: dict[str, int | None]  # stale_after by function
    intended: dict[str, Mapping[str, float]]  # by touchpoint
    reject: bool

    def known_unit(self, unit: str | None) -> str:
        return unit if unit is not None and unit in self.units else OTHER


def setting(config: Mapping[str, Any]) -> Setting:
    touchpoints = config.get("touchpoints") or []
    units = {unit["id"] for unit in config.get("units") or []} | {one["unit"] for one in touchpoints if one.get("unit")}
    clocks = _clocks(config, touchpoints)
    return Setting(
        clocks=clocks,
        versions=[f"v{number}" for number, _ in enumerate(clocks.get("policy_sets") or ["one"])],
        windows={name: length_ms(name) for name in config.get("windows") or WINDOWS},
        touchpoints={one["id"] for one in touchpoints} | {OTHER},
        unit_of={one["id"]: one.get("unit") or OTHER for one in touchpoints} | {OTHER: OTHER},
        units=units,
        functions={
            one["id"]: length_ms(one["stale_after"]) if one.get("stale_after") else None
            for one in config.get("functions") or []
        },
        intended={one["id"]: one["intended"] for one in touchpoints if one.get("intended")},
        reject=config.get("unknown_touchpoint") == "reject",
    )


def _clocks(config: Mapping[str, Any], touchpoints: list[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "timezone": config.get("timezone") or "UTC",
        "calendars": {"always": {}, **(config.get("calendars") or {})},
        "touchpoints": touchpoints,
    }
    if config.get("policy_sets") is None:
        found["policies"] = [_policy(one) for one in config.get("policies") or []]
    else:
        found["policy_sets"] = [
            {"from": dated["from"], "policies": [_policy(one) for one in dated["policies"]]}
            for dated in config["policy_sets"]
        ]
    return found


def _policy(given: Mapping[str, Any]) -> dict[str, Any]:
    """With its calendar named, and targets in whole seconds."""
    targets = {}
    for clock, text in (given.get("targets") or {}).items():
        assert length_ms(text) % 1_000 == 0, f"{text}: no whole seconds"
        targets[clock] = f"{length_ms(text) // 1_000}s"
    return {**given, "calendar": given.get("calendar") or "always", "targets": targets}
