"""What the alarm tests share: cases that become due at known instants of the day, and what was announced of them."""

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from processors.events import Action, Decision, Event, Feedback
from streams.settings import Settings
from tests.live.workers import Raw, codec, read

CONFIG = """
timezone: UTC
touchpoints: [{id: web, unit: online}, {id: desk}]
units: [{id: online, supervisor: sue, leader: lea}]
settle: 0s
policies:
  - name: critical
    match: {severity: [critical]}
    calendar: always
    targets: {acknowledge: 1h, decide: 2h}
    escalate: [{after: 2s, to: supervisor}]
  - {name: default, match: {}, targets: {acknowledge: 1h}}
retention: 60d
"""
HOUR = 3_600_000
ALARMS = "rytmi.alarm.v1"


class Announced(NamedTuple):
    """A record of an alarm: what it says, and when it was appended (milliseconds)."""

    says: dict[str, Any]
    appended: int


def now_ms() -> int:
    """The time of day."""
    return time.time_ns() // 1_000_000


def announced(settings: Settings) -> list[Announced]:
    """All alarms that were announced, in the order of each case."""
    decode = codec().decode
    return [Announced(decode("alarm", m.value()), m.timestamp()[1]) for m in read(settings, settings.topic(ALARMS))]


def standing(alarms: Iterable[Announced]) -> dict[tuple[str, str, str, int], Announced]:
    """What stands raised in the end, by (case, clock, level, step)."""
    found = {}
    for alarm in alarms:
        says = alarm.says
        key = says["case"], says["clock"], says["level"], says["step"]
        if says["kind"] == "raised":
            found[key] = alarm
        else:
            found.pop(key, None)
    return found


def by_kind(alarms: Iterable[Announced]) -> dict[str, list[dict[str, Any]]]:
    """What was said, by kind."""
    found = defaultdict(list)
    for alarm in alarms:
        found[alarm.says["kind"]].append(alarm.says)
    return dict(found)


def feedback(case: str, due: int, severity: str = "high") -> Feedback:
    """Feedback whose acknowledgement is due then."""
    return Feedback(f"f-{case}", due - HOUR, case, "web", severity)


def acknowledged(case: str, at: int) -> Action:
    """Somebody acknowledges the case."""
    return Action(f"a-{case}", at, case, "acknowledged", actor="ann")


def decided(case: str, at: int) -> Decision:
    """Somebody decides the case, which answers it too."""
    return Decision(f"d-{case}", at, f"dec-{case}", "made", "tactical", cases=(case,))


def send(settings: Settings, events: Iterable[Event]) -> None:
    """Send events, and wait until the cluster has them."""
    raw = Raw(settings)
    for event in events:
        raw.event(event, event.id)
    raw.flush()
