"""The numbers of transactions in a changelog, by which a torn one is found.

Each transaction that saves state begins with a number, before its outputs, and ends with the next one. What tears it
apart (a late end of another, see docs/decisions/0007-late-end-of-a-transaction.md) takes the first number with the
outputs, or leaves the last one out with the state; so numbers that do not count up say that something is missing.
All are records of one key: compaction leaves the latest of what it has cleaned and every one behind it, and a number
is judged by the one before it alone.

The changelog partition thereby belongs to the transaction from its beginning. A broker since 3.6 that has ended the
transaction does not let the state in.
"""

from __future__ import annotations

from typing import NamedTuple

# Of the kind `r`, with a name that no topic can have: release 0.1.0 reads a count there which it never looks at.
KEY = b"r@"


class Mark(NamedTuple):
    """A record of the changelog."""

    key: bytes
    value: bytes


def begins(done: int) -> Mark:
    """The mark before the outputs of a transaction. done: how many there were before it."""
    return Mark(KEY, str(2 * done + 1).encode())


def ends(done: int) -> Mark:
    """The mark behind its state."""
    return Mark(KEY, str(2 * done + 2).encode())


class Numbering:
    """Judges the marks of a changelog in the order in which they stand there.

    outputs_lost, state_lost: how many transactions have left the one without the other.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self.outputs_lost = self.state_lost = 0

    @property
    def done(self) -> int:
        """How many transactions have ended, by their numbers."""
        return ((self._last or 0) + 1) // 2

    def take(self, value: bytes) -> None:
        """The next mark."""
        number, last = int(value), self._last
        self._last = number
        if last is None or number == last + 1 or (number == last and _is_end(number)):
            return  # an end may be said again: that was a producer's proof that it is not fenced
        self.outputs_lost += _is_end(number)
        self.state_lost += not _is_end(last)

    def finish(self) -> None:
        """There are no more."""
        self.state_lost += self._last is not None and not _is_end(self._last)


def _is_end(number: int) -> bool:
    return number % 2 == 0
