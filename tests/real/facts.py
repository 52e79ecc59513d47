"""What is known of a log of incidents, and what is known of the real one.

The real log's facts were counted from its file beforehand, twice and independently. Those of a generated log are told
by its generator (`generated.py`), which knows them from what it planned. No code of Rytmi has a part in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

TARGET_MINUTES = {"1 - Critical": 382.8, "2 - High": 6.0, "3 - Moderate": 9_202.2, "4 - Low": 20_734.2}
"""Of `examples/servicenow-rytmi.yaml`: 6.38 h, 0.1 h, 153.37 h and 345.57 h."""


class Verdicts(NamedTuple):
    """The fitted policy's verdict (missed: positive) against the desk's own."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def missed(self) -> int:
        """Incidents that the policy calls missed."""
        return self.true_positive + self.false_positive


class Facts(NamedTuple):
    """Counts, and medians in hours."""

    rows: int
    incidents: int
    kinds: Mapping[str, int]
    """Events that the mapping makes of it, by type and kind."""
    reaction_hours: float
    """Median from `opened_at` to the first row that is not New."""
    waits: Mapping[str, tuple[int, float]]
    """Episodes of waiting by cause: how many, and their median, to two digits."""
    verdicts: Verdicts
    reopened_closed: int
    """Incidents that were reopened after they were closed, and so have a second cycle."""
    desk: Mapping[str, tuple[int, int]]
    """By final priority: incidents that the desk calls missed, and all."""
    reassignments: int
    equal_times: int
    """Neighbouring rows of one incident, as they stand in the file, with one time."""
    backwards: int
    """Rows that lie before the row above them, of the same incident."""
    early: int
    """Incidents whose first row lies before `opened_at`."""

    @property
    def events(self) -> int:
        return sum(self.kinds.values())


REAL = Facts(
    rows=141_712,
    incidents=24_918,
    kinds={
        "feedback": 24_918,
        "action acknowledged": 24_918,  # no incident stays New
        "action assigned": 29_459,
        "action reclassified": 1_739,
        "action paused": 6_241,
        "action resumed": 6_241,
        "action closed": 24_930,  # 12 incidents are reopened after they were closed, and closed again
        "action reopened": 331,
        "decision made": 24_905,  # 13 incidents are closed without a Resolved row
        "decision effective": 24_918,
        "obstacle raised": 6_398,  # 6,241 entered and 157 switched
        "obstacle removed": 6_398,
    },
    reaction_hours=0.35,
    waits={
        "user-info": (5_852, 88.53),
        "vendor": (269, 623.15),
        "problem": (253, 79.33),
        "evidence": (24, 264.92),
    },
    verdicts=Verdicts(9_105, 151, 10, 15_652),
    reopened_closed=12,
    desk={
        "1 - Critical": (265, 270),
        "2 - High": (406, 408),
        "3 - Moderate": (8_321, 23_466),
        "4 - Low": (123, 774),
    },
    reassignments=23_414,
    equal_times=14_118,
    backwards=1,
    early=5,
)
