"""Customers are known by a pseudonym only: HMAC-SHA-256 of their identifier with a key of this installation.

The same customer has the same pseudonym on every event, so their cases belong together;
without the key nobody can tell who it is, nor try out a list of names. Whoever changes the
key cuts every customer's history in two.
"""

from __future__ import annotations

import hashlib
import hmac
import re

PREFIX = "p1_"  # the scheme, so that a later one can be told apart
MIN_KEY_BYTES = 16
_PSEUDONYM = re.compile(r"p1_[0-9a-f]{32}\Z")


def is_pseudonym(customer: str) -> bool:
    """Whether it has the form of a pseudonym: `p1_` and 32 hexadecimal digits."""
    return _PSEUDONYM.match(customer) is not None


class Pseudonym:
    """From a raw customer to a pseudonym of 128 bits; a pseudonym is left as it is."""

    def __init__(self, key: bytes | str) -> None:
        """Raises ValueError for a key of less than 16 bytes."""
        self._key = key.encode() if isinstance(key, str) else key
        if len(self._key) < MIN_KEY_BYTES:
            raise ValueError(f"the pseudonym key has {len(self._key)} bytes, at least {MIN_KEY_BYTES} are needed")

    def __call__(self, customer: str) -> str:
        """The pseudonym of a customer. Raises UnicodeEncodeError for a text that UTF-8 cannot hold."""
        if _PSEUDONYM.match(customer):
            return customer
        digest = hmac.digest(self._key, customer.encode(), hashlib.sha256)
        return PREFIX + digest[:16].hex()

    def __repr__(self) -> str:
        return "Pseudonym(key=...)"  # a key in a log would undo every pseudonym
