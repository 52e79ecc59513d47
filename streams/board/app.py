"""The board as an ASGI application: its routes, and who is let in to each."""

from __future__ import annotations

import logging
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
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from schemas.codec import Codec
from streams.board.access import Access
from streams.board.commands import KINDS, Command, Commands, Refusal
from streams.board.forms import CsrfTokens, clean, fields, is_ours
from streams.board.hub import Hub, concerns
from streams.board.identity import Denied, Identity, day
from streams.board.pages import Pages, Shown
from streams.board.projection import Projection
from streams.board.sending import Sending
from streams.board.serving import Guarded
from streams.board.sign_in import SignIn
from streams.board.store import Store
from streams.board.templates import Templates, choose, segment
from streams.board.words import Words
from streams.config import Config
from streams.kafka import admin
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.clock import Time

_LIST_REST_SECONDS, _CASE_REST_SECONDS = 1.0, 0.2
_STANDARD = frozenset({"Not Found", "Method Not Allowed", "Internal Server Error", "Bad Request"})
_log = logging.getLogger(__name__)


@dataclass
class Board:
    """The parts of a board, and the routes over them. now_ms: the time of day, milliseconds since the epoch."""

    config: Config
    store: Store
    codec: Codec
    hub: Hub
    projection: Projection
    access: Access
    csrf: CsrfTokens
    commands: Commands
    now_ms: Callable[[], int]

    def __post_init__(self) -> None:
        self.pages = Pages(self.config, self.store, self.codec, self.access, self.commands)
        self._templates = Templates(
            self.config.timezone, self.access, self.csrf, self.hub, self.projection, self.now_ms
        )
        self._sign_in = SignIn(self.access, self._templates, self.now_ms)

    def app(self) -> ASGIApp:
        """The routes, and what stands before them.

        Answers are not compressed: they hold both a secret (the token of the form) and what an address asks for.
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
            Route("/sign-in", self._sign_in.enter, methods=["GET", "POST"]),
            Route("/sign-out", self._sign_in.leave, methods=["POST"]),
            Route("/preferences", choose),
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
        self.projection.start()
        yield
        self.projection.stop()

    def _page(self, show: Callable[[Request, Identity, Words], Shown]) -> Callable[..., Response]:
        """The route of a page, for whoever may see it."""

        def answer(request: Request) -> Response:
            try:
                who = self._sign_in.who(request)
            except Denied as denied:
                return self._templates.entrance(request, denied.key, 401)
            version = self.hub.version  # before anything is read
            template, context = show(request, who, self._templates.words(request))
            return self._templates.page(request, template, who, context | {"version": version})

        return answer

    # -- commands

    async def _act(self, request: Request) -> Response:
        try:
            who = self._sign_in.who(request)
        except Denied as denied:
            return self._templates.entrance(request, denied.key, 401)
        say = self._templates.words(request)
        form = await fields(request)
        if form is None:
            return self._templates.error(request, who, 413, say("too_much"))
        if not is_ours(request, self.access.url) or not self.csrf.holds(who, form.get("form", "")):
            return self._templates.error(request, who, 403, say("no_form"))
        given = {name: clean(form.get(name, "")) for name in ("seen", "owner", "cause", "done")}
        command = Command(form.get("case", ""), form.get("kind", ""), **given)
        return await run_in_threadpool(self._handled, request, command, who, say)

    def _handled(self, request: Request, command: Command, who: Identity, say: Words) -> Response:
        try:
            if command.kind not in KINDS:
                raise Refusal(422, "no_kind")
            self.commands.handle(command, who, request.client.host if request.client else None, say.now)
        except Refusal as refusal:
            words = say(refusal.key, **refusal.values)
            if refusal.status == 404:
                raise HTTPException(404, words) from None
            context = self.pages.case_shown(command.case, who, say) | {"refused": words}
            return self._templates.page(request, "case", who, context, refusal.status)
        return RedirectResponse(f"/cases/{segment(command.case)}", 303)

    # -- events, health, errors

    def _events(self, request: Request) -> Response:
        try:
            who = self._sign_in.who(request)
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
        events = self.hub.events(
            concerns(who, case, unit), version, lambda: self.access.still(who, day(self.now_ms())), rest
        )
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def _health(self, _: Request) -> Response:
        trouble = self.projection.trouble
        said = {
            "reading": trouble is None,
            "caught_up": self.projection.caught_up.is_set(),
            "unreadable": self.projection.unreadable,
        }
        return JSONResponse(said, 200 if trouble is None and said["caught_up"] else 503)

    def _failed(self, request: Request, wrong: Exception) -> Response:
        say = self._templates.words(request)
        status = wrong.status_code if isinstance(wrong, HTTPException) else 500
        if status == 500:
            _log.error("%s %s failed", request.method, request.url.path, exc_info=wrong)
        try:
            who: Identity | None = self._sign_in.who(request)
        except Denied:
            who = None
        words = wrong.detail if isinstance(wrong, HTTPException) and " " in wrong.detail.rstrip(".") else ""
        key = f"error.{status}"
        if not words or words in _STANDARD:
            words = say(key if say.has(key) else "error.500")
        return self._templates.error(request, who, status, words)


def build(settings: Settings, config: Config, access: Access, rebuild: bool = False) -> Board:
    """A board over the topics of these settings. Raises TopicError where one is missing."""
    admin.check(settings)
    home = settings.home / "board"
    view = Store(home / "view.sqlite")
    if rebuild:
        view.empty("")
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    hub = Hub()
    projection = Projection(settings, codec, view, hub.tell)

    def named(unit: str) -> set[str]:
        return board.pages.names(unit)

    commands = Commands(view, Sending(settings, codec), named)
    board = Board(
        config, view, codec, hub, projection, access, CsrfTokens(home / "forms.key"), commands, Time().wall_ms
    )
    return board
