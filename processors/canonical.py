"""The canonical JSON form of an event: one object, `type` in lower case, times in RFC 3339.

`parse` takes what `json.loads` gives for a line, `render` gives what `json.dumps` takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from processors.events import TYPES, Event, InvalidEvent
from processors.validity import from_fields

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
_TYPE_NAMES = {kind: name for name, kind in TYPES.items()}
_TIMES = ("at", "due_at")
_TWO_DIGITS = [f"{n:02d}" for n in range(60)]
_MINUTES = [f"{hour:02d}:{minute}" for hour in range(24) for minute in _TWO_DIGITS]  # of a day


def instant(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 time with an offset (finer digits are cut). Raises ValueError."""
    if not isinstance(text, str) or not _RFC3339.match(text):
        raise ValueError(f"{repr(text)[:60]} is not an RFC 3339 time with an offset, such as 2026-03-02T09:15:00+02:00")
    return (datetime.fromisoformat(text.upper()) - _EPOCH) // _MS  # `z` is allowed, and Python does not read it


def rfc3339(at_ms: int) -> str:
    """RFC 3339 in UTC with milliseconds, `2026-03-02T07:15:00.000Z`."""
    minutes, ms = divmod(at_ms, 60_000)
    day, minute = divmod(minutes, 1440)
    seconds, ms = divmod(ms, 1000)
    return f"{_day(day)}T{_MINUTES[minute]}:{_TWO_DIGITS[seconds]}.{ms:03d}Z"


@lru_cache(maxsize=4096)
def _day(since_epoch: int) -> str:
    return (_EPOCH + timedelta(days=since_epoch)).strftime("%Y-%m-%d")


def parse(line: Mapping[str, object]) -> Event:
    """The checked event of a canonical object; raises InvalidEvent."""
    if not isinstance(line, Mapping):
        raise InvalidEvent("line", "must be a JSON object")
    fields = dict(line)
    type_name = str(fields.pop("type", None))
    if None in fields.values():
        fields = {name: value for name, value in fields.items() if value is not None}
    for name in _TIMES:
        if name in fields:
            try:
                fields[name] = instant(fields[name])  # type: ignore[arg-type]
            except ValueError as wrong:
                raise InvalidEvent(name, str(wrong)) from None
    return from_fields(type_name, fields)


def render(event: Event) -> dict[str, object]:
    """The canonical object of an event; absent fields are left out."""
    line: dict[str, object] = {"type": _TYPE_NAMES[type(event)]}
    for name, value in zip(event._fields, event, strict=True):
        if value is None or value == ():
            continue
        line[name] = rfc3339(value) if name in _TIMES else value  # type: ignore[arg-type]
    return line
