"""What this process has counted since it started; read by the metrics collector."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counters:
    """Counters by their labels. Written by the pipeline's thread alone."""

    events: Counter[tuple[str, str]] = field(default_factory=Counter)  # (topic, folded, repeated ...)
    deadletters: Counter[str] = field(default_factory=Counter)  # reason
    ahead: Counter[str] = field(default_factory=Counter)  # topic; instants taken as the append time
    misplaced: Counter[str] = field(default_factory=Counter)  # topic; keys that belong to another partition
    purged: Counter[str] = field(default_factory=Counter)  # stage
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)  # (level, raised | resolved | retracted)
    feedback: Counter[str] = field(default_factory=Counter)  # touchpoint
    last_feedback: dict[str, int] = field(default_factory=dict)  # touchpoint: append time, milliseconds

    def add(self, other: Counters) -> None:
        """Count what others are, once it is durable."""
        for name in _COUNTED:
            getattr(self, name).update(getattr(other, name))
        self.last_feedback.update(other.last_feedback)


_COUNTED = ("events", "deadletters", "ahead", "misplaced", "purged", "alarms", "feedback")
