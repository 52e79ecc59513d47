"""A server that answers as Grafana's HTTP API (11.6) is documented to, as far as publishing asks; it refuses the same.

It keeps what it is given as Grafana does: with ids, versions and further fields of its own.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from grafana_foundation_sdk.models import dashboard as models

TOKEN = "glsa_right"  # noqa: S105 - it opens nothing


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, code: int, message: str, **further: str) -> None:
        super().__init__(message)
        self.code, self.body = code, {"message": message, **further}


class Request(NamedTuple):
    path: str
    query: dict[str, list[str]]
    body: Any


Handler = Callable[["FakeGrafana", Request, str], Any]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def _route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    def add(handler: Handler) -> Handler:
        _ROUTES.append((method, re.compile(f"/api{pattern}$"), handler))
        return handler

    return add


class FakeGrafana:
    """A context manager. `writes`: method and path of all that changed something."""

    def __init__(self, role: str = "Admin", under: str = "") -> None:
        self.role, self.under = role, under
        self.sources: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.playlists: dict[str, dict[str, Any]] = {}
        self.annotations: dict[int, dict[str, Any]] = {}
        self.preferences = {"theme": "", "homeDashboardUID": "", "timezone": "utc", "weekStart": ""}
        self.writes: list[tuple[str, str]] = []
        self._next = 1

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.under}"

    def number(self) -> int:
        self._next += 1
        return self._next

    def __enter__(self) -> Self:
        grafana = self

        class Answering(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                sent = self.rfile.read(length)
                status, body = grafana.answer(
                    self.command, self.path, self.headers.get("Authorization"), json.loads(sent) if sent else None
                )
                said = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - as the library names them

            def log_message(self, *_: object) -> None:
                """Not on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, url: str, authorization: str | None, body: Any) -> tuple[int, Any]:
        """Status and body."""
        where = urlsplit(url)
        path = where.path.removeprefix(self.under)
        try:
            self._admit(method, path, authorization, body)
            for of, pattern, handler in _ROUTES:
                if of == method and where.path.startswith(self.under) and (match := pattern.fullmatch(path)):
                    found = handler(self, Request(path, parse_qs(where.query), body), *(match.groups() or ("",)))
                    if method != "GET":
                        self.writes.append((method, path))
                    return 200, found
            raise Refusal(404, "Not found")
        except Refusal as refusal:
            return refusal.code, refusal.body

    def _admit(self, method: str, path: str, authorization: str | None, body: Any) -> None:
        if authorization != f"Bearer {TOKEN}":
            raise Refusal(401, "Invalid API key", messageId="api-key.invalid")
        if method != "GET":
            if self.role != "Admin" and not path.startswith("/api/dashboards"):
                raise Refusal(403, "You'll need additional permissions to perform this action")
            if not isinstance(body, dict):
                raise Refusal(400, "bad request data")


def _need(body: dict[str, Any], **kinds: type) -> None:
    for name, kind in kinds.items():
        if not isinstance(body.get(name), kind):
            raise Refusal(400, f"bad request data: {name}")


@_route("GET", "/org")
def _org(grafana: FakeGrafana, request: Request, _: str) -> Any:
    return {"id": 1, "name": "Main Org.", "address": {}}


@_route("GET", "/datasources/uid/([^/]+)")
def _source(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    if uid not in grafana.sources:
        raise Refusal(404, "Data source not found")
    return grafana.sources[uid]


def _checked_source(grafana: FakeGrafana, body: dict[str, Any], uid: str | None) -> dict[str, Any]:
    _need(body, name=str, type=str, access=str, url=str)
    if body["access"] not in ("proxy", "direct"):
        raise Refusal(400, "bad request data: access")
    if any(one["name"] == body["name"] and one["uid"] != uid for one in grafana.sources.values()):
        raise Refusal(409, "data source with the same name already exists")
    own = {"orgId": 1, "user": "", "database": "", "basicAuth": False, "readOnly": False, "version": grafana.number()}
    return {"id": grafana.number(), **own, **body}


@_route("POST", "/datasources")
def _make_source(grafana: FakeGrafana, request: Request, _: str) -> Any:
    if request.body.get("uid") in grafana.sources:
        raise Refusal(409, "data source with the same uid already exists")
    made = _checked_source(grafana, request.body, None)
    grafana.sources[made["uid"]] = made
    return {"datasource": made, "id": made["id"], "message": "Datasource added", "name": made["name"]}


@_route("PUT", "/datasources/uid/([^/]+)")
def _change_source(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    _source(grafana, request, uid)
    grafana.sources[uid] = _checked_source(grafana, request.body, uid) | {"uid": uid}
    return {"datasource": grafana.sources[uid], "message": "Datasource updated"}


@_route("GET", "/folders/([^/]+)")
def _folder(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    if uid not in grafana.folders:
        raise Refusal(404, "folder not found", status="not-found")
    return grafana.folders[uid]


@_route("POST", "/folders")
def _make_folder(grafana: FakeGrafana, request: Request, _: str) -> Any:
    _need(request.body, uid=str, title=str)
    uid, title = request.body["uid"], request.body["title"]
    if any(one["title"] == title for one in grafana.folders.values()):
        raise Refusal(409, "a folder with the same name already exists in the current location")
    grafana.folders[uid] = {"id": grafana.number(), "uid": uid, "title": title, "version": 1}
    return grafana.folders[uid]


@_route("PUT", "/folders/([^/]+)")
def _change_folder(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    _need(request.body, title=str)
    if not request.body.get("overwrite") and "version" not in request.body:
        raise Refusal(412, "the folder has been changed by someone else", status="version-mismatch")
    grafana.folders[uid]["title"] = request.body["title"]
    return grafana.folders[uid]


@_route("GET", "/dashboards/uid/([^/]+)")
def _board(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    if uid not in grafana.boards:
        raise Refusal(404, "Dashboard not found")
    return grafana.boards[uid]


@_route("POST", "/dashboards/db")
def _save_board(grafana: FakeGrafana, request: Request, _: str) -> Any:
    _need(request.body, dashboard=dict)
    board, folder = request.body["dashboard"], request.body.get("folderUid", "")
    if not board.get("title"):
        raise Refusal(400, "Dashboard title cannot be empty")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", board.get("uid", "")):
        raise Refusal(400, "uid contains illegal characters or is too long")
    if folder and folder not in grafana.folders:
        raise Refusal(400, "folder not found")
    models.Dashboard.from_json(board)  # its own models read it
    known = grafana.boards.get(board["uid"])
    if known is not None and known["meta"].get("provisioned"):
        raise Refusal(400, "Cannot save provisioned dashboard")
    if (
        known is not None
        and not request.body.get("overwrite")
        and board.get("version") != known["dashboard"]["version"]
    ):
        raise Refusal(412, "The dashboard has been changed by someone else", status="version-mismatch")
    version = known["dashboard"]["version"] + 1 if known else 1
    stored = {**board, "id": grafana.number() if known is None else known["dashboard"]["id"], "version": version}
    grafana.boards[board["uid"]] = {"dashboard": stored, "meta": {"folderUid": folder, "version": version}}
    return {
        "id": stored["id"],
        "uid": board["uid"],
        "status": "success",
        "version": version,
        "slug": "x",
        "url": "/d/x",
    }


@_route("GET", "/playlists")
def _playlists(grafana: FakeGrafana, request: Request, _: str) -> Any:
    asked = request.query.get("query", [""])[0]
    return [
        {name: one[name] for name in ("uid", "name", "interval")}
        for one in grafana.playlists.values()
        if asked.lower() in one["name"].lower()
    ]


@_route("GET", "/playlists/([^/]+)/items")
def _items(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    return [{"id": i, "playlistid": uid, **one} for i, one in enumerate(grafana.playlists[uid]["items"])]


def _checked_playlist(body: dict[str, Any]) -> dict[str, Any]:
    _need(body, name=str, interval=str, items=list)
    for item in body["items"]:
        _need(item, type=str, value=str)
        if item["type"] not in ("dashboard_by_uid", "dashboard_by_tag", "dashboard_by_id"):
            raise Refusal(400, "bad request data: items")
    return {name: body[name] for name in ("name", "interval", "items")}


@_route("POST", "/playlists")
def _make_playlist(grafana: FakeGrafana, request: Request, _: str) -> Any:
    uid = f"p{grafana.number()}"
    grafana.playlists[uid] = {"uid": uid, **_checked_playlist(request.body)}
    return grafana.playlists[uid]


@_route("PUT", "/playlists/([^/]+)")
def _change_playlist(grafana: FakeGrafana, request: Request, uid: str) -> Any:
    grafana.playlists[uid] = {"uid": uid, **_checked_playlist(request.body)}
    return grafana.playlists[uid]


@_route("GET", "/org/preferences")
def _preferences(grafana: FakeGrafana, request: Request, _: str) -> Any:
    return grafana.preferences


@_route("PATCH", "/org/preferences")
def _change_preferences(grafana: FakeGrafana, request: Request, _: str) -> Any:
    home = request.body.get("homeDashboardUID")
    if home and home not in grafana.boards:
        raise Refusal(404, "Dashboard not found")
    grafana.preferences |= request.body
    return {"message": "Preferences updated"}


@_route("GET", "/annotations")
def _annotations(grafana: FakeGrafana, request: Request, _: str) -> Any:
    tags, limit = set(request.query.get("tags", [])), int(request.query.get("limit", ["100"])[0])
    return [one for one in grafana.annotations.values() if tags <= set(one["tags"])][:limit]


@_route("POST", "/annotations")
def _make_annotation(grafana: FakeGrafana, request: Request, _: str) -> Any:
    _need(request.body, text=str, tags=list, time=int)
    if not request.body["text"]:
        raise Refusal(400, "text field should not be empty")
    number = grafana.number()
    grafana.annotations[number] = {"id": number, "alertId": 0, "timeEnd": request.body["time"], **request.body}
    return {"message": "Annotation added", "id": number}


@_route("PUT", "/annotations/([0-9]+)")
def _change_annotation(grafana: FakeGrafana, request: Request, number: str) -> Any:
    if int(number) not in grafana.annotations:
        raise Refusal(404, "Annotation not found")
    grafana.annotations[int(number)] |= request.body
    return {"message": "Annotation updated"}
