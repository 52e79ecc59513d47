"""One alarm as Alertmanager is to have it.

`startsAt` of an active one is always the instant at which it is sent. Alertmanager keeps the earliest that it knows, so
nothing is lost; but to an alert that began before group_wait it reacts at once, without waiting for the rest of its
group: after an outage, on either side, a storm of 500 would come as two pages. What the alarm is about has its own
instants in the annotations. `endsAt` lies some time ahead, so that alarms vanish when nobody keeps them alive.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any

from streams.alertmanager.text import Links, described
from streams.language.instants import utc

Wire = dict[str, Any]
"""A `postableAlert` of Alertmanager's API, version 2."""


@dataclass(frozen=True)
class Style:
    """How alarms are written."""

    links: Links
    zone: tzinfo


@dataclass(frozen=True, eq=False)
class Alert:
    """A version of an alarm; each change of it makes another one, so that identity tells what was delivered."""

    owner: Hashable
    labels: Mapping[str, str]  # of the record that raised it, for all its life
    record: Mapping[str, Any]
    style: Style
    began_ms: int  # for one that has ended: when it was announced, as far as known
    ended_ms: int | None = None  # None: active

    @property
    def id(self) -> str:
        """Of the alarm."""
        return self.record["id"]  # type: ignore[no-any-return]

    @cached_property
    def _unchanging(self) -> Wire:
        style = self.style
        found: Wire = {
            "labels": dict(self.labels),
            "annotations": described(self.record, style.links, style.zone),
        }
        if link := style.links.to_case(self.record):
            found["generatorURL"] = link
        return found

    def wire(self, now_ms: int, lives_ms: int) -> Wire:
        """As it is sent now. lives_ms: how long an active one stays unless it is sent again."""
        if self.ended_ms is None:
            begin, end = now_ms, now_ms + lives_ms
        else:  # one that ends before it begins would be refused
            begin, end = min(self.began_ms, self.ended_ms), self.ended_ms
        return {**self._unchanging, "startsAt": utc(begin), "endsAt": utc(end)}
