"""Signing in and out: a token given once is kept in a cookie that scripts cannot read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from streams.board.access import Access
from streams.board.forms import fields, inside, is_ours
from streams.board.identity import Denied, Identity, day
from streams.board.templates import Templates

TOKEN_COOKIE = "rytmi_board"  # noqa: S105 - a name


@dataclass
class SignIn:
    """The routes /sign-in and /sign-out, and who sends a request."""

    access: Access
    templates: Templates
    now_ms: Callable[[], int]

    def who(self, request: Request) -> Identity:
        """Who sends a request. Raises Denied."""
        peer = request.client.host if request.client else None
        return self.access.identify(peer, request.headers, request.cookies.get(TOKEN_COOKIE), day(self.now_ms()))

    async def enter(self, request: Request) -> Response:
        """The page to sign in on; or, with a token in its form, the cookie and the way on."""
        if request.method == "GET":
            return self.templates.entrance(request, "denied.nobody", 200)
        form = await fields(request)
        if form is None or not is_ours(request, self.access.url):
            return self.templates.entrance(request, "no_form", 403)
        token = form.get("token", "").strip()
        try:
            self.access.identify(None, {}, token or None, day(self.now_ms()))
        except Denied as denied:
            return self.templates.entrance(request, denied.key, 401)
        answer = RedirectResponse(inside(form.get("back", "/")), 303)
        if not self.access.is_open:
            secure = (self.access.url or "").startswith("https://") or request.url.scheme == "https"
            answer.set_cookie(TOKEN_COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out: the cookie is removed."""
        if not is_ours(request, self.access.url):
            return self.templates.entrance(request, "no_form", 403)
        answer = self.templates.entrance(request, "denied.left", 200)
        answer.delete_cookie(TOKEN_COOKIE, path="/", httponly=True, samesite="lax")
        return answer
