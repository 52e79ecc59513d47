"""How the touchpoints of a decision moved: the weeks before it took effect beside those after."""

from __future__ import annotations

from typing import NamedTuple

from processors.decided import Decided
from processors.panes import DAY_MS
from processors.periods.changes import Change
from processors.periods.period import aligned
from streams.report.material import Material
from streams.report.parts import OF_A_DECISION

_WEEK_MS = 7 * DAY_MS
_MOST_WEEKS = 4


class Moved(NamedTuple):
    """weeks: how long before and after; 0: it cannot be told, and `why` is a key of the words. changes: by word."""

    weeks: int
    why: str
    changes: dict[str, Change]


def moved(material: Material, decided: Decided) -> Moved:
    """What has changed at the touchpoints of a decision with its effect, over whole weeks, four at most."""
    effective, since = decided.effective_at, material.known.since
    if effective is None or since is None:
        return Moved(0, "moved.no_effect", {})
    if not decided.touchpoints:
        return Moved(0, "moved.nowhere", {})
    after, before = (max(0, length // _WEEK_MS) for length in (material.at - effective, effective - since + DAY_MS))
    weeks = min(after, before, _MOST_WEEKS)
    if not weeks:
        return Moved(0, "moved.early" if not after else "moved.unknown", {})
    length = weeks * _WEEK_MS
    spans = aligned(effective - length, effective), aligned(effective, effective + length)
    by_key = {change.key: change for change in material.changes(*spans, of=decided.touchpoints)}
    return Moved(weeks, "", {word: by_key[key] for word, key in OF_A_DECISION if key in by_key})
