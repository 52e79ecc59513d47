"""What is active, what has ended lately, and what each Alertmanager has not been told yet. No thread, no network.

The worker's thread writes, a thread for each Alertmanager reads; one lock guards all, and is held for moments.

An *owner* is whatever can be lost to another worker as a whole: a shard. After this process may have stood still
(`doubt`), another worker may own it, and may have ended what is active here. Until it is proven that the owner is still
ours, nothing of it is said to be active; what has ended is ended all the same, and is still told.

What has ended is told again for some time with everything else. Alertmanager keeps alerts in memory: restarted between
the end and its next page, it would otherwise never tell anybody that it is over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Condition
from typing import Any

from streams.alertmanager.alert import Alert, Style
from streams.alertmanager.labels import labels
from streams.shard.clock import Time

ENDED_KEPT_MS = 15 * 60_000  # longer than a group_interval and a restart
DEADLETTER_KEPT_MS = 24 * 3_600_000  # nothing ends it: a day is enough to be told of it
Record = Mapping[str, Any]


class Book:
    """Alarms by id. readers: how many Alertmanagers are told, each by its number from 0."""

    def __init__(self, readers: int, style: Style, time: Time) -> None:
        self._style, self._time = style, time
        self._changed = Condition()
        self._alerts: dict[str, Alert] = {}
        self._kept_until: dict[str, int] = {}  # of those that have ended, or end by themselves
        self._untold: list[dict[str, Alert]] = [{} for _ in range(readers)]
        self._owners: set[Hashable] = set()
        self._doubtful: set[Hashable] = set()
        self._doubted_at = 0.0  # monotonic seconds

    def hold(self, owner: Hashable, records: Iterable[Record]) -> None:
        """The owner has exactly these, and those that ended lately; that it is ours is proven."""
        with self._changed:
            before = self._drop(owner)
            self._owners.add(owner)
            for record in records:
                self._put(owner, record, before.get(record["id"]))
            self._changed.notify_all()

    def change(self, owner: Hashable, records: Iterable[Record]) -> None:
        """These were raised, resolved or retracted."""
        with self._changed:
            self._owners.add(owner)
            for record in records:
                self._put(owner, record, self._alerts.get(record["id"]))
            self._changed.notify_all()

    def release(self, owner: Hashable) -> None:
        """Another worker has it now. What ended before is still told, once."""
        with self._changed:
            self._drop(owner)

    def doubt(self) -> None:
        """Suppose that this process stood still: every owner may have been lost meanwhile."""
        with self._changed:
            self._doubtful = set(self._owners)
            self._doubted_at = self._time.monotonic()

    def confirm(self, owners: Sequence[Hashable], begun_at: float | None) -> None:
        """These owners (none given: all) are ours, by a proof begun then (monotonic seconds; None: just now)."""
        with self._changed:
            if begun_at is not None and begun_at <= self._doubted_at:
                return  # it proves what was so before this process stood still
            proven = self._doubtful & set(owners) if owners else set(self._doubtful)
            if not proven:
                return
            self._doubtful -= proven
            for alert in self._alerts.values():
                if alert.owner in proven and alert.ended_ms is None:
                    self._tell(alert)  # at once: Alertmanager may have let it vanish
            self._changed.notify_all()

    def await_news(self, reader: int, seconds: float) -> None:
        """Until the reader has something to tell, at most so long."""
        with self._changed:
            if not self._news(reader):
                self._changed.wait(seconds)

    def has_news(self, reader: int) -> bool:
        with self._changed:
            return self._news(reader)

    def wake(self) -> None:
        """Let all who wait look around."""
        with self._changed:
            self._changed.notify_all()

    def to_tell(self, reader: int, everything: bool) -> list[Alert]:
        """What the reader has to tell now, or everything; active ones first, so that a storm is whole when told."""
        with self._changed:
            if everything:
                self._forget()
            found = self._untold[reader] | self._alerts if everything else self._untold[reader]
            may = [alert for alert in found.values() if self._may_tell(alert, self._untold[reader])]
            return sorted(may, key=lambda alert: alert.ended_ms is not None)

    def told(self, reader: int, alerts: Iterable[Alert]) -> None:
        """The reader has told these; what has changed since is still to be told."""
        with self._changed:
            untold = self._untold[reader]
            for alert in alerts:
                if untold.get(alert.id) is alert:
                    del untold[alert.id]

    @property
    def waiting(self) -> int:
        """Number of alarms of which no Alertmanager knows the newest."""
        with self._changed:
            return len(set(self._untold[0]).intersection(*self._untold[1:]))

    @property
    def doubtful(self) -> frozenset[Hashable]:
        """Owners that have to be proven."""
        with self._changed:
            return frozenset(self._doubtful)

    def _put(self, owner: Hashable, record: Record, before: Alert | None) -> None:
        now = self._time.wall_ms()
        alert = Alert(owner, labels(record), record, self._style, began_ms=record["announced_at"])
        if before is not None and (before.ended_ms is None or record["kind"] != "raised"):
            alert = replace(alert, labels=before.labels, began_ms=before.began_ms)
        if record["kind"] != "raised":
            alert = replace(alert, ended_ms=min(record["at"], now))  # one that ends in the future would be active
            self._kept_until[alert.id] = now + ENDED_KEPT_MS
        else:
            self._kept_until.pop(alert.id, None)
            if record["about"] == "deadletter":
                self._kept_until[alert.id] = now + DEADLETTER_KEPT_MS
        self._alerts[alert.id] = alert
        self._tell(alert)

    def _tell(self, alert: Alert) -> None:
        for untold in self._untold:
            untold[alert.id] = alert

    def _drop(self, owner: Hashable) -> dict[str, Alert]:
        dropped = {name: alert for name, alert in self._alerts.items() if alert.owner == owner}
        for name, alert in dropped.items():
            del self._alerts[name]
            self._kept_until.pop(name, None)
            if alert.ended_ms is None:
                for untold in self._untold:
                    untold.pop(name, None)
        self._owners.discard(owner)
        self._doubtful.discard(owner)
        return dropped

    def _forget(self) -> None:
        now = self._time.wall_ms()
        for name in [name for name, until in self._kept_until.items() if until <= now]:
            del self._kept_until[name], self._alerts[name]

    def _news(self, reader: int) -> bool:
        untold = self._untold[reader]
        return any(self._may_tell(alert, untold) for alert in untold.values())

    def _may_tell(self, alert: Alert, untold: Mapping[str, Alert]) -> bool:
        if alert.owner not in self._doubtful:
            return True
        return alert.ended_ms is not None and alert.id in untold
