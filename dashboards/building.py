"""The screens as Grafana's JSON: the same bytes from the same source, one file a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.model import Screen, placed
from dashboards.screens import screens

GENERATED = Path(__file__).resolve().parent / "generated"
TAG = "rytmi"


def built(screen: Screen) -> dict[str, Any]:
    """The dashboard as Grafana takes it, without what Grafana itself gives it (id, version)."""
    board = (
        boards.Dashboard(screen.title)
        .uid(screen.uid)
        .description(screen.about)
        .tags([TAG])
        .timezone("browser")
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time(screen.since, "now")
        .refresh(screen.refresh)
        .link(_menu())
    )
    for variable in screen.variables:
        board = board.with_variable(variable)
    for mark in screen.annotations:
        board = board.annotation(mark)
    placed(screen, board)
    found: dict[str, Any] = json.loads(json.dumps(board.build(), cls=JSONEncoder))
    return found


def _menu() -> boards.DashboardLink:
    """The other screens, with window and time kept."""
    return (
        boards.DashboardLink("Screens")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(False)
    )


def text(board: Mapping[str, Any]) -> str:
    """As it is written to a file: sorted, so that a difference is what has changed."""
    return json.dumps(board, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def files(out: Path = GENERATED) -> dict[Path, str]:
    """What the generated files have to be."""
    return {out / f"{screen.uid}.json": text(built(screen)) for screen in screens()}
