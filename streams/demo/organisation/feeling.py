"""What customers feel and what marks they give: the law that waiting, obstacles and failure lower both.

The mean emotion is a sum: the touchpoint's mood, what the feedback is about, how severe it is, the obstacles that
stand there, and how long the customer has waited in this cycle. What is said lies around it, normally distributed
and held to -1..1. A mark follows the emotion in a straight line over its scale, rounded to a whole one.
"""

from __future__ import annotations

from processors.events import SCALES, SEVERITIES
from streams.demo.organisation.behaviour import HOUR_MS

KIND_MOOD = {"complaint": -0.25, "question": 0.05, "suggestion": 0.2, "praise": 0.8}
SEVERE = 0.12  # less for every step of severity above normal
BLOCKED = 0.06  # less for every obstacle that stands at the touchpoint, up to MOST_BLOCKED
MOST_BLOCKED = 4
WAITED = 0.4  # less after WAITED_FULL_MS and more, in proportion before
WAITED_FULL_MS = 72 * HOUR_MS
FAILED = 0.25  # less where it was not settled after all
SPREAD = 0.35
SCORED = 0.7  # of feedback has a mark
_NORMAL = SEVERITIES.index("normal")


def mean_emotion(mood: float, kind: str, severity: str, standing: int, waited_ms: float, failed: bool) -> float:
    """The mean, before it is held to -1..1."""
    return (
        mood
        + KIND_MOOD[kind]
        - SEVERE * (SEVERITIES.index(severity) - _NORMAL)
        - BLOCKED * min(standing, MOST_BLOCKED)
        - WAITED * min(1.0, waited_ms / WAITED_FULL_MS)
        - FAILED * failed
    )


def mark(scale: str, emotion: float) -> float:
    """The mark on a scale for an emotion."""
    low, high = SCALES[scale]
    return float(round(low + (high - low) * (emotion + 1) / 2))
