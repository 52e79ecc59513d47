"""Pages from templates, in the visitor's language and colours: the whole page, or the part of it that changes.

Everything is escaped; what comes from outside is cleaned by the filter `plain` first. Two cookies keep the language and
the colours that somebody has chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from streams.board.access import Access
from streams.board.forms import CsrfTokens, inside
from streams.board.hub import Hub
from streams.board.identity import Identity
from streams.board.projection import Projection
from streams.board.words import LANGUAGES, NAMES, Words, preferred
from streams.language.outside import environment, plain

_THEMES = ("auto", "light", "dark")
_CHOICES = {"lang": tuple(LANGUAGES), "theme": _THEMES}
_YEAR_SECONDS = 365 * 86_400


@dataclass
class Templates:
    """Renders the pages of one board; from any thread."""

    timezone: str
    access: Access
    csrf: CsrfTokens
    hub: Hub
    projection: Projection
    now_ms: Callable[[], int]

    def words(self, request: Request) -> Words:
        """The words in the visitor's language, as of now."""
        code = request.cookies.get("rytmi_lang", "")
        if code not in LANGUAGES:
            code = preferred(request.headers.get("accept-language"))
        return Words(code, self.timezone, self.now_ms())

    def page(
        self, request: Request, template: str, who: Identity | None, context: dict[str, Any], status: int = 200
    ) -> Response:
        """A page, or, where htmx asks for it, only the part of it that changes. who: None where nobody is let in."""
        say = self.words(request)
        theme = request.cookies.get("rytmi_theme")
        is_part = request.headers.get("hx-request") == "true" and status == 200 and who is not None
        common = {
            "say": say,
            "who": who,
            "form": self.csrf.token(who) if who is not None else "",
            "lang": say.code,
            "languages": NAMES,
            "theme": theme if theme in _THEMES else "auto",
            "themes": _THEMES,
            "here": _address(request, context),
            "open_board": self.access.is_open,
            "reading": not self.projection.caught_up.is_set(),
            "trouble": self.projection.trouble is not None,
            "refused": None,
            "version": self.hub.version,
        }
        name = f"parts/{template}.html" if is_part else f"{template}.html"
        text = _environment().get_template(name).render({**common, **context, "is_part": is_part})
        return HTMLResponse(text, status)

    def error(self, request: Request, who: Identity | None, status: int, words: str) -> Response:
        """The page that says what went wrong."""
        return self.page(request, "error", who, {"words": words}, status)

    def entrance(self, request: Request, key: str, status: int) -> Response:
        """The page to sign in on, which leads on to the page that was asked for. key: of the sentence on it."""
        asked = request.query_params.get("back") or (request.url.path if request.method == "GET" else "/")
        back = inside("/" if asked.startswith(("/sign-", "/events")) else asked)
        return self.page(request, "enter", None, {"reason": key, "back": back}, status)


def choose(request: Request) -> Response:
    """Keep the language or the colours that an address names, and lead back to the page."""
    answer = RedirectResponse(inside(request.query_params.get("back", "/")), 303)
    for name, known in _CHOICES.items():
        if (wanted := request.query_params.get(name)) in known:
            answer.set_cookie(f"rytmi_{name}", wanted, max_age=_YEAR_SECONDS, path="/", samesite="lax", httponly=True)
    return answer


def segment(text: Any) -> str:
    """A name as a part of an address."""
    return quote(str(text), safe="")


def _address(request: Request, context: dict[str, Any]) -> str:
    """Where the page that is rendered can be asked for again."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/cases/{segment(context['case'])}" if "case" in context else "/"


@cache
def _environment() -> Environment:
    return environment("streams.board", plain=plain, segment=segment)
