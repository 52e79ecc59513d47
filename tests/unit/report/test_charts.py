"""The charts: where marks stand, what is open, and that names stay text."""

from __future__ import annotations

from math import log
from xml.etree import ElementTree

import pytest

from streams.report import charts, svg
from streams.report.charts import Bar, Pair, Range, Span, Strip, Words
from streams.report.svg import Scale

WORDS = Words("here", "A <title>", "what & how")
NS = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own


def of(picture: ElementTree.Element, tag: str, class_: str) -> list[ElementTree.Element]:
    return [one for one in picture.iter(f"{NS}{tag}") if one.get("class") == class_]


def texts(picture: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{NS}text")]


def seconds(x: float) -> str:
    return f"{x:g}"


def test_picture_says_what_it_shows() -> None:
    found = drawn(charts.bars(WORDS, [Bar("<b>&", 1.0, "1 > 0")]))
    assert found.get("role") == "img"
    assert found.get("aria-labelledby") == "here-title here-desc"
    assert [one.text for one in (*found.iter(f"{NS}title"), *found.iter(f"{NS}desc"))] == ["A <title>", "what & how"]
    assert texts(found) == ["<b>&", "1 > 0"]


def test_bars_are_as_long_as_their_values_and_marked_where_they_are_meant_to_be() -> None:
    found = drawn(charts.bars(WORDS, [Bar("a", 2.0, "2", 4.0), Bar("b", 1.0, "1"), Bar("c", None, "-")]))
    widths = [float(one.get("width", "")) for one in of(found, "rect", "a")]
    assert widths == [pytest.approx(2 * widths[1]), widths[1]]
    (meant,) = of(found, "line", "meant")
    start, full = float(of(found, "rect", "a")[0].get("x", "")), 2 * widths[0]
    assert float(meant.get("x1", "")) == pytest.approx(start + full)


def test_ranges_go_from_half_to_nine_of_ten_and_on_where_that_is_not_reached() -> None:
    rows = [Range("a", 3_600.0, 36_000.0, 1_800.0), Range("b", 3_600.0, None, None), Range("c", None, None, 600.0)]
    found = drawn(charts.ranges(WORDS, rows, seconds, "not yet"))
    assert len(of(found, "circle", "a")) == 2
    assert len(of(found, "path", "hollow")) == 2
    assert len(of(found, "path", "open")) == 1
    assert "not yet" in texts(found)
    first, second = (float(one.get("cx", "")) for one in of(found, "circle", "a"))
    assert first == second
    assert [text for text in texts(found) if text.isdigit()] == ["600", "3600", "14400", "43200"]


def test_ranges_of_nothing_are_no_error() -> None:
    rows = [Range("a", None, None, None), Range("b", 0.0, 0.0, 0.0)]
    assert len(of(drawn(charts.ranges(WORDS, rows, seconds, "-")), "circle", "a")) == 1


def test_intervals_stand_about_nothing_and_end_in_arrows_beyond_the_scale() -> None:
    rows = [
        Span("a", -20.0, -30.0, -10.0, "better"),
        Span("b", 50.0, None, 2_000.0, "worse"),
        Span("c", 1.0, None, None, "?"),
    ]
    found = drawn(charts.changes(WORDS, rows, lambda x: f"{x:g}%"))
    assert len(of(found, "path", "open")) == 2
    dots = [float(one.get("cx", "")) for one in of(found, "circle", "a")]
    (zero,) = of(found, "line", "zero")
    assert dots[0] < float(zero.get("x1", "")) < dots[2] < dots[1]
    assert {"better", "worse", "?", "0%", "50%", "150%"} <= set(texts(found))


def test_pairs_differ_by_shape() -> None:
    ticks = [(0.0, "0"), (1.0, "1")]
    found = drawn(charts.pairs(WORDS, [Pair("a", 0.2, 0.8), Pair("b", None, 0.5)], (0.0, 1.0), ticks, meant=False))
    assert (len(of(found, "circle", "a")), len(of(found, "rect", "hollow"))) == (1, 2)
    meant = drawn(charts.pairs(WORDS, [Pair("a", 0.2, 0.8)], (0.0, 1.0), ticks, meant=True))
    assert len(of(meant, "line", "meant")) == 1


def test_strips_have_a_scale_each() -> None:
    rows = [
        Strip("a", [1.0, 2.0, None], 3.0, "3"),
        Strip("b", [5.0], 5.0, "5"),
        Strip("c", [], None, "-"),
        Strip("d", [0.0], 0.0, "0"),
    ]
    found = drawn(charts.strips(WORDS, rows))
    assert (len(of(found, "circle", "hollow")), len(of(found, "circle", "a"))) == (4, 3)
    for one in found.iter(f"{NS}circle"):
        assert 0 < float(one.get("cx", "")) < charts.WIDTH


def test_long_names_are_cut() -> None:
    (name, _) = texts(drawn(charts.bars(WORDS, [Bar("n" * 60, 1.0, "1")])))
    assert name == "n" * 31 + "…"


def test_scale_stops_at_its_ends() -> None:
    scale = Scale(log(10), log(1000), 0.0, 100.0)
    assert [scale(log(x)) for x in (1, 10, 100, 1000, 10**6)] == pytest.approx([0, 0, 50, 100, 100])


def test_marks_are_for_the_eye_alone() -> None:
    legends = (charts.DOT, charts.RING, charts.DIAMOND, charts.SQUARE, charts.MEANT, charts.RANGE_END, charts.INTERVAL)
    for mark in legends:
        assert drawn(mark).get("aria-hidden") == "true"


def test_attributes_are_escaped() -> None:
    assert svg.element("a", "<x>", class_='"><script>') == '<a class="&#34;&gt;&lt;script&gt;">&lt;x&gt;</a>'
