"""How the board speaks HTTP: the server, and the headers that every answer carries.

The headers say that a browser may run nothing but files of the board, that no other site may frame a page, and that no
cache may keep one.
"""

from __future__ import annotations

from types import FrameType

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.board.hub import Hub

_GRACE_SECONDS = 3
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with less, browsers would not say where a form came from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guarded:
    """Adds these headers to every answer of an application. Caches keep no page; files of the board for an hour."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = "max-age=3600" if scope["path"].startswith("/static/") else "no-store"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers["Cache-Control"] = kept
                headers.add_vary_header("Cookie, Accept-Language, HX-Request")
            await send(message)

        await self._app(scope, receive, guarded)


class Serving(uvicorn.Server):
    """uvicorn, which believes no header about where a connection comes from, and closes event streams when it ends."""

    def __init__(self, app: ASGIApp, hub: Hub, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the address of the connection is what access goes by
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's arguments
        """Close the event streams and end; uvicorn's own handler would raise the signal once more, after the end."""
        self._hub.close()
        self.force_exit = self.should_exit
        self.should_exit = True
