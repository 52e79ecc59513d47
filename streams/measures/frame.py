"""What the measures need to know of the organisation, from rytmi.yaml."""

from __future__ import annotations

from processors.measures.terms import Frame, Intended
from streams.config import Config


def frame(config: Config) -> Frame:
    """The frame of a configuration."""
    meant = {place.id: place.intended for place in config.file.touchpoints if place.intended is not None}
    return Frame(
        policies=config.policies,
        windows=config.windows,
        calendars=config.calendars,
        functions={function.id: function.stale_after for function in config.file.functions},
        intended={place: Intended(one.emotion, one.score, one.standing) for place, one in meant.items()},
    )
