"""Topics: the one table of them, and how it is put in force."""

from streams.topics.cluster import Change, Difference, Found, TopicError, TopicMismatch, apply, check, describe
from streams.topics.table import CHANGELOGS, INPUTS, RECORD_MAX_BYTES, RETENTION_MS, TopicSpec, topics

__all__ = [
    "CHANGELOGS",
    "INPUTS",
    "RECORD_MAX_BYTES",
    "RETENTION_MS",
    "Change",
    "Difference",
    "Found",
    "TopicError",
    "TopicMismatch",
    "TopicSpec",
    "apply",
    "check",
    "describe",
    "topics",
]
