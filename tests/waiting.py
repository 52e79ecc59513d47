"""Waiting for a condition with a deadline: tests never sleep for a time that somebody guessed."""

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.02


def until(condition: Callable[[], T], seconds: float, what: str = "the condition") -> T:
    """The first true value of `condition`; AssertionError naming `what` if there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"after {seconds} s still not so: {what} (last: {value!r})"
        Event().wait(_POLL_SECONDS)
