"""What comes with a request: fields of a form, whence it was sent, where to go on to."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

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
    """One line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def inside(back: str) -> str:
    """An address of ours to go on to: never another place's."""
    is_path = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if is_path else "/"


def is_ours(request: Request, url: str | None) -> bool:
    """Whether a browser says that the form was on a page of ours. Without a browser nothing is said."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(url or "").netloc or None}
    return origin is None or urlsplit(origin).netloc in ours - {None}
