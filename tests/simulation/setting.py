"""What every simulated schedule has in common: configuration, names of topics, a clock that only steps move."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from schemas.codec import Codec
from streams.config import Config, parse
from streams.kafka.topics import topics
from streams.pseudonym import Pseudonym
from streams.settings import Settings

BEGIN_MS = 1_772_438_400_000  # 2026-03-02T08:00:00Z
SETTLE_MS = 5_000
SILENT_AFTER_MS = 120_000
SECOND, MINUTE = 1_000, 60_000
TOUCHPOINTS, CAUSES = ("web", "desk"), ("carrier", "approval", "stock")

_CONFIG = """
timezone: UTC
touchpoints: [{id: web, unit: online}, {id: desk, unit: care}]
units: [{id: online, supervisor: sue, leader: lea}, {id: care, supervisor: kim}]
settle: 5s
policies:
  - name: critical
    match: {severity: [critical]}
    targets: {acknowledge: 3m, decide: 8m, effect: 5m, resolve: 15m, tell: 4m}
    pausable: [resolve]
    warn: [0.5]
    escalate: [{after: 1m, to: supervisor}, {after: 4m, to: leader}]
  - {name: default, match: {}, targets: {acknowledge: 6m, resolve: 20m}, pausable: [acknowledge], warn: [0.75]}
functions: [{id: sales, stale_after: 1h}]
windows: [1h, 1d]
retention: 60d
"""
_SOURCES = """
sources: [{id: crm, records: [feedback, action], touchpoints: [desk], silent_after: 2m}]
"""


@cache
def configuration(has_sources: bool) -> Config:
    """The organisation of all schedules."""
    return parse(yaml.safe_load(_CONFIG + (_SOURCES if has_sources else "")))


def settings_of(partitions: int) -> Settings:
    """Settings that name no cluster."""
    return Settings(
        kafka_bootstrap="nobody:1",
        application="sim",
        partitions=partitions,
        home=Path("/nonexistent"),
        configured_pseudonym_key="a key of simulations",
    )


def partitions_of(settings: Settings) -> dict[str, int]:
    """Partitions by full name of a topic."""
    return {spec.name: spec.partitions for spec in topics(settings)}


CODEC = Codec(None, Pseudonym(b"a key of simulations"))


class Clock:
    """Time that stands still between steps. creep_ms: how much passes each time that the monotonic clock is read."""

    def __init__(self, creep_ms: int) -> None:
        self.ms, self._creep_ms = BEGIN_MS, creep_ms

    def wall_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        self.ms += self._creep_ms
        return self.ms / 1000
