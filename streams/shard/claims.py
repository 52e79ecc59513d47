"""Until when everything that could hold a missing event has been read: what may be claimed to be overdue.

Overdue is a claim about absence. For a partition of cases it needs that its feedback and actions have been read that
far, and every partition of decisions, with what it sent to the cases; that no backfill is under way; and that no source
is silent which should be heard. Then the settling time. What lies behind that is unknown, not overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from streams.kafka.control import BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT
from streams.shard.clock import FOREVER, Clock

Notes = Mapping[str, int]
"""What control records have said of a partition, by name: instants in milliseconds."""

_BEGUN, _ENDED, _HEARD = "begun/", "ended", "heard/"


class Source(NamedTuple):
    """A declared source: the records that it sends, the touchpoints that it speaks of (none: all), milliseconds."""

    id: str
    records: frozenset[str]
    touchpoints: frozenset[str]
    silent_after: int


def noted(controls: Notes, record: str, control: Mapping[str, object], appended: int) -> dict[str, int | None]:
    """What a control record changes in the notes of a partition (None: goes away). `appended`: its append time."""
    kind, name = control["kind"], control["id"]
    if kind == HEARTBEAT:
        return {f"{_HEARD}{record}/{name}": appended}
    if kind == BACKFILL_BEGIN:
        return {f"{_BEGUN}{record}/{name}": appended}
    if kind == BACKFILL_END:
        return {f"{_BEGUN}{record}/{name}": None, _ENDED: max(appended, controls.get(_ENDED, 0))}
    return {}


def backfill(controls: Notes) -> bool:
    """Whether a backfill has begun in the partition and not ended."""
    return any(name.startswith(_BEGUN) for name in controls)


def limited(sources: Iterable[Source], records: Iterable[str], controls: Notes, now: int) -> int:
    """Until when the sources of some records are known to have spoken: FOREVER while all of them are heard."""
    found = FOREVER
    for source in sources:
        for record in source.records.intersection(records):
            heard = controls.get(f"{_HEARD}{record}/{source.id}", 0)
            if heard < now - source.silent_after:
                found = min(found, heard)
    return found


class Claims:
    """Until when absence may be claimed in one partition of cases, by touchpoint (ms); 0: nothing is known yet."""

    def __init__(self, sources: Sequence[Source], settle_ms: int, clock: Clock) -> None:
        self._sources, self._settle_ms = [s for s in sources if s.records & {"feedback", "action"}], settle_ms
        self._clock = clock
        self._base = 0
        self._by_touchpoint: dict[str, int] = {}

    def refresh(self, read: Sequence[int | None], controls: Notes, now: int) -> None:
        """Take what has been read of each place by now (None: not known). It only ever moves forward."""
        known = [until for until in read if until is not None]
        if len(known) < len(read) or backfill(controls):
            return
        if self._is_past_backfills(min(known), controls):
            self._base = max(self._base, min(*known, now) - self._settle_ms)
        self._by_touchpoint = {
            touchpoint: limit - self._settle_ms
            for touchpoint in {t for source in self._sources for t in source.touchpoints or ("",)}
            if (limit := self._limit(touchpoint, controls, now)) < FOREVER
        }

    def horizon(self, touchpoint: str) -> int:
        """What lies before it may be claimed at this touchpoint. From any thread."""
        limits = self._by_touchpoint
        if not limits:
            return self._base
        return max(0, min(self._base, limits.get("", FOREVER), limits.get(touchpoint, FOREVER)))

    def _is_past_backfills(self, until: int, controls: Notes) -> bool:
        """What a backfill brought in may still be under way elsewhere: all must have come to where it ended."""
        ended = controls.get(_ENDED)
        if ended is None:
            return True
        return self._clock.is_past(until, ended)

    def _limit(self, touchpoint: str, controls: Notes, now: int) -> int:
        concerned = [s for s in self._sources if (touchpoint in s.touchpoints if touchpoint else not s.touchpoints)]
        return limited(concerned, ("feedback", "action"), controls, now)
