"""CloudEvents 1.0 in Kafka's binary mode: what a record is about, in headers, beside a value that stays plain Avro.

`type` is the topic's name without the installation's prefix, so that it says which schema
the value has. The trace context of W3C travels in two further headers, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from processors.canonical import rfc3339

Headers = list[tuple[str, bytes]]

_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/avro")
_TRACE = ("traceparent", "tracestate")


def headers(type_: str, id: str, source: str, time_ms: int) -> Headers:  # noqa: A002 (the attribute's name)
    """The headers of one record: `type_` such as `touchpoint.feedback.v1`, `time_ms` since the epoch, UTC."""
    about_source, about_type = _origin(source, type_)
    time = rfc3339(time_ms).encode()
    return [_SPECVERSION, ("ce_id", id.encode()), about_source, about_type, ("ce_time", time), _CONTENT_TYPE]


def trace(of: Iterable[tuple[str, bytes]] | None) -> Headers:
    """The trace context among a record's headers, to be passed on with what the record caused."""
    return [(name, value) for name, value in of or () if name in _TRACE]


@lru_cache(maxsize=1024)
def _origin(source: str, type_: str) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    return ("ce_source", source.encode()), ("ce_type", type_.encode())
