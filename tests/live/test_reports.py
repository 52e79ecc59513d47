"""Two periods and the reports, from the topics of a real broker: what a backtest over the same events says; and the
pages in a real browser, in light and dark, on a wide screen, a narrow one and on paper.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from processors.canonical import render, rfc3339
from processors.panes import DAY_MS
from streams import UserError
from streams.config import Config, parse
from streams.demo.organisation import Organisation
from streams.measures.subscriber import frame
from streams.report import writing
from streams.results import backtest
from streams.results import cells as known
from streams.results import decisions as decided
from streams.results.files import write_lines
from streams.settings import Settings
from tests.live.workers import ROOT, Crew, Progress, Raw, environment
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

NOW = time.time_ns() // 1_000_000
DAYS = 16
KINDS, LANGUAGES = ("daily", "weekly", "monthly"), ("en", "fi")


def small() -> dict[str, Any]:
    """The example with two touchpoints."""
    said: dict[str, Any] = yaml.safe_load((ROOT / "examples/rytmi.yaml").read_text(encoding="utf-8"))
    said["touchpoints"] = [place for place in said["touchpoints"] if place["id"] in ("delivery", "support")]
    said["units"] = [unit for unit in said["units"] if unit["id"] in ("logistics", "care")]
    return said


def backtested(config: Config, events: Any, at: int | None, out: Path) -> Path:
    """The results of a backtest."""
    write_lines(out / "events.jsonl", map(render, events))
    with (out / "events.jsonl").open("rb") as lines:
        backtest.run(frame(config), lines, at, out / "results", lambda _: None)
    return out / "results"


def folded(settings: Settings, path: Path, out: Path) -> Config:
    """A made-up organisation's events through a worker, and, as of the same instant, through a backtest."""
    config = parse(small())
    path.write_text(yaml.safe_dump(small()), encoding="utf-8")
    begin = (NOW - DAYS * DAY_MS) // DAY_MS * DAY_MS
    events = list(Organisation(config, 11, begin).until(NOW - DAY_MS // 24))
    raw, progress = Raw(settings), Progress(settings)
    with Crew(settings, path) as crew:
        worker = crew.start()
        for event in events:
            raw.event(event, "")
        raw.flush()
        progress.await_settled(240)
        settled = time.time_ns() // 1_000_000
        until(lambda: is_known(settings, config, settled), 120, "the cells are shared")
        worker.stop()
    progress.close()
    backtested(config, events, known.of_topics(settings, frame(config), config.retention_ms).at, out)
    return config


def is_known(settings: Settings, config: Config, at: int) -> bool:
    try:
        return known.of_topics(settings, frame(config), config.retention_ms).at > at
    except Exception:  # noqa: BLE001 - not all of it is there yet
        return False


def test_topics_say_what_a_backtest_says(applied: Settings, tmp_path: Path) -> None:
    path, results = tmp_path / "rytmi.yaml", tmp_path / "results"
    config = folded(applied, path, tmp_path)
    assert decided.of_topics(applied) == decided.of_results(results)
    with pytest.raises(UserError, match=r"nobody\.decisions\.state\.v1.*RYTMI_APPLICATION must be that of the worker"):
        decided.of_topics(replace(applied, application="nobody"))
    for kind in KINDS:
        for lang in LANGUAGES:
            live, tested = (
                writing.write(kind, config, source, None, lang, lambda: applied) for source in (None, results)
            )
            assert live.replace("the topics", "here") == tested.replace(str(results), "here")
    middle = (known.of_results(results).at - 7 * DAY_MS) // 300_000 * 300_000
    asked = ("--config", path, "--split", rfc3339(middle), "--length", "7d", "--json")
    live_said, tested_said = (compared(applied, *asked, *source) for source in ((), ("--results", results)))
    assert len(live_said["rows"]) > 200
    assert live_said["rows"] == tested_said["rows"]
    assert live_said["after"]["read_at"] == tested_said["after"]["read_at"]


def compared(settings: Settings, *arguments: object) -> Any:
    """What `rytmi compare --json` writes."""
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "compare", *map(str, arguments)],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_pages_please_axe_in_light_and_dark_wide_and_narrow(chromium: Browser, tmp_path: Path) -> None:
    config = parse(small())
    begin = (NOW - 30 * DAY_MS) // DAY_MS * DAY_MS
    results = backtested(config, Organisation(config, 12, begin).until(NOW), None, tmp_path)
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        html = writing.write(kind, config, results, None, "fi", Settings.from_env)
        (tmp_path / f"{kind}.html").write_text(html, encoding="utf-8")
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
            page = chromium.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))  # type: ignore[misc]
            page.goto((tmp_path / f"{kind}.html").as_uri())
            for violation in Axe().run(page).response["violations"]:
                found[f"{kind} {scheme} {width} {violation['id']}"] = [one["html"] for one in violation["nodes"]][:3]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (kind, width)
            assert len(asked) == 1, "nothing is fetched but the page itself"
            page.close()
    assert found == {}


def test_page_prints_on_white_paper(chromium: Browser, tmp_path: Path) -> None:
    config = parse(small())
    results = backtested(config, Organisation(config, 12, NOW - 10 * DAY_MS).until(NOW), None, tmp_path)
    html = writing.write("daily", config, results, None, "en", Settings.from_env)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    printed = page.pdf(format="A4", path=str(tmp_path / "page.pdf"))
    assert 1 <= printed.count(b"/Type /Page\n") <= 6
