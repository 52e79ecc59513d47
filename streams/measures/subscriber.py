"""Reading `rytmi.partial.v1`: its records into a view."""

from __future__ import annotations

from typing import Any

from processors.measures.rows import kept
from processors.measures.sources import Mark, Sources
from processors.measures.terms import Cell, Frame, Intended
from processors.measures.view import View
from streams import UserError
from streams.config import Config
from streams.kafka.reader import key_of, to_the_end
from streams.kafka.records import ConsumerRecord
from streams.kafka.topics import CHANGELOGS
from streams.measures.publisher import TOPIC, cell_of, source_name
from streams.settings import Settings
from streams.shard.serde import decode as unpack


class CellSubscriber:
    """A view, filled by the records of the topic in their order."""

    def __init__(self, settings: Settings, frame: Frame) -> None:
        expected = [source_name(stage, n) for stage in CHANGELOGS for n in range(settings.partitions)]
        self.view = View(kept(frame), 0, unpack)
        self.sources = Sources(expected, self.view)

    def take(self, record: ConsumerRecord) -> None:
        """Take one record in."""
        source, *where = unpack(key_of(record))
        value: Any = record.value
        if not where:
            epoch, is_complete, until, at = unpack(value)
            self.sources.mark(source, Mark(epoch, is_complete, until, at, record.timestamp))
        elif value is None:
            self.sources.gone(source, Cell(*where))
        else:
            epoch, packed = cell_of(value)
            self.sources.cell(source, epoch, Cell(*where), packed)


def read_complete(settings: Settings, frame: Frame) -> CellSubscriber:
    """The topic as it is now, with nothing missing. Raises ReadError, and UserError where some source is."""
    cells = read(settings, frame)
    if missing := cells.sources.missing(0):
        raise UserError(
            f"the cells of {', '.join(missing[:5])}{' ...' if len(missing) > 5 else ''} are not in the topics: "
            "start a worker, and wait until it has caught up"
        )
    return cells


def read(settings: Settings, frame: Frame) -> CellSubscriber:
    """The topic as it is now. Raises ReadError."""
    cells = CellSubscriber(settings, frame)
    for record in to_the_end(settings, settings.topic(TOPIC), (0,)):
        cells.take(record)
    cells.sources.read_to_the_end()
    return cells


def frame(config: Config) -> Frame:
    """What the measures need to know of the organisation, from rytmi.yaml."""
    meant = {place.id: place.intended for place in config.file.touchpoints if place.intended is not None}
    return Frame(
        policies=config.policies,
        windows=config.windows,
        calendars=config.calendars,
        functions={function.id: function.stale_after for function in config.file.functions},
        intended={place: Intended(one.emotion, one.score, one.standing) for place, one in meant.items()},
    )
