"""What customers say: emotion, scores and kinds of feedback, by the touchpoint that the feedback itself names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from processors.case import FEEDBACK
from processors.events import SCALES
from processors.ledger import Entry
from processors.measures.terms import ALL, NANO, Fact, Row, Shared, cell, nano, ratio
from processors.panes import Span

FAMILY = "voice"
UNSAID = "none"
_PROMOTERS, _PASSIVE, _DETRACTORS = range(3)


def facts(entries: Sequence[Entry]) -> Iterator[Shared]:
    """What the feedback of a case contributes: (pane, "said", kind, 1 for a negative emotion, scale, class of score)
    once; (pane, "emotion") and (pane, "score", scale) as much as they are, in units of 10^-9.
    """
    for e in entries:
        if e.rank != FEEDBACK:
            continue
        touchpoint, _, kind, _, _, _, score, scale, emotion, *_ = e.facts
        where, pane = cell(FAMILY, str(touchpoint), "", e.at)
        sign = None if emotion is None else int(emotion < 0)  # type: ignore[operator]
        rank = None if score is None else _class(score)  # type: ignore[arg-type]
        yield where, (pane, "said", kind or UNSAID, sign, scale, rank), 1
        if emotion is not None:
            yield where, (pane, "emotion"), nano(emotion)
        if score is not None:
            yield where, (pane, "score", scale), nano(score)


def _class(score: float) -> int:
    """Promoter, passive or detractor, of a score from 0 to 10."""
    return _PROMOTERS if score >= 9 else _DETRACTORS if score <= 6 else _PASSIVE


class VoiceSum:
    """The feedback at one touchpoint in a span. Sums are in units of 10^-9."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.emotions = [0, 0]  # not negative, negative
        self.emotion_sum = 0
        self.scores: dict[str, list[int]] = {}  # by scale: promoters, passive, detractors
        self.score_sums: Counter[str] = Counter()

    def add(self, fact: Fact, amount: int) -> None:
        what = fact[1]
        if what == "emotion":
            self.emotion_sum += amount
        elif what == "score":
            self.score_sums[fact[2]] += amount
        else:
            _, _, kind, sign, scale, rank = fact
            self.kinds[kind] += amount
            if sign is not None:
                self.emotions[sign] += amount
            if rank is not None:
                self.scores.setdefault(scale, [0, 0, 0])[rank] += amount

    def is_empty(self) -> bool:
        return not any(self.kinds.values())  # every feedback has one

    def plus(self, other: VoiceSum) -> None:
        """Take another touchpoint's in."""
        self.kinds.update(other.kinds)
        self.emotions = [mine + theirs for mine, theirs in zip(self.emotions, other.emotions, strict=True)]
        self.emotion_sum += other.emotion_sum
        for scale, classes in other.scores.items():
            mine = self.scores.setdefault(scale, [0, 0, 0])
            mine[:] = [a + b for a, b in zip(mine, classes, strict=True)]
        self.score_sums.update(other.score_sums)

    @property
    def mean_emotion(self) -> float | None:
        return ratio(self.emotion_sum / NANO, sum(self.emotions))

    def scored(self) -> tuple[int, float]:
        """How many scores, and the sum of them on 0..1."""
        count, total = 0, 0.0
        for scale, classes in sorted(self.scores.items()):
            low, high = SCALES[scale]
            n = sum(classes)
            count += n
            total += (self.score_sums[scale] / NANO - n * low) / (high - low)
        return count, total


Sums = Mapping[tuple[str, str], VoiceSum]


def everywhere(sums: Sums) -> VoiceSum:
    """Of all touchpoints."""
    total = VoiceSum()
    for one in sums.values():
        total.plus(one)
    return total


def rows(span: Span, sums: Sums) -> Iterator[Row]:
    """The rows of one window: emotion, feedback and scores."""
    for touchpoint, one in [*((place, found) for (place, _), found in sums.items()), (ALL, everywhere(sums))]:
        if felt := sum(one.emotions):
            values = {"count": felt, "mean": one.mean_emotion, "negative_share": one.emotions[True] / felt}
            yield Row("emotion", {"touchpoint": touchpoint}, span.label, values)
        for kind, n in one.kinds.items():
            if n:
                yield Row("feedback", {"touchpoint": touchpoint, "kind": kind}, span.label, {"count": n})
        if touchpoint != ALL:
            yield from _scores(span, touchpoint, one)


def _scores(span: Span, touchpoint: str, one: VoiceSum) -> Iterator[Row]:
    for scale, classes in one.scores.items():
        n = sum(classes)
        if n:
            nps = 100 * (classes[_PROMOTERS] - classes[_DETRACTORS]) / n if scale == "nps" else None
            values = {"count": n, "mean": one.score_sums[scale] / NANO / n, "nps": nps}
            yield Row("score", {"touchpoint": touchpoint, "scale": scale}, span.label, values)
