"""The pages of the reports: that they stand by themselves, can be read by everybody, and run nothing."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from processors.decided import Decided
from processors.lifetable import bin_of
from processors.measures.friction import RAISED, STANDS
from processors.measures.terms import Cell, Fact
from processors.panes import DAY_MS, HOUR_MS
from streams.report.speech import LANGUAGES
from tests.unit.report.made import KINDS, material, of_shop, pages
from tests.unit.report.made import LANGUAGES as CODES
from tests.unit.report.reading import Page, read
from tests.unit.shop import END, Shop, small_config

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}\u202e"
ALL = [(kind, code) for kind in KINDS for code in CODES]


@pytest.fixture(scope="module")
def written(shop: Shop) -> dict[tuple[str, str], str]:
    return pages(of_shop(shop))


@pytest.fixture(scope="module")
def found(written: dict[tuple[str, str], str]) -> dict[tuple[str, str], Page]:
    return {which: read(html) for which, html in written.items()}


@pytest.mark.parametrize("which", ALL)
def test_page_stands_by_itself(which: tuple[str, str], written: dict[tuple[str, str], str]) -> None:
    html = written[which]
    assert re.findall(r"https?://[^\"'\s<]+", html) == ["http://www.w3.org/2000/svg"] * html.count("<svg xmlns")
    for fetching in ("<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "javascript:", " on"):
        assert fetching not in re.sub(r">[^<]*<", "><", html), fetching
    assert len(html.encode()) < 250_000


@pytest.mark.parametrize("which", ALL)
def test_page_is_well_formed_and_says_its_language(which: tuple[str, str], found: dict[tuple[str, str], Page]) -> None:
    page, (kind, code) = found[which], which
    assert page.wrong == []
    assert page.elements[0] == ("html", {"lang": code})
    ids = Counter(said["id"] for _, said in page.elements if "id" in said)
    assert [name for name, n in ids.items() if n > 1] == []
    targets = [said["href"] for tag, said in page.elements if tag == "a"]
    assert targets
    assert all(target.removeprefix("#") in ids for target in targets)
    assert LANGUAGES[code].sentences[f"{kind}.title"] in page.text


@pytest.mark.parametrize("which", ALL)
def test_pictures_say_what_they_show_and_stand_before_a_table(
    which: tuple[str, str], found: dict[tuple[str, str], Page]
) -> None:
    page = found[which]
    assert len(page.pictures) >= (1 if which[0] == "monthly" else 4)
    for picture in page.pictures:
        assert picture["labelledby"] == f"{picture['title']} {picture['desc']}"
    parts = [tag for tag, _ in page.elements if tag in ("section", "figure", "table")]
    assert all(after == "table" for before, after in pairwise(parts) if before == "figure")


@pytest.mark.parametrize("which", ALL)
def test_headings_go_down_step_by_step_and_tables_have_heads(
    which: tuple[str, str], found: dict[tuple[str, str], Page]
) -> None:
    page = found[which]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in page.tables:
        assert table.caption
        assert {len(row) for row in table.rows[table.heads :]} == {len(table.head)}
    assert {said.get("scope") for tag, said in page.elements if tag == "th"} <= {"col", "row", "colgroup"}


def test_drawings_are_well_formed(written: dict[tuple[str, str], str]) -> None:
    for html in written.values():
        for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
            ElementTree.fromstring(drawing)  # noqa: S314 - our own


def test_colour_never_speaks_alone(written: dict[tuple[str, str], str]) -> None:
    """What is late has a sign before it, what is better or worse a word."""
    tones = Counter[str]()
    for html in written.values():
        for tone, inside in re.findall(r'<t[dh][^>]*class="[^"]*\b(late|good)\b[^"]*">(.*?)</t[dh]>', html, re.DOTALL):
            text = re.sub(r"<[^>]+>", "", inside)
            assert ("▲" in text) if tone == "late" else text.strip() in ("better", "parempi")
            tones[tone] += 1
    assert tones["late"] > 0


@pytest.mark.parametrize("which", ALL)
def test_empty_organisation_has_an_empty_report(which: tuple[str, str]) -> None:
    kind, code = which
    page = read(pages(material(small_config(), {}))[which])
    assert page.wrong == []
    assert LANGUAGES[code].sentences[f"{kind}.title"] in page.text
    assert "None" not in " ".join(page.text)


def hostile(shop: Shop) -> tuple[dict[Cell, list[tuple[Fact, int]]], list[Decided]]:
    """The shop with an obstacle, an indicator, a question and decisions whose names would do harm."""
    cells = dict(shop.both)
    hour = (END - 3 * DAY_MS) // HOUR_MS
    cells[Cell("friction", "support", HOSTILE, hour)] = [((0, RAISED, hour * HOUR_MS, 40, STANDS), 9)]
    cells[Cell("indicator", HOSTILE, HOSTILE, 0)] = [((0, "customer", END, 3.5), 1)]
    answers = {"front": 10**8, "top": 10**9}
    cells[Cell("pulse", "care", HOSTILE, hour)] = [
        *(((0, level), 1) for level in answers),
        *(((0, level, "sum"), score) for level, score in answers.items()),
    ]
    made = END - 10 * DAY_MS
    decisions = [
        Decided(f"{HOSTILE}{n}", "strategic", HOSTILE, HOSTILE, made, effective, None, 30, ("support", HOSTILE), 1)
        for n, effective in enumerate((made + HOUR_MS, None))
    ]
    return cells, decisions


def test_hostile_names_are_text_and_nothing_else(shop: Shop) -> None:
    cells, decisions = hostile(shop)
    harmless = {which: {tag for tag, _ in read(html).elements} for which, html in pages(of_shop(shop)).items()}
    for which, html in pages(material(shop.config, cells, decisions)).items():
        page = read(html)
        assert page.wrong == []
        assert "alert(1)" in html, which
        assert "{{ 7*7 }}" in html
        assert "\u202e" not in html
        assert {tag for tag, _ in page.elements} <= {*harmless[which], "h3", "figure", "svg", "path"}
        assert not [name for _, said in page.elements for name in said if name.startswith("on")]
        for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
            ElementTree.fromstring(drawing)  # noqa: S314 - our own


def test_long_names_do_not_break_the_page(shop: Shop) -> None:
    cells = dict(shop.both)
    hour = (END - DAY_MS) // HOUR_MS
    cells[Cell("friction", "support", "x" * 5000, hour)] = [((0, RAISED, hour * HOUR_MS, 1, bin_of(HOUR_MS)), 50)]
    for html in pages(material(shop.config, cells)).values():
        assert "x" * 121 not in html
