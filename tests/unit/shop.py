"""Two weeks of a made-up shop with two touchpoints, as cells known at its end and a week before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from processors.backtest import Backtest
from processors.canonical import instant
from processors.events import Event, Pulse
from processors.measures.rows import kept, rows
from processors.measures.terms import Cell, Fact, Row
from processors.measures.view import View
from processors.panes import DAY_MS, HOUR_MS
from streams.config import Config, parse
from streams.demo.organisation import Organisation
from streams.measures.subscriber import frame
from streams.results.measures import CellsSoFar, add
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from tests.contributions import contributions

ROOT = Path(__file__).resolve().parents[2]
END = instant("2026-03-02T00:00:00+02:00")
BEGIN = END - 14 * DAY_MS
MIDDLE = END - 7 * DAY_MS

Cells = Mapping[Cell, list[tuple[Fact, int]]]


class Shop(NamedTuple):
    """Its configuration, its events, and the cells as known at the end of each week."""

    config: Config
    events: list[Event]
    first: Cells
    both: Cells


def small_config() -> Config:
    said = yaml.safe_load((ROOT / "examples" / "rytmi.yaml").read_text(encoding="utf-8"))
    said["touchpoints"] = [place for place in said["touchpoints"] if place["id"] in ("delivery", "support")]
    said["units"] = [unit for unit in said["units"] if unit["id"] in ("logistics", "care")]
    return parse(said)


def backtested(events: list[Event], until: int, config: Config) -> Backtest:
    """The events up to an instant, folded."""
    backtest = Backtest(config.policies)
    for event in events:
        if event.at <= until:
            backtest.add(event)
    list(backtest.finish())
    return backtest


def cells_of(events: list[Event], until: int, config: Config) -> Cells:
    """As a backtest would have them."""
    backtest = backtested(events, until, config)
    cells: CellsSoFar = {}
    for share in contributions(backtest):
        add(cells, share)
    return {where: list(facts.items()) for where, facts in cells.items()}


def measured(cells: Cells, at: int, config: Config) -> list[Row]:
    """The rows of all measures at an instant."""
    view = View(kept(frame(config)), at, unpack)
    for where, facts in cells.items():
        view.put("", where, pack(facts))
    return list(rows(view, frame(config)))


def two_weeks() -> Shop:
    """Made anew; it takes some seconds."""
    config = small_config()
    events = list(Organisation(config, 3, BEGIN).until(END))
    for day in range(14):
        at = BEGIN + day * DAY_MS + 10 * HOUR_MS
        for unit, level, usual in (("care", "front", 0.4), ("care", "top", 0.8), ("logistics", "front", 0.3)):
            score = usual + 0.02 * (day % 5)
            events.append(Pulse(f"{unit}-{level}-{day}", at, unit, None, level, "told in time", score))
    return Shop(config, events, cells_of(events, MIDDLE, config), cells_of(events, END, config))
