"""What a screen is made of: queries, tiles that show them, rows of tiles. Nothing here knows what Rytmi measures.

Rule: a figure is what is true now. So it is asked for as of now, and never the last of a series, which would go on
showing a value that nobody has stood for since. Lines are series; they end where the values do.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

from grafana_foundation_sdk.builders import dashboard as boards
from grafana_foundation_sdk.models.dashboard import GridPos

COLUMNS = 24
"""Of Grafana's grid."""


class Query(NamedTuple):
    """What Prometheus is asked. labels: those of every result, and no others. legend: how a result is called.

    quiet: why there may rightly be nothing; empty where nothing means that something is wrong. about: what it says, for
    whoever looks at a panel of it; a panel may say it otherwise.
    """

    expr: str
    labels: tuple[str, ...] = ()
    legend: str = ""
    quiet: str = ""
    about: str = ""


class Target(NamedTuple):
    """A query as a tile asks it: as of now, or over the time that is shown (`over_time`)."""

    query: Query
    over_time: bool = False


class Tile(NamedTuple):
    """A panel. key: its name for good within its screen; its id follows from it, whatever else changes.

    beside: titles of tiles of the same screen that would show it if this one, a share, were made to look good.
    """

    key: str
    title: str
    panel: Any
    targets: tuple[Target, ...]
    width: int
    beside: tuple[str, ...] = ()


class Row(NamedTuple):
    """Tiles from left to right, of one height."""

    height: int
    tiles: tuple[Tile, ...]


class Screen(NamedTuple):
    """rows: tiles, or a heading. wall: shown without menus, so all of it must fit."""

    uid: str
    title: str
    about: str
    rows: tuple[Row | str, ...]
    variables: tuple[Any, ...] = ()
    annotations: tuple[Any, ...] = ()
    since: str = "now-6h"
    refresh: str = "30s"
    wall: bool = False

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for row in self.rows if not isinstance(row, str) for tile in row.tiles)


def panel_id(screen: str, key: str) -> int:
    """Follows from the names alone, so that links to a panel outlive every rebuilding."""
    return zlib.crc32(f"{screen}/{key}".encode()) & 0x7FFFFFFF


def placed(screen: Screen, board: boards.Dashboard) -> None:
    """Put the rows onto the board, one below the other."""
    y = 0
    for row in screen.rows:
        if isinstance(row, str):
            heading = boards.Row(row).id(panel_id(screen.uid, row)).grid_pos(GridPos(h=1, w=COLUMNS, x=0, y=y))
            board.with_row(heading)
            y += 1
            continue
        x = 0
        for tile in row.tiles:
            where = GridPos(h=row.height, w=tile.width, x=x, y=y)
            board.with_panel(tile.panel.id(panel_id(screen.uid, tile.key)).grid_pos(where))
            x += tile.width
        y += row.height
