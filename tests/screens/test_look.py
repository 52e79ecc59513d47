"""How the screens look, as far as that can be computed: places, titles, colours, shares and what stands beside them."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from dashboards.building import built
from dashboards.colours import BACKGROUND, MEANINGS
from dashboards.model import COLUMNS, Screen
from dashboards.queries.sight import sentences
from dashboards.screens import screens
from streams.config import load
from tests.screens.exported import EXAMPLE

SCREENS = screens()
# Grafana's grid: rows of 30 pixels with 8 between them; 16 pixels at both sides of the page.
ROW, GAP, MARGIN = 38, 8, 16
WIDE, HIGH = 1920, 1080
LETTER = 7.5  # mean width of a letter of a panel's title, 14 px and medium, rounded up
AROUND = 16 + 24  # a title's padding, and the sign that leads to the description

_CONFIG = load(EXAMPLE).file
LONGEST = {
    "$window": "28d",
    "$touchpoint": max((one.id for one in _CONFIG.touchpoints), key=len),
    "$unit": max((one.id for one in _CONFIG.units), key=len),
}


def _panels(screen: Screen) -> list[dict[str, Any]]:
    return [panel for panel in built(screen)["panels"] if panel["type"] != "row"]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_panels_do_not_overlap_and_leave_no_holes(screen: Screen) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in built(screen)["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= COLUMNS, panel["title"]
        cells = set(itertools.product(range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"])))
        assert not cells & taken, panel["title"]
        taken |= cells
    height = 1 + max(y for _, y in taken)
    assert len(taken) == COLUMNS * height


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_titles_fit_at_1920_pixels_and_are_one_each(screen: Screen) -> None:
    column = (WIDE - 2 * MARGIN) / COLUMNS
    for panel in _panels(screen):
        title = panel["title"]
        for name, longest in LONGEST.items():
            title = title.replace(name, longest)
        assert "$" not in title, title
        assert len(title) * LETTER <= panel["gridPos"]["w"] * column - GAP - AROUND, title
    titles = [panel["title"] for panel in _panels(screen)]
    assert len(titles) == len(set(titles))


def test_walls_fit_without_scrolling() -> None:
    walls = [screen for screen in SCREENS if screen.wall]
    assert walls
    for screen in walls:
        height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in _panels(screen))
        assert height * ROW + MARGIN <= HIGH, f"{screen.uid}: {height} rows"


def test_scope_is_in_the_title_where_variables_are_hidden() -> None:
    """In kiosk mode nobody sees what the variables say."""
    for screen in SCREENS:
        by_title = {panel["title"]: panel for panel in _panels(screen)}
        heading = ""
        for panel in built(screen)["panels"]:
            if panel["type"] == "row":
                heading = panel["title"]
                continue
            asked = " ".join(target["expr"] for target in by_title[panel["title"]]["targets"])
            for variable in ("$window", "$unit", "$touchpoint"):
                if variable in asked and "rytmi_touchpoint_place" not in asked:
                    assert variable in panel["title"] + heading, f"{panel['title']} says nothing of {variable}"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_beside_a_share_stands_what_would_show_that_it_is_made_to_look_good(screen: Screen) -> None:
    titles = {tile.title for tile in screen.tiles}
    for tile, panel in zip(screen.tiles, _panels(screen), strict=True):
        assert set(tile.beside) <= titles, tile.title
        if "percentunit" in str(panel["fieldConfig"]):
            assert tile.beside, f"{tile.title}: a share, and nothing that would show that it is made to look good"


def test_columns_of_tables_are_made_of_what_their_queries_give() -> None:
    """Names that do not meet would leave a column out without a word."""
    tables = 0
    for screen in SCREENS:
        for tile, panel in zip(screen.tiles, _panels(screen), strict=True):
            if panel["type"] != "table":
                continue
            tables += 1
            steps = {step["id"]: step["options"] for step in panel["transformations"]}
            given = {label for target in tile.targets for label in target.query.labels}
            for target, asked in zip(panel["targets"], tile.targets, strict=True):
                given.add(f"{'Trend' if asked.over_time else 'Value'} #{target['refId']}")
            renamed = steps["organize"]["renameByName"]
            assert set(renamed) <= given, tile.title
            assert {name for name in given if "#" in name} <= set(renamed), f"{tile.title}: a column that nobody sees"
            assert list(steps)[-3:] == ["filterFieldsByName", "merge", "organize"]
            assert ("timeSeriesTable" in steps) == any(asked.over_time for asked in tile.targets)
            pattern = re.compile(steps["filterFieldsByName"]["include"]["pattern"])
            assert {name for name in [*given, "Time"] if pattern.search(name)} == set(renamed)
            shown = list(renamed.values())
            assert len(shown) == len(set(shown)), tile.title
            assert {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]} <= set(shown), tile.title
            assert panel["options"]["sortBy"][0]["displayName"] in shown
            shared = set.intersection(*(set(asked.query.labels) for asked in tile.targets))
            assert shared, f"{tile.title}: rows that belong together do not meet"
    assert tables >= 10


def test_lines_are_asked_for_with_no_more_points_than_can_be_seen() -> None:
    for screen in SCREENS:
        for tile, panel in zip(screen.tiles, _panels(screen), strict=True):
            if any(target.over_time for target in tile.targets):
                assert panel["maxDataPoints"] <= 400, panel["title"]


def test_a_bar_that_is_alone_has_its_name_too() -> None:
    """Grafana clears the name of a single bar, unless it is said what it is called."""
    for screen in SCREENS:
        for tile, panel in zip(screen.tiles, _panels(screen), strict=True):
            if panel["type"] == "bargauge":
                name = panel["fieldConfig"]["defaults"]["displayName"]
                assert set(re.findall(r"__field\.labels\.(\w+)", name)) == set(tile.targets[0].query.labels), tile.title


def test_every_figure_has_a_unit() -> None:
    for screen in SCREENS:
        for panel in _panels(screen):
            if panel["type"] in ("stat", "bargauge", "timeseries") and panel["options"].get("textMode") != "name":
                assert panel["fieldConfig"]["defaults"].get("unit"), panel["title"]


# Colour blindness, complete, by Machado, Oliveira and Fernandes (2009), on linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TOLD_APART, LEGIBLE = 12.0, 4.5  # difference of colours (CIE 1976); contrast (WCAG 2, for text)


def _linear(colour: str) -> list[float]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _as_seen(colour: str, blindness: str) -> list[float]:
    rgb = _linear(colour)
    return [min(1.0, max(0.0, sum(m * c for m, c in zip(row, rgb, strict=True)))) for row in BLINDNESS[blindness]]


def _lab(rgb: list[float]) -> tuple[float, float, float]:
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    ratio = [sum(m * c for m, c in zip(row, rgb, strict=True)) / w for row, w in zip(rows, white, strict=True)]
    f = [r ** (1 / 3) if r > 0.008856 else 7.787 * r + 16 / 116 for r in ratio]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def _luminance(colour: str) -> float:
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), _linear(colour), strict=True))


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_colours_are_told_apart_by_colour_blind_eyes(blindness: str) -> None:
    least = 1e9
    for (one, a), (other, b) in itertools.combinations(MEANINGS.items(), 2):
        difference = (
            sum((x - y) ** 2 for x, y in zip(_lab(_as_seen(a, blindness)), _lab(_as_seen(b, blindness)), strict=True))
            ** 0.5
        )
        assert difference >= TOLD_APART, f"{one} and {other} ({blindness}): {difference:.0f}"
        least = min(least, difference)
    print(f"{blindness}: the two most alike differ by {least:.0f}")


def test_colours_are_legible_on_the_background() -> None:
    for name, colour in MEANINGS.items():
        contrast = (_luminance(colour) + 0.05) / (_luminance(BACKGROUND) + 0.05)
        assert contrast >= LEGIBLE or name == "bad", f"{name}: {contrast:.1f}"
        assert contrast >= 3.0, "WCAG 2, for large text and figures"


def test_only_colours_with_a_meaning_are_used() -> None:
    for screen in SCREENS:
        assert set(re.findall(r"#[0-9A-Fa-f]{6}", str(built(screen)))) <= set(MEANINGS.values())


def test_a_sentence_says_with_a_sign_what_its_colour_says() -> None:
    signs: dict[str, set[str]] = {}
    for meaning, words, _ in sentences():
        signs.setdefault(meaning, set()).add(words[0])
    assert all(len(found) == 1 for found in signs.values())
    assert len({sign for found in signs.values() for sign in found}) == len(signs) == 4
