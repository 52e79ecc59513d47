"""Lengths of time and times of day, short enough for a wall."""

from __future__ import annotations

from datetime import datetime


def span(seconds: float) -> str:
    """A length of time in its two largest units, as in `6d 3h`."""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return f"{max(0, int(seconds))}s"
    if minutes < 60:
        return f"{minutes}min"
    hours = minutes // 60
    return f"{hours}h {minutes % 60}min" if hours < 24 else f"{hours // 24}d {hours % 24}h"


def time_of_day(at: float) -> str:
    """As on this machine's clock; `at`: seconds since the epoch."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"
