"""The sign in every form, by which it is known to be this visitor's."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from streams.board.identity import Identity


class Forms:
    """Forms carry a sign that this board gave to this visitor: a page elsewhere cannot post in their name."""

    def __init__(self, path: Path) -> None:
        self._key = _kept(path)

    def sign(self, who: Identity) -> str:
        """What stands in a form of theirs."""
        return hmac.new(self._key, f"{who.name}\0{who.secret}".encode(), hashlib.sha256).hexdigest()

    def holds(self, who: Identity, given: str) -> bool:
        """Whether a form is theirs. Whoever sends a token with each request needs none: no browser does it for them."""
        return who.secret is None or hmac.compare_digest(self.sign(who).encode(), given.encode())


def _kept(path: Path) -> bytes:
    """A key that stays over restarts and is shared by the boards of one home."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600, exist_ok=False)
    try:
        beside.write_bytes(secrets.token_bytes(32))
        with suppress(FileExistsError):  # of several that make one at the same time, the first wins
            path.hardlink_to(beside)
    finally:
        beside.unlink()
    return path.read_bytes()
