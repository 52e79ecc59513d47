"""Reading `rytmi.partial.v1`: its records into a view."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Message

from processors.measures.rows import kept
from processors.measures.sources import Mark, Sources
from processors.measures.terms import Cell, Frame
from processors.measures.view import View
from streams import UserError
from streams.kafka.reader import key_of, to_the_end
from streams.kafka.topics import CHANGELOGS
from streams.measures.publisher import TOPIC, cell_of, source_name
from streams.settings import Settings
from streams.shard.packing import unpack


class CellSubscriber:
    """A view, filled by the records of the topic in their order."""

    def __init__(self, settings: Settings, frame: Frame) -> None:
        expected = [source_name(stage, n) for stage in CHANGELOGS for n in range(settings.partitions)]
        self.view = View(kept(frame), 0, unpack)
        self.sources = Sources(expected, self.view)

    def take(self, message: Message) -> None:
        """Take one record in."""
        source, *where = unpack(key_of(message))
        value: Any = message.value()
        if not where:
            epoch, is_complete, until, at = unpack(value)
            self.sources.mark(source, Mark(epoch, is_complete, until, at, message.timestamp()[1]))
        elif value is None:
            self.sources.gone(source, Cell(*where))
        else:
            epoch, packed = cell_of(value)
            self.sources.cell(source, epoch, Cell(*where), packed)


def read_complete(settings: Settings, frame: Frame) -> CellSubscriber:
    """The topic as it is now, with nothing missing. Raises ReadError, and UserError where some source is."""
    partials = read(settings, frame)
    if missing := partials.sources.missing(0):
        raise UserError(
            f"the cells of {', '.join(missing[:5])}{' ...' if len(missing) > 5 else ''} are not in the topics: "
            "start a worker, and wait until it has caught up"
        )
    return partials


def read(settings: Settings, frame: Frame) -> CellSubscriber:
    """The topic as it is now. Raises ReadError."""
    partials = CellSubscriber(settings, frame)
    for message in to_the_end(settings, settings.topic(TOPIC), range(1)):
        partials.take(message)
    partials.sources.read_to_the_end()
    return partials
