"""What a touchpoint is meant to be, beside what it is, over 28 days."""

from __future__ import annotations

from collections.abc import Iterator

from processors.measures import friction, voice
from processors.measures.terms import MONTH, Frame, Row, ratio


def rows(voices: voice.Sums, obstacles: friction.Sums, ever: friction.Sums, now: int, frame: Frame) -> Iterator[Row]:
    """For the touchpoints of which something is intended."""
    standing: dict[str, int] = {}
    for (touchpoint, _), found in friction.figures(MONTH, obstacles, ever, now):
        standing[touchpoint] = standing.get(touchpoint, 0) + found.counts[3]
    for touchpoint, meant in frame.intended.items():
        said = voices.get((touchpoint, ""), voice.VoiceSum())
        count, total = said.scored()
        values = {
            "emotion": said.mean_emotion,
            "emotion_intended": meant.emotion,
            "score": ratio(total, count),
            "score_intended": meant.score,
            "standing": standing.get(touchpoint, 0) / (now - MONTH.start(now)),
            "standing_intended": meant.standing,
        }
        yield Row("intended", {"touchpoint": touchpoint}, MONTH.label, values)
