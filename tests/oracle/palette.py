"""What worlds are painted with: zones, dates on which something is odd, hours, patterns, names that sort badly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from .hours import to_ms

ZONES = ["Europe/Helsinki", "America/New_York", "UTC", "America/Havana"]  # the last changes its clocks at midnight
ODD_DATES = ["2026-02-14", "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-12-06", "2026-01-06"]
ODD_DATES += ["2026-04-03", "2026-06-19", "2026-12-24", "2027-01-01"]
WALL_HOURS = [8.0, 0.0, 1.0, 1.5, 2.0, 3.0, 3.5, 4.0, 6.0, 12.0, 12.5, 16.5, 22.0]
DAY_RANGES = ["mon-fri", "mon-sun", "sat", "sun", "fri-sun", "mon"]
SPANS = ["08:00-12:00", "12:30-16:30", "22:00-06:00", "00:00-24:00", "16:00-24:00", "00:00-01:30", "03:00-04:00"]
SPANS += ["02:30-03:30", "03:30-12:00", "09:00-03:15", "23:59-00:01", "01:15-01:45", "11:00-13:00", "21:00-02:00"]

TARGETS = ["1h", "30m", "1m", "90m", "4h", "8h", "1d", "2d"]
CLOCKS = ["acknowledge", "decide", "effect", "resolve", "tell"]
UNITS: list[dict[str, Any]] = [
    {"id": "logistics", "supervisor": "logistics-supervisor", "leader": "coo"},
    {"id": "finance", "leader": "cfo"},
]
TOUCHPOINTS: list[dict[str, Any]] = [
    {"id": "delivery", "path": "purchase", "stage": "delivery", "unit": "logistics"},
    {"id": "billing", "path": "purchase", "stage": "payment", "unit": "finance"},
    {"id": "support", "path": "help", "stage": "use"},
    {"id": "web", "stage": "use", "unit": "finance"},
]
KNOWN = ["delivery", "billing", "support", "web", "other"]
UNKNOWN = "nowhere"
SEVERITIES = ["normal", "low", "high", "critical"]
CHANNELS = [None, "phone", "e.mail", "web[1]", "Phone"]
PATTERNS: dict[str, list[str]] = {
    "severity": ["critical", "high", "normal", "low", "*", "*i*", "h*"],
    "touchpoint": ["delivery", "billing", "other", "*", "*i*i*", "*r", "we*b", "now*here"],
    "channel": ["phone", "*", "e.mail", "e*l", "web[1]", "?hone", "*e", "p*"],
    "unit": ["logistics", "finance", "*", "fin*e", "*s"],
    "path": ["purchase", "help", "*", "*p*", "*p"],
}

CASES = ["a", "B", "é"]
DECISIONS = ["d1", "D", "\U0001f44d"]
ID_BEGINNINGS = ["a", "", "B", "Z", "é", "\uffee", "\U0001f44d"]  # the last two: code points, not UTF-16 units
OFFSETS_MIN = [None, 0, 120, 180, -300, 345]  # None is written as Z


def subsets(values: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for value in values:
        found += [[*one, value] for one in found]
    return found


@cache
def odd_instants(day: str) -> list[int]:
    """Wall times of the three days around a date in every zone, both readings of what a clock change repeats."""
    middle = datetime.combine(date.fromisoformat(day), time())
    walls = [middle + timedelta(days=days, hours=hours) for days, hours in product((0, -1, 1), WALL_HOURS)]
    found = {
        to_ms(wall.replace(tzinfo=ZoneInfo(zone), fold=fold)): None
        for wall, zone, fold in product(walls, ZONES, (0, 1))
    }
    return list(found)
