"""What is published, step by step. Each step looks first, and writes only what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dashboards.building import TAG, built
from dashboards.provisioning import FOLDER, FOLDER_UID, data_source
from dashboards.publish import marks
from dashboards.publish.grafana import Clash, Grafana, PublishError
from dashboards.publish.marks import Mark
from dashboards.screens import screens

PLAYLIST = "Rytmi"
INTERVAL = "1m"
CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
_GIVEN_BY_GRAFANA = ("id", "version")
_MOST = 1_000


@dataclass(frozen=True)
class Plan:
    """prometheus: its address as Grafana sees it. home: whether the first screen becomes everybody's first page.

    noted: what the data source is to keep beside.
    """

    prometheus: str
    home: bool = True
    marks: Sequence[Mark] = ()
    noted: Mapping[str, Any] = field(default_factory=dict)


class Done(NamedTuple):
    """What was looked at, and what became of it."""

    what: str
    outcome: str


def publish(grafana: Grafana, plan: Plan) -> Iterator[Done]:
    """Do all steps, and say each. Raises PublishError; what was done before it stays, and doing it again goes on."""
    if not isinstance(grafana.get("/org"), dict):
        raise PublishError(f"what answers at {grafana.url} is no Grafana: it has no organisation")
    yield _data_source(grafana, plan)
    yield _folder(grafana)
    for screen in screens():
        yield _dashboard(grafana, built(screen))
    yield _playlist(grafana)
    if plan.home:
        yield _home(grafana)
    if plan.marks:
        made, mended = marks.put(grafana, plan.marks)
        outcome = CREATED if made else CHANGED if mended else UNCHANGED
        yield Done(f"{len(plan.marks)} marks of strategic decisions", outcome)


def _data_source(grafana: Grafana, plan: Plan) -> Done:
    wanted = data_source(plan.prometheus, plan.noted)
    what = f"data source {wanted['name']}"
    known = grafana.get(f"/datasources/uid/{wanted['uid']}")
    if known is None:
        grafana.post("/datasources", wanted, what)
        return Done(what, CREATED)
    if _within(wanted, known):
        return Done(what, UNCHANGED)
    grafana.put(f"/datasources/uid/{wanted['uid']}", wanted, what)
    return Done(what, CHANGED)


def _folder(grafana: Grafana) -> Done:
    what = f"folder {FOLDER}"
    known = grafana.get(f"/folders/{FOLDER_UID}")
    if known is None:
        grafana.post("/folders", {"uid": FOLDER_UID, "title": FOLDER}, what)
        return Done(what, CREATED)
    if known["title"] == FOLDER:
        return Done(what, UNCHANGED)
    grafana.put(f"/folders/{FOLDER_UID}", {"title": FOLDER, "overwrite": True}, what)
    return Done(what, CHANGED)


def _dashboard(grafana: Grafana, board: Mapping[str, Any]) -> Done:
    what = f"dashboard {board['title']}"
    known = grafana.get(f"/dashboards/uid/{board['uid']}")
    if known is not None:
        there = known["dashboard"]
        if TAG not in there.get("tags", []):
            raise Clash(
                f"{grafana.url} has another dashboard with the uid {board['uid']}: {there.get('title')!r}, without our "
                f"tag {TAG!r}. Give it another uid, or remove it"
            )
        if stripped(there) == board and known["meta"].get("folderUid") == FOLDER_UID:
            return Done(what, UNCHANGED)
    payload = {"dashboard": board, "folderUid": FOLDER_UID, "overwrite": known is not None, "message": "rytmi"}
    grafana.post("/dashboards/db", payload, what)
    return Done(what, CREATED if known is None else CHANGED)


def _playlist(grafana: Grafana) -> Done:
    what = f"playlist {PLAYLIST}"
    wanted_items = [
        {"type": "dashboard_by_uid", "value": screen.uid, "order": order, "title": screen.title}
        for order, screen in enumerate(screens(), 1)
    ]
    wanted = {"name": PLAYLIST, "interval": INTERVAL, "items": wanted_items}
    found = grafana.get(f"/playlists?{urlencode({'query': PLAYLIST, 'limit': _MOST})}") or []
    known = [one for one in found if one["name"] == PLAYLIST]
    if len(known) > 1:
        raise Clash(f"{grafana.url} has {len(known)} playlists called {PLAYLIST!r}: remove all but one")
    if not known:
        grafana.post("/playlists", wanted, what)
        return Done(what, CREATED)
    uid = known[0]["uid"]
    items = [(one["type"], one["value"]) for one in grafana.get(f"/playlists/{uid}/items") or []]
    if known[0]["interval"] == INTERVAL and items == [(one["type"], one["value"]) for one in wanted_items]:
        return Done(what, UNCHANGED)
    grafana.put(f"/playlists/{uid}", wanted, what)
    return Done(what, CHANGED)


def _home(grafana: Grafana) -> Done:
    what, uid = "first page of the organisation", screens()[0].uid
    known = grafana.get("/org/preferences") or {}
    if known.get("homeDashboardUID") == uid:
        return Done(what, UNCHANGED)
    grafana.patch("/org/preferences", {"homeDashboardUID": uid}, what)
    return Done(what, CHANGED)


def differences(grafana: Grafana) -> Iterator[str]:
    """Where the dashboards that are there differ from those of the source: a line a place. Nothing is written."""
    for screen in screens():
        wanted = built(screen)
        known = grafana.get(f"/dashboards/uid/{screen.uid}")
        if known is None:
            yield f"{screen.uid}: not there"
        else:
            yield from (f"{screen.uid}{place}" for place in _places(stripped(known["dashboard"]), wanted, ""))


def stripped(board: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard without what Grafana gave it."""
    return {name: value for name, value in board.items() if name not in _GIVEN_BY_GRAFANA}


def _within(wanted: Any, known: Any) -> bool:
    """Whether what is wanted is there, whatever else is."""
    if isinstance(wanted, Mapping):
        return isinstance(known, Mapping) and all(_within(value, known.get(name)) for name, value in wanted.items())
    return bool(wanted == known)


def _places(there: Any, wanted: Any, at: str) -> Iterator[str]:
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        for name in sorted(there.keys() | wanted.keys()):
            yield from _places(there.get(name), wanted.get(name), f"{at}.{name}")
    elif isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
        for i, (one, other) in enumerate(zip(there, wanted, strict=True)):
            yield from _places(one, other, f"{at}[{i}]")
    elif there != wanted:
        yield f"{at}: {_short(there)} there, {_short(wanted)} here"


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
