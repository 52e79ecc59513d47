"""How often people would have been told, by level, role and hour of the week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOURS = 7 * 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEVELS = ("warning", "breach", "escalation")
_ROLES = ("owner", "supervisor", "leader", None)

Kind = tuple[str, str | None]
"""Level and role."""


class Told:
    """Counts by level, role and hour of the week (0 to 167 from Monday midnight, wall time of the zone)."""

    def __init__(self, told: Iterable[tuple[str, str | None, int]], zone: ZoneInfo) -> None:
        self._counts: Counter[tuple[Kind, int]] = Counter()
        for level, role, at in told:
            local = (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)
            self._counts[(level, role), local.weekday() * 24 + local.hour] += 1

    def kinds(self) -> set[Kind]:
        return {kind for kind, _ in self._counts}

    def of(self, kind: Kind | None = None, hour: int | None = None) -> int:
        """How many of a kind in an hour; None: of all."""
        return sum(
            count
            for (known, when), count in self._counts.items()
            if (kind is None or known == kind) and (hour is None or when == hour)
        )


def kinds(a: Told, b: Told) -> list[Kind]:
    """The kinds that either has, in the order of escalation."""
    return sorted(a.kinds() | b.kinds(), key=lambda kind: (_place(_LEVELS, kind[0]), _place(_ROLES, kind[1])))


def _place(known: tuple[str | None, ...], name: str | None) -> tuple[int, str]:
    return (known.index(name), "") if name in known else (len(known), str(name))
