"""The table of topics: name, partitions, key, record and settings of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from streams.settings import Settings

RETENTION_MS = 60 * 86_400_000
AUDIT_RETENTION_MS = 400 * 86_400_000  # asked for long after the cases have gone
RECORD_MAX_BYTES = 8 * 1024 * 1024
# A dead letter is the original bytes and then some headers: the largest input must fit.
DEADLETTER_MAX_BYTES = 9 * 1024 * 1024
CHANGELOG_SEGMENT_BYTES = 16 * 1024 * 1024
CHANGELOG_SEGMENT_MS = 10 * 60_000

CASE = "case"
"""Partition group: topics whose records of one case must meet in one worker share a partition count."""


@dataclass(frozen=True)
class TopicSpec:
    name: str
    partitions: int
    key: str  # the field of the record that is the key
    record: str | None  # name of the schema; None: bytes of ours or somebody else's
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def cleanup(self) -> str:
        return self.config["cleanup.policy"]

    @property
    def retention_ms(self) -> int | None:
        """None: kept for ever."""
        return int(self.config["retention.ms"]) if "retention.ms" in self.config else None


class _Row(NamedTuple):
    name: str
    key: str
    record: str | None
    config: dict[str, str]
    partitions: int | str = CASE


def _deleted(max_bytes: int = RECORD_MAX_BYTES) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(RETENTION_MS),
        "max.message.bytes": str(max_bytes),
        # "From the future" and "everything read past the due instant" are measured by the broker's append time; and a
        # replayed log of years ago must not be deleted as soon as it is there.
        "message.timestamp.type": "LogAppendTime",
    }


_COMPACTED = {"cleanup.policy": "compact", "max.message.bytes": str(RECORD_MAX_BYTES)}
# The newest segment is never compacted, and a restore reads all there is: so segments are small, compaction eager.
_CHANGELOG = _COMPACTED | {
    "segment.bytes": str(CHANGELOG_SEGMENT_BYTES),
    "segment.ms": str(CHANGELOG_SEGMENT_MS),
    "min.cleanable.dirty.ratio": "0.2",
}

_READ = (
    _Row("touchpoint.feedback.v1", "case", "feedback", _deleted()),
    _Row("touchpoint.action.v1", "case", "action", _deleted()),
    _Row("leadership.decision.v1", "decision", "decision", _deleted()),
    _Row("touchpoint.obstacle.v1", "obstacle", "obstacle", _deleted()),
    _Row("employee.pulse.v1", "unit", "pulse", _deleted()),
    _Row("organisation.indicator.v1", "function", "indicator", _deleted()),
    _Row("rytmi.link.v1", "case", "link", _deleted()),
)
_WRITTEN = (
    _Row("rytmi.case.v1", "case", "case", _COMPACTED),
    _Row("rytmi.clock.v1", "case", "clock", _deleted()),
    _Row("rytmi.alarm.v1", "case", "alarm", _deleted()),
    _Row("rytmi.window.v1", "measure", "window", _deleted() | {"cleanup.policy": "compact,delete"}),
    _Row("rytmi.deadletter.v1", "original", None, _deleted(DEADLETTER_MAX_BYTES)),
    _Row("rytmi.audit.v1", "case", "audit", _deleted() | {"retention.ms": str(AUDIT_RETENTION_MS)}),
    _Row("rytmi.partial.v1", "block", None, _CHANGELOG, partitions=1),
    # Marks are of use for seconds.
    _Row(
        "rytmi.progress.v1",
        "partition",
        "progress",
        _deleted() | {"retention.ms": "3600000", "segment.bytes": str(CHANGELOG_SEGMENT_BYTES)},
        partitions=1,
    ),
)
INPUTS = {row.record: row.name for row in _READ if row.record is not None}
"""Topic by record name, for the records that the worker reads; unprefixed."""

CHANGELOGS = ("cases", "obstacles", "decisions", "signals")


def topics(settings: Settings) -> list[TopicSpec]:
    """All topics under their full names."""
    durable = {"min.insync.replicas": str(2 if settings.replication >= 3 else 1)}

    def resolved(name: str, row: _Row) -> TopicSpec:
        partitions = row.partitions if isinstance(row.partitions, int) else settings.partitions
        return TopicSpec(name, partitions, row.key, row.record, row.config | durable)

    return [resolved(settings.topic(row.name), row) for row in _READ + _WRITTEN] + [
        resolved(settings.changelog(entity), _Row("", entity.removesuffix("s"), None, _CHANGELOG))
        for entity in CHANGELOGS
    ]
