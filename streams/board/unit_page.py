"""A unit in real time: its alarms, and the measures of rytmi.window.v1 as they run."""

from __future__ import annotations

from typing import Any

from processors.policy import CLOCKS
from streams.board.identity import Identity
from streams.board.store import NOWHERE, Record, Store
from streams.config import Config

_ALARMS_SHOWN = 30
_LEVELS = ("escalation", "breach", "warning")
_RHYTHMS = ("daily", "weekly", "monthly")
_MONTH = "28d"


def units(config: Config, who: Identity) -> list[str]:
    """The units that may be seen: those of the configuration, and what no unit answers for."""
    known = [unit.id for unit in config.file.units]
    known += sorted(config.policies.units - set(known))
    return [unit for unit in [*known, NOWHERE] if who.sees(unit)]


def show(store: Store, config: Config, unit: str, window: str) -> dict[str, Any]:
    """What the page shows."""
    rows = store.windows()
    places = [one.id for one in config.file.touchpoints if (one.unit or NOWHERE) == unit]
    if unit == NOWHERE:
        places.append("other")
    declared = next((one for one in config.file.units if one.id == unit), None)
    levels = store.levels(unit)
    return {
        "unit": unit,
        "supervisor": declared.supervisor if declared else None,
        "leader": declared.leader if declared else None,
        "window": window,
        "windows": dict(config.windows),
        "levels": [(level, levels.get(level, 0)) for level in _LEVELS],
        "alarms": store.standing(unit, _ALARMS_SHOWN),
        "measured": bool(rows),
        "clocks": _clocks(rows, places, window),
        "friction": _friction(rows, places, window),
        "rhythm": _rhythm(rows, unit),
        "alignment": next(iter(_of(rows, "alignment", unit=unit)), None),
        "voices": _voices(rows, places),
        "measured_at": max((one["at"] for one in rows), default=None),
    }


def _of(rows: list[Record], measure: str, window: str | None = None, **labels: str) -> list[Record]:
    """Labels and values of a measure's rows, those with these labels. window: None for any."""
    return [
        one["labels"] | one["values"]
        for one in rows
        if one["measure"] == measure and window in (None, one["window"]) and labels.items() <= one["labels"].items()
    ]


def _clocks(rows: list[Record], places: list[str], window: str) -> list[Record]:
    """By touchpoint and clock, all severities."""
    found = [one for one in _of(rows, "clock", window, severity="*") if one["touchpoint"] in places]
    return sorted(found, key=lambda one: (places.index(one["touchpoint"]), CLOCKS.index(one["clock"])))


def _friction(rows: list[Record], places: list[str], window: str) -> list[Record]:
    """By touchpoint and cause, what stands most first."""
    found = [one for one in _of(rows, "friction", window) if one["touchpoint"] in places and one["cause"] != "*"]
    return sorted(found, key=lambda one: (-one["standing_now"], -one["standing_mean"], one["cause"]))


def _rhythm(rows: list[Record], unit: str) -> list[Record]:
    found = _of(rows, "rhythm", unit=unit)
    return sorted(found, key=lambda one: (_RHYTHMS.index(one["rhythm"]), CLOCKS.index(one["clock"])))


def _voices(rows: list[Record], places: list[str]) -> list[Record]:
    """Emotion and NPS by touchpoint."""
    found = []
    for place in places:
        emotion = next(iter(_of(rows, "emotion", _MONTH, touchpoint=place)), None)
        nps = next(iter(_of(rows, "score", _MONTH, touchpoint=place, scale="nps")), None)
        if emotion is not None or nps is not None:
            found.append({"touchpoint": place, "emotion": emotion, "nps": nps})
    return found
