"""Forms that people send: how they are read, and how the board knows that they come from its own pages (CSRF).

A form is accepted if the browser does not say that it was on another site's page (`is_ours`), and if it carries the
token that this board gave to this visitor (`CsrfTokens`). So a page elsewhere can send nothing in somebody's name.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from streams.board.identity import Identity

_FORM_BYTES = 64 * 1024


async def fields(request: Request) -> dict[str, str] | None:
    """The fields of a form; None where it is larger than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            return None
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return None


def clean(text: str) -> str:
    """A field as one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def inside(back: str) -> str:
    """The address of a page of this board to go on to: `back` if it is one, else the first page."""
    is_path = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if is_path else "/"


def is_ours(request: Request, url: str | None) -> bool:
    """Whether a form was on a page of this board, as far as the browser says. What is no browser says nothing.

    url: where people reach the board from outside, if that is known.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(url or "").netloc or None}
    return origin is None or urlsplit(origin).netloc in ours - {None}


class CsrfTokens:
    """Makes and checks the token of each form: an HMAC of who the visitor is. path: the file that keeps its key."""

    def __init__(self, path: Path) -> None:
        self._key = _kept(path)

    def token(self, who: Identity) -> str:
        """The token that a form of theirs carries."""
        return hmac.new(self._key, f"{who.name}\0{who.secret}".encode(), hashlib.sha256).hexdigest()

    def holds(self, who: Identity, given: str) -> bool:
        """Whether a form is theirs. A request with a bearer token needs none: no page makes a browser send one."""
        return who.secret is None or hmac.compare_digest(self.token(who).encode(), given.encode())


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
