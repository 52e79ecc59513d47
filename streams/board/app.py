"""The board as an ASGI application: who asks, which page, what it may hold."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from schemas.codec import Codec
from streams.board.access import Access
from streams.board.commands import KINDS, Acting, Asked, Refusal
from streams.board.csrf import Forms
from streams.board.forms import clean, fields, inside, is_ours
from streams.board.headers import Guarded
from streams.board.hub import Hub
from streams.board.identity import Denied, Identity, today
from streams.board.pages import Pages, Shown
from streams.board.projection import Changed, Following
from streams.board.store import Store
from streams.board.templates import environment, segment
from streams.board.words import LANGUAGES, NAMES, Words, preferred
from streams.config import Config

TOKEN_COOKIE = "rytmi_board"  # noqa: S105 - a name
_THEMES = ("auto", "light", "dark")
_YEAR_SECONDS = 365 * 86_400
_LIST_REST_SECONDS, _CASE_REST_SECONDS = 1.0, 0.2
_log = logging.getLogger(__name__)


@dataclass
class Board:
    """Everything that pages need."""

    config: Config
    store: Store
    codec: Codec
    hub: Hub
    following: Following
    access: Access
    forms: Forms
    acting: Acting

    def __post_init__(self) -> None:
        self.pages = Pages(self.config, self.store, self.codec, self.access, self.acting)
        self._templates = environment()

    # -- the application

    def app(self) -> ASGIApp:
        """The routes, and what stands before them.

        Answers are not compressed: they hold both a secret (the sign of the form) and what an address asks for.
        """
        routes = [
            Route("/", self._page(self.pages.cases)),
            Route("/cases/{case:path}", self._page(self.pages.case)),
            Route("/actions", self._act, methods=["POST"]),
            Route("/me", self._page(self.pages.me)),
            Route("/people/{name:path}", self._page(self.pages.person)),
            Route("/units", self._page(self.pages.units)),
            Route("/units/{unit:path}", self._page(self.pages.unit)),
            Route("/audit", self._page(self.pages.audit)),
            Route("/sign-in", self._enter, methods=["GET", "POST"]),
            Route("/sign-out", self._leave, methods=["POST"]),
            Route("/preferences", self._prefer),
            Route("/events", self._events),
            Route("/health", self._health),
            Mount("/static", StaticFiles(packages=[("streams.board", "static")])),
        ]
        before = []
        if (hosts := self.access.hosts()) is not None:
            before.append(Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False))
        failed: Mapping[Any, Any] = {HTTPException: self._failed, Exception: self._failed}
        # Around everything, so that the page of an error carries the headers, too.
        return Guarded(Starlette(routes=routes, middleware=before, exception_handlers=failed, lifespan=self._lifespan))

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.hub.open()
        self.following.start()
        yield
        self.following.stop()

    # -- pages

    def _page(self, show: Callable[[Request, Identity, Words], Shown]) -> Callable[..., Response]:
        """A page for whoever may see it; only its live part where htmx asks for it."""

        def answer(request: Request) -> Response:
            try:
                who = self._who(request)
            except Denied as denied:
                return self._entrance(request, denied.key, 401)
            version = self.hub.version  # before anything is read
            template, context = show(request, who, self._words(request))
            return self._rendered(request, template, who, context | {"version": version})

        return answer

    # -- acting

    async def _act(self, request: Request) -> Response:
        try:
            who = self._who(request)
        except Denied as denied:
            return self._entrance(request, denied.key, 401)
        say = self._words(request)
        form = await fields(request)
        if form is None:
            return self._told(request, who, 413, say("too_much"))
        if not is_ours(request, self.access.url) or not self.forms.holds(who, form.get("form", "")):
            return self._told(request, who, 403, say("no_form"))
        given = {name: clean(form.get(name, "")) for name in ("seen", "owner", "cause", "done")}
        asked = Asked(form.get("case", ""), form.get("kind", ""), **given)
        return await run_in_threadpool(self._acted, request, asked, who, say)

    def _acted(self, request: Request, asked: Asked, who: Identity, say: Words) -> Response:
        try:
            if asked.kind not in KINDS:
                raise Refusal(422, "no_kind")
            self.acting.ask(asked, who, request.client.host if request.client else None, say.now)
        except Refusal as refusal:
            words = say(refusal.key, **refusal.values)
            if refusal.status == 404:
                raise HTTPException(404, words) from None
            context = self.pages.case_shown(asked.case, who, say) | {"refused": words}
            return self._rendered(request, "case", who, context, refusal.status)
        return RedirectResponse(f"/cases/{segment(asked.case)}", 303)

    # -- entering

    async def _enter(self, request: Request) -> Response:
        if request.method == "GET":
            return self._entrance(request, "denied.nobody", 200)
        form = await fields(request)
        if form is None or not is_ours(request, self.access.url):
            return self._entrance(request, "no_form", 403)
        token = form.get("token", "").strip()
        try:
            self.access.identify(None, {}, token or None, today())
        except Denied as denied:
            return self._entrance(request, denied.key, 401)
        answer = RedirectResponse(inside(form.get("back", "/")), 303)
        if not self.access.is_open:
            secure = (self.access.url or "").startswith("https://") or request.url.scheme == "https"
            answer.set_cookie(TOKEN_COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)
        return answer

    async def _leave(self, request: Request) -> Response:
        if not is_ours(request, self.access.url):
            return self._entrance(request, "no_form", 403)
        answer = self._entrance(request, "denied.left", 200)
        answer.delete_cookie(TOKEN_COOKIE, path="/", httponly=True, samesite="lax")
        return answer

    def _prefer(self, request: Request) -> Response:
        answer = RedirectResponse(inside(request.query_params.get("back", "/")), 303)
        for name, known in (("lang", tuple(LANGUAGES)), ("theme", _THEMES)):
            if (wanted := request.query_params.get(name)) in known:
                answer.set_cookie(
                    f"rytmi_{name}", wanted, max_age=_YEAR_SECONDS, path="/", samesite="lax", httponly=True
                )
        return answer

    # -- live

    def _events(self, request: Request) -> Response:
        try:
            who = self._who(request)
        except Denied:
            return Response(status_code=401)
        case, unit = request.query_params.get("case"), request.query_params.get("unit")
        if case is not None and ((held := self.store.case(case)) is None or not who.sees(held.unit)):
            return Response(status_code=404)
        if unit is not None and not who.sees(unit):
            return Response(status_code=404)
        rest = _LIST_REST_SECONDS if case is None else _CASE_REST_SECONDS
        since = request.query_params.get("since", "")
        version = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else -1
        events = self.hub.events(_concerns(who, case, unit), version, lambda: self.access.still(who, today()), rest)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def _health(self, _: Request) -> Response:
        trouble = self.following.trouble
        said = {
            "reading": trouble is None,
            "caught_up": self.following.caught_up.is_set(),
            "unreadable": self.following.unreadable,
        }
        return JSONResponse(said, 200 if trouble is None and said["caught_up"] else 503)

    # -- what all share

    def _who(self, request: Request) -> Identity:
        peer = request.client.host if request.client else None
        return self.access.identify(peer, request.headers, request.cookies.get(TOKEN_COOKIE), today())

    def _words(self, request: Request) -> Words:
        code = request.cookies.get("rytmi_lang", "")
        if code not in LANGUAGES:
            code = preferred(request.headers.get("accept-language"))
        return Words(code, self.config.timezone, time.time_ns() // 1_000_000)

    def _rendered(
        self, request: Request, template: str, who: Identity | None, context: dict[str, Any], status: int = 200
    ) -> Response:
        say = self._words(request)
        theme = request.cookies.get("rytmi_theme")
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        common = {
            "say": say,
            "who": who,
            "form": self.forms.sign(who) if who is not None else "",
            "lang": say.code,
            "languages": NAMES,
            "theme": theme if theme in _THEMES else "auto",
            "themes": _THEMES,
            "here": here
            if request.method == "GET"
            else f"/cases/{segment(context['case'])}"
            if "case" in context
            else "/",
            "open_board": self.access.is_open,
            "reading": not self.following.caught_up.is_set(),
            "trouble": self.following.trouble is not None,
            "refused": None,
            "is_part": False,
            "version": self.hub.version,
        }
        is_part = request.headers.get("hx-request") == "true" and status == 200 and who is not None
        name = f"parts/{template}.html" if is_part else f"{template}.html"
        text = self._templates.get_template(name).render({**common, **context, "is_part": is_part})
        return HTMLResponse(text, status)

    def _told(self, request: Request, who: Identity | None, status: int, words: str) -> Response:
        return self._rendered(request, "error", who, {"words": words, "status": status}, status)

    def _entrance(self, request: Request, key: str, status: int) -> Response:
        asked = request.query_params.get("back") or (request.url.path if request.method == "GET" else "/")
        back = inside("/" if asked.startswith(("/sign-", "/events")) else asked)
        return self._rendered(request, "enter", None, {"reason": key, "back": back}, status)

    def _failed(self, request: Request, wrong: Exception) -> Response:
        say = self._words(request)
        status = wrong.status_code if isinstance(wrong, HTTPException) else 500
        if status == 500:
            _log.error("%s %s failed", request.method, request.url.path, exc_info=wrong)
        try:
            who: Identity | None = self._who(request)
        except Denied:
            who = None
        words = wrong.detail if isinstance(wrong, HTTPException) and " " in wrong.detail.rstrip(".") else ""
        key = f"error.{status}"
        if not words or words in _STANDARD:
            words = say(key if say.has(key) else "error.500")
        return self._told(request, who, status, words)


_STANDARD = frozenset({"Not Found", "Method Not Allowed", "Internal Server Error", "Bad Request"})


def _concerns(who: Identity, case: str | None, unit: str | None) -> Callable[[Changed], bool]:
    """Whether a change is worth looking again."""
    if case is not None:
        return lambda changed: ("case", case) in changed
    if unit is not None:
        return lambda changed: ("unit", unit) in changed or ("windows", "") in changed
    return lambda changed: any(kind == "unit" and who.sees(name) for kind, name in changed)
