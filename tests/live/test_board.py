"""The board on a real broker, in a real browser: from an alarm's link to its end, and a wall of open cases."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from processors.events import Action, Feedback
from streams.demo.workers import free_ports
from streams.settings import Settings
from tests.live.boards import BoardProcess, Called, board, called
from tests.live.workers import Crew, Raw, codec, read
from tests.waiting import until

pytestmark = pytest.mark.live
expect.set_options(timeout=60_000)

HOUR = 3_600_000
_REQUESTS = 15
CONFIG = """
timezone: Europe/Helsinki
units: [{id: net, supervisor: sam, leader: coo}, {id: shop, supervisor: sue}]
touchpoints: [{id: web, unit: net}, {id: desk, unit: shop}]
unknown_touchpoint: other
policies:
  - name: critical
    match: {severity: [critical]}
    targets: {acknowledge: 1h, decide: 4h, resolve: 3d, tell: 1h}
    pausable: [resolve]
    escalate: [{after: 0m, to: owner}]
  - {name: default, match: {}, calendar: always, targets: {acknowledge: 2h, resolve: 9d}}
retention: 60d
"""
SCRIPT = "<img src=x onerror=document.title='run'>\u202e"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def called_people() -> Iterator[Called]:
    with called() as made:
        yield made


@pytest.fixture
def crew(applied: Settings, called_people: Called) -> Iterator[Crew]:
    """A worker whose alarms lead to a board."""
    (port,) = free_ports(1, 18_080)
    links = {"alertmanager_urls": (called_people.address,), "case_url": f"http://127.0.0.1:{port}/cases/{{case}}"}
    with Crew(replace(applied, **links)) as hired:  # type: ignore[arg-type]
        hired.config = hired.configured(CONFIG)
        hired.start("--session-timeout", "3")
        yield hired


@pytest.fixture
def open_board(crew: Crew) -> Iterator[BoardProcess]:
    """Open to whoever is at this machine, as anna, where alarms lead to."""
    port = urlsplit(crew.settings.case_url or "").port or 0
    with board(crew.settings, crew.config, "--as", "anna", port=port) as made:
        yield made


def visit(opened: Browser, theme: str = "light", lang: str = "en-GB", width: int = 1280) -> Page:
    """A page of a browser of its own. What its console says and what fails there is an error."""
    context = opened.new_context(color_scheme=theme, locale=lang, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.wrong = wrong  # type: ignore[attr-defined]
    return page


def sent(crew: Crew, *events: Feedback | Action) -> None:
    out = Raw(crew.settings)
    for event in events:
        out.event(event, "")
    out.flush()


def actions(crew: Crew, case: str) -> list[Action]:
    """Those in the topic."""
    topic = crew.settings.topic("touchpoint.action.v1")
    found = [codec().decode("action", message.value()) for message in read(crew.settings, topic)]
    return [one for one in found if one.case == case]


def test_from_an_alarm_to_its_end(
    crew: Crew, open_board: BoardProcess, called_people: Called, chromium: Browser
) -> None:
    now = now_ms()
    hostile = Feedback("h", now - 2 * HOUR, SCRIPT, "web", "critical", channel=SCRIPT, segment=SCRIPT, text=SCRIPT)
    sent(crew, Feedback("f", now - 90 * 60_000, "K-1", "web", "critical", emotion=-0.5), hostile)
    link = until(lambda: called_people.link("K-1"), 90, "somebody is called")
    assert link == f"{open_board.address}/cases/K-1"

    page = visit(chromium)
    page.goto(link or "")
    expect(page.locator(".line .alarm").first).to_contain_text("First reaction: overdue, told to sam")
    page.locator("#act-assign summary").click()
    page.locator("#act-assign input[name=owner]").fill("half written")
    page.evaluate("window.stayed = true")  # gone if the page is loaded anew
    sent(crew, Action("p", now_ms(), "K-1", "paused", cause="somebody else"))
    expect(page.locator("#act-resume")).to_be_visible()  # came by itself
    assert page.evaluate("window.stayed") is True
    assert page.locator("#act-assign input[name=owner]").input_value() == "half written"  # what is typed stays

    page.locator("#act-take").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".line")).to_contain_text("anna took the case.")
    expect(page.locator(".act")).to_contain_text("The case is yours.")  # only when it has come back
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".line .ended").first).to_contain_text("alarm ended")
    page.locator("#act-close summary").click()
    page.locator("#act-close input[name=cause]").fill("carrier")
    page.locator("#act-close textarea").fill("sent anew")
    page.locator("#act-close button").click()
    expect(page.locator(".line")).to_contain_text("anna closed the case. Cause: carrier. Done: sent anew.")
    expect(page.locator(".status")).to_contain_text("Telling the customer")
    page.locator("#act-tell").click()
    expect(page.locator(".act")).to_contain_text("There is nothing to be done")
    kinds = [(one.kind, one.actor, one.owner, one.cause, one.taken) for one in actions(crew, "K-1")]
    assert kinds == [
        ("paused", None, None, "somebody else", None),
        ("assigned", "anna", "anna", None, True),
        ("closed", "anna", None, "carrier", None),
        ("told", "anna", None, None, None),
    ]
    audited = [
        codec().decode("audit", one.value()) for one in read(crew.settings, crew.settings.topic("rytmi.audit.v1"))
    ]
    assert [(one["kind"], one["outcome"], one["done"]) for one in audited] == [
        ("take", "asked", None),
        ("close", "asked", "sent anew"),
        ("tell", "asked", None),
    ]
    # Resolved: no alarm of the case stands, in the browser and for those who were called.
    page.goto(f"{open_board.address}/units/net")
    expect(page.locator(".alarms")).not_to_contain_text("K-1")
    # A case with a hostile name is a case like any other.
    page.goto(f"{open_board.address}/")
    page.locator("a[href*=onerror]").first.click()
    expect(page.locator("h1")).to_contain_text("<img src=x onerror")
    assert "run" not in page.title().split(" ")[0]
    assert page.wrong == []  # type: ignore[attr-defined]


_HIGHEST = "Math.max(0, ...[...document.querySelectorAll('thead')].map(one => one.getBoundingClientRect().height))"


@pytest.mark.timeout(900)
def test_axe_finds_nothing_on_any_page_in_light_and_dark(
    crew: Crew, open_board: BoardProcess, chromium: Browser
) -> None:
    now = now_ms()
    sent(
        crew,
        *(Feedback(f"f{n}", now - (3 * n + 1) * HOUR, f"K-{n}", "web", "critical", emotion=-0.5) for n in range(4)),
        Feedback("g", now - HOUR, "K-9", "desk", "normal", score=2.0, scale="nps"),
        Action("a", now - HOUR, "K-1", "assigned", owner="anna"),
        Action("p", now - HOUR, "K-2", "paused", cause="carrier"),
        Action("c", now - HOUR, "K-3", "closed", actor="anna", cause="carrier"),
    )
    open_board.shows("/units/net", 'class="alarms"')
    open_board.shows("/units/net", "data-label=")
    open_board.shows("/people/anna", "K-1")
    found: dict[str, Any] = {}
    for theme, lang, width in (("light", "en-GB", 1280), ("dark", "fi-FI", 1280), ("dark", "en-GB", 390)):
        page = visit(chromium, theme, lang, width)
        for path in ("/?find=K", "/cases/K-0", "/cases/K-2", "/cases/K-3", "/me", "/units", "/units/net", "/audit",
                     "/sign-in", "/cases/none"):  # fmt: skip
            page.goto(f"{open_board.address}{path}", wait_until="domcontentloaded")
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            for violation in Axe().run(page).response["violations"]:
                found[f"{theme} {path} {width} {violation['id']}"] = [node["html"] for node in violation["nodes"]][:3]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            assert page.evaluate(_HIGHEST) < 80, f"{path}, {width}: a heading is broken letter by letter"
    assert found == {}


def test_whoever_is_second_is_told_and_a_view_that_is_thrown_away_comes_back_the_same(
    crew: Crew, open_board: BoardProcess, chromium: Browser
) -> None:
    now = now_ms()
    sent(crew, *(Feedback(f"f{n}", now - n * HOUR, f"K-{n}", "web", "critical") for n in range(1, 5)))
    open_board.shows("/cases/K-1", "Take the case")
    first, second = visit(chromium), visit(chromium)
    for page in (first, second):
        page.route("**/events*", lambda route: route.abort())  # their pages grow old
        page.goto(f"{open_board.address}/cases/K-1")
    first.locator("#act-assign summary").click()
    first.locator("#act-assign input[name=owner]").fill("sam")
    first.locator("#act-assign button").click()
    second.locator("#act-take").click()
    expect(second.get_by_role("alert")).to_contain_text(re.compile("is on its way to sam|sam has the case meanwhile"))
    open_board.shows("/cases/K-1", "Take it over from sam")
    shown = [without_times(open_board.get(path)[1]) for path in ("/", "/cases/K-1", "/audit")]
    assert open_board.close() == 0
    with board(crew.settings, crew.config, "--as", "anna", "--rebuild") as anew:
        assert [without_times(anew.get(path)[1]) for path in ("/", "/cases/K-1", "/audit")] == shown


HIDDEN = """
    let hidden = true;
    Object.defineProperty(document, "hidden", {get: () => hidden});
    window.look = (seen) => { hidden = !seen; document.dispatchEvent(new Event("visibilitychange")); };
"""


def test_pages_that_nobody_sees_leave_the_connections_to_those_that_are_seen(
    crew: Crew, open_board: BoardProcess, chromium: Browser
) -> None:
    """A browser has six connections to a server; whoever opens ten alarms reads one after another."""
    context = chromium.new_context()
    context.add_init_script(HIDDEN)
    pages = [context.new_page() for _ in range(10)]
    for page in pages:
        page.goto(open_board.address, timeout=20_000)
        page.evaluate("window.stayed = true")
    for number, page in enumerate(pages):
        sent(crew, Feedback(f"f-{number}", now_ms(), f"K-{number}", "web", "critical"))
        page.evaluate("look(true)")
        expect(page.locator(".list")).to_contain_text(f"K-{number}")  # came by itself, or with what happened before
        page.evaluate("look(false)")
        assert page.evaluate("window.stayed") is True
    pages[0].evaluate("look(true)")
    expect(pages[0].locator(".list")).to_contain_text("K-9")


def without_times(text: str) -> str:
    """A page less what grows with time, and what is only of this process."""
    text = re.sub(r"since=\d+|\d+ (h|min|s|days)\b|\d\d:\d\d|datetime=\"[^\"]*\"|(x|width)=\"[\d.]+%\"", "", text)
    return re.sub(r"^<li class=\"now\".*$", "", text, flags=re.MULTILINE)


@pytest.mark.alone
def test_five_thousand_open_cases_stay_fluid(crew: Crew, open_board: BoardProcess, chromium: Browser) -> None:
    now = now_ms()
    severities, places = ("critical", "high", "normal"), ("web", "desk")
    out = Raw(crew.settings)
    for n in range(5_000):
        at = now - (n % 300) * 60_000
        out.event(Feedback(f"f{n}", at, f"C-{n:05}", places[n % 2], severities[n % 3]), "")
        out.event(Action(f"a{n}", at + 1, f"C-{n:05}", "assigned", owner=f"p{n % 40}"), "")
    out.flush()
    open_board.shows("/?find=C-04999", 'href="/cases/C-04999"', 120)
    until(lambda: _open(open_board) == 5_000, 120, "all are shown")
    paths = ("/", "/cases/C-00042", "/units/net")
    busy = {}
    for path in paths:
        before = open_board.busy_seconds()
        waits = [first_byte(open_board, path) for _ in range(_REQUESTS)]
        busy[path] = (open_board.busy_seconds() - before) / _REQUESTS
        print(
            f"5,000 open cases, {path}: first byte after {1000 * median(waits):.0f} ms (median), "
            f"{1000 * max(waits):.0f} ms at most; {1000 * busy[path]:.0f} ms of a processor"
        )
    page = visit(chromium)
    page.goto(f"{open_board.address}/cases/C-00042")
    expect(page.locator(".line")).to_be_visible()
    took = []
    for n in range(8):
        begun, kind = time.monotonic(), "paused" if n % 2 == 0 else "resumed"
        sent(crew, Action(f"u{n}", now_ms(), "C-00042", kind, cause="x"))
        expect(page.locator("#act-resume")).to_have_count(1 - n % 2, timeout=10_000)
        took.append(time.monotonic() - begun)
    print(f"from sending an action to seeing it in the browser: median {median(took):.2f} s, most {max(took):.2f} s")
    assert busy["/"] < 0.3  # of a processor, whatever else the machine does
    assert median(took) < 5.0


def _open(of: BoardProcess) -> int:
    text = of.get("/")[1]
    rows = re.findall(r'id="u-[^"]*".*?</tr>', text, re.DOTALL)
    return sum(int(re.findall(r'<td class="n">([\d,]+)</td></tr>', row)[0].replace(",", "")) for row in rows)


def first_byte(of: BoardProcess, path: str) -> float:
    """Seconds until the answer begins, over a connection of its own."""
    where = urlsplit(of.address)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=30)
    begun = time.monotonic()
    connection.request("GET", path)
    answer = connection.getresponse()
    took = time.monotonic() - begun
    answer.read()
    connection.close()
    assert answer.status == 200
    return took
