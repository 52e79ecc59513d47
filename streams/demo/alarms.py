"""What people are alarmed of, from Alertmanager: what it shows is what they would get, after its own inhibitions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from processors.alarms import LEVELS, WARNING

_QUERY = "/api/v2/alerts?silenced=false&inhibited=false"
_ORDER = {level: rank for rank, level in enumerate(LEVELS)}


class Alarm(NamedTuple):
    """One clock of a case that people were told of, at the highest of its levels. Instants: seconds since the epoch."""

    since: float  # when Alertmanager was told of that level
    due: float | None
    case: str
    touchpoint: str
    clock: str
    level: str
    to: str  # who is told, by name, or by role where no name is known


@dataclass(frozen=True)
class Alarms:
    """What stands in Alertmanager at one moment."""

    levels: Counter[str]  # alarms by level
    newest: tuple[Alarm, ...]  # those that are overdue first, then warnings; of each, the newest first
    others: tuple[str, ...]  # names of what else is alarmed: by Prometheus, or no clock's


def read(alertmanager: str, fetch: Callable[[str], str | None]) -> Alarms | None:
    """What stands now; None while Alertmanager does not answer. fetch: the text at an address, or None likewise."""
    text = fetch(f"{alertmanager}{_QUERY}")
    if text is None:
        return None
    alerts = json.loads(text)
    of_clocks = [alert for alert in alerts if _has_clock(alert)]
    return Alarms(
        Counter(alert["labels"]["level"] for alert in of_clocks),
        tuple(_newest(of_clocks)),
        tuple(sorted({alert["labels"].get("alertname", "?") for alert in alerts if not _has_clock(alert)})),
    )


def _has_clock(alert: Mapping[str, Any]) -> bool:
    return "case" in alert["labels"] and "clock" in alert["labels"] and alert["labels"].get("level") in _ORDER


def _newest(alerts: list[dict[str, Any]]) -> list[Alarm]:
    highest: dict[tuple[str, str, str], Alarm] = {}
    for alert in alerts:
        one = _alarm(alert)
        key = one.case, alert["labels"].get("cycle", ""), one.clock
        before = highest.get(key)
        if before is None or (_ORDER[one.level], one.since) > (_ORDER[before.level], before.since):
            highest[key] = one
    return sorted(highest.values(), key=lambda a: (a.level != WARNING, a.since, a.due or 0.0), reverse=True)


def _alarm(alert: Mapping[str, Any]) -> Alarm:
    labels = alert["labels"]
    role = labels.get("to", "")
    due = alert["annotations"].get("due")
    return Alarm(
        # To the second: what was told in one go keeps the order of its due times.
        float(int(datetime.fromisoformat(alert["startsAt"]).timestamp())),
        None if due is None else datetime.fromisoformat(due.split(" ")[0]).timestamp(),
        labels["case"],
        labels.get("touchpoint", ""),
        labels["clock"],
        labels["level"],
        labels.get(role) or role,
    )
