"""Whom a worker tells of alarms beside the topic: Alertmanager where one is configured, else nobody."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from processors.alarm_record import Alarm
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.alertmanager import Access


class AlarmSink(Protocol):
    """Takes alarms that are durable; no call waits. Owners are shards."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def hold(self, owner: Hashable, alarms: Sequence[Alarm]) -> None: ...
    def change(self, owner: Hashable, alarms: Sequence[Alarm]) -> None: ...
    def release(self, owner: Hashable) -> None: ...
    def confirm(self, *owners: Hashable, begun_at: float | None = None) -> None: ...
    @property
    def doubtful(self) -> frozenset[Hashable]: ...
    @property
    def succeeded_at(self) -> float | None: ...
    @property
    def waiting(self) -> int: ...
    @property
    def failures(self) -> int: ...


class Nobody:
    """Without an Alertmanager: the topic alone says what is alarmed."""

    doubtful: frozenset[Hashable] = frozenset()
    succeeded_at: float | None = None
    waiting = failures = 0

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def hold(self, owner: Hashable, alarms: Sequence[Alarm]) -> None:
        """Nobody to tell."""

    def change(self, owner: Hashable, alarms: Sequence[Alarm]) -> None:
        """Nobody to tell."""

    def release(self, owner: Hashable) -> None:
        """Nothing was held."""

    def confirm(self, *owners: Hashable, begun_at: float | None = None) -> None:
        """Nothing is in doubt."""


def sink_of(settings: Settings, timezone: str) -> AlarmSink:
    """The sink that the settings ask for. `timezone`: of the instants that people read."""
    if not settings.alertmanager_urls:
        return Nobody()
    from streams.alertmanager import Links, Sink

    links = Links(settings.case_url, settings.runbook_url)
    return Sink(settings.alertmanager_urls, links, zone=ZoneInfo(timezone), access=_access(settings))


def _access(settings: Settings) -> Access:
    from streams.alertmanager import Access

    who = settings.alertmanager_access
    basic = (who.username, who.password or "") if who.username is not None else None
    return Access(basic=basic, bearer=who.token, ca=who.ca)
