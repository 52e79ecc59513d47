"""How pages of the board are laid out: in a real browser, with the longest words, in several fonts, at every width.

Pages come from a board without a cluster, so that it holds exactly the names that are hard to lay out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from processors.events import Action, Decision, Event, Feedback, Obstacle
from processors.policy import CLOCKS
from streams.board import store as tables
from streams.board.serving import Serving
from streams.config import parse
from streams.demo.workers import free_ports
from tests import needed
from tests.board_world import World
from tests.waiting import until

HOUR = 3_600_000
WIDTHS = (390, 768, 1024, 1280, 1300, 1920)
FONTS = {
    "the system's": "",
    "DejaVu Sans": "fonts-dejavu-core",
    "Liberation Sans": "fonts-liberation",
    "Noto Sans": "fonts-noto-core",
    "wider than any": "",
}
"""A font by the Debian package that has it. The last one is the system's with its letters moved apart."""
UNIT, OTHER = "vakuutuskorvauskäsittelykeskus", "Kundendienstaußenstelle"
PLACE, PLACES = "verkkokauppatilaustenkäsittely", ("asiakaspalvelu-puhelinvaihde", "Rechtsschutzversicherungsantrag")
OWNER, SUPERVISOR = "annamaria.valimaki-ruotsalainen", "Wolfeschlegelsteinhausenbergerdorff"
CAUSE = "toimitusketjunhallintajärjestelmähäiriö"
CASE = "ASIAKASPALAUTE-2026-00012345"
CONFIG = parse(
    {
        "timezone": "Europe/Helsinki",
        "units": [{"id": UNIT, "supervisor": SUPERVISOR, "leader": OWNER}, {"id": OTHER, "supervisor": OWNER}],
        "touchpoints": [{"id": place, "unit": UNIT} for place in (PLACE, *PLACES)],
        "policies": [
            {
                "name": CAUSE,
                "targets": {"acknowledge": "1h", "decide": "4h", "effect": "1d", "resolve": "5d", "tell": "1d"},
                "pausable": ["resolve"],
            }
        ],
    }
)
PATHS = (
    f"/?find={CASE}",
    *(f"/cases/{CASE}{n}" for n in range(5)),
    f"/people/{OWNER}",
    "/units",
    f"/units/{UNIT}",
    "/audit",
    "/sign-in",
    "/cases/none",
)
MEASURE = Path(__file__).with_name("layout.js").read_text("utf-8")


def events(now: int) -> Iterator[Event]:
    """Cases in every state, whose names are long: open, owned, paused, closed, overdue by minutes and by months."""
    waited = (HOUR // 2, 2 * HOUR, 26 * HOUR, 300 * HOUR, 2_500 * HOUR)
    severities = ("low", "normal", "high", "critical", "critical")
    for n, (length, severity) in enumerate(zip(waited, severities, strict=True)):
        case, at, place = f"{CASE}{n}", now - length, (PLACE, *PLACES)[n % 3]
        yield Feedback(f"f{n}", at, case, place, severity, channel=CAUSE, emotion=-0.5, score=2.0, scale="nps")
        yield Obstacle(f"o{n}", at + 1, f"{CAUSE}-{n}", "raised", place, CAUSE, (case,))
        if n:
            yield Action(f"a{n}", at + 2, case, "assigned", owner=(OWNER, SUPERVISOR)[n % 2])
    yield Action("p", now - HOUR, f"{CASE}2", "paused", cause=CAUSE)
    yield Decision("d", now - HOUR, CAUSE, "made", UNIT, (f"{CASE}3",))
    yield Action("c", now - HOUR, f"{CASE}3", "closed", actor=OWNER, cause=CAUSE)


def fill(world: World, now: int) -> None:
    """What a board has read besides the cases: alarms, measures, audits."""
    alarm: dict[str, Any] = dict.fromkeys(("share", "after_ms", "due_at", "received_at", "last_kind", "reason"))
    alarm |= {"about": "clock", "kind": "raised", "step": 0, "cycle": 1, "at": now, "announced_at": now, "to": "owner"}
    alarm |= {"unit": UNIT, "touchpoint": PLACE, "severity": "critical", "owner": OWNER, "recipient": SUPERVISOR}
    audit = {"unit": UNIT, "at": now, "actor": OWNER, "role": "leader", "action": "x", "revision": 99, "address": "::1"}
    audit |= {"owner": SUPERVISOR, "cause": CAUSE, "done": f"{CAUSE} {CAUSE}", "reason": f"{CAUSE}: {SUPERVISOR}"}
    with world.store.writing() as to:
        for n, level in enumerate(("warning", "breach", "escalation")):
            named = {"id": f"{CASE}{n}", "case": f"{CASE}{n}", "level": level, "clock": CLOCKS[n]}
            tables.put_alarm(to, alarm | named)
        for n, kind in enumerate(("take", "assign", "pause", "resume", "tell", "close")):
            outcome = ("asked", "failed", "refused")[n % 3]
            tables.put_audit(to, audit | {"id": f"x{n}", "case": f"{CASE}{n}", "kind": kind, "outcome": outcome})
        for n, (measure, labels, window, values) in enumerate(windows()):
            record = {"measure": measure, "labels": labels, "window": window, "at": now, "values": values}
            tables.put_window(to, str(n), record)


def windows() -> Iterator[tuple[str, dict[str, str], str, dict[str, float | None]]]:
    """Measures of a busy unit: measure, labels, window, values."""
    lengths = {"p50_s": 1_234_567.0, "p90_s": 9_876_543.0, "worked_p50_s": 345_678.0}
    for place in (PLACE, *PLACES):
        for clock in CLOCKS:
            labels = {"touchpoint": place, "clock": clock, "severity": "*"}
            yield "clock", labels, "1d", {"received": 12_345.0, "running": 2_345.0, "overdue": 1_234.0, **lengths}
        friction = {"standing_now": 1_234.0, "standing_mean": 1_234.5, "removal_p50_s": 1_234_567.0}
        yield "friction", {"touchpoint": place, "cause": CAUSE}, "1d", friction
        yield "emotion", {"touchpoint": place}, "28d", {"mean": -0.25, "count": 1_234.0}
        yield "score", {"touchpoint": place, "scale": "nps"}, "28d", {"nps": -25.0, "count": 1_234.0}
    for rhythm in ("daily", "weekly", "monthly"):
        labels = {"unit": UNIT, "rhythm": rhythm, "clock": "effect"}
        yield "rhythm", labels, "28d", {"ratio": 0.25, "kept": 1_234.0, "eligible": 12_345.0}
    yield "alignment", {"unit": UNIT}, "28d", {"customer": 0.5, "employee": 0.75, "alignment": 0.75}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the board answers."""
    now = time.time_ns() // 1_000_000
    world = World(tmp_path_factory.mktemp("board"), CONFIG, {}, events(now), now, OWNER)
    fill(world, now)
    (port,) = free_ports(1, 18_080)
    server = Serving(world.app, world.board.hub, "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, 30, "the board listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        world.board.hub.close()
        server.should_exit = True
        thread.join(30)


def dress(page: Page, font: str) -> None:
    """Show the page in a font."""
    if FONTS[font]:
        page.evaluate("font => document.documentElement.style.fontFamily = JSON.stringify(font)", font)
    elif font == "wider than any":
        page.evaluate("document.body.style.letterSpacing = '0.06em'")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("lang", ["en-GB", "fi-FI"])
def test_no_word_is_broken_inside_and_nothing_is_wider_than_its_place(
    address: str, chromium: Browser, lang: str, font: str
) -> None:
    if FONTS[font]:
        needed.font(font, FONTS[font])
    page = chromium.new_context(locale=lang).new_page()
    names = [UNIT, OTHER, PLACE, *PLACES, OWNER, SUPERVISOR, CAUSE, *(f"{CASE}{n}" for n in range(6))]
    found: list[str] = []
    for path in PATHS:
        page.goto(f"{address}{path}", wait_until="load")
        dress(page, font)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            until(lambda width=width: page.evaluate("innerWidth") == width, 30, f"the window is {width} px wide")  # type: ignore[misc]
            found += [f"{path} at {width} px: {one}" for one in page.evaluate(MEASURE, names)]
    page.context.close()
    assert not found, "\n".join(found)
