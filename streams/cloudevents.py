"""CloudEvents 1.0 in Kafka's binary mode: what a record is about, in headers, beside a value that stays plain Avro.

`type` is the topic's name without the installation's prefix, so that it says which schema
the value has. The trace context of W3C travels in two further headers, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Headers = list[tuple[str, bytes]]

_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/avro")
_TRACE = ("traceparent", "tracestate")
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def headers(type_: str, id: str, source: str, time_ms: int) -> Headers:  # noqa: A002 (the attribute's name)
    """The headers of one record: `type_` such as `touchpoint.feedback.v1`, `time_ms` since the epoch, UTC."""
    return [
        _SPECVERSION,
        ("ce_id", id.encode()),
        _header("ce_source", source),
        _header("ce_type", type_),
        ("ce_time", time_of(time_ms)),
        _CONTENT_TYPE,
    ]


def trace(of: Iterable[tuple[str, bytes]] | None) -> Headers:
    """The trace context among a record's headers, to be passed on with what the record caused."""
    return [(name, value) for name, value in of or () if name in _TRACE]


def time_of(at_ms: int) -> bytes:
    """RFC 3339 in UTC with milliseconds."""
    day, rest = divmod(at_ms, _DAY_MS)
    minutes, ms = divmod(rest, 60_000)
    return b"%bT%02d:%02d:%02d.%03dZ" % (_date(day), minutes // 60, minutes % 60, ms // 1000, ms % 1000)


@lru_cache(maxsize=4096)
def _date(day: int) -> bytes:
    return (_EPOCH + timedelta(days=day)).strftime("%Y-%m-%d").encode()


@lru_cache(maxsize=1024)
def _header(name: str, value: str) -> tuple[str, bytes]:
    return name, value.encode()
