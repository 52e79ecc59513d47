"""All measures at an instant, from a view."""

from __future__ import annotations

from collections.abc import Iterator

from processors.measures import clock, decision, friction, indicators, intended, people, rhythm, voice
from processors.measures.terms import MONTH, Frame, Row
from processors.measures.view import Kept, View
from processors.panes import EVER

MEASURES = (
    *("clock", "friction", "rhythm", "decision", "emotion", "feedback", "score", "alignment", "perception_gap"),
    *("indicator", "function", "intended"),
)


def kept(frame: Frame) -> list[Kept]:
    """What a view has to keep for all measures."""
    found = [Kept(clock.FAMILY, span, rhythm.RhythmSum) for span in rhythm.spans()]
    for span in dict.fromkeys([*frame.spans, MONTH]):
        found += [
            Kept(clock.FAMILY, span, clock.ClockSum),
            Kept(friction.FAMILY, span, friction.FrictionSum),
            Kept(decision.FAMILY, span, decision.DecisionSum),
            Kept(voice.FAMILY, span, voice.VoiceSum),
        ]
    return [
        *found,
        Kept(friction.FAMILY, EVER, friction.FrictionSum),
        Kept(people.FAMILY, MONTH, people.PulseSum),
        Kept(indicators.FAMILY, EVER, indicators.IndicatorSum),
    ]


def rows(view: View, frame: Frame) -> Iterator[Row]:
    """Every row, as of the instant at which the view stands; in no order."""
    now = view.at
    ages = clock.Ages(now, frame.calendars)
    ever = view.sums(friction.FAMILY, EVER, friction.FrictionSum)
    for span in frame.spans:
        yield from clock.rows(span, view.sums(clock.FAMILY, span, clock.ClockSum), ages)
        yield from friction.rows(span, view.sums(friction.FAMILY, span, friction.FrictionSum), ever, now)
        yield from decision.rows(span, view.sums(decision.FAMILY, span, decision.DecisionSum), now)
        yield from voice.rows(span, view.sums(voice.FAMILY, span, voice.VoiceSum))
    for span in rhythm.spans():
        yield from rhythm.rows(span, view.sums(clock.FAMILY, span, rhythm.RhythmSum), frame)
    said = view.sums(voice.FAMILY, MONTH, voice.VoiceSum)
    pulses = view.sums(people.FAMILY, MONTH, people.PulseSum)
    obstacles = view.sums(friction.FAMILY, MONTH, friction.FrictionSum)
    yield from people.alignment(pulses, said, frame)
    yield from people.perception_gap(pulses)
    yield from indicators.rows(view.sums(indicators.FAMILY, EVER, indicators.IndicatorSum), now, frame)
    yield from intended.rows(said, obstacles, ever, now, frame)


def order(row: Row) -> tuple[str, tuple[str, ...], str]:
    """The order of rows in a file: measure, labels, window."""
    return row.measure, tuple(row.labels.values()), row.window or ""
