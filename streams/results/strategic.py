"""Strategic decisions as the topic tells them: what screens mark, so that before and after are seen."""

from __future__ import annotations

from typing import NamedTuple

from processors.events import Decision
from schemas.codec import Codec, DecodeError
from streams.kafka.reader import to_the_end
from streams.pseudonym import Pseudonym
from streams.settings import Settings

_TOPIC, _LEVEL = "leadership.decision.v1", "strategic"


class StrategicStage(NamedTuple):
    """A stage that a strategic decision has reached. at: milliseconds since the epoch, the earliest that was told."""

    decision: str
    stage: str
    at: int
    unit: str | None
    title: str | None

    @property
    def words(self) -> str:
        """As in `Open on Sundays (stores): effective`."""
        where = f" ({self.unit})" if self.unit else ""
        return f"{self.title or self.decision}{where}: {self.stage}"


def strategic(settings: Settings) -> list[StrategicStage]:
    """All that the topic still holds, oldest first. What cannot be read is a dead letter's business, and left out."""
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    first: dict[tuple[str, str], StrategicStage] = {}
    for record in to_the_end(settings, settings.topic(_TOPIC), range(settings.partitions)):
        try:
            event = codec.decode("decision", record.value)
        except DecodeError:
            continue
        if isinstance(event, Decision) and event.level == _LEVEL:
            step = StrategicStage(event.decision, event.stage, event.at, event.unit, event.title)
            known = first.get((event.decision, event.stage))
            if known is None or step.at < known.at:
                first[event.decision, event.stage] = step
    return sorted(first.values(), key=lambda step: (step.at, step.decision, step.stage))
